package declared

import "encoding/json"

// facebook is Meta's Graph API: the percentage of the calls that the app has
// used. What 100 percent are is not sent.
var facebook = Convention{
	Name:  "facebook-graph",
	About: "percentage of the calls used",
	match: func(m *message) bool { return m.has("x-app-usage") },
	read: func(m *message) bool {
		var usage struct {
			Calls *float64 `json:"call_count"`
		}
		text := m.takeOne("x-app-usage")
		if err := json.Unmarshal([]byte(text), &usage); err != nil || usage.Calls == nil || !(*usage.Calls >= 0) {
			m.note("x-app-usage", "is not an object with a call_count")
			return true
		}
		p := Policy{Name: new("call_count"), Unit: "percent", Limit: m.num(100), Used: m.num(*usage.Calls)}
		p.Decided.Unit = ByConvention
		m.deriveRemaining(&p, *usage.Calls)
		m.add(p)
		return true
	},
}
