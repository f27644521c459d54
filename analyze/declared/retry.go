package declared

import "strings"

// retryAfter reads the wait that a refusal asks for (RFC 9110, section 10.2.3)
// and its relatives. Where several are present the most precise wins.
var retryAfter = Convention{
	Name:  "retry-after",
	About: "how long to wait after a refusal, as seconds or as a date",
	match: func(m *message) bool {
		for i := range m.fields {
			if strings.Contains(m.fields[i].name, "retry") || m.fields[i].name == "x-ratelimit-after" {
				return true
			}
		}
		return false
	},
	read: func(m *message) bool {
		m.claims.RetryAfter = m.wait()
		return true
	},
}

// waitCache holds the wait once it has been read.
type waitCache struct {
	done  bool
	value *float64
}

// waitNames lists the headers that tell a wait, the most precise first: with
// the unit in the name, as a length of time, then as RFC 9110 has it.
var waitNames = []struct {
	name string
	unit float64 // seconds per unit of a bare number
}{
	{"retry-after-ms", 1e-3},
	{"x-ms-retry-after-ms", 1e-3},
	{"x-retry-in", 1},
	{"retry-after", 1},
	{"x-ratelimit-retry-after-seconds", 1},
	{"x-ratelimit-retry-after", 1},
	{"x-ratelimit-after", 1},
}

// wait returns the declared wait in seconds, nil on a 2xx response, where
// nothing was refused.
func (m *message) wait() *float64 {
	if m.waits.done {
		return m.waits.value
	}
	m.waits.done = true
	for _, w := range waitNames {
		for i := range m.fields {
			if m.fields[i].name == w.name {
				m.considerWait(m.fields[i], w.unit)
			}
		}
	}
	for i := range m.fields { // Retry-After-<policy>
		if name, ok := strings.CutPrefix(m.fields[i].name, "retry-after-"); ok && name != "ms" {
			m.considerWait(m.fields[i], 1)
		}
	}
	return m.waits.value
}

// considerWait reads one header, unless a more precise one was read before. Of
// several lines the longest wait counts: it is the one that satisfies all.
func (m *message) considerWait(f field, unit float64) {
	if m.waits.value != nil {
		return
	}
	for _, line := range f.values {
		v := m.readWait(f.name, strings.TrimSpace(line), unit)
		switch {
		case v == nil:
		case !m.refused:
			if *v > 0 {
				m.note(f.name, "stands on a response that was not refused and was ignored")
			}
		case m.waits.value == nil || *v > *m.waits.value:
			m.waits.value = v
		}
	}
}

func (m *message) readWait(name, text string, unit float64) *float64 {
	if v, ok := number(text); ok {
		if v < 0 || v*unit > near {
			m.note(name, "is not a plausible length of time")
			return nil
		}
		return m.num(micro(v * unit))
	}
	return m.resetText(name, text, timing{}).in
}
