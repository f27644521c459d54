package sandbox

import "time"

// both admits a request if each of two limits does.
type both struct{ fast, slow gate }

// tiers is how much faster the fast limit is than the sustained rate, and how
// much more than the burst the slow one lets pass.
const tiers = 4

func newBuckets(q quota) limiter {
	return both{tokenBucketOf(quota{tiers * q.rate, q.burst}), tokenBucketOf(quota{q.rate, tiers * q.burst})}
}

func newLogs(q quota) limiter {
	return both{windowLogOf(quota{tiers * q.rate, q.burst}), windowLogOf(quota{q.rate, tiers * q.burst})}
}

func (b both) decide(now time.Time) decision {
	if !b.fast.room(now) || !b.slow.room(now) {
		return decision{}
	}
	b.fast.decide(now)
	return b.slow.decide(now)
}
