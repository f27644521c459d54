package declared

import (
	"cmp"
	"slices"
	"strings"
)

// A slot is a policy as far as the names of the headers tell: which header
// holds which of its fields. It is made once for a set of names and then read
// for each response that has them.
type slot struct {
	class      string
	name       string
	unit       string
	window     float64 // from a name, 0 = none
	deprecated bool
	decided    Decided

	at       [roles]int8           // index of the field that holds each, -1 = none
	format   [roles]float64        // seconds per unit of the times, 0 = not said
	delta    bool                  // a reset that is not an instant is in seconds
	read     func(*message, *slot) // nil = by rule
	implied  bool                  // a refusal that does not say what remains means that nothing does
	asBucket bool                  // a refusal may show that the limit is a bucket's capacity

	policy Policy // what the names say, after prepare
	shared bool   // further headers are about all limits of the slot

	key       slotKey
	spellings uint64 // all headers that are about it, also those that say the same again

	found int  // fields that say how much
	sure  bool // they mean a limit
	alias bool // the limit has no word: "X-Rate-Limit: 700"
}

// slotKey tells the policies of one response apart.
type slotKey struct {
	prefix, infix, suffix, class, unit string
	window                             windowName
	x, quota, per                      bool
}

func newSlot() slot {
	s := slot{unit: requests}
	for i := range s.at {
		s.at[i] = -1
	}
	return s
}

// slotsOf groups those headers of a message by policy whose names are read by
// rule. Fields in the mask are left out.
func slotsOf(m *message, mask uint64) []slot {
	var slots []slot
	for i := range m.fields {
		if mask&(1<<i) != 0 {
			continue
		}
		p, ok := partsOf(m.fields[i].name)
		if !ok {
			continue
		}
		key := slotKey{p.prefix, p.infix, p.suffix, p.class, p.unit, p.window, p.x && p.stem, p.quota, p.per && p.unit != ""}
		if p.role == rolePolicy || p.role == roleClass {
			key.infix, key.suffix = "", "" // they are about all
		}
		if p.role == roleCost {
			key.infix, key.suffix, key.x = "", "", true
		}
		at := slices.IndexFunc(slots, func(s slot) bool { return s.key == key })
		if at < 0 {
			s := newSlot()
			s.key = key
			s.describe()
			slots, at = append(slots, s), len(slots)
		}
		slots[at].put(i, &p)
	}
	slots = joinCosts(slots)
	slots = joinCompanions(slots)
	slots = slices.DeleteFunc(slots, func(s slot) bool { return !s.sufficient() })
	tellApart(slots)
	for i := range slots {
		slots[i].asBucket = slots[i].bare() && slots[i].key.prefix == ""
	}
	slices.SortStableFunc(slots, func(a, b slot) int { return cmp.Compare(a.window, b.window) })
	return slots
}

// put notes which header holds a field. Of several spellings of one field the
// first in order of names counts; of resets the one that needs no guess.
func (s *slot) put(i int, p *parts) {
	r := p.role
	first := s.at[r] < 0
	if first && r != rolePolicy && r != roleClass {
		s.found++
	}
	s.spellings |= 1 << i
	if first || s.alias && r == roleLimit || p.delta && !s.delta && r == roleReset {
		s.at[r], s.format[r] = int8(i), p.format
	}
	if r == roleReset {
		s.delta = s.delta || p.delta || s.key == slotKey{} && p.stem
	}
	s.alias = p.word == "" || s.alias && r != roleLimit
	s.sure = s.sure || p.sure
}

// describe sets what the words of the names say.
func (s *slot) describe() {
	k := &s.key
	u := unitWords[k.unit]
	words := strings.Trim(k.infix+"-"+k.suffix, "-")
	s.window = k.window.seconds
	if k.unit != "" {
		s.unit, s.decided.Unit = u.unit, ByName
	}
	if s.window > 0 {
		s.decided.Window = ByName
	}
	if k.class != "" || u.class != "" || k.infix != "" {
		s.decided.Class = ByName
	}
	switch {
	case k.class != "":
		s.class, s.name = k.class, words
	case u.class != "" && !k.per:
		s.class = strings.Trim(words+"-"+u.class, "-")
	case u.unit == concurrency:
		s.name = "concurrent"
	case k.infix != "":
		s.class, s.name = k.infix, k.suffix
	case k.suffix != "" && s.window > 0:
		s.class, s.unit, s.name = k.suffix, "custom", k.suffix
	default:
		s.name = k.suffix
	}
	if s.name == "" && k.unit == "" && k.infix == "" || k.per {
		s.name = k.window.word
	}
	if s.class == "" && slices.ContainsFunc(strings.Split(k.prefix, "-"), func(w string) bool { return scopeWords[w] }) {
		s.class, s.decided.Class = k.prefix, ByName
	}
}

// sufficient reports whether the headers of a slot are enough to call it a
// limit: without "rate limit" or a window in their names there must be two of
// them, what remains and another, or limit and use.
func (s *slot) sufficient() bool {
	return s.found > 0 && (s.sure || s.found > 1 && (s.has(roleRemaining) || s.has(roleLimit) && s.has(roleUsed)))
}

func (s *slot) has(r role) bool { return s.at[r] >= 0 }

// bare reports whether the names have no words of their own.
func (s *slot) bare() bool {
	k := &s.key
	return k.infix == "" && k.suffix == "" && k.class == "" && k.unit == "" && k.window == windowName{} && !k.quota
}

// joinCosts gives the slots of a unit what a request costs in that unit.
func joinCosts(slots []slot) []slot {
	for i := range slots {
		c := &slots[i]
		if c.found != 1 || !c.has(roleCost) {
			continue
		}
		for j := range slots {
			s := &slots[j]
			if i != j && s.key.prefix == c.key.prefix && s.unit == c.unit && !s.has(roleCost) && s.found > 0 {
				s.at[roleCost], c.found = c.at[roleCost], 0
			}
		}
	}
	return slots
}

// joinCompanions gives headers that do not say to which limit they belong to
// the only one that lacks them; a lone reset, to that with the shortest window,
// which is the next to be over.
func joinCompanions(slots []slot) []slot {
	for i := range slots {
		c := &slots[i]
		if !c.bare() || c.found == 0 || c.has(roleLimit) || c.has(roleUsed) {
			continue
		}
		best := -1
		for j := range slots {
			s := &slots[j]
			if i == j || s.key.prefix != c.key.prefix || s.window == 0 || !s.has(roleLimit) || c.overlaps(s) {
				continue
			}
			if best >= 0 && c.has(roleRemaining) {
				best = -1 // one of several: not to be told
				break
			}
			if best < 0 || s.window < slots[best].window {
				best = j
			}
		}
		if best < 0 {
			continue
		}
		for r := range roles {
			if c.has(r) {
				slots[best].at[r], slots[best].format[r] = c.at[r], c.format[r]
				slots[best].found++
			}
		}
		slots[best].delta = c.delta
		c.found = 0
	}
	return slots
}

func (s *slot) overlaps(t *slot) bool {
	for r := range roles {
		if s.has(r) && t.has(r) {
			return true
		}
	}
	return false
}

// tellApart names the classes of limits by what stands before "rate limit" if
// that is not the same everywhere: then it is not the vendor, but whom each
// limit is for.
func tellApart(slots []slot) {
	different := 0
	first := ""
	for i := range slots {
		if p := slots[i].key.prefix; p != "" && p != first {
			first = p
			different++
		}
	}
	for i := range slots {
		if s := &slots[i]; different > 1 && s.class == "" && s.key.prefix != "" {
			s.class, s.decided.Class = s.key.prefix, ByName
		}
	}
}

// prepare makes the policy that each response begins with.
func (s *slot) prepare() {
	s.policy = Policy{Class: s.class, Unit: s.unit, Deprecated: s.deprecated, Decided: s.decided}
	s.policy.Decided.Reset = 0
	if s.name != "" {
		s.policy.Name = &s.name
	}
	if s.window > 0 {
		s.policy.Window = &s.window
	}
	for _, r := range []role{rolePolicy, roleClass, roleWindow, roleBurst, roleCost} {
		s.shared = s.shared || s.has(r)
	}
}

// mask is the set of the fields that are about a slot's policy.
func (s *slot) mask() uint64 {
	mask := s.spellings
	for _, i := range s.at {
		if i >= 0 {
			mask |= 1 << i
		}
	}
	return mask
}
