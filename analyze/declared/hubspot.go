package declared

// hubspot declares a limit per interval, one per day, and one per second that
// is not enforced any more.
var hubspot = Convention{
	Name:  "hubspot",
	About: "limits per interval, day and second",
	match: func(m *message) bool { return m.hasPrefix("x-hubspot-ratelimit-") },
	slots: adapt("hubspot", func(s *slot) {
		if s.bare() {
			s.name = "interval"
		}
		s.deprecated = s.name == "secondly"
	}),
}

// adapt returns the slots of a vendor's prefix, each after a change.
func adapt(prefix string, change func(*slot)) func(*message, []slot) []slot {
	return func(_ *message, all []slot) []slot {
		var own []slot
		for _, s := range all {
			if s.key.prefix == prefix {
				change(&s)
				own = append(own, s)
			}
		}
		return own
	}
}
