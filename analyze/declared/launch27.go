package declared

import "strings"

// launch27 declares a token bucket for each class on every response:
// x-rate-limit-CLASS-limit is its capacity and x-rate-limit-CLASS-ttl the time
// in which one token comes back. The documentation has the ttl both as 500 and
// as 500ms.
var launch27 = Convention{
	Name:  "launch27-api-2.0",
	About: "bucket capacity and time per token, for reads and for writes",
	match: func(m *message) bool {
		for i := range m.fields {
			if class, ok := between(m.fields[i].name, "x-ratelimit-", "-ttl"); ok && class != "" {
				return true
			}
		}
		return false
	},
	read: func(m *message) bool {
		for i := range m.fields {
			name := m.fields[i].name
			class, ok := between(name, "x-ratelimit-", "-limit")
			if !ok {
				class, ok = between(name, "x-ratelimit-", "-ttl")
				ok = ok && !m.has("x-ratelimit-"+class+"-limit")
			}
			if !ok || class == "" || !m.has(name) {
				continue
			}
			m.add(Policy{
				Class: classWord(class),
				Burst: m.takeNumber("x-ratelimit-" + class + "-limit"),
				Rate:  m.ttl("x-ratelimit-" + class + "-ttl"),
			})
		}
		return true
	},
}

// ttl reads the time per token as tokens per second.
func (m *message) ttl(name string) *float64 {
	text := m.takeOne(name)
	seconds, ok := span(text)
	if v, bare := number(text); bare {
		seconds, ok = v/1e3, true
		switch {
		case v >= 10:
		case strings.Contains(text, "."):
			seconds = v
			m.note(name, "has no unit and was taken as seconds")
		default:
			m.note(name, "is ambiguous: seconds or milliseconds, which one response cannot tell")
			return nil
		}
	}
	if text == "" {
		return nil
	}
	if !ok || seconds <= 0 {
		m.note(name, "is not a length of time")
		return nil
	}
	return m.num(1 / seconds)
}

// between returns what stands between a prefix and a suffix.
func between(s, prefix, suffix string) (string, bool) {
	if s, ok := strings.CutPrefix(s, prefix); ok {
		return strings.CutSuffix(s, suffix)
	}
	return "", false
}

// classWord puts the words for the classes into the singular.
func classWord(s string) string {
	switch s {
	case "reads":
		return "read"
	case "writes":
		return "write"
	case "deletes":
		return "delete"
	}
	return s
}
