package bench

import (
	"time"

	"ratefit/internal/bench/simulate"
)

// spoiled are limiters behind which, or before which, something else goes on.
// The right answer is any that is not wrong with confidence.
func spoiled() []Case {
	bases := []Case{
		single("token bucket 20/s burst 31", bucketTruth(20, 31), func(Setting) simulate.Limiter {
			return &simulate.Bucket{Rate: 20, Size: 31}
		}),
		single("fixed window 60 in 5s, first-hit", windowTruth(60, 5*time.Second, firstHit), func(e Setting) simulate.Limiter {
			return newWindow(e, 60, 5*time.Second, firstHit)
		}),
		single("fixed window 30 in 3s, clock", windowTruth(30, 3*time.Second, clock), func(e Setting) simulate.Limiter {
			return newWindow(e, 30, 3*time.Second, clock)
		}),
		single("sliding log 30 in 3s", quotaTruth("sliding-window-log", 30, 3*time.Second), func(Setting) simulate.Limiter {
			return &simulate.Log{Quota: 30, Length: 3 * time.Second}
		}),
		single("sliding counter 50 in 5s", quotaTruth("sliding-window-counter", 50, 5*time.Second), func(e Setting) simulate.Limiter {
			return &simulate.Counter{Quota: 50, Length: 5 * time.Second, Since: e.Clock, Rounding: simulate.HalfUp}
		}),
		single("queue 20/s, 1 free, 10 waiting", Truth{Model: "leaky-bucket-queue", Rate: 20, Burst: 11}, func(Setting) simulate.Limiter {
			return &simulate.Queue{Every: 50 * time.Millisecond, Free: 1, Waiting: 10}
		}),
	}
	var all []Case
	for _, base := range bases {
		all = append(all, crowded(base), changing(base), replicated(base, 2), replicated(base, 3),
			dropping(base, "1 % of 503", Drop{Share: 0.01}), dropping(base, "5 % of 503", Drop{Share: 0.05}),
			dropping(base, "1 % of timeouts", Drop{Share: 0.01, Timeouts: true}))
	}
	none := single("none", Truth{Model: "unlimited"}, func(Setting) simulate.Limiter { return simulate.None{} })
	return append(all, dropping(none, "5 % of 503", Drop{Share: 0.05}))
}

// spoil is a copy of a case of one limiter, with that limiter replaced.
func spoil(base Case, why, detail string, with func(Setting, func(Setting) simulate.Limiter) simulate.Limiter) Case {
	c := base
	c.Name += ", " + detail
	part := base.Parts[0]
	build := part.New
	part.Truth.Why = why
	part.New = func(e Setting) simulate.Limiter { return with(e, build) }
	c.Parts = []Part{part}
	return c
}

// crowded: somebody else sends three tenths of the limit.
func crowded(base Case) Case {
	rate := 0.3 * base.Parts[0].Truth.Rate
	return spoil(base, "crowded", "somebody else draws from it", func(e Setting, build func(Setting) simulate.Limiter) simulate.Limiter {
		return &simulate.Crowded{Limiter: build(e), Rate: rate, Random: e.Random}
	})
}

// changing: half of the hits are worth two after some time.
func changing(base Case) Case {
	c := spoil(base, "changing", "half as much later", func(e Setting, build func(Setting) simulate.Limiter) simulate.Limiter {
		// While the survey saturates it: something has been seen of both.
		when := 3*time.Second + e.Since(7*time.Second)
		return simulate.Changing{Before: build(e), After: &halved{build(e)}, When: when}
	})
	c.Parts[0].Truth.Nameless = true
	return c
}

// halved charges each hit twice: half the rate and half the burst.
type halved struct{ simulate.Limiter }

func (h *halved) Decide(at time.Duration, inFlight int) (bool, time.Duration) {
	if admitted, _ := h.Limiter.Decide(at, inFlight); !admitted {
		return false, 0
	}
	return h.Limiter.Decide(at, inFlight)
}

// replicated: servers count for themselves. Together they admit between one and
// all of their limits, as hits are spread.
func replicated(base Case, replicas int) Case {
	detail := "two replicas"
	if replicas == 3 {
		detail = "three replicas"
	}
	c := spoil(base, "replicas", detail, func(e Setting, build func(Setting) simulate.Limiter) simulate.Limiter {
		r := &simulate.Replicas{}
		for range replicas {
			r.Each = append(r.Each, build(e))
		}
		return r
	})
	t := &c.Parts[0].Truth
	t.RateLow, t.Rate, t.Burst, t.Params = t.Rate, t.Rate*float64(replicas), 0, nil
	return c
}

// dropping: some replies are lost, before or behind the limiter.
func dropping(base Case, detail string, d Drop) Case {
	c := spoil(base, "drops", detail, func(e Setting, build func(Setting) simulate.Limiter) simulate.Limiter { return build(e) })
	c.Drop = d
	return c
}
