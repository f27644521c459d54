package analyze

import (
	"testing"
	"time"
)

// A truth is a limiter written for the tests alone, in another way than the models.
type truth struct {
	name   string
	model  string
	rate   float64
	burst  float64
	params map[string]float64
	start  func() func(at time.Duration) bool
}

// perToken is a token bucket that keeps the instant at which each token comes
// back: the oldest of burst tokens, or one interval after the one before it.
func perToken(rate float64, burst int) func() func(time.Duration) bool {
	return func() func(time.Duration) bool {
		interval := time.Duration(1e9 / rate)
		back := make([]time.Duration, burst) // when each token is there again, oldest first
		for i := range back {
			back[i] = -time.Hour
		}
		return func(at time.Duration) bool {
			if back[0] > at {
				return false
			}
			next := max(back[burst-1], at) + interval
			back = append(back[1:], next)
			return true
		}
	}
}

// lumps adds tokens when the clock passes the next step.
func lumps(amount int, every, phase time.Duration, capacity int) func() func(time.Duration) bool {
	return func() func(time.Duration) bool {
		tokens, next := capacity, phase
		return func(at time.Duration) bool {
			for ; next <= at; next += every {
				tokens = min(capacity, tokens+amount)
			}
			if tokens == 0 {
				return false
			}
			tokens--
			return true
		}
	}
}

func truths() []truth {
	return []truth{
		{"bucket 2/s 30", "token-bucket", 2, 30, nil, perToken(2, 30)},
		{"bucket 40/s 16", "token-bucket", 40, 16, nil, perToken(40, 16)},
		{"bucket 125/s 5", "token-bucket", 125, 5, nil, perToken(125, 5)},
		{"lumps of 20 every 2 s", "token-bucket-stepped", 10, 50, map[string]float64{"refill_amount": 20, "refill_interval_s": 2}, lumps(20, 2*time.Second, 700*time.Millisecond, 50)},
		{"lumps of 4 every 1 s", "token-bucket-stepped", 4, 12, map[string]float64{"refill_amount": 4, "refill_interval_s": 1}, lumps(4, time.Second, 123*time.Millisecond, 12)},
		{"lumps of 5 every 0.25 s", "token-bucket-stepped", 20, 30, map[string]float64{"refill_amount": 5, "refill_interval_s": 0.25}, lumps(5, 250*time.Millisecond, 77*time.Millisecond, 30)},
		{"single tokens on a grid of 0.25 s", "token-bucket", 4, 6, map[string]float64{"refill_amount": 1, "refill_interval_s": 0.25}, lumps(1, 250*time.Millisecond, 201*time.Millisecond, 6)},
		{"30 per 3 s from the first hit", "fixed-window", 10, 30, map[string]float64{"window_s": 3}, func() func(time.Duration) bool { return fixedWindow(30, 3*time.Second, -1) }},
		{"15 per second from the first hit", "fixed-window", 15, 15, map[string]float64{"window_s": 1}, func() func(time.Duration) bool { return fixedWindow(15, time.Second, -1) }},
		{"30 per 3 s on a grid", "fixed-window", 10, 30, map[string]float64{"window_s": 3}, func() func(time.Duration) bool { return fixedWindow(30, 3*time.Second, 123*time.Millisecond) }},
		{"30 in any 3 s", "sliding-window-log", 10, 30, map[string]float64{"window_s": 3}, func() func(time.Duration) bool { return logOf(30, 3*time.Second) }},
		{"100 in any second", "sliding-window-log", 100, 100, map[string]float64{"window_s": 1}, func() func(time.Duration) bool { return logOf(100, time.Second) }},
	}
}

// long leaves out tests that fit every model to many hits: the race detector
// makes them take minutes.
func long(t *testing.T) {
	if testing.Short() {
		t.Skip("fits every model to many hits")
	}
}

// TestBattery holds every model to the same: it is named when it made the
// trace, from two addresses at once; its intervals hold the truth; it leaves
// nothing unexplained; it foretells what it was not fitted to; and the other
// models are rejected with a hit as evidence.
func TestBattery(t *testing.T) {
	long(t)
	for _, want := range truths() {
		t.Run(want.name, func(t *testing.T) {
			t.Parallel()
			limiters := map[string]func(time.Duration) bool{"a": want.start(), "b": want.start()}
			hits := decidedBy(11, []string{"read"}, []string{"a", "b"}, func(_, s string, at time.Duration) bool { return limiters[s](at) })
			out := analyse(hits, Options{})
			if len(out.Limits) != 1 {
				t.Fatalf("%d limits: %+v", len(out.Limits), out.Limits)
			}
			l := out.Limits[0]
			if l.Verdict != Identified || l.Model != want.model {
				t.Fatalf("%s %s: %s %+v", l.Verdict, l.Model, l.Why, l.Alternatives)
			}
			holds := func(name string, iv Interval, v float64) {
				t.Helper()
				if iv.Low == nil || iv.High == nil || *iv.Low > v || *iv.High < v {
					t.Errorf("%s %v, want %v", name, iv.String(), v)
				}
			}
			holds("rate", *l.SustainedRate, want.rate)
			holds("burst", *l.Burst, want.burst)
			// A window is known as well as two instants, a token's rate as well as
			// the whole trace is long.
			width := 0.0025
			if w := want.params["window_s"]; w != 0 {
				width = max(width, 0.004/w)
			}
			if r := l.SustainedRate; *r.High-*r.Low > width*want.rate {
				t.Errorf("rate %v is known to no more than %.3g %%", r, 100*(*r.High-*r.Low)/want.rate)
			}
			for name, v := range want.params {
				holds(name, l.Params[name].Interval, v)
			}
			// Before the first rest, single tokens on a grid look continuous; and half
			// a trace may show too few windows.
			if p := l.Prediction; p == nil && want.params["refill_amount"] != 1 && want.model == "token-bucket" || p != nil && p.Correct < p.Hits*92/100 {
				t.Errorf("foretold %+v", l.Prediction)
			}
			if l.Contradictions != 0 || len(l.Survivors) != 1 {
				t.Errorf("%d contradictions, survivors %v", l.Contradictions, l.Survivors)
			}
			for _, a := range l.Alternatives {
				if a.Contradictions == 0 || a.First == nil || a.First.Expected == a.First.Observed {
					t.Errorf("%s was rejected without evidence: %+v", a.Model, a)
				}
			}
		})
	}
}

// fixedWindow admits quota hits in each window; windows are a grid or, with a
// negative phase, begin with the first hit after the last one ended.
func fixedWindow(quota int, window, phase time.Duration) func(time.Duration) bool {
	end, count := phase, 0
	return func(at time.Duration) bool {
		if at >= end || end < 0 {
			count = 0
			if phase < 0 {
				end = at + window
			}
			for ; end <= at; end += window {
			}
		}
		count++
		return count <= quota
	}
}

// logOf admits at most quota hits in any window.
func logOf(quota int, window time.Duration) func(time.Duration) bool {
	var log []time.Duration
	return func(at time.Duration) bool {
		for len(log) > 0 && log[0] <= at-window {
			log = log[1:]
		}
		if len(log) >= quota {
			return false
		}
		log = append(log, at)
		return true
	}
}

// TestOtherLimitersAreNotNamed: what is not in the catalogue is never given the
// name of something that is.
func TestOtherLimitersAreNotNamed(t *testing.T) {
	long(t)
	for name, start := range map[string]func() func(time.Duration) bool{
		"one per window": func() func(time.Duration) bool { return fixedWindow(1, 500*time.Millisecond, 50*time.Millisecond) },
		"no refill":      func() func(time.Duration) bool { return fixedWindow(50, time.Hour, time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limiters := map[string]func(time.Duration) bool{"a": start(), "b": start()}
			hits := decidedBy(12, []string{"read"}, []string{"a", "b"}, func(_, s string, at time.Duration) bool { return limiters[s](at) })
			for _, l := range analyse(hits, Options{}).Limits {
				if l.Verdict == Identified {
					t.Errorf("identified as %s: rate %v, burst %v, %v", l.Model, l.SustainedRate, l.Burst, l.Params)
				}
			}
		})
	}
}

// TestCatalogue: everything that help and reports print is there.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Models() {
		d := m.Doc()
		if m.Name() == "" || seen[d.Title] || d.Title == "" || d.About == "" || d.Signature == "" {
			t.Errorf("%q: %+v", m.Name(), d)
		}
		seen[d.Title] = true
	}
}

// TestLimitersAtRest: a limiter of each fit admits its burst at once and then
// its sustained rate.
func TestLimitersAtRest(t *testing.T) {
	for _, l := range []struct {
		Limiter
		rate, burst float64
	}{
		{&bucket{rate: 5, burst: 7}, 5, 7},
		{&stepped{bucket{rate: 10, burst: 30}, grid{interval: 2e9, phase: -1e9}}, 5, 30},
	} {
		admitted, at := 0, time.Duration(0)
		for l.Admits(at) {
			l.Observe(at, true)
			admitted++
		}
		if float64(admitted) != l.burst {
			t.Errorf("admits %d at once, want %v", admitted, l.burst)
		}
		const length = 100 * time.Second
		for admitted = 0; at < length; at += 10 * time.Millisecond {
			ok := l.Admits(at)
			l.Observe(at, ok)
			if ok {
				admitted++
			}
		}
		if got := float64(admitted) / length.Seconds(); got < 0.97*l.rate || got > 1.03*l.rate {
			t.Errorf("admits %v/s, want %v", got, l.rate)
		}
	}
}
