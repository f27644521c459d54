package declared

// dataverse is Dynamics 365: what remains of the requests and of the combined
// execution time, as seen by one of its servers.
var dataverse = Convention{
	Name:  "dynamics-dataverse",
	About: "what remains of requests and of execution time",
	match: func(m *message) bool { return m.has(dataverseBurst) || m.has(dataverseTime) },
	slots: func(m *message, _ []slot) []slot {
		var own []slot
		for _, l := range []struct{ header, name, unit string }{
			{dataverseBurst, "burst", requests},
			{dataverseTime, "time", "execution seconds"},
		} {
			s := newSlot()
			s.name, s.unit, s.decided.Unit = l.name, l.unit, ByConvention
			if s.at[roleRemaining] = m.at(l.header); s.has(roleRemaining) {
				own = append(own, s)
			}
		}
		return own
	},
}

const (
	dataverseBurst = "x-ms-ratelimit-burst-remaining-xrm-requests"
	dataverseTime  = "x-ms-ratelimit-time-remaining-xrm-requests"
)
