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
	slots: func(m *message, _ []slot) []slot {
		var own []slot
		for i := range m.fields {
			class, ok := between(m.fields[i].name, "x-ratelimit-", "-ttl")
			if !ok || class == "" {
				continue
			}
			s := newSlot()
			s.class, s.decided.Class = classWord(class), ByName
			s.at[roleBurst], s.at[roleWindow] = m.at("x-ratelimit-"+class+"-limit"), int8(i)
			s.read = readLaunch27
			own = append(own, s)
		}
		for i := range m.fields { // a bucket without its time
			class, ok := between(m.fields[i].name, "x-ratelimit-", "-limit")
			if !ok || class == "" || m.has("x-ratelimit-"+class+"-ttl") {
				continue
			}
			s := newSlot()
			s.class, s.decided.Class = classWord(class), ByName
			s.at[roleBurst] = int8(i)
			s.read = readLaunch27
			own = append(own, s)
		}
		return own
	},
}

func readLaunch27(m *message, s *slot) {
	p := s.policy
	p.Burst = m.numberAt(s.at[roleBurst])
	if i := s.at[roleWindow]; i >= 0 {
		p.Rate = m.ttl(m.nameOf(i), m.one(i))
	}
	m.add(p)
}

// ttl reads the time per token as tokens per second.
func (m *message) ttl(name, text string) *float64 {
	v, bare := number(text)
	seconds, ok := v/1e3, bare
	switch {
	case !bare:
		seconds, ok = span(text)
	case v >= 10:
	case strings.Contains(text, "."):
		seconds = v
		m.note(name, "has no unit and was taken as seconds")
	default:
		m.note(name, "is ambiguous: seconds or milliseconds, which one response cannot tell")
		return nil
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
