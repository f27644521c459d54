package sandbox

import (
	"time"

	"golang.org/x/time/rate"
)

// queue holds requests back to the sustained rate, by the reservations of
// golang.org/x/time/rate: the first of a burst is free, burst - 1 more wait.
type queue struct {
	*rate.Limiter
	longest time.Duration // that a request may wait
}

// rounding is how far a delay can be off, which is kept in floating point.
const rounding = time.Microsecond

func newQueue(q quota) limiter {
	return queue{rate.NewLimiter(rate.Limit(q.rate), 1), queueing(q)}
}

// queueing is how long the last request of a full queue waits.
func queueing(q quota) time.Duration { return q.times(float64(q.burst - 1)) }

func (l queue) decide(now time.Time) decision {
	place := l.ReserveN(now, 1)
	wait := place.DelayFrom(now)
	if wait > l.longest+rounding {
		place.CancelAt(now)
		return decision{}
	}
	return decision{admitted: true, hold: wait}
}
