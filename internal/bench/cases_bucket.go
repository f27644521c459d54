package bench

import (
	"fmt"
	"time"

	"ratefit/internal/bench/simulate"
)

// bucketTruth is a token bucket with this rate per second and burst.
func bucketTruth(rate, burst float64) Truth {
	return Truth{Model: "token-bucket", Rate: rate, Burst: burst}
}

// buckets are the limiters that count tokens, or the time that they are worth.
func buckets() []Case {
	var all []Case
	for _, b := range []struct{ rate, burst float64 }{
		{1, 4}, {2, 30}, {2.5, 12}, {5, 8}, {10, 1}, {20, 31}, {50, 20}, {2, 5}, {100, 1}, {120, 60}, {200, 100}, {300, 40},
	} {
		all = append(all, single(fmt.Sprintf("token bucket %v/s burst %v", b.rate, b.burst), bucketTruth(b.rate, b.burst),
			func(Setting) simulate.Limiter { return &simulate.Bucket{Rate: b.rate, Size: b.burst} }))
	}
	for _, g := range []struct{ rate, burst int }{{3, 6}, {15, 21}, {30, 45}} {
		all = append(all, single(fmt.Sprintf("gcra %d/s burst %d", g.rate, g.burst), bucketTruth(float64(g.rate), float64(g.burst)),
			func(Setting) simulate.Limiter {
				return &simulate.GCRA{Every: time.Second / time.Duration(g.rate), Burst: g.burst}
			}))
	}
	return append(append(all, roundedBuckets()...), countingBuckets()...)
}

// roundedBuckets lose something to a coarse clock or to coarse tokens.
func roundedBuckets() []Case {
	seconds := bucketTruth(20, 31)
	seconds.Also = []string{"token-bucket-stepped"} // its tokens come at whole seconds
	lossy := bucketTruth(7.5, 10)
	lossy.RateLow = 7.5 * (1 - 0.001) // less than a thousandth of a token for each one
	return []Case{
		single("token bucket 40/s burst 25, clock of 1 ms", bucketTruth(40, 25), func(e Setting) simulate.Limiter {
			return simulate.Coarse{Limiter: &simulate.Bucket{Rate: 40, Size: 25}, Grain: time.Millisecond, Since: e.Clock}
		}),
		single("token bucket 20/s burst 31, clock of 1 s", seconds, func(e Setting) simulate.Limiter {
			return simulate.Coarse{Limiter: &simulate.Bucket{Rate: 20, Size: 31}, Grain: time.Second, Since: e.Clock}
		}),
		single("token bucket 7.5/s burst 10, in thousandths of a token, clock of 1 ms", lossy, func(e Setting) simulate.Limiter {
			b := &simulate.Bucket{Rate: 7.5, Size: 10, Unit: 0.001}
			return simulate.Coarse{Limiter: b, Grain: time.Millisecond, Since: e.Clock}
		}),
	}
}

// countingBuckets charge for limited hits.
func countingBuckets() []Case {
	counting := func(rate, burst float64) Truth {
		t := bucketTruth(rate, burst)
		t.Modifiers = []string{"limited-hits-count"}
		return t
	}
	return []Case{
		single("token bucket 50/s burst 30, limited hits run up a debt", counting(50, 30), func(Setting) simulate.Limiter {
			return &simulate.Bucket{Rate: 50, Size: 30, Debt: true}
		}),
		single("token bucket 20/s burst 15, limited hits empty it", counting(20, 15), func(Setting) simulate.Limiter {
			return &simulate.Bucket{Rate: 20, Size: 15, Spill: true}
		}),
	}
}

// stepped are buckets that are refilled in lumps.
func stepped() []Case {
	var all []Case
	for _, s := range []struct {
		amount, size int
		every        time.Duration
		first        bool
	}{
		{20, 50, 2 * time.Second, true},
		{4, 12, time.Second, true},
		{5, 30, 500 * time.Millisecond, false},
		{10, 45, 3 * time.Second, false},
		{1, 6, 250 * time.Millisecond, true},
		{1, 35, 40 * time.Millisecond, true},
		{30, 30, 3 * time.Second, false},
	} {
		t := Truth{
			Model: "token-bucket-stepped", Rate: float64(s.amount) / s.every.Seconds(), Burst: float64(s.size),
			Params: map[string]float64{"refill_interval_s": s.every.Seconds(), "refill_amount": float64(s.amount)},
		}
		switch {
		case s.amount == 1:
			t.Also = []string{"token-bucket"} // but for when within a step a token comes
		case s.amount >= s.size:
			t.Also = []string{"fixed-window"} // whatever was left, it is full again
		}
		name := fmt.Sprintf("stepped bucket %d every %v burst %d", s.amount, s.every, s.size)
		all = append(all, single(name, t, func(e Setting) simulate.Limiter {
			return &simulate.Stepped{Amount: s.amount, Size: s.size, Every: s.every, Since: e.Since(s.every), FromFirst: s.first}
		}))
	}
	return all
}
