package declared

// stripe declares only which of its limits refused.
var stripe = Convention{
	Name:  "stripe",
	About: "which limit refused",
	match: func(m *message) bool { return m.has("stripe-ratelimited-reason") },
	read: func(m *message) bool {
		name := m.takeText("stripe-ratelimited-reason")
		if name == nil {
			return false
		}
		m.add(Policy{Name: name})
		return true
	},
}
