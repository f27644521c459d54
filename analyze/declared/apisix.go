package declared

import "strings"

// apisixAI is Apache APISIX's ai-rate-limiting: limits on the tokens of each
// instance of a model, whose name ends the header's, as X-AI-RateLimit-Limit-…
// or X-AI-<rule>-RateLimit-Limit-….
var apisixAI = Convention{
	Name:  "apisix-ai-rate-limiting",
	About: "tokens of each instance of a model",
	match: func(m *message) bool { return m.hasPrefix("x-ai-") },
	slots: func(_ *message, all []slot) []slot {
		var own []slot
		for _, s := range all {
			rule, ok := strings.CutPrefix(s.key.prefix, "ai")
			if ok && s.sure && s.key.unit == "" && (rule == "" || rule[0] == '-') {
				if s.class = s.key.suffix; s.class == "" {
					s.class = "all"
				}
				s.name, s.unit = strings.Trim(rule, "-"), "tokens"
				s.decided.Class, s.decided.Unit = ByName, ByConvention
				own = append(own, s)
			}
		}
		return own
	},
}
