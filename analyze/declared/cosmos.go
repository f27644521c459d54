package declared

// azureCosmos declares what a request cost in request units. What may be spent
// per second is not sent.
var azureCosmos = Convention{
	Name:  "azure-cosmos",
	About: "cost of the request, in request units",
	match: func(m *message) bool { return m.has("x-ms-request-charge") },
	slots: func(m *message, _ []slot) []slot {
		s := newSlot()
		s.unit, s.decided.Unit = "RU", ByConvention
		s.at[roleCost] = m.at("x-ms-request-charge")
		return []slot{s}
	},
}
