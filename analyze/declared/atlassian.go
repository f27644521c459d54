package declared

// atlassianDataCenter is Jira, Confluence and Bitbucket Data Center: a token
// bucket that gets FillRate tokens every interval. Its limit is the capacity.
var atlassianDataCenter = Convention{
	Name:  "atlassian-data-center",
	About: "capacity, fill rate and interval of a token bucket",
	match: func(m *message) bool { return m.has("x-ratelimit-fillrate") && m.has("x-ratelimit-interval-seconds") },
	read: func(m *message) bool {
		p := Policy{
			Burst:     m.takeNumber("x-ratelimit-limit"),
			Remaining: m.remaining("x-ratelimit-remaining", m.takeOne("x-ratelimit-remaining")),
		}
		fill, interval := m.takeNumber("x-ratelimit-fillrate"), m.takeNumber("x-ratelimit-interval-seconds")
		if fill != nil && interval != nil && *interval > 0 {
			p.Rate = m.num(*fill / *interval)
		}
		m.add(p)
		return true
	},
}
