package declared

import (
	"slices"
	"strings"
)

// policies turns the members of RateLimit-Policy into policies. What they say is
// remembered: it is the same in most responses.
func (m *message) policies(p *parsed) []Policy {
	if p.counted {
		m.scratch.quotas = append(m.scratch.quotas[:0], p.quotas...)
		return m.scratch.quotas
	}
	notes := len(m.claims.Notes)
	quotas := m.quotas("RateLimit-Policy", p.members)
	if p.counted = len(p.members) > 0 && len(m.claims.Notes) == notes; p.counted {
		p.quotas = slices.Clone(quotas)
	}
	return quotas
}

// quotas turns the members of a policy list into policies: "100;w=60" of the
// drafts up to 07, and `"name";q=100;w=60` of the later ones.
func (m *message) quotas(header string, list []member) []Policy {
	policies := m.scratch.quotas[:0]
	for i := range list {
		mb := &list[i]
		p := Policy{Limit: m.parameter(header, mb, "q"), Name: mb.label(), Unit: unitWord(mb.texts["qu"])}
		if p.Unit != "" {
			p.Decided.Unit = ByValue
		}
		if mb.isNumber {
			p.Name = label(mb.texts["name"])
			if p.Limit = m.num(mb.number); p.Limit == nil {
				m.note(header, "has a negative quota")
			}
		}
		if w := m.parameter(header, mb, "w"); w != nil && *w > 0 {
			p.Window, p.Decided.Window = w, ByValue
		} else if w != nil {
			m.note(header, "has a window of no length")
		}
		policies = append(policies, p)
	}
	m.scratch.quotas = policies
	return policies
}

// unitWord returns a declared quota unit, or "" for requests.
func unitWord(qu string) string {
	if label(qu) == nil || qu == requests {
		return ""
	}
	return qu
}

// expiring is the limit that is closest to being reached, as the drafts up to
// 07 single it out: it points at one of the policies and is not one itself.
type expiring struct {
	limit, remaining *float64
	reset            instant
}

// draftReset is how the drafts have resets: in seconds.
var draftReset = timing{inSeconds: true, by: ByConvention}

// trioNames are the names of limit, remainder and reset.
type trioNames [3]string

var (
	draftTrio = trioNames{"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}
	xTrio     = trioNames{"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
)

// trio finds the headers of these names.
func (m *message) trio(names *trioNames) [3]int8 {
	return [3]int8{m.at(names[0]), m.at(names[1]), m.at(names[2])}
}

// repeated reports whether one of the headers has lines that differ.
func (m *message) repeated(trio [3]int8) bool {
	taken := m.taken
	defer func() { m.taken = taken }()
	for _, i := range trio {
		if len(m.values(i)) > 1 {
			return true
		}
	}
	return false
}

// expiring reads a trio, without the limit if that holds policies.
func (m *message) expiring(trio [3]int8, limit bool) expiring {
	var e expiring
	if limit {
		e.limit = m.limit(m.nameOf(trio[0]), m.one(trio[0]))
	}
	e.remaining = m.remaining(m.nameOf(trio[1]), m.one(trio[1]))
	if trio[2] >= 0 {
		e.reset = m.reset(resetKey{name: m.nameOf(trio[2])}, m.one(trio[2]), draftReset)
	}
	return e
}

// addExpiring adds the policies with what is known of the expiring one attached
// to the first whose quota is that of the pointer. A pointer to none of several
// is a limit of the moment: what is left of it belongs to no policy. Without
// any policy the pointer is one.
func (m *message) addExpiring(header string, policies []Policy, e expiring) {
	at := -1
	for i := range policies {
		if at < 0 && e.limit != nil && policies[i].Limit != nil && *policies[i].Limit == *e.limit {
			at = i
		}
	}
	switch {
	case len(policies) == 0:
		if e != (expiring{}) {
			policies, at = []Policy{{Limit: e.limit}}, 0
		}
	case at < 0 && len(policies) == 1:
		at = 0
		if e.limit != nil {
			m.note(header, "differs from the policy's quota: it is a limit of the moment")
		}
	case at < 0 && e.limit != nil:
		m.note(header, "is no policy's quota: it is a limit of the moment")
	case at < 0 && (e.remaining != nil || e.reset.in != nil):
		m.note(header, "is missing: what remains cannot be told to belong to one of the policies")
	}
	for i := range policies {
		if i == at {
			policies[i].Remaining = e.remaining
			policies[i].setReset(e.reset)
		}
		m.add(policies[i])
	}
}

// remaining reads how much is left, without parameters ("99;w=21600"). -1 on a
// response that was not refused means that the limiter does not know; another
// negative number means that more than everything has been used.
func (m *message) remaining(name, text string) *float64 {
	if v, ok := short(text); ok && text != "" {
		return m.num(v)
	}
	text, _, _ = strings.Cut(text, ";")
	v, ok := number(text)
	switch {
	case strings.TrimSpace(text) == "":
		return nil
	case strings.EqualFold(strings.TrimSpace(text), "unlimited"):
		m.note(name, "declares that there is no limit")
		return nil
	case !ok:
		m.note(name, "is not a number")
		return nil
	case v == -1 && !m.refused:
		m.note(name, "is -1 on a response that was not refused: unknown")
		return nil
	case v < 0:
		m.note(name, "is negative: more was used than allowed")
		v = 0
	}
	return m.num(v)
}

// limit reads a quota. "unlimited", a negative number, or 0 on a response that
// was not refused mean that there is none.
func (m *message) limit(name, text string) *float64 {
	if v, ok := short(text); ok && v > 0 {
		return m.num(v)
	}
	v, ok := number(text)
	switch {
	case text == "":
		return nil
	case strings.EqualFold(text, "unlimited"), ok && v < 0, ok && v == 0 && !m.refused:
		m.note(name, "declares that there is no limit")
		return nil
	case !ok:
		m.note(name, "is not a number")
		return nil
	}
	return m.num(v)
}
