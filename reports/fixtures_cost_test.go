package reports

import "ratefit/analyze"

// costFixtures are what can be said of hits that are not served.
func costFixtures() map[string]*analyze.Analysis {
	tested := analysis(readLimit(), writeLimit())
	tested.Logins = &analyze.Logins{Hits: 3, Admitted: 3, Class: "write", Counted: analyze.Counts}
	tested.Cost = []analyze.Cost{
		{
			Class: "write", Source: "127.0.0.2", Check: "no credentials", Refused: 12, Statuses: map[string]int{"401": 10, "429": 2},
			Limited: 2, Then: 13, Counted: analyze.Counts,
			Statement: "hits with no credentials cost a token: of 12, 2 were limited; the limiter stands before that check",
		},
		{
			Class: "write", Source: "127.0.0.2", Check: "another content type", Refused: 12, Statuses: map[string]int{"415": 12},
			Then: 13, Admitted: 10, Counted: analyze.Free,
			Statement: "hits with another content type never reach the limiter, or cost nothing: after 12 hits with another content type, answered 415, 10 of 13 good ones were admitted at once, of a burst of 10",
		},
	}
	tested.Findings = []string{
		"3 logins were sent beside the measured hits; logins count against the write limit",
		"write: " + tested.Cost[0].Statement, "write: " + tested.Cost[1].Statement,
	}
	untested := analysis(readLimit())
	untested.Refused = []analyze.Refused{{Class: "read", Hits: 7, Statuses: map[string]int{"401": 7}, Counted: analyze.NotCertain}}
	untested.Findings = []string{"read: the API refused 7 hits, most with 401; the hits do not tell whether those count against the limit, and the intervals allow for both"}
	return map[string]*analyze.Analysis{"cost-tested": tested, "cost-untested": untested}
}
