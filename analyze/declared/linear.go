package declared

// linear limits requests and, in points, their complexity. X-Complexity is what
// this request cost.
var linear = Convention{
	Name:  "linear",
	About: "requests and points of complexity",
	match: func(m *message) bool { return m.hasPrefix("x-ratelimit-complexity-") },
	slots: func(m *message, all []slot) []slot {
		var own []slot
		for _, s := range all {
			if s.key.prefix == "" && s.class == "complexity" {
				s.unit, s.decided.Unit = "points", ByConvention
				s.at[roleCost] = m.at("x-complexity")
				own = append(own, s)
			}
		}
		return own
	},
}
