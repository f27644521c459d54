package declared

import "strings"

// binance declares only what was used: the weight of the requests of an address
// and the orders of an account, with the window in the name (1M is a minute).
var binance = Convention{
	Name:  "binance-spot",
	About: "weight and orders used per window",
	match: func(m *message) bool { return m.hasPrefix("x-mbx-") },
	slots: func(m *message, _ []slot) []slot {
		var own []slot
		for i := range m.fields {
			for _, kind := range []struct{ prefix, class, unit, name string }{
				{"x-mbx-used-weight-", "ip", "weight", "weight-"},
				{"x-mbx-order-count-", "order", "orders", "order-"},
			} {
				text, ok := strings.CutPrefix(m.fields[i].name, kind.prefix)
				window, known := windowOf(text)
				if !ok || !known {
					continue
				}
				s := newSlot()
				s.class, s.unit, s.name, s.window = kind.class, kind.unit, kind.name+strings.ToUpper(text), window.seconds
				s.decided = Decided{Class: ByConvention, Unit: ByName, Window: ByName}
				s.at[roleUsed] = int8(i)
				own = append(own, s)
			}
		}
		return own
	},
}
