package sandbox

import (
	"time"

	"golang.org/x/sync/semaphore"
)

// concurrency caps the requests under way, by golang.org/x/sync/semaphore.
type concurrency struct {
	*semaphore.Weighted
	serving time.Duration
}

func newConcurrency(q quota) limiter {
	return concurrency{semaphore.NewWeighted(int64(q.burst)), serving(q)}
}

// serving is how long a request under a concurrency cap is being served: without
// taking some time none would ever meet another.
func serving(q quota) time.Duration { return q.times(1) }

func (c concurrency) decide(time.Time) decision {
	if !c.TryAcquire(1) {
		return decision{}
	}
	return decision{admitted: true, hold: c.serving, leave: func() { c.Release(1) }}
}
