package declared

import "strings"

// packed is all of a limit in one header: <vendor>-ratelimit-<policy> with
// "total=100; remaining=99; resets=41", as Zendesk has it.
var packed = Convention{
	Name:  "zendesk",
	About: "a limit's fields as key=value in one header, named by the header",
	match: func(m *message) bool { return len(packedNames(m)) > 0 },
	slots: func(m *message, _ []slot) []slot {
		var own []slot
		for _, i := range packedNames(m) {
			_, policy, _ := strings.Cut(m.fields[i].name, "ratelimit-")
			s := newSlot()
			s.class, s.name, s.decided.Class = policy, policy, ByName
			s.at[roleLimit], s.read = int8(i), readPacked
			own = append(own, s)
		}
		return own
	},
}

// packedNames lists the headers that have words after "ratelimit" but none for a
// field.
func packedNames(m *message) []int {
	var found []int
	for i := range m.fields {
		name := m.fields[i].name
		_, policy, ok := strings.Cut(name, "ratelimit-")
		if _, read := partsOf(name); ok && policy != "" && policy != "policy" && !read {
			found = append(found, i)
		}
	}
	return found
}

func readPacked(m *message, s *slot) {
	i := s.at[roleLimit]
	f := &m.fields[i]
	if m.taken&(1<<i) != 0 || len(f.values) != 1 || strings.IndexByte(f.values[0], '=') < 0 {
		return
	}
	p := s.policy
	for pair := range strings.FieldsFuncSeq(f.values[0], func(r rune) bool { return r == ';' || r == ',' }) {
		key, value, _ := strings.Cut(pair, "=")
		value = strings.TrimSpace(value)
		switch fieldWords[strings.ToLower(strings.TrimSpace(key))] {
		case roleLimit:
			p.Limit = m.limit(f.name, value)
		case roleRemaining:
			p.Remaining = m.remaining(f.name, value)
		case roleUsed:
			p.Used = m.usedOf(&p, f.name, value)
		case roleReset:
			p.setReset(m.reset(resetKey{name: f.name}, value, timing{}))
		}
	}
	if p.declares() {
		m.taken |= 1 << i
		m.add(p)
	}
}
