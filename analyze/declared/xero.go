package declared

// xero declares what remains of the limits of the tenant and of the app.
var xero = Convention{
	Name:  "xero",
	About: "what remains of the tenant's and the app's limits per minute and day",
	match: func(m *message) bool {
		return m.has("x-daylimit-remaining") || m.has("x-minlimit-remaining") || m.has("x-appminlimit-remaining")
	},
	slots: func(m *message, _ []slot) []slot {
		var own []slot
		for _, l := range []struct {
			header, class, name string
			window              float64
		}{
			{"x-daylimit-remaining", "tenant", "day", 86400},
			{"x-minlimit-remaining", "tenant", "minute", 60},
			{"x-appminlimit-remaining", "app", "appminute", 60},
		} {
			s := newSlot()
			s.class, s.name, s.window = l.class, l.name, l.window
			s.decided.Class, s.decided.Window = ByConvention, ByName
			if s.at[roleRemaining] = m.at(l.header); s.has(roleRemaining) {
				own = append(own, s)
			}
		}
		return own
	},
}
