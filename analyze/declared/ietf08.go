package declared

import "strings"

// ietfDraft08 is draft-ietf-httpapi-ratelimit-headers-08 to -11, whose syntax
// is the same: RateLimit-Policy lists `"name";q=quota;w=window`, RateLimit lists
// `"name";r=remaining;t=seconds`; qu is the quota's unit, pk a partition key.
var ietfDraft08 = Convention{
	Name:  "ietf-draft-08-11",
	About: "named policies, and how much is left of each",
	match: func(m *message) bool { return m.has("ratelimit") || m.has("ratelimit-policy") },
	read: func(m *message) bool {
		if i := m.index("ratelimit"); i >= 0 && isDictionary(m.fields[i].values) {
			return false
		}
		left := m.members("ratelimit")
		list := m.structured("ratelimit-policy")
		if len(left) == 0 && !named(list.members) {
			return false
		}
		for i := range left {
			if left[i].isNumber {
				return false
			}
		}
		m.joinQuotas(list, left)
		return true
	},
}

// isDictionary tells "limit=100, remaining=50" from a list of names.
func isDictionary(lines []string) bool {
	for _, l := range lines {
		first, _, _ := strings.Cut(l, ";")
		if i := strings.IndexByte(first, '='); i >= 0 && !strings.Contains(first[:i], `"`) {
			return true
		}
	}
	return false
}

func named(list []member) bool {
	for i := range list {
		if !list[i].isNumber {
			return true
		}
	}
	return false
}

// joinQuotas adds one policy for each quota, with what is left of it, and one
// for each remainder without a quota.
func (m *message) joinQuotas(p *parsed, left []member) {
	policies, list := m.policies(p), p.members
	partner := m.join(list, left)
	if len(list) == 1 && len(left) == 1 && partner[0] < 0 {
		partner[0] = 0
		m.note("RateLimit", "and RateLimit-Policy name one policy each, but not the same; they were taken to be one")
	}
	for i := range policies {
		if at := partner[i]; at >= 0 {
			m.scratch.joined[at] = true
			m.setLeft(&policies[i], &left[at])
			if list[i].isCalled(left[at].name) && left[at].name != "" {
				policies[i].Name = left[at].label()
			}
		}
		if policies[i].Limit == nil {
			m.note("RateLimit-Policy", "has a policy without a quota")
		}
		m.add(policies[i])
	}
	for i := range left {
		if !m.scratch.joined[i] {
			p := Policy{Name: left[i].label(), Unit: unitWord(left[i].texts["qu"])}
			m.setLeft(&p, &left[i])
			m.add(p)
		}
	}
}

// join finds for each quota the remainder that belongs to it, by name and
// partition key, else by name; -1 where there is none.
func (m *message) join(list, left []member) []int {
	partner := append(m.scratch.partner[:0], make([]int, len(list))...)
	taken := append(m.scratch.joined[:0], make([]bool, len(left))...)
	m.scratch.partner, m.scratch.joined = partner, taken
	for i := range partner {
		partner[i] = -1
	}
	for _, sameKey := range []bool{true, false} {
		for i := range list {
			for j := range left {
				if partner[i] < 0 && !taken[j] && list[i].isCalled(left[j].name) &&
					(!sameKey || list[i].texts["pk"] == left[j].texts["pk"]) {
					partner[i], taken[j] = j, true
				}
			}
		}
	}
	return partner
}

// setLeft sets what remains of a policy and for how many seconds.
func (m *message) setLeft(p *Policy, mb *member) {
	if _, ok := mb.param("r"); !ok {
		m.note("RateLimit", "does not say what remains (r)")
	}
	p.Remaining = m.parameter("RateLimit", mb, "r")
	if t, ok := mb.param("t"); ok {
		p.setReset(m.resetParameter(mb, t))
	}
}

// resetParameter reads t, which is in seconds whatever its size, unless the
// responses before have shown that it is not.
func (m *message) resetParameter(mb *member, t float64) instant {
	key := resetKey{name: "RateLimit t", member: mb.name}
	if m.lessons != nil && t >= 0 {
		m.resets = append(m.resets, rawReset{key, t})
		if in, ok := m.lessons.reset(m, key, t, draftReset); ok {
			return m.encoded(in)
		}
	}
	return m.encoded(instant{m.parameter("RateLimit", mb, "t"), Seconds, ByConvention})
}
