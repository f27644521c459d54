package declared

import "strings"

// values returns the values of a field that nobody has read yet: its lines, or
// the numbers of its only line. Lines that all say the same are one value.
func (m *message) values(i int8) []string {
	if i < 0 || m.taken&(1<<i) != 0 {
		return nil
	}
	m.taken |= 1 << i
	lines := m.fields[i].values
	if len(lines) == 0 {
		return nil
	}
	if len(lines) == 1 {
		if strings.IndexByte(lines[0], ',') < 0 {
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

// slotValues is the values of the headers of one slot, each a list if the header
// is repeated with different values or holds several numbers.
type slotValues struct {
	limit, remaining, used, reset []string
}

// readSlot adds the policy of a slot, or several if its headers are lists.
func (m *message) readSlot(s *slot) {
	v := slotValues{m.values(s.at[roleLimit]), m.values(s.at[roleRemaining]), m.values(s.at[roleUsed]), m.values(s.at[roleReset])}
	n := max(len(v.limit), len(v.remaining), len(v.used))
	if n > 1 {
		m.noteList(m.slotName(s), &v, n)
	}
	all := &s.policy
	if s.shared {
		p := s.policy
		m.readShared(&p, s)
		all = &p
	}
	for i := range max(n, 1) {
		p := m.next()
		if p == nil {
			return
		}
		*p = *all
		m.readOne(p, s, &v, i, n)
		if p.declares() || p.Window != nil && (v.limit != nil || s.window == 0) {
			m.keep(p)
		}
	}
}

// readOne reads the i-th of the n limits that a slot holds.
func (m *message) readOne(p *Policy, s *slot, v *slotValues, i, n int) {
	if v.limit != nil {
		m.readSize(p, s, at(v.limit, i, n))
	}
	if v.remaining != nil {
		p.Remaining = m.remaining(m.nameOf(s.at[roleRemaining]), at(v.remaining, i, n))
	} else if s.implied && m.refused {
		p.Remaining, p.Decided.Remaining = m.num(0), ByRefusal
	}
	if v.used != nil {
		p.Used = m.usedOf(p, m.nameOf(s.at[roleUsed]), at(v.used, i, n))
	}
	if v.reset != nil {
		t := timing{format: s.format[roleReset], inSeconds: s.delta, by: s.decided.Reset}
		p.setReset(m.reset(resetKey{name: m.nameOf(s.at[roleReset]), i: i}, at(v.reset, i, max(n, len(v.reset))), t))
	}
	if s.asBucket {
		m.asBucket(p, s)
	}
	m.asWindow(p)
}

// declares reports whether a policy says how much or when.
func (p *Policy) declares() bool {
	return p.Limit != nil || p.Burst != nil || p.Remaining != nil || p.Used != nil || p.Reset != nil || p.Rate != nil || p.Cost != nil
}

func (p *Policy) setReset(in instant) {
	p.Reset, p.Decided.Reset, p.Decided.Encoding = in.in, in.by, in.encoding
}

// readShared reads what all policies of a slot have in common.
func (m *message) readShared(p *Policy, s *slot) {
	if i := s.at[rolePolicy]; i >= 0 {
		if name := label(m.one(i)); name != nil {
			p.Name = name
		}
	}
	if i := s.at[roleClass]; i >= 0 {
		if class := label(m.one(i)); class != nil {
			p.Class, p.Decided.Class = *class, ByValue
		}
	}
	if i := s.at[roleWindow]; i >= 0 {
		m.readWindow(p, s, i)
	}
	if i := s.at[roleBurst]; i >= 0 {
		p.Burst = m.numberAt(i)
	}
	if i := s.at[roleCost]; i >= 0 {
		p.Cost = m.numberAt(i)
	}
}

// readWindow reads a window, in the unit of the name or else of the value; a
// bare number is seconds.
func (m *message) readWindow(p *Policy, s *slot, i int8) {
	text := m.one(i)
	v, ok := number(text)
	by := ByName
	switch format := s.format[roleWindow]; {
	case ok && format > 0:
		v *= format
	case ok:
		by = ByConvention
	default:
		v, ok = span(text)
		by = ByValue
	}
	if !ok || v <= 0 {
		if text != "" {
			m.note(m.nameOf(i), "is not a length of time")
		}
		return
	}
	p.Window, p.Decided.Window = m.num(micro(v)), by
}

// nameOf returns the name of a field, "" for none.
func (m *message) nameOf(i int8) string {
	if i < 0 {
		return ""
	}
	return m.fields[i].name
}

// slotName names a slot by its most telling header.
func (m *message) slotName(s *slot) string {
	for _, r := range []role{roleLimit, roleRemaining, roleUsed} {
		if s.has(r) {
			return m.nameOf(s.at[r])
		}
	}
	return "limit"
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
func (m *message) noteList(name string, v *slotValues, n int) {
	for _, list := range [][]string{v.limit, v.remaining, v.used} {
		if list != nil && len(list) != n {
			m.note(name, "and its companions do not hold equally many values; those that cannot be joined were left out")
			return
		}
	}
	if v.remaining == nil && v.used == nil {
		m.note(name, "holds several limits, which is ambiguous: repeated headers or several windows, which one response cannot tell")
		return
	}
	m.note(name, "holds conflicting declarations, read as several limits")
}

// readSize reads the limit. A length of time there is the window.
func (m *message) readSize(p *Policy, s *slot, text string) {
	if text == "" {
		return
	}
	if c := text[len(text)-1]; c < '0' || c > '9' {
		if window, ok := span(text); ok && window > 0 {
			p.Window, p.Decided.Window = m.num(window), ByValue
			return
		}
	}
	p.Limit = m.limit(m.nameOf(s.at[roleLimit]), text)
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
	m.deriveRemaining(p, v)
	return m.num(v)
}

func (m *message) deriveRemaining(p *Policy, used float64) {
	if p.Limit != nil && p.Remaining == nil {
		p.Remaining, p.Decided.Remaining = m.num(max(0, *p.Limit-used)), Derived
	}
}

// asBucket takes the limit for a bucket's capacity if a refusal shows that it
// is one: a wait shorter than the time until everything is back means that
// requests come back one by one, which no window does.
func (m *message) asBucket(p *Policy, s *slot) {
	if p.Limit == nil || p.Window != nil {
		return
	}
	if m.lessons.isBucket(*p.Limit) {
		p.Limit, p.Burst, p.Decided.Burst = nil, p.Limit, ByRefusal
		return
	}
	if !m.refused || p.Remaining == nil || *p.Remaining > 0 || p.Reset == nil || p.Decided.Encoding != Seconds {
		return
	}
	if wait := m.wait(); wait != nil && *wait < *p.Reset {
		m.note(m.nameOf(s.at[roleLimit]), "was taken as a bucket's capacity: the wait is shorter than the reset")
		m.lessons.addBucket(*p.Limit)
		p.Limit, p.Burst, p.Decided.Burst = nil, p.Limit, ByRefusal
	}
}

// asWindow gives a limit the window that earlier refusals have shown.
func (m *message) asWindow(p *Policy) {
	if m.lessons != nil && m.lessons.window > 0 && p.Limit != nil && p.Window == nil {
		p.Window, p.Decided.Window = m.num(m.lessons.window), BySlope
	}
}
