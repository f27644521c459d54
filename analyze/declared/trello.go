package declared

import "strings"

// trello declares a limit for the API key and one for the token.
var trello = Convention{
	Name:  "trello",
	About: "limits and windows of the key and of the token",
	match: func(m *message) bool { return m.hasPrefix("x-ratelimit-api-") },
	slots: func(_ *message, all []slot) []slot {
		var own []slot
		for _, s := range all {
			if scope, ok := strings.CutPrefix(s.key.infix, "api-"); ok && s.key.prefix == "" {
				s.class, s.name = scope, ""
				own = append(own, s)
			}
		}
		return own
	},
}
