package declared

// tollbooth is didip/tollbooth: a refusal has the limit with two decimals and
// its duration in seconds, beside the rounded trio.
var tollbooth = Convention{
	Name:  "go-tollbooth",
	About: "limit with its window, on refusals",
	match: func(m *message) bool { return m.has("x-ratelimit-limit") && m.has("x-ratelimit-duration") },
	read: func(m *message) bool {
		p := Policy{Limit: m.takeNumber("x-ratelimit-limit"), Window: m.takeNumber("x-ratelimit-duration")}
		if p.Limit == nil || p.Window == nil || *p.Window == 0 {
			return false
		}
		m.add(p)
		return true
	},
}
