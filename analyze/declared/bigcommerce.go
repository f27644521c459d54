package declared

// bigcommerce declares one limit, whose figures have their units in the names.
var bigcommerce = Convention{
	Name:  "bigcommerce",
	About: "quota, window and reset with units in the names",
	match: func(m *message) bool {
		return m.has("x-ratelimit-requests-quota") && m.has("x-ratelimit-time-window-ms")
	},
	slots: func(m *message, _ []slot) []slot {
		s := newSlot()
		s.at[roleLimit] = m.at("x-ratelimit-requests-quota")
		s.at[roleRemaining] = m.at("x-ratelimit-requests-left")
		s.at[roleWindow], s.format[roleWindow] = m.at("x-ratelimit-time-window-ms"), 1e-3
		s.at[roleReset], s.format[roleReset] = m.at("x-ratelimit-time-reset-ms"), 1e-3
		s.decided.Unit = ByName
		return []slot{s}
	},
}
