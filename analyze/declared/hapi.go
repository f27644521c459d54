package declared

// hapi is hapi-rate-limit: limits for the path, the user and both, with the
// scope and the field in one word. Its resets are milliseconds.
var hapi = Convention{
	Name:  "hapi-rate-limit",
	About: "limits of path, user and both, resets in milliseconds",
	match: func(m *message) bool {
		for _, scope := range hapiScopes {
			if m.has("x-ratelimit-" + scope + "reset") {
				return true
			}
		}
		return false
	},
	slots: func(_ *message, all []slot) []slot {
		var own []slot
		for _, s := range all {
			for _, scope := range hapiScopes {
				if s.key == (slotKey{infix: scope, x: true}) {
					s.format[roleReset], s.decided.Reset = 1e-3, ByConvention
					own = append(own, s)
				}
			}
		}
		return own
	},
}

var hapiScopes = []string{"path", "user", "userpath"}
