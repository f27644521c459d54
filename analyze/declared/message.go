package declared

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Bounds on what one response can make the package do.
const (
	maxFields   = 64   // relevant headers
	maxLines    = 16   // lines of one header
	maxValue    = 4096 // bytes of one line
	maxPolicies = 64   // policies read
	maxName     = 128  // bytes of a policy's name
	maxNames    = 512  // header names that a Reader remembers
	slab        = 32   // policies, or numbers, for which memory is taken at once
)

// A field is a header under its normalised name: in lower case, with "-" for
// "_" and "." and "ratelimit" for "rate-limit".
type field struct {
	name   string
	values []string
}

// bounded appends values to dst, within the bounds.
func bounded(dst, values []string) []string {
	if len(values) == 1 && len(values[0]) <= maxValue {
		return append(dst, values[0])
	}
	for _, v := range values {
		if len(dst) == maxLines {
			break
		}
		if len(v) <= maxValue {
			dst = append(dst, v)
		}
	}
	return dst
}

// A message is a response on its way to claims.
type message struct {
	fields  []field
	taken   uint64 // which fields some convention has read
	refused bool   // the status is not 2xx
	date    string
	epoch   *dateCache
	dated   bool // the claims depend on the Date
	lessons *lessons
	resets  []rawReset // what was given for resets, if there are lessons
	parsed  []parsed   // structured fields read before
	waits   waitCache
	numbers []float64 // memory for the numbers of policies
	scratch scratch
	claims  Claims
}

// has reports whether there is a header that no convention has read yet.
func (m *message) has(name string) bool { return m.index(name) >= 0 }

// at is index as a slot keeps it.
func (m *message) at(name string) int8 { return int8(m.index(name)) }

func (m *message) index(name string) int {
	for i := range m.fields {
		if m.fields[i].name == name && m.taken&(1<<i) == 0 {
			return i
		}
	}
	return -1
}

// hasPrefix reports whether there is a header whose name begins so.
func (m *message) hasPrefix(prefix string) bool {
	return slices.ContainsFunc(m.fields, func(f field) bool { return strings.HasPrefix(f.name, prefix) })
}

// take returns the lines of a header, nil if there is none, and marks it read.
func (m *message) take(name string) []string {
	i := m.index(name)
	if i < 0 {
		return nil
	}
	m.taken |= 1 << i
	return m.fields[i].values
}

// takeOne returns the only value of a header. Lines that say the same count as
// one; with several that differ there is none, and a note.
func (m *message) takeOne(name string) string { return m.one(m.at(name)) }

// one is takeOne for the field at an index, -1 = none.
func (m *message) one(i int8) string {
	if i < 0 || m.taken&(1<<i) != 0 {
		return ""
	}
	m.taken |= 1 << i
	f := &m.fields[i]
	if len(f.values) == 0 {
		return ""
	}
	for _, l := range f.values[1:] {
		if l != f.values[0] {
			m.note(f.name, "is repeated with different values and was not read")
			return ""
		}
	}
	return strings.TrimSpace(f.values[0])
}

// takeText is takeOne for a name that becomes part of the claims.
func (m *message) takeText(name string) *string { return label(m.takeOne(name)) }

// label returns a policy's name, nil if it is empty, long or not printable.
func label(s string) *string {
	if !presentable(s) {
		return nil
	}
	kept := s // only then it costs memory
	return &kept
}

// presentable reports whether s is short and printable, and not empty.
func presentable(s string) bool {
	return s != "" && len(s) <= maxName && !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f || c == 0xfffd })
}

// takeNumber is takeOne for a number.
func (m *message) takeNumber(name string) *float64 { return m.numberAt(m.at(name)) }

// numberAt is takeNumber for the field at an index, -1 = none.
func (m *message) numberAt(i int8) *float64 {
	text := m.one(i)
	if text == "" {
		return nil
	}
	v, ok := number(text)
	if !ok {
		m.note(m.nameOf(i), "is not a number")
		return nil
	}
	return m.num(v)
}

// num returns a pointer to v, nil if v cannot be declared: negative, endless or
// absurdly large.
func (m *message) num(v float64) *float64 {
	if !(v >= 0 && v <= largest) {
		return nil
	}
	if len(m.numbers) == cap(m.numbers) {
		m.numbers = make([]float64, 0, slab)
	}
	m.numbers = append(m.numbers, v)
	return &m.numbers[len(m.numbers)-1]
}

// note records what could not be read for sure, once.
func (m *message) note(name, what string) {
	s := name + " " + what
	if len(m.claims.Notes) < maxLines && !slices.Contains(m.claims.Notes, s) {
		m.claims.Notes = append(m.claims.Notes, s)
	}
}

// add records a policy.
func (m *message) add(p Policy) {
	if q := m.next(); q != nil {
		*q = p
		m.keep(q)
	}
}

// next returns the memory of the next policy, to be filled, or nil if there are
// too many. It counts once it is kept.
func (m *message) next() *Policy {
	n := len(m.claims.Policies)
	if n == maxPolicies {
		return nil
	}
	if n == cap(m.claims.Policies) {
		m.claims.Policies = slices.Grow(m.claims.Policies, 1)
	}
	return &m.claims.Policies[:n+1][n]
}

// keep counts the policy that next returned.
func (m *message) keep(p *Policy) {
	if p.Class == "" {
		p.Class = "all"
	}
	if p.Unit == "" {
		p.Unit = requests
	}
	m.claims.Policies = m.claims.Policies[:len(m.claims.Policies)+1]
}

// requests is the unit of a limit unless something else is declared.
const requests = "requests"

// scratch is memory that is used again for each message.
type scratch struct {
	partner []int
	joined  []bool
	quotas  []Policy
	list    []member
	bare    []float64
}

// apply lets a convention read, or undoes what it did if it was not its own.
func (m *message) apply(c *candidate) {
	taken, encoding := m.taken, m.claims.Encoding
	policies, notes := len(m.claims.Policies), len(m.claims.Notes)
	if c.read == nil {
		for i := range c.planned {
			if s := &c.planned[i]; s.read != nil {
				s.read(m, s)
			} else {
				m.readSlot(s)
			}
		}
	} else if !c.read(m) {
		m.taken, m.claims.Encoding = taken, encoding
		m.claims.Policies, m.claims.Notes = m.claims.Policies[:policies], m.claims.Notes[:notes]
		return
	}
	if m.claims.Convention == "" && (len(m.claims.Policies) > policies || m.claims.RetryAfter != nil) {
		m.claims.Convention = c.Name
	}
	if policies > 0 {
		m.claims.Policies = merge(m.claims.Policies, policies)
	}
}

// stale reports whether the response comes out of a cache.
func (m *message) stale() bool {
	if !m.has("age") {
		return false
	}
	age, ok := number(m.takeOne("age"))
	if ok && age > 0 {
		m.claims = Claims{Notes: []string{"age is above 0: the response comes out of a cache and its limits are old"}}
		return true
	}
	m.claims.Notes = nil
	return false
}

// dateCache remembers the last Date read.
type dateCache struct {
	text  string
	epoch float64
	ok    bool
}

// now returns the Date of the response in seconds since 1970.
func (m *message) now() (float64, bool) {
	m.dated = true
	if c := m.epoch; c.text != m.date {
		t, err := http.ParseTime(m.date)
		if err != nil {
			t, err = time.Parse(time.RFC1123, m.date)
		}
		*c = dateCache{strings.Clone(m.date), float64(t.Unix()), err == nil && t.Unix() > 0}
	}
	return m.epoch.epoch, m.epoch.ok
}
