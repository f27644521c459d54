package attack

import (
	"sync/atomic"
	"time"
)

// A headStart is how long before their instants the hits of one phase set out.
// Between the pacer and the system call that sends a request lie a few goroutines
// and some code, which takes longest when the machine was idle before: 20 to 200
// µs. A hit that sets out early does all that before its instant and is held back
// for the rest right before the first byte is written.
//
// How early is learned from the hits: so that one in ten comes late, for on a
// machine that stalls no head start would do for all. Holding back keeps a
// processor busy, so that there is a bound.
type headStart struct {
	most time.Duration
	now  atomic.Int64 // in nanoseconds
}

// The head start grows by grow after a hit that was late, and shrinks by shrink
// after another: in balance, one in ten is late.
const (
	longestStart = 300 * time.Microsecond
	grow         = 18 * time.Microsecond
	shrink       = 2 * time.Microsecond
	busyShare    = 4 // a processor may be kept busy for this part of the time
)

// newHeadStart is for one phase of one of so many streams that send at the same
// time. It returns nil for a phase that has no time for one.
func newHeadStart(s schedule, streams int) *headStart {
	if s.Hits() == 0 {
		return nil
	}
	most := min(longestStart, s.Duration()/time.Duration(s.Hits())/time.Duration(busyShare*max(1, streams)))
	if most < shrink {
		return nil
	}
	return &headStart{most: most}
}

// get returns how early the next hit is to set out; nothing for nil.
func (s *headStart) get() time.Duration {
	if s == nil {
		return 0
	}
	return time.Duration(s.now.Load())
}

// learn takes a hit into account. Two at once may count as one.
func (s *headStart) learn(late bool) {
	next := time.Duration(s.now.Load()) - shrink
	if late {
		next += shrink + grow
	}
	s.now.Store(int64(max(0, min(s.most, next))))
}
