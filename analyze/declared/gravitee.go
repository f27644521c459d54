package declared

// gravitee has a rate limit for short windows and a quota for long ones, side
// by side.
var gravitee = Convention{
	Name:  "gravitee-apim",
	About: "a rate limit and a quota",
	match: func(m *message) bool { return m.hasPrefix("x-quota-") && m.hasPrefix("x-ratelimit-") },
	slots: func(_ *message, all []slot) []slot {
		var own []slot
		for _, s := range all {
			switch k := s.key; {
			case k == slotKey{quota: true}:
				s.name = "quota"
			case k == slotKey{x: true}:
				s.name = "rate-limit"
			default:
				continue
			}
			own = append(own, s)
		}
		return own
	},
}
