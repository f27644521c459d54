// Package live shows a run while it goes on. A [Board] collects what happens, a
// [State] is what it knows at one instant, [State.Render] says that in lines of
// text, and a [Screen] keeps these lines at the bottom of a terminal. Nothing
// that is measured ever waits for it.
package live

import (
	"time"

	"ratefit/analyze"
	"ratefit/internal/probe"
)

// A State is what is known of a run at one instant.
type State struct {
	Now     time.Duration // since the zero of the run
	Budget  Budget
	Logins  Logins
	Sources []Source // by class, then by address
	Limits  []Limit  // by class; none where a profile is sent
	Doing   []Doing  // the probes under way, or about to be
	Left    []Task   // that are not over, beside the limits
	Note    string   // what goes on beside the sending, "" = nothing

	Finished bool // everything was sent
}

// A Budget is what may be spent.
type Budget struct {
	Requests, Limited int           // 0 = no bound that people have to know
	Length            time.Duration // since the zero of the run
	AtMost            bool          // the run may end earlier
}

// Logins counts the hits that asked for credentials.
type Logins struct{ Sent, Limited, Failed int }

// A Source is the hits of one class from one address.
type Source struct {
	Class, Address                    string
	Phase                             string // of the latest hit
	Admitted, Limited, Failed, Unsent int
	Level                             *Level // nil = not known
}

func (s *Source) sent() int { return s.Admitted + s.Limited + s.Failed }

// A Level is how many hits a limiter would admit at this instant.
type Level struct {
	Low, High int // the limiters that are still possible say
	Of        int // when it is full, at most
}

// A Limit is what is known of the limiter of a class.
type Limit struct {
	Class   string
	Stage   probe.Stage
	Fitting bool
	Why     string         // it is over
	Known   *analyze.Limit // nil = nothing was fitted
}

// Doing is a probe.
type Doing struct {
	Class, Address, Credential string
	Reason                     string
	From, To                   time.Duration // of its hits
	Hits, Done                 int
}

// A Task is what there is to be done.
type Task struct {
	Task  probe.Task
	Under bool          // way
	Left  time.Duration // that it takes about; 0 = not known
}
