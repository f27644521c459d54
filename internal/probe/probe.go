// Package probe chooses what to send next, so that few hits tell which limiter
// there is. It is pure: time is passed in, randomness is seeded, and nothing is
// sent. Whoever drives a [Planner] sends its probes and hands back the hits;
// [Drive] does so in virtual time.
//
// Each class of traffic has a lane of its own, and the lanes run side by side:
//
//  1. discover: clumps of hits at one instant, each larger than the one before,
//     until a hit is limited; one class after the other. Then the other class
//     and another address are asked at once, to see whether they share the
//     limiter;
//  2. recover: hits after ever longer silences, until one is admitted;
//  3. regain: a clump, to see how much came back;
//  4. refine: of a family of probes the one whose outcome the limiters that are
//     still possible disagree about most, for its cost in requests, seconds and
//     limited hits; again and again until they agree. A limiter that blocks is
//     taken to the brink, one hit over its limit at most;
//  5. confirm: random traffic around the fitted rate.
//
// At the end each side of a scope is exhausted while the other is asked, in
// both orders.
package probe

import (
	"time"

	"ratefit/analyze"
)

// A Probe is some hits of one class from one source that answer a question.
type Probe struct {
	Class, Source string
	Credential    string          // label of the one that is used; "" = the first
	Variant       string          // of the class's request; "" = the class's own
	Name          string          // few words: the phase in the trace
	Reason        string          // why it was chosen, one sentence
	At            []time.Duration // when to send each hit, since the zero of the run; ascending

	lane *lane
}

// Options says whom to ask, and how much that may cost.
type Options struct {
	Classes []string
	// Sources are the addresses to send from, as [trace.Hit] names them. The first does
	// the work, the second tells whether addresses share a limiter; more are
	// not used. At least one.
	Sources []string
	// Credentials are the labels of those that each source uses. The first of the
	// first source does the work, its second one tells whether credentials share a
	// limiter. Empty = there are none.
	Credentials map[string][]string
	Logins      bool // credentials were logged in for, and can be again
	// Checks are the ways in which hits can be refused, to find out what that
	// costs; nil = nothing of the kind is asked.
	Checks []Check

	LimitedStatus []int // statuses that mean "limited"; empty = 429 alone
	AtRest        bool  // as in [analyze.Options]

	MaxRequests int           // over all classes and sources
	MaxLimited  int           // of them limited
	MaxDuration time.Duration // since Start
	MaxRate     int           // hits of one class in any one second

	// Tell hears of each change in how far a task is, while [Planner.Next] and
	// [Planner.Stop] run; nil = nobody is interested.
	Tell func(Progress)

	// Clock tells the time since the zero of the run, so that fitting, which may
	// take longer than Lead, spoils no planned instant; nil = it takes no time.
	Clock func() time.Duration

	Start  time.Duration // of the run; no probe begins earlier
	Lead   time.Duration // from choosing a probe to its first hit
	Polite bool          // as few limited hits as will do
	Scope  bool          // ask who shares a limiter
	Seed   uint64        // of all random instants

	// Decided reports whether what is known of a class answers what is asked of it;
	// until then its limiter is measured more closely than it would be, within the
	// budgets. nil = nothing is asked.
	Decided func(class string, l *analyze.Limit) bool
}

// Defaults of the fields of [Options] that are left zero.
const (
	DefaultMaxRequests = 20_000
	DefaultMaxLimited  = 5_000
	DefaultMaxDuration = 2 * time.Minute
	DefaultMaxRate     = 1000
	DefaultLead        = 12 * time.Millisecond
)

func (o Options) withDefaults() Options {
	if o.MaxRequests == 0 {
		o.MaxRequests = DefaultMaxRequests
	}
	if o.MaxLimited == 0 {
		o.MaxLimited = DefaultMaxLimited
	}
	if o.MaxDuration == 0 {
		o.MaxDuration = DefaultMaxDuration
	}
	if o.MaxRate == 0 {
		o.MaxRate = DefaultMaxRate
	}
	if o.Lead == 0 {
		o.Lead = DefaultLead
	}
	if len(o.Sources) > 2 {
		o.Sources = o.Sources[:2]
	}
	return o
}
