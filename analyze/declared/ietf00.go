package declared

import (
	"slices"
	"strings"
)

// ietfDraft00 is draft-polli-ratelimit-headers and
// draft-ietf-httpapi-ratelimit-headers-00 to -03: the policies stand behind the
// limit that is closest to being reached, "10, 10;w=1, 1000;w=3600".
var ietfDraft00 = Convention{
	Name:  "ietf-draft-00-03",
	About: "quota, remainder and reset, policies behind the quota",
	match: func(m *message) bool { return m.has("ratelimit-limit") },
	read:  func(m *message) bool { return m.policiesInLimit("ratelimit") },
}

// envoy is the same under the names with X-, as Envoy's filters send it.
var envoy = Convention{
	Name:  "envoy-x-ratelimit",
	About: "as ietf-draft-00-03, with X- names",
	match: func(m *message) bool { return m.has("x-ratelimit-limit") },
	read:  func(m *message) bool { return m.policiesInLimit("x-ratelimit") },
}

// policiesInLimit reads a trio whose limit holds policies. The first number
// without a window points at one of them.
func (m *message) policiesInLimit(stem string) bool {
	trio := m.trio(stem)
	if trio[0] < 0 || !slices.ContainsFunc(m.fields[trio[0]].values, func(l string) bool { return strings.IndexByte(l, ';') >= 0 }) {
		return false
	}
	all := m.members(stem + "-limit")
	var list []member
	var bare []float64
	for i := range all {
		_, window := all[i].numbers["w"]
		switch {
		case !all[i].isNumber:
			return false
		case window:
			list = append(list, all[i])
		default:
			bare = append(bare, all[i].number)
		}
	}
	if len(list) == 0 {
		return false
	}
	e := m.expiring(trio, false)
	if len(bare) > 0 {
		e.limit = m.num(bare[0])
	}
	if len(bare) > 1 {
		m.note(stem+"-limit", "has several numbers without a window; the first counts")
	}
	policies := m.quotas(stem+"-limit", list)
	if e.limit == nil && len(policies) == 1 {
		e.limit = policies[0].Limit
	}
	m.addExpiring(stem+"-limit", policies, e)
	return true
}
