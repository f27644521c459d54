package declared

import "strings"

// xRateLimit is the family of X-RateLimit-Limit, -Remaining and -Reset, alias
// X-Rate-Limit-…, that most libraries and services send. Its members differ in
// how they write the reset and cannot be told apart otherwise.
var xRateLimit = Convention{
	Name:  "x-ratelimit",
	About: "limit, remainder and reset, in X- headers",
	match: func(m *message) bool { return hasTrio(m, "x-ratelimit") || m.has("x-ratelimit") },
	read:  func(m *message) bool { return m.readTrio("x-ratelimit", false) },
}

// bareTrio is RateLimit-Limit, -Remaining and -Reset without any policy: what
// the drafts have in common, and many that use the names with a reset of their
// own.
var bareTrio = Convention{
	Name:  "ratelimit-trio",
	About: "limit, remainder and reset, in headers named as in the IETF drafts",
	match: func(m *message) bool { return hasTrio(m, "ratelimit") },
	read:  func(m *message) bool { return m.readTrio("ratelimit", true) },
}

func hasTrio(m *message, stem string) bool {
	return m.has(stem+"-limit") || m.has(stem+"-remaining") || m.has(stem+"-reset") || m.has(stem+"-used")
}

// trio is the values of the headers of one stem, each a list if the header is
// repeated with different values or holds several numbers.
type trio struct {
	stem      string
	inSeconds bool // a reset that is not an instant is in seconds
	limit     []string
	remaining []string
	used      []string
	reset     []string
	resetName string
}

// trioValues takes the headers of a stem.
func (m *message) trioValues(stem string, inSeconds bool) trio {
	t := trio{stem: stem, inSeconds: inSeconds}
	t.limit = m.values(stem + "-limit")
	t.remaining = m.values(stem + "-remaining")
	for _, word := range []string{"-used", "-observed", "-usage"} {
		if v := m.values(stem + word); t.used == nil {
			t.used = v
		}
	}
	// The most explicit reset counts; the others say the same.
	for _, word := range []string{"-reset-after", "-reset", "-resettime"} {
		if v := m.values(stem + word); t.reset == nil {
			t.reset, t.resetName = v, stem+word
		}
	}
	return t
}

// values returns the values of a header: its lines, or the numbers of its only
// line. Lines that all say the same are one value.
func (m *message) values(name string) []string {
	lines := m.take(name)
	if len(lines) == 0 {
		return nil
	}
	if len(lines) == 1 {
		if !strings.Contains(lines[0], ",") {
			return lines
		}
		return list(lines[0])
	}
	for _, l := range lines[1:] {
		if l != lines[0] {
			return lines
		}
	}
	return lines[:1]
}

// lists reports whether any of the values is a list.
func (t *trio) lists() bool {
	return len(t.limit) > 1 || len(t.remaining) > 1 || len(t.reset) > 1 || len(t.used) > 1
}

// expiring reads single values; those that are lists stay out, with a note.
func (t *trio) expiring(m *message) expiring {
	one := func(name string, v []string) string {
		if len(v) > 1 {
			m.note(name, "is repeated with different values and was not read")
		}
		if len(v) != 1 {
			return ""
		}
		return strings.TrimSpace(v[0])
	}
	var e expiring
	e.limit = m.limit(t.stem+"-limit", one(t.stem+"-limit", t.limit))
	e.remaining = m.remaining(t.stem+"-remaining", one(t.stem+"-remaining", t.remaining))
	e.reset = m.resetOf(t, one(t.resetName, t.reset))
	return e
}

func (m *message) resetOf(t *trio, text string) *float64 {
	inSeconds := t.inSeconds || strings.HasSuffix(t.resetName, "-after")
	reset, encoding := m.reset(t.resetName, text, inSeconds)
	if reset != nil {
		m.claims.Encoding = encoding
	}
	return reset
}

// readTrio adds a policy for a stem, or several if its headers are lists.
func (m *message) readTrio(stem string, inSeconds bool) bool {
	t := m.trioValues(stem, inSeconds)
	if alias := m.values(stem); stem[0] == 'x' && t.limit == nil {
		t.limit = alias
	}
	if t.limit == nil && t.remaining == nil && t.used == nil && t.reset == nil {
		return false
	}
	p := Policy{Name: m.takeText(stem + "-name")}
	if reason := m.takeText("ratelimit-reason"); p.Name == nil {
		p.Name = reason // which of its limits refused (Jira and Confluence Cloud)
	}
	if class := m.takeText(stem + "-resource"); class != nil {
		p.Class = *class
	}
	n := max(len(t.limit), len(t.remaining), len(t.used))
	if n > 1 {
		m.noteList(&t, n)
	}
	for i := range max(n, 1) {
		q := p
		m.readSize(&q, stem+"-limit", at(t.limit, i, n))
		q.Remaining = m.remaining(stem+"-remaining", at(t.remaining, i, n))
		q.Used = m.usedOf(&q, stem+"-used", at(t.used, i, n))
		q.Reset = m.resetOf(&t, at(t.reset, i, max(n, len(t.reset))))
		m.asBucket(&q)
		if q.Limit != nil || q.Burst != nil || q.Window != nil || q.Remaining != nil || q.Used != nil || q.Reset != nil {
			m.add(q)
		}
	}
	return true
}

// at returns the i-th of n values; "" if the list is shorter than the others
// and so cannot be joined to them.
func at(values []string, i, n int) string {
	if n = max(n, 1); len(values) != n {
		return ""
	}
	return strings.TrimSpace(values[i])
}

// noteList says how a list of limits was read.
func (m *message) noteList(t *trio, n int) {
	for _, v := range [][]string{t.limit, t.remaining, t.used} {
		if v != nil && len(v) != n {
			m.note(t.stem+"-limit", "and its companions do not hold equally many values; those that cannot be joined were left out")
			return
		}
	}
	if t.remaining == nil && t.used == nil {
		m.note(t.stem+"-limit", "holds several limits: repeated headers or several windows, which one response cannot tell")
		return
	}
	m.note(t.stem+"-limit", "holds conflicting declarations, read as several limits")
}

// readSize reads the limit. A length of time there is the window.
func (m *message) readSize(p *Policy, name, text string) {
	if _, isNumber := number(text); !isNumber {
		if window, ok := span(text); ok && window > 0 {
			p.Window = m.num(window)
			return
		}
	}
	p.Limit = m.limit(name, text)
}

// usedOf reads how much was used and derives what remains, if the response does
// not say so itself.
func (m *message) usedOf(p *Policy, name, text string) *float64 {
	if text == "" {
		return nil
	}
	v, ok := number(text)
	if !ok || v < 0 {
		m.note(name, "is not a number")
		return nil
	}
	if p.Limit != nil && p.Remaining == nil {
		p.Remaining = m.num(max(0, *p.Limit-v))
	}
	return m.num(v)
}

// asBucket takes the limit for a bucket's capacity if a refusal shows that it
// is one: a wait shorter than the time until everything is back means that
// requests come back one by one, which no window does.
func (m *message) asBucket(p *Policy) {
	if !m.refused || p.Limit == nil || p.Remaining == nil || *p.Remaining > 0 || p.Reset == nil || m.claims.Encoding != Seconds {
		return
	}
	if wait := m.wait(); wait != nil && *wait < *p.Reset {
		p.Limit, p.Burst = nil, p.Limit
		m.note("x-ratelimit-limit", "was taken as a bucket's capacity: the wait is shorter than the reset")
	}
}
