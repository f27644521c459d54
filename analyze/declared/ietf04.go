package declared

// ietfDraft04 is draft-ietf-httpapi-ratelimit-headers-04 to -06: the trio
// RateLimit-Limit, -Remaining and -Reset for the limit closest to being
// reached, RateLimit-Policy a list of numbers, "100;w=60".
var ietfDraft04 = Convention{
	Name:  "ietf-draft-04-06",
	About: "quota, remainder and reset of the limit closest to being reached, policies as numbers",
	match: func(m *message) bool { return m.has("ratelimit-policy") },
	read: func(m *message) bool {
		p := m.structured("ratelimit-policy")
		if len(p.members) == 0 || named(p.members) {
			return false
		}
		trio := m.trio(&draftTrio)
		if m.repeated(trio) {
			return false
		}
		e := m.expiring(trio, true)
		m.addExpiring("RateLimit-Limit", m.policies(p), e)
		return true
	},
}
