package sandbox

import "time"

// reserve is a fixed window, and a longer one that takes what exceeds it.
type reserve struct{ usual, spare limiter }

// newReserve splits the burst: half of it in each window, and the rest once in
// four windows, whose length makes the sum the sustained rate.
func newReserve(q quota) limiter {
	spare := q.burst / 2
	usual := q.burst - spare
	long := q.times(float64(tiers*usual + spare))
	l := reserve{usual: firstHitOf(usual, long/tiers), spare: closed{}}
	if spare > 0 {
		l.spare = firstHitOf(spare, long)
	}
	return l
}

func (l reserve) decide(now time.Time) decision {
	if d := l.usual.decide(now); d.admitted {
		return d
	}
	return l.spare.decide(now)
}

// closed admits nothing.
type closed struct{}

func (closed) decide(time.Time) decision { return decision{} }
