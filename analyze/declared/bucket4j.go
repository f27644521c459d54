package declared

// bucket4j is bucket4j's Spring Boot starter: what remains when a request is
// admitted, how long to wait when it is refused.
var bucket4j = Convention{
	Name:  "bucket4j-spring-boot-starter",
	About: "remainder, or the wait after a refusal",
	match: func(m *message) bool { return m.has("x-ratelimit-retry-after-seconds") && !m.has("x-ratelimit-limit") },
	slots: func(m *message, _ []slot) []slot {
		s := newSlot()
		s.at[roleRemaining] = m.at("x-ratelimit-remaining")
		s.implied = true
		return []slot{s}
	},
}
