package declared

import "strings"

// pathOfExile names its rules in one header and has for each a list of
// quota:window:penalty, and of used:window:shut out for.
var pathOfExile = Convention{
	Name:  "path-of-exile",
	About: "rules with quota, window and penalty",
	match: func(m *message) bool { return m.has("x-ratelimit-rules") },
	read: func(m *message) bool {
		policy := m.takeText("x-ratelimit-policy")
		read := false
		for rule := range strings.SplitSeq(strings.ToLower(m.takeOne("x-ratelimit-rules")), ",") {
			rule = strings.TrimSpace(rule)
			rules, ok := triples(m.take("x-ratelimit-" + rule))
			states, _ := triples(m.take("x-ratelimit-" + rule + "-state"))
			if !ok || label(rule) == nil {
				continue
			}
			for _, r := range rules {
				p := Policy{Class: rule, Name: policy, Limit: m.num(r[0]), Window: m.num(r[1]), Penalty: m.num(r[2])}
				p.Decided.Class, p.Decided.Window = ByValue, ByValue
				for _, s := range states {
					if s[1] != r[1] || p.Used != nil {
						continue
					}
					p.Used = m.num(s[0])
					m.deriveRemaining(&p, s[0])
					if s[2] > 0 {
						p.setReset(m.encoded(instant{m.num(s[2]), Seconds, ByConvention}))
					}
				}
				m.add(p)
				read = true
			}
		}
		return read
	},
}

// triples reads "10:5:10,20:60:30".
func triples(lines []string) (all [][3]float64, ok bool) {
	for item := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		parts := strings.Split(item, ":")
		if len(parts) != 3 || len(all) == maxPolicies {
			return nil, false
		}
		var t [3]float64
		for i, p := range parts {
			v, ok := number(p)
			if !ok || v < 0 || i == 1 && v == 0 {
				return nil, false
			}
			t[i] = v
		}
		all = append(all, t)
	}
	return all, true
}
