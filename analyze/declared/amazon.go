package declared

// amazonSellingPartner declares the rate of a token bucket. Its capacity is
// documented for each operation, but not sent.
var amazonSellingPartner = Convention{
	Name:  "amazon-sp-api",
	About: "rate of a token bucket, in requests per second",
	match: func(m *message) bool { return m.has("x-amzn-ratelimit-limit") },
	read: func(m *message) bool {
		rate := m.takeNumber("x-amzn-ratelimit-limit")
		if rate == nil {
			return false
		}
		m.add(Policy{Rate: rate})
		return true
	},
}
