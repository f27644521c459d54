package declared

// springGateway is Spring Cloud Gateway's Redis limiter: a token bucket's rate
// and capacity, and what this request took from it.
var springGateway = Convention{
	Name:  "spring-cloud-gateway",
	About: "rate and capacity of a token bucket, and the request's cost",
	match: func(m *message) bool {
		return m.has("x-ratelimit-replenish-rate") || m.has("x-ratelimit-burst-capacity")
	},
	read: func(m *message) bool {
		m.add(Policy{
			Rate:      m.takeNumber("x-ratelimit-replenish-rate"),
			Burst:     m.takeNumber("x-ratelimit-burst-capacity"),
			Cost:      m.takeNumber("x-ratelimit-requested-tokens"),
			Remaining: m.remaining("x-ratelimit-remaining", m.takeOne("x-ratelimit-remaining")),
		})
		return true
	},
}
