package replay

import "time"

// An Outcome is what became of the traffic.
type Outcome struct {
	Instants Instants `json:"instants"`
	Requests int      `json:"requests"`
	Refused  int      `json:"refused"`
	Share    float64  `json:"refused_share"` // of the requests
	Clients  int      `json:"clients"`
	// Affected clients had at least one request refused.
	Affected      int     `json:"clients_affected"`
	AffectedShare float64 `json:"clients_affected_share"`

	Classes []ClassCount `json:"classes"` // where classes have limiters of their own
	First   *time.Time   `json:"first_refused,omitempty"`
	Streak  *Streak      `json:"longest_streak,omitempty"`
	Delays  *Delays      `json:"delays,omitempty"` // behind a queue

	Worst   []ClientCount `json:"worst_clients"` // most refused first, at most ten
	Minutes []BinCount    `json:"worst_minutes"` // likewise
	Bin     float64       `json:"bin_s"`         // how long those are: 60, or more if the traffic spans years

	// Series is the whole traffic by the minute, for plots.
	Series []BinCount `json:"-"`
}

// A ClassCount is the part of one class.
type ClassCount struct {
	Class    string `json:"class"`
	Requests int    `json:"requests"`
	Refused  int    `json:"refused"`
}

// A ClientCount is the part of one client.
type ClientCount struct {
	Client   string    `json:"client"`
	Requests int       `json:"requests"`
	Refused  int       `json:"refused"`
	First    time.Time `json:"first_refused"`
	Streak   int       `json:"longest_streak"` // requests refused one after the other
}

// A Streak is requests of one client, all refused, one after the other at one
// limiter.
type Streak struct {
	Client   string    `json:"client"`
	Requests int       `json:"requests"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
}

// Delays is how long admitted requests were held back, in seconds. The percentiles
// are right to one percent.
type Delays struct {
	Delayed int     `json:"delayed"` // requests
	P50     float64 `json:"p50_s"`   // of all admitted
	P99     float64 `json:"p99_s"`
	Max     float64 `json:"max_s"`
}

// A BinCount is the traffic of one minute.
type BinCount struct {
	Start    time.Time `json:"start"`
	Requests int       `json:"requests"`
	Refused  int       `json:"refused"`
}
