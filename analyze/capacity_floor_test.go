package analyze

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A floorCase draws a limiter of one model and the floor of its set.
type floorCase struct {
	name string
	draw func(t *rapid.T) (Limiter, floor)
}

// worse draws how much worse than the truth a limiter may be by the trace: up to a
// few percent, and never by less than computing with instants may be off.
func worse(t *rapid.T) float64 { return 1 + rapid.Float64Range(1e-6, 0.05).Draw(t, "worse") }

func drawWindow(t *rapid.T, weighted bool) (quota, window float64, f windowFloor) {
	quota = float64(rapid.IntRange(1, 60).Draw(t, "quota"))
	window = rapid.Float64Range(0.2, 20).Draw(t, "window")
	less := float64(rapid.IntRange(0, int(quota)-1).Draw(t, "less")) * 0.1
	f = windowFloor{quota: math.Max(1, quota-math.Floor(less)), window: window * worse(t), weighted: weighted, grain: 0.001}
	return quota, window, f
}

func drawBucket(t *rapid.T, lump float64) (rate float64, f bucketFloor) {
	rate = rapid.Float64Range(0.05, 200).Draw(t, "rate")
	burst := lump + float64(rapid.IntRange(0, 60).Draw(t, "burst"))
	f = bucketFloor{lump: lump, refill: rate / worse(t), burst: burst, ready: burst, grain: 0.001}
	return rate, f
}

func phaseOf(t *rapid.T, interval float64) float64 {
	return -interval * 1e9 * rapid.Float64Range(0, 1).Draw(t, "phase")
}

func floorCases() []floorCase {
	ns := func(s float64) time.Duration { return time.Duration(s * 1e9) }
	return []floorCase{
		{"token bucket", func(t *rapid.T) (Limiter, floor) {
			rate, f := drawBucket(t, 1)
			return &bucket{rate: rate, burst: f.burst}, f
		}},
		{"single tokens", func(t *rapid.T) (Limiter, floor) {
			rate, f := drawBucket(t, 1)
			return &stepped{bucket{rate: 1, burst: f.burst}, grid{1e9 / rate, phaseOf(t, 1/rate)}}, f
		}},
		{"lumps", func(t *rapid.T) (Limiter, floor) {
			lump := float64(rapid.IntRange(2, 20).Draw(t, "lump"))
			rate, f := drawBucket(t, lump)
			return &stepped{bucket{rate: lump, burst: f.burst}, grid{lump * 1e9 / rate, phaseOf(t, lump/rate)}}, f
		}},
		{"window from the first hit", func(t *rapid.T) (Limiter, floor) {
			quota, window, f := drawWindow(t, false)
			return &firstHit{window: ns(window), quota: quota}, f
		}},
		{"window on a grid", func(t *rapid.T) (Limiter, floor) {
			quota, window, f := drawWindow(t, false)
			return &stepped{bucket{rate: quota, burst: quota}, grid{window * 1e9, phaseOf(t, window)}}, f
		}},
		{"window log", func(t *rapid.T) (Limiter, floor) {
			quota, window, f := drawWindow(t, false)
			return newLog(window*1e9, quota, rapid.Bool().Draw(t, "all")), f
		}},
		{"window counter", func(t *rapid.T) (Limiter, floor) {
			quota, window, f := drawWindow(t, true)
			threshold := quota - rapid.Float64Range(0, 0.99).Draw(t, "threshold")
			return &counter{window: window * 1e9, phase: phaseOf(t, window), threshold: threshold, all: rapid.Bool().Draw(t, "all")}, f
		}},
		{"two buckets", func(t *rapid.T) (Limiter, floor) {
			fast, a := drawBucket(t, 1)
			slow, b := drawBucket(t, 1)
			if fast < slow {
				fast, slow, a, b = slow, fast, b, a
			}
			return both{&bucket{rate: fast, burst: a.burst}, &bucket{rate: slow, burst: b.burst}}, bothFloor{a, b}
		}},
		{"two logs", func(t *rapid.T) (Limiter, floor) {
			n, v, a := drawWindow(t, false)
			m, w, b := drawWindow(t, false)
			if v > w {
				n, v, a, m, w, b = m, w, b, n, v, a
			}
			return both{newLog(v*1e9, n, false), newLog(w*1e9, m, false)}, bothFloor{a, b}
		}},
		{"reserve", func(t *rapid.T) (Limiter, floor) {
			n, v, a := drawWindow(t, false)
			m, w, b := drawWindow(t, false)
			if v > w {
				n, v, a, m, w, b = m, w, b, n, v, a
			}
			return &either{&firstHit{window: ns(v), quota: n}, &firstHit{window: ns(w), quota: m}}, reserveFloor{a, b}
		}},
		{"blocking window", func(t *rapid.T) (Limiter, floor) {
			quota, window, f := drawWindow(t, false)
			in := &firstHit{window: ns(window), quota: quota}
			return &blocked{fresh: in.Clone(), inner: in, length: 10 * time.Second, renewed: true}, f
		}},
	}
}

// sends are the instants (s) at which a client with a token bucket sends that always
// wants to, but for some lulls.
func sends(t *rapid.T, rate, burst float64, n int) []float64 {
	var out []float64
	at, full := 0.0, 0.0 // full: when the bucket is full again
	for range n {
		if rapid.IntRange(0, 15).Draw(t, "lull") == 0 {
			at += rapid.Float64Range(0, 2*burst/rate).Draw(t, "for")
		}
		at = max(at, full-(burst-1)/rate)
		full = max(at, full) + 1/rate
		out = append(out, at)
	}
	return out
}

// A client that keeps to the pace is never limited, however the network holds up
// its requests within the jitter.
func TestPaceIsNeverLimited(t *testing.T) {
	for _, c := range floorCases() {
		t.Run(c.name, rapid.MakeCheck(func(t *rapid.T) {
			l, f := c.draw(t)
			jitter := 0.001 + rapid.Float64Range(0, 0.3).Draw(t, "jitter")
			rate, burst := f.pace(jitter)
			if rate <= 0 || burst < 1 || burst != math.Floor(burst) || rate > f.rate()*(1+1e-9) {
				t.Fatalf("rate %v of %v, burst %v", rate, f.rate(), burst)
			}
			arrivals := sends(t, rate, burst, 150)
			for i := range arrivals {
				late := rapid.SampledFrom([]float64{0, 0, 0.5, 1, 1}).Draw(t, "late")
				arrivals[i] += late * (jitter - 1e-6)
			}
			slices.Sort(arrivals)
			for i, s := range arrivals {
				at := time.Duration(s * 1e9)
				if !l.Admits(at) {
					t.Fatalf("rate %v, burst %v, jitter %v: hit %d at %v is limited", rate, burst, jitter, i, at)
				}
				l.Observe(at, true)
			}
		}))
	}
}

// What fits from rest is admitted when a client sends as [FitsIn] says: by the floor,
// each hit as soon as there is room for it. A client that tries whenever there might
// be gets as many.
func TestFitsAreAdmitted(t *testing.T) {
	for _, c := range floorCases() {
		t.Run(c.name, rapid.MakeCheck(func(t *rapid.T) {
			l, f := c.draw(t)
			within := rapid.Float64Range(0, 60).Draw(t, "within")
			want := min(whole(f.fits(within)), 400)
			n := 0
			for n < want {
				d, ok := takes(f, n+1)
				if !ok || d > within+1e-6 {
					t.Fatalf("hit %d of %d takes %v of %v", n+1, want, d, within)
				}
				for ; n < want && whole(f.fits(d)) > n; n++ {
					at := time.Duration(d*1e9) + 1
					if !l.Admits(at) {
						t.Fatalf("hit %d of %d at %v is limited", n+1, want, at)
					}
					l.Observe(at, true)
				}
			}
		}))
	}
}

// Evenly spaced hits are never limited, by any of several limiters either.
func TestEvenIsNeverLimited(t *testing.T) {
	cases := floorCases()
	rapid.Check(t, func(t *rapid.T) {
		var limiters []Limiter
		var floors severalFloors
		for range rapid.IntRange(1, 4).Draw(t, "n") {
			l, f := cases[rapid.IntRange(0, len(cases)-1).Draw(t, "case")].draw(t)
			limiters, floors = append(limiters, l), append(floors, f)
		}
		gap := 1/floors.even() + 0.001
		for i, l := range limiters {
			for k := range 200 {
				at := time.Duration(float64(k) * gap * 1e9)
				if !l.Admits(at) {
					t.Fatalf("limiter %d: hit %d, %v apart, is limited", i, k, gap)
				}
				l.Observe(at, true)
			}
		}
	})
}
