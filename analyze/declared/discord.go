package declared

// discord has a limit for each bucket of routes, which it names. Its
// Reset-After is more precise than its Reset.
var discord = Convention{
	Name:  "discord",
	About: "limit, remainder and reset of a bucket of routes",
	match: func(m *message) bool { return m.has("x-ratelimit-bucket") && m.has("x-ratelimit-reset-after") },
	slots: func(_ *message, all []slot) []slot {
		var own []slot
		for _, s := range all {
			if s.key.x && s.bare() {
				s.class, s.decided.Class = "route", ByConvention
				own = append(own, s)
			}
		}
		return own
	},
}
