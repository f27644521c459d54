package declared

// A Header is what the user says that one response header means.
type Header struct {
	Name     string // in any case
	Declares string // one of [Meanings]
	Class    string // "" = all
	Unit     string // "" = requests
	Policy   string // tells several limits of one class apart, "" = none

	// In is the unit of a time, one of [TimeUnits]; "" = what the value suggests.
	In string
}

// Meanings lists what a header can be said to declare.
var Meanings = []string{"limit", "remaining", "used", "reset", "window", "burst", "cost", "class", "policy"}

var meanings = map[string]role{
	"limit": roleLimit, "remaining": roleRemaining, "used": roleUsed, "reset": roleReset, "window": roleWindow,
	"burst": roleBurst, "cost": roleCost, "class": roleClass, "policy": rolePolicy,
}

// TimeUnits lists the units of times.
var TimeUnits = []string{"s", "ms", "min", "h"}

var timeUnits = map[string]float64{"s": 1, "ms": 1e-3, "min": 60, "h": 3600}

// customConvention stands for the headers that the user has described.
var customConvention = Convention{Name: "custom", About: "headers that the user has described"}

// customSlots groups the headers described by class, unit and policy.
func customSlots(m *message, headers []Header) []slot {
	var slots []slot
	for _, h := range headers {
		i, r := m.at(normalName(h.Name)), meanings[h.Declares]
		if i < 0 || r == noRole {
			continue
		}
		s := newSlot()
		s.key = slotKey{class: h.Class, unit: h.Unit, suffix: h.Policy}
		s.class, s.name = h.Class, h.Policy
		if h.Class != "" {
			s.decided.Class = ByUser
		}
		if h.Unit != "" {
			s.unit, s.decided.Unit = h.Unit, ByUser
		}
		at := len(slots)
		for j := range slots {
			if slots[j].key == s.key {
				at = j
			}
		}
		if at == len(slots) {
			slots = append(slots, s)
		}
		slots[at].at[r], slots[at].format[r] = i, timeUnits[h.In]
		if r == roleReset && h.In != "" {
			slots[at].decided.Reset, slots[at].delta = ByUser, h.In == "s"
		}
	}
	return slots
}
