package declared

import "strings"

// nestjs is NestJS's throttler: the names of its limits end the headers' names,
// and a refusal by one of them has nothing but Retry-After-<name>.
var nestjs = Convention{
	Name:  "nestjs-throttler",
	About: "limits named at the end of the header names, each with its own Retry-After",
	match: func(m *message) bool { return m.hasPrefix("retry-after-") },
	slots: func(m *message, all []slot) []slot {
		var own []slot
		for i := range m.fields {
			name, ok := strings.CutPrefix(m.fields[i].name, "retry-after-")
			if _, unit := formats[name]; !ok || unit || name == "" {
				continue
			}
			s := newSlot()
			s.name = name
			for _, t := range all {
				if t.key == (slotKey{suffix: name, x: true}) {
					s = t
				}
			}
			s.implied = true
			own = append(own, s)
		}
		return own
	},
}
