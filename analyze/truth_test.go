package analyze

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratefit/internal/bench/simulate"
	"ratefit/internal/trace"
)

// ms is a millisecond in ns: the clock grain that the window models suppose.
const ms = int64(time.Millisecond)

// Traffic is what a stream is made of: hits at instants that the stream does
// not know, within spans that it does. Everything but its kind follows from a
// seed, so that hundreds of hits are cheap to draw.
type traffic struct {
	rng      *rand.Rand
	window   time.Duration // the length that the limiter goes by
	quota    int           // and its quota
	hits     int
	before   int           // hits that somebody sent before the trace began
	latency  time.Duration // longest time from sending to the decision, and from there to the reply
	served   time.Duration // how long admitted hits take beside
	fates    bool          // some outcomes are unknown
	coarse   time.Duration // resolution of the limiter's clock
	atRest   bool          // and the models are told so
	scramble bool          // latencies differ from hit to hit
}

func drawTraffic(t *rapid.T, most int) traffic {
	w := traffic{
		rng:      rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)),
		window:   time.Duration(rapid.Float64Range(math.Log(2e7), math.Log(4e9)).Draw(t, "log window")),
		quota:    rapid.IntRange(1, 12).Draw(t, "quota"),
		hits:     rapid.IntRange(1, most).Draw(t, "hits"),
		latency:  rapid.SampledFrom([]time.Duration{0, 100 * time.Microsecond, time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond}).Draw(t, "latency"),
		fates:    rapid.Bool().Draw(t, "unknown outcomes"),
		coarse:   rapid.SampledFrom([]time.Duration{1, time.Millisecond}).Draw(t, "clock"),
		scramble: rapid.Bool().Draw(t, "scrambled"),
	}
	w.window = time.Duration(math.Exp(rapid.Float64Range(math.Log(2e7), math.Log(4e9)).Draw(t, "window")))
	if rapid.Bool().Draw(t, "used before") {
		w.before = rapid.IntRange(1, 3*w.quota).Draw(t, "before")
	} else {
		w.atRest = rapid.Bool().Draw(t, "known to be at rest")
	}
	return w
}

// instants are when n hits arrive, in order, from an instant on: clumps,
// steady traffic near the rate and above it, silences.
func (w *traffic) instants(n int, from time.Duration) []time.Duration {
	at := make([]time.Duration, 0, n)
	now := from
	between := float64(w.window) / float64(w.quota)
	for len(at) < n {
		switch w.rng.IntN(4) {
		case 0: // a clump, at one instant or nearly
			spread := float64(w.rng.IntN(2)) * 1e6
			for range 1 + w.rng.IntN(2*w.quota+1) {
				at = append(at, now)
				now += time.Duration(spread * w.rng.Float64())
			}
		case 1: // steady
			gap := between * math.Exp(4*w.rng.Float64()-3)
			for range 1 + w.rng.IntN(3*w.quota+2) {
				now += time.Duration(gap)
				at = append(at, now)
			}
		case 2: // at random
			for range 1 + w.rng.IntN(2*w.quota+1) {
				now += time.Duration(w.rng.ExpFloat64() * between)
				at = append(at, now)
			}
		case 3: // a silence that ends about a window later, or anywhere
			share := 1 + 0.02*w.rng.NormFloat64()
			if w.rng.IntN(2) == 0 {
				share = 2.5 * w.rng.Float64()
			}
			now += time.Duration(share * float64(w.window))
			at = append(at, now)
		}
	}
	return at[:n]
}

// decide sends the traffic to a limiter and returns what is seen of it.
func (w *traffic) decide(l simulate.Limiter) *Stream {
	l = simulate.Coarse{Limiter: l, Grain: w.coarse, Since: time.Duration(w.rng.Int64N(int64(time.Hour)))}
	start := time.Duration(w.rng.Int64N(int64(w.window)))
	for _, at := range w.instants(w.before, start) {
		l.Decide(at, 0)
		start = at
	}
	begun := int64(start) + 2*ms // everybody else had stopped by then
	s := &Stream{}
	var ends []time.Duration // of the admitted hits
	for i, at := range w.instants(w.hits, start+3*time.Millisecond) {
		before, after := w.spread(), w.spread()
		from := max(int64(at)-before, begun)
		inFlight := 0
		for _, e := range ends {
			if e > at {
				inFlight++
			}
		}
		fate := w.rng.IntN(30)
		if w.fates && fate == 0 { // lost on the way there
			s.add(uint32(i), from, never, trace.Unknown)
			continue
		}
		admitted, delay := l.Decide(at, inFlight)
		o := trace.Limited
		to := int64(at) + after
		if admitted {
			o = trace.Admitted
			end := at + delay + time.Duration(float64(w.served)*(0.5+w.rng.Float64()))
			ends = append(ends, end)
			to = int64(end) + after
		}
		switch {
		case w.fates && fate == 1:
			o = trace.Unknown
		case w.fates && fate == 2:
			o, to = trace.Unknown, never
		}
		s.add(uint32(i), from, to, o)
	}
	s.order()
	return s
}

func (w *traffic) spread() int64 {
	if w.latency == 0 {
		return 0
	}
	if !w.scramble {
		return int64(w.latency) / 2
	}
	return int64(min(w.rng.ExpFloat64()/4, 1) * float64(w.latency))
}

func (w *traffic) options() cutOptions { return cutOptions{grain: ms, rest: w.atRest} }

// around draws the ends of an interval that holds v, often v alone.
func around(t *rapid.T, v float64) (low, high float64) {
	off := func(name string) float64 {
		return 1 + rapid.SampledFrom([]float64{0, 0, 1e-6, 1e-3, 0.05, 0.3}).Draw(t, name)*rapid.Float64Range(0, 1).Draw(t, name+" part")
	}
	return v / off("below"), v * off("above")
}

// show is a stream for people.
func (s *Stream) show() string {
	text := ""
	for _, hit := range s.byFrom {
		text += fmt.Sprintf("\n%6d: %.6f – %.6f %v", hit, seconds(s.from[hit]), seconds(s.to[hit]), s.outcome[hit])
	}
	return text
}

func (w *traffic) show(s *Stream) string {
	return fmt.Sprintf("window %v, quota %d, %d before, rest %v%s", w.window, w.quota, w.before, w.atRest, s.show())
}

// wantQuota fails unless the quota lies in the cut, and the telling hits alone
// give the same or a wider one.
func wantQuota(t *rapid.T, w *traffic, s *Stream, cutOf func(*Stream) cut) {
	t.Helper()
	c := cutOf(s)
	if n := float64(w.quota); c.lo > n || n >= c.hi {
		t.Fatalf("quota %v outside [%v, %v): %s", n, c.lo, c.hi, w.show(s))
	}
}

// wantTelling fails unless the telling hits alone give the cut of all.
func wantTelling(t *rapid.T, w *traffic, s *Stream, cutOf func(*Stream) cut) {
	t.Helper()
	c, d := cutOf(s), cutOf(s.telling())
	if d.lo > c.lo+1e-9 || d.hi < c.hi-1e-9 {
		t.Fatalf("[%v, %v) by all hits, [%v, %v) by the telling ones: %s", c.lo, c.hi, d.lo, d.hi, w.show(s))
	}
}

// TestFirstHitWindowIsNeverExcluded: whatever the traffic.
func TestFirstHitWindowIsNeverExcluded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTraffic(t, 120)
		s := w.decide(&simulate.Window{Quota: w.quota, Length: w.window, FromFirst: true})
		low, high := around(t, float64(w.window))
		t.Logf("windows %v – %v", low, high)
		cutOf := func(s *Stream) cut { return s.firstHitCut(low, high, w.options()) }
		wantQuota(t, &w, s, cutOf)
		wantQuota(t, &w, s.telling(), cutOf)
		if l := longestRun([]*Stream{s}, ms); l > float64(w.window) {
			t.Fatalf("a run of %v: %s", time.Duration(l), w.show(s))
		}
		if l := shortestRefill([]*Stream{s}, ms); l < float64(w.window) {
			t.Fatalf("refilled after %v: %s", time.Duration(l), w.show(s))
		}
	})
}

// TestGridWindowIsNeverExcluded: fixed windows are lumps that fill the bucket.
func TestGridWindowIsNeverExcluded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTraffic(t, 120)
		since := time.Duration(w.rng.Int64N(int64(w.window)))
		s := w.decide(&simulate.Window{Quota: w.quota, Length: w.window, Since: since})
		b := boxAround(t, s, &w, since)
		cutOf := func(s *Stream) cut { return quotas(gridWindow().cut(s, b, w.options())) }
		wantQuota(t, &w, s, cutOf)
		wantQuota(t, &w, s.telling(), cutOf)
		wantTelling(t, &w, s, cutOf)
		if l := longestRun([]*Stream{s}, ms); l > float64(w.window) {
			t.Fatalf("a run of %v: %s", time.Duration(l), w.show(s))
		}
		if l := shortestRefill([]*Stream{s}, ms); l < float64(w.window) {
			t.Fatalf("refilled after %v: %s", time.Duration(l), w.show(s))
		}
		if b.misses(s.brackets(w.options().grain)) {
			t.Fatalf("no step in some bracket: %s", w.show(s))
		}
	})
}

// quotas turns lo < quota ≤ hi into lo ≤ quota < hi.
func quotas(c cut) cut { return cut{c.lo + 1, c.hi + 1} }

// boxAround draws a box of grids that holds the true one: its step before the
// first hit, which was sent since after a step.
func boxAround(t *rapid.T, s *Stream, w *traffic, since time.Duration) box {
	low, high := around(t, float64(w.window))
	first := float64(s.from[s.byFrom[0]] - ms)
	phase := first - math.Mod(first+float64(since), float64(w.window))
	late := min(first, phase+float64(w.window)*rapid.SampledFrom([]float64{0, 0, 1e-3, 0.3}).Draw(t, "late"))
	early := phase - float64(w.window)*rapid.SampledFrom([]float64{0, 0, 1e-3, 0.3}).Draw(t, "early")
	return box{low, high, early, late}
}

// TestLogIsNeverExcluded: plain, and with the limited hits logged.
func TestLogIsNeverExcluded(t *testing.T) {
	for _, all := range []bool{false, true} {
		rapid.Check(t, func(t *rapid.T) {
			w := drawTraffic(t, 120)
			s := w.decide(&simulate.Log{Quota: w.quota, Length: w.window, Counting: all})
			low, high := around(t, float64(w.window))
			cutOf := func(s *Stream) cut { return s.logCut(all, low, high, w.options()) }
			wantQuota(t, &w, s, cutOf)
			wantQuota(t, &w, s, func(s *Stream) cut { return s.sampled(all).logCut(all, low, high, w.options()) })
			if !all {
				wantQuota(t, &w, s.telling(), cutOf)
				wantTelling(t, &w, s, cutOf)
			}
		})
	}
}

// TestSlidingCounterIsNeverExcluded: with every threshold that exists.
func TestSlidingCounterIsNeverExcluded(t *testing.T) {
	for _, v := range []struct {
		counter   simulate.Counter
		threshold float64 // beyond the quota
	}{
		{simulate.Counter{}, 0},
		{simulate.Counter{Rounding: simulate.Floor}, 0},
		{simulate.Counter{Rounding: simulate.HalfUp}, -0.5},
		{simulate.Counter{Loose: true}, 1e-12},
		{simulate.Counter{Counting: true}, 0},
		{simulate.Counter{Counting: true, Loose: true}, 1e-12},
		{simulate.Counter{Counting: true, Rounding: simulate.HalfUp}, -0.5},
	} {
		rapid.Check(t, func(t *rapid.T) {
			w := drawTraffic(t, 120)
			since := time.Duration(w.rng.Int64N(int64(w.window)))
			c := v.counter
			c.Quota, c.Length, c.Since = w.quota, w.window, since
			s := w.decide(&c)
			b := boxAround(t, s, &w, since)
			threshold := float64(w.quota) + v.threshold
			streams := []*Stream{s}
			if !c.Counting {
				streams = append(streams, s.telling())
			}
			for _, s := range streams {
				g := gridCounts{weighted: true, all: c.Counting}
				if c := g.cut(s, b, w.options()); c.lo > threshold || threshold > c.hi {
					t.Fatalf("threshold %v outside (%v, %v]: box %+v since %v %s", threshold, c.lo, c.hi, b, since, w.show(s))
				}
				if b.misses(s.turns(v.counter.Counting, w.options().grain)) {
					t.Fatalf("no window ends in one of %v: box %+v since %v %s", s.turns(v.counter.Counting, w.options().grain), b, since, w.show(s))
				}
				if c := s.phaseless(lengths{b.low, b.high}, v.counter.Counting, 6, w.options()); c.lo > threshold || threshold > c.hi {
					t.Fatalf("threshold %v outside (%v, %v] at any phase: windows %v to %v %s", threshold, c.lo, c.hi, b.low, b.high, w.show(s))
				}
			}
		})
	}
}

// TestCapIsNeverExcluded: of hits in flight.
func TestCapIsNeverExcluded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTraffic(t, 120)
		w.coarse, w.before = 1, 0
		w.served = time.Duration(float64(w.window) * rapid.Float64Range(0.1, 2).Draw(t, "served"))
		s := w.decide(simulate.Cap{Most: w.quota})
		wantQuota(t, &w, s, func(s *Stream) cut { return s.flightCut(int64(max(w.latency, time.Millisecond))) })
	})
}

// TestBlocksAreNeverExcluded: neither how long they last nor what the limiter
// between them counts.
func TestBlocksAreNeverExcluded(t *testing.T) {
	for _, renewed := range []bool{false, true} {
		rapid.Check(t, func(t *rapid.T) {
			w := drawTraffic(t, 120)
			length := time.Duration(float64(w.window) * rapid.Float64Range(0.3, 2).Draw(t, "block"))
			s := w.decide(&simulate.Block{
				Limiter: resting{func() simulate.Limiter { return &simulate.Window{Quota: w.quota, Length: w.window, FromFirst: true} }, new(simulate.Limiter)},
				For:     length, Renewed: renewed,
			})
			block := rateSet{0, math.Inf(1)}
			Blocked{Base: FixedWindow{}, Renewed: renewed}.narrow(s, ms, &block)
			if l := float64(length); l < block.low || l > block.high {
				t.Fatalf("block of %v outside %v – %v: %s", length, time.Duration(block.low), time.Duration(block.high), w.show(s))
			}
			low, high := around(t, float64(w.window))
			parts, _ := s.betweenBlocks(int64(block.low), ms)
			for _, part := range parts {
				wantQuota(t, &w, part, func(s *Stream) cut { return s.firstHitCut(low, high, cutOptions{grain: ms, rest: true}) })
			}
		})
	}
}

// resting is a limiter that is at rest again after each hit that it limits.
type resting struct {
	fresh func() simulate.Limiter
	inner *simulate.Limiter
}

func (r resting) Decide(at time.Duration, inFlight int) (bool, time.Duration) {
	if *r.inner == nil {
		*r.inner = r.fresh()
	}
	admitted, delay := (*r.inner).Decide(at, inFlight)
	if !admitted {
		*r.inner = nil
	}
	return admitted, delay
}

// TestFitsEndOnAnything: no model panics or goes on for ever, whatever the hits.
func TestFitsEndOnAnything(t *testing.T) {
	long(t)
	for seed := range 4 {
		w := rapid.Custom(func(t *rapid.T) traffic { return drawTraffic(t, 500) }).Example(seed)
		limiters := []simulate.Limiter{
			&simulate.Window{Quota: w.quota, Length: w.window},
			&simulate.Window{Quota: w.quota, Length: w.window, FromFirst: true},
			&simulate.Log{Quota: w.quota, Length: w.window, Counting: true},
			&simulate.Counter{Quota: w.quota, Length: w.window},
			&simulate.GCRA{Every: w.window / time.Duration(w.quota), Burst: w.quota},
			&arbitrary{w.rng},
		}
		s := w.decide(limiters[w.rng.IntN(len(limiters))])
		for _, m := range Models() {
			f := m.Fit([]*Stream{s}, Options{AtRest: w.atRest})
			if !f.Consistent {
				continue
			}
			l := f.limiter(0)
			s.unexplained(l)
			for _, c := range f.corners {
				s.unexplained(c(0))
			}
		}
	}
}

// arbitrary decides by lot.
type arbitrary struct{ rng *rand.Rand }

func (a *arbitrary) Decide(time.Duration, int) (bool, time.Duration) { return a.rng.IntN(2) == 0, 0 }

// TestSaturatedRatesHoldTheTruth: unless most of what there is went unused.
func TestSaturatedRatesHoldTheTruth(t *testing.T) {
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawTraffic(t, 200)
		lump := rapid.IntRange(1, 1+w.quota/2).Draw(t, "lump")
		s := w.decide(&simulate.Stepped{Amount: lump, Size: w.quota + 1, Every: w.window, Since: time.Duration(w.rng.Int64N(int64(w.window)))})
		low, high := s.saturatedRates(float64(lump), w.options().grain)
		rate := float64(lump) / w.window.Seconds()
		if low == 0 || rate > unused*low {
			return
		}
		seen++
		if rate < low || rate > high {
			t.Fatalf("%v/s outside %v to %v, lump %d: %s", rate, low, high, lump, w.show(s))
		}
	})
	if seen == 0 {
		t.Error("no trace tells a rate")
	}
}
