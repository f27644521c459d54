package sandbox

import (
	"math"
	"time"
)

// A limiter decides on the requests of one class of one client. Its decisions
// never overlap and their instants never go back.
type limiter interface {
	decide(now time.Time) decision
}

// A decision is what becomes of a request.
type decision struct {
	admitted bool
	hold     time.Duration // how long the request is held back, if admitted
	leave    func()        // to be called when it has been answered; nil where nobody waits for that
}

// A gate is a limiter that can be asked first: several limits at once admit a
// request only if each has room, and one that is limited costs none of them.
type gate interface {
	limiter
	room(now time.Time) bool
}

// A quota is what the flags say about a class.
type quota struct {
	rate  float64 // requests per second
	burst int     // requests
}

// longest is the longest time that is reckoned with, some 31 years.
const longest = 1e9 * time.Second

// times returns how long n requests take at the sustained rate, from a
// nanosecond to 31 years.
func (q quota) times(n float64) time.Duration {
	return time.Duration(min(max(math.Round(n/q.rate*1e9), 1), float64(longest)))
}

// span is how long an empty bucket takes to fill, and the length of a window
// that admits burst requests.
func (q quota) span() time.Duration { return q.times(float64(q.burst)) }
