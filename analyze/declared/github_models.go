package declared

// gitHubModels refuses without saying what is left: which limit it was, and for
// how many seconds. On admitted requests it is like OpenAI's.
var gitHubModels = Convention{
	Name:  "github-models",
	About: "which limit refused",
	match: func(m *message) bool { return m.has("x-ratelimit-type") && m.has("x-ratelimit-timeremaining") },
	slots: func(m *message, _ []slot) []slot {
		s := newSlot()
		s.class, s.decided.Class = requests, ByConvention
		s.at[rolePolicy] = m.at("x-ratelimit-type")
		s.implied = true
		return []slot{s}
	},
}
