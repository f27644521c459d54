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
	read:  func(m *message) bool { return m.policiesInLimit(&draftTrio) },
}

// envoy is the same under the names with X-, as Envoy's filters send it.
var envoy = Convention{
	Name:  "envoy-x-ratelimit",
	About: "as ietf-draft-00-03, with X- names",
	match: func(m *message) bool { return m.has("x-ratelimit-limit") },
	read:  func(m *message) bool { return m.policiesInLimit(&xTrio) },
}

// policiesInLimit reads a trio whose limit holds policies. The first number
// without a window points at one of them.
func (m *message) policiesInLimit(names *trioNames) bool {
	at := m.at(names[0])
	if at < 0 || !slices.ContainsFunc(m.fields[at].values, func(l string) bool { return strings.IndexByte(l, ';') >= 0 }) {
		return false
	}
	trio := m.trio(names)
	all := m.members(names[0])
	list, bare := m.scratch.list[:0], m.scratch.bare[:0]
	for i := range all {
		_, window := all[i].param("w")
		switch {
		case !all[i].isNumber:
			return false
		case window:
			list = append(list, all[i])
		default:
			bare = append(bare, all[i].number)
		}
	}
	m.scratch.list, m.scratch.bare = list, bare
	if len(list) == 0 {
		return false
	}
	e := m.expiring(trio, false)
	if len(bare) > 0 {
		e.limit = m.num(bare[0])
	}
	if len(bare) > 1 {
		m.note(names[0], "has several numbers without a window; the first counts")
	}
	policies := m.quotas(names[0], list)
	if e.limit == nil && len(policies) == 1 {
		e.limit = policies[0].Limit
	}
	m.addExpiring(names[0], policies, e)
	return true
}
