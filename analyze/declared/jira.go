package declared

// jiraCloud is Jira and Confluence Cloud, which say which of their limits
// refused.
var jiraCloud = Convention{
	Name:  "jira-confluence-cloud",
	About: "limit, remainder and reset, and which limit refused",
	match: func(m *message) bool { return m.has("ratelimit-reason") && m.hasPrefix("x-ratelimit-") },
	slots: func(m *message, all []slot) []slot {
		var own []slot
		for _, s := range all {
			if s.key == (slotKey{x: true}) {
				s.at[rolePolicy] = m.at("ratelimit-reason")
				own = append(own, s)
			}
		}
		return own
	},
}
