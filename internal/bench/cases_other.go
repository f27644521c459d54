package bench

import (
	"fmt"
	"net/http"
	"time"

	"ratefit/internal/bench/simulate"
)

// queues hold hits back.
func queues() []Case {
	var all []Case
	for _, q := range []struct{ rate, free, waiting int }{
		{50, 1, 20}, {10, 1, 5}, {20, 5, 5}, {5, 3, 2}, {100, 1, 50}, {50, 1, -1}, {100, 10, -1},
	} {
		t := Truth{Model: "leaky-bucket-queue", Rate: float64(q.rate)}
		name := fmt.Sprintf("queue %d/s, %d free, %d waiting", q.rate, q.free, q.waiting)
		if q.waiting < 0 {
			name = fmt.Sprintf("pacer %d/s, %d free", q.rate, q.free)
		} else {
			t.Burst = float64(q.free + q.waiting)
			t.Params = map[string]float64{"queue": float64(q.waiting)}
		}
		all = append(all, single(name, t, func(Setting) simulate.Limiter {
			return &simulate.Queue{Every: time.Second / time.Duration(q.rate), Free: q.free, Waiting: q.waiting}
		}))
	}
	return all
}

// caps limit how many hits are served at once, whatever the rate.
func caps() []Case {
	var all []Case
	for _, c := range []struct {
		most    int
		service time.Duration
		steady  bool
	}{
		{5, 50 * time.Millisecond, true}, {20, 100 * time.Millisecond, true}, {3, 40 * time.Millisecond, false},
	} {
		name := fmt.Sprintf("at most %d in flight, served in %v", c.most, c.service)
		t := Truth{
			Model: "concurrency", Burst: float64(c.most),
			Params: map[string]float64{"in_flight": float64(c.most)},
		}
		one := single(name, t, func(Setting) simulate.Limiter { return simulate.Cap{Most: c.most} })
		one.Service, one.Steady = c.service, c.steady
		all = append(all, one)
	}
	return all
}

// tiers are several limits at once.
func tiers() []Case {
	truth := func(rate, burst float64) Truth { return Truth{Model: "tiers", Rate: rate, Burst: burst} }
	window := func(quota int, length time.Duration) *simulate.Window {
		return &simulate.Window{Quota: quota, Length: length, FromFirst: true}
	}
	return []Case{
		single("both windows 20 in 1s and 60 in 10s", truth(6, 20), func(Setting) simulate.Limiter {
			return simulate.All{window(20, time.Second), window(60, 10*time.Second)}
		}),
		single("both windows 5 in 1s and 20 in 8s", truth(2.5, 5), func(Setting) simulate.Limiter {
			return simulate.All{window(5, time.Second), window(20, 8*time.Second)}
		}),
		single("both buckets 50/s burst 10 and 5/s burst 60", truth(5, 10), func(Setting) simulate.Limiter {
			return simulate.All{&simulate.Bucket{Rate: 50, Size: 10}, &simulate.Bucket{Rate: 5, Size: 60}}
		}),
		single("either of windows 10 in 1s and 30 in 10s", truth(13, 40), func(Setting) simulate.Limiter {
			return simulate.Either{window(10, time.Second), window(30, 10*time.Second)}
		}),
		single("either of windows 2 in 1s and 8 in 10s", truth(2.8, 10), func(Setting) simulate.Limiter {
			return simulate.Either{window(2, time.Second), window(8, 10*time.Second)}
		}),
	}
}

// blocks refuse everything for a while after a hit too many. The rate is that
// of a client that keeps to the limit.
func blocks() []Case {
	blocked := func(t Truth, lasts time.Duration) Truth {
		t.Modifiers = []string{"block"}
		t.Params = map[string]float64{"block_s": lasts.Seconds()}
		return t
	}
	var all []Case
	for _, b := range []struct {
		lasts   time.Duration
		renewed bool
		how     string
	}{
		{3 * time.Second, false, "block for 3s"},
		{2 * time.Second, true, "block until 2s of silence"},
	} {
		block := func(l simulate.Limiter) simulate.Limiter {
			return &simulate.Block{Limiter: l, For: b.lasts, Renewed: b.renewed}
		}
		all = append(all,
			single("token bucket 20/s burst 10, "+b.how, blocked(bucketTruth(20, 10), b.lasts), func(Setting) simulate.Limiter {
				return block(&simulate.Bucket{Rate: 20, Size: 10})
			}),
			single("fixed window 20 in 2s, first-hit, "+b.how, blocked(windowTruth(20, 2*time.Second, firstHit), b.lasts), func(e Setting) simulate.Limiter {
				return block(newWindow(e, 20, 2*time.Second, firstHit))
			}),
			single("sliding log 30 in 1s, "+b.how, blocked(quotaTruth("sliding-window-log", 30, time.Second), b.lasts), func(Setting) simulate.Limiter {
				return block(&simulate.Log{Quota: 30, Length: time.Second})
			}))
	}
	return all
}

// scopes have several classes or sources, which share a limiter or do not.
func scopes() []Case {
	part := func(class string, rate, burst float64) Part {
		return Part{Class: class, Truth: bucketTruth(rate, burst), New: func(Setting) simulate.Limiter {
			return &simulate.Bucket{Rate: rate, Size: burst}
		}}
	}
	both := []string{source, "127.0.0.3"}
	return []Case{
		{
			Name: "token buckets of reads and of writes", Sources: both[:1], Scope: ScopeTruth{Class: "separate"},
			Parts: []Part{part("read", 20, 31), part("write", 5, 11)},
		},
		{
			Name: "token bucket of reads and writes together", Sources: both[:1], OneForClasses: true,
			Scope: ScopeTruth{Class: "shared"},
			Parts: []Part{part("read", 10, 21), part("write", 10, 21)},
		},
		{
			Name: "token bucket for each address", Sources: both, Scope: ScopeTruth{Source: "separate"},
			Parts: []Part{part("read", 30, 20)},
		},
		{
			Name: "token bucket of all addresses", Sources: both, OneForSources: true, Scope: ScopeTruth{Source: "shared"},
			Parts: []Part{part("read", 30, 20)},
		},
		{
			Name: "token buckets of reads and of writes for each address", Sources: both,
			Scope: ScopeTruth{Class: "separate", Source: "separate"},
			Parts: []Part{part("read", 20, 31), part("write", 5, 11)},
		},
		{
			Name: "token buckets of reads and of writes of all addresses", Sources: both, OneForSources: true,
			Scope: ScopeTruth{Class: "separate", Source: "shared"},
			Parts: []Part{part("read", 20, 31), part("write", 5, 11)},
		},
		{
			Name: "token bucket of all classes for each address", Sources: both, OneForClasses: true,
			Scope: ScopeTruth{Class: "shared", Source: "separate"},
			Parts: []Part{part("read", 10, 21), part("write", 10, 21)},
		},
		{
			Name: "token bucket of all classes and addresses", Sources: both, OneForClasses: true, OneForSources: true,
			Scope: ScopeTruth{Class: "shared", Source: "shared"},
			Parts: []Part{part("read", 10, 21), part("write", 10, 21)},
		},
		windowScope(both),
	}
}

// windowScope is a fixed window for each address and class.
func windowScope(sources []string) Case {
	part := func(class string, quota int, length time.Duration) Part {
		return Part{Class: class, Truth: windowTruth(quota, length, firstHit), New: func(e Setting) simulate.Limiter {
			return newWindow(e, quota, length, firstHit)
		}}
	}
	return Case{
		Name: "fixed windows of reads and of writes for each address", Sources: sources,
		Scope: ScopeTruth{Class: "separate", Source: "separate"},
		Parts: []Part{part("read", 30, 3*time.Second), part("write", 8, 2*time.Second)},
	}
}

// refusing are limiters that answer limited hits with 503, as nginx does.
func refusing() []Case {
	all := []Case{
		single("token bucket 20/s burst 31", bucketTruth(20, 31), func(Setting) simulate.Limiter {
			return &simulate.Bucket{Rate: 20, Size: 31}
		}),
		single("fixed window 30 in 3s, first-hit", windowTruth(30, 3*time.Second, firstHit), func(e Setting) simulate.Limiter {
			return newWindow(e, 30, 3*time.Second, firstHit)
		}),
		single("queue 10/s, 1 free, 5 waiting", Truth{Model: "leaky-bucket-queue", Rate: 10, Burst: 6}, func(Setting) simulate.Limiter {
			return &simulate.Queue{Every: 100 * time.Millisecond, Free: 1, Waiting: 5}
		}),
	}
	for i := range all {
		all[i].Name += ", answers 503"
		all[i].LimitedStatus = http.StatusServiceUnavailable
	}
	return all
}
