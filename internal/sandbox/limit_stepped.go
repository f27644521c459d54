package sandbox

import (
	"time"

	"github.com/juju/ratelimit"
)

// stepped is github.com/juju/ratelimit: a bucket that gets some tokens at once,
// again and again. Its steps begin at the epoch, not with the first request, so
// that a client that is forgotten comes back to the same grid.
type stepped struct {
	bucket *ratelimit.Bucket
	clock  *setClock
}

// setClock is a clock that is set before it is read.
type setClock struct{ now time.Time }

func (c *setClock) Now() time.Time { return c.now }

// Sleep implements [ratelimit.Clock]; nobody who asks for what is available
// sleeps.
func (c *setClock) Sleep(time.Duration) {}

// lump is how many tokens come at once: a third of the burst.
func lump(q quota) int { return (q.burst + 2) / 3 }

func newStepped(q quota) limiter { return steps(q, lump(q)) }

func newSingle(q quota) limiter { return steps(q, 1) }

func steps(q quota, tokens int) stepped {
	clock := &setClock{time.Unix(0, 0)}
	every := q.times(float64(tokens))
	return stepped{ratelimit.NewBucketWithQuantumAndClock(every, int64(q.burst), int64(tokens), clock), clock}
}

func (l stepped) decide(now time.Time) decision {
	l.clock.now = now
	return decision{admitted: l.bucket.TakeAvailable(1) == 1}
}
