package sandbox

import (
	"time"

	"golang.org/x/time/rate"
)

// tokenBucket is golang.org/x/time/rate.
type tokenBucket struct{ *rate.Limiter }

func newTokenBucket(q quota) limiter { return tokenBucketOf(q) }

func tokenBucketOf(q quota) tokenBucket {
	return tokenBucket{rate.NewLimiter(rate.Limit(q.rate), q.burst)}
}

func (b tokenBucket) decide(now time.Time) decision {
	return decision{admitted: b.AllowN(now, 1)}
}

func (b tokenBucket) room(now time.Time) bool { return b.TokensAt(now) >= 1 }
