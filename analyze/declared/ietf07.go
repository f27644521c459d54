package declared

import "strings"

// ietfDraft07 is draft-ietf-httpapi-ratelimit-headers-07: RateLimit is a
// dictionary with limit, remaining and reset, RateLimit-Policy a list of
// numbers, "100;w=60".
var ietfDraft07 = Convention{
	Name:  "ietf-draft-07",
	About: "quota, remainder and reset in one dictionary, policies as numbers",
	match: func(m *message) bool { return m.has("ratelimit") },
	read: func(m *message) bool {
		if i := m.index("ratelimit"); i < 0 || !isDictionary(m.fields[i].values) {
			return false
		}
		var e expiring
		// Read as a list of key=value pairs, which a dictionary of numbers is.
		// Several lines are several limiters only if a key comes again.
		for _, line := range m.take("ratelimit") {
			for more := true; more; {
				var pair string
				pair, line, more = strings.Cut(line, ",")
				pair, _, _ = strings.Cut(pair, ";")
				key, value, _ := strings.Cut(pair, "=")
				m.readDraft07(&e, strings.TrimSpace(key), strings.TrimSpace(value))
			}
		}
		if e == (expiring{}) {
			return false
		}
		policies := m.policies(m.structured("ratelimit-policy"))
		m.addExpiring("RateLimit limit", policies, e)
		return true
	},
}

func (m *message) readDraft07(e *expiring, key, value string) {
	switch {
	case strings.EqualFold(key, "limit"):
		m.once(&e.limit, m.limit("RateLimit limit", value))
	case strings.EqualFold(key, "remaining"):
		m.once(&e.remaining, m.remaining("RateLimit remaining", value))
	case strings.EqualFold(key, "reset"):
		in := m.reset(resetKey{name: "RateLimit reset"}, value, draftReset)
		m.once(&e.reset.in, in.in)
		e.reset.by, e.reset.encoding = in.by, in.encoding
	}
}

// once sets a value that must not be there twice; the later one wins, as in a
// structured dictionary.
func (m *message) once(field **float64, v *float64) {
	if *field != nil && !equal(*field, v) {
		m.note("RateLimit", "holds a key twice with different values; the last counts")
	}
	*field = v
}
