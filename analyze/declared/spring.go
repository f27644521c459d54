package declared

// springGateway is Spring Cloud Gateway's Redis limiter: a token bucket's rate
// and capacity, and what this request took from it.
var springGateway = Convention{
	Name:  "spring-cloud-gateway",
	About: "rate and capacity of a token bucket, and the request's cost",
	match: func(m *message) bool {
		return m.has("x-ratelimit-replenish-rate") || m.has("x-ratelimit-burst-capacity")
	},
	slots: func(m *message, _ []slot) []slot {
		s := newSlot()
		s.at[roleWindow], s.at[roleBurst] = m.at("x-ratelimit-replenish-rate"), m.at("x-ratelimit-burst-capacity")
		s.at[roleCost], s.at[roleRemaining] = m.at("x-ratelimit-requested-tokens"), m.at("x-ratelimit-remaining")
		s.read = func(m *message, s *slot) {
			p := s.policy
			p.Rate, p.Burst, p.Cost = m.numberAt(s.at[roleWindow]), m.numberAt(s.at[roleBurst]), m.numberAt(s.at[roleCost])
			p.Remaining = m.remaining(m.nameOf(s.at[roleRemaining]), m.one(s.at[roleRemaining]))
			m.add(p)
		}
		return []slot{s}
	},
}
