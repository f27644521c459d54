package declared

// huggingFace writes policies with two strings, which no parser of structured
// fields reads: the kind of limiter, then the resource, after which RateLimit
// calls it.
var huggingFace = Convention{
	Name:  "huggingface-hub",
	About: "as ietf-draft-08-11, each policy with its kind and the resource",
	match: func(m *message) bool { return m.has("ratelimit") && m.has("ratelimit-policy") },
	read: func(m *message) bool {
		list := m.structured("ratelimit-policy")
		if !list.malformed {
			return false
		}
		for i := range list.members {
			if len(list.members[i].others) != 1 {
				return false
			}
		}
		first := len(m.claims.Policies)
		m.joinQuotas(list, m.members("ratelimit"))
		for i := first; i < len(m.claims.Policies); i++ {
			if p := &m.claims.Policies[i]; p.Name != nil && p.Remaining != nil {
				p.Class, p.Decided.Class = *p.Name, ByValue
			}
		}
		return true
	},
}
