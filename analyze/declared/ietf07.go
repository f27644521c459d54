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
		for _, pair := range split(strings.Join(m.take("ratelimit"), ","), ',') {
			pair, _, _ = strings.Cut(pair, ";")
			key, value, _ := strings.Cut(pair, "=")
			value = strings.TrimSpace(value)
			switch strings.ToLower(strings.TrimSpace(key)) {
			case "limit":
				m.once(&e.limit, m.limit("RateLimit limit", value))
			case "remaining":
				m.once(&e.remaining, m.remaining("RateLimit remaining", value))
			case "reset":
				in := m.reset(resetKey{name: "RateLimit reset"}, value, draftReset)
				m.once(&e.reset.in, in.in)
				e.reset.by, e.reset.encoding = in.by, in.encoding
			}
		}
		if e == (expiring{}) {
			return false
		}
		policies := m.quotas("RateLimit-Policy", m.members("ratelimit-policy"))
		m.addExpiring("RateLimit limit", policies, e)
		return true
	},
}

// once sets a value that must not be there twice; the later one wins, as in a
// structured dictionary.
func (m *message) once(field **float64, v *float64) {
	if *field != nil && !equal(*field, v) {
		m.note("RateLimit", "holds a key twice with different values; the last counts")
	}
	*field = v
}
