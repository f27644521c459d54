package bench

import (
	"fmt"
	"time"

	"ratefit/internal/bench/simulate"
)

// The anchors of windows, in the words of an analysis.
const (
	clock    = "clock"
	firstHit = "first-hit"
	timer    = "timer"
)

// quotaTruth is a model that admits a quota in each window of that length.
func quotaTruth(model string, quota int, length time.Duration) Truth {
	return Truth{
		Model: model, Rate: float64(quota) / length.Seconds(), Burst: float64(quota),
		Params: map[string]float64{"window_s": length.Seconds(), "quota": float64(quota)},
	}
}

// windowTruth is a fixed window. The clock is a timer as well.
func windowTruth(quota int, length time.Duration, anchor string) Truth {
	t := quotaTruth("fixed-window", quota, length)
	t.Anchors = []string{anchor}
	if anchor == clock {
		t.Anchors = append(t.Anchors, timer)
	}
	if quota == 1 && anchor == firstHit {
		t.Also = []string{"token-bucket", "sliding-window-log"} // one hit, then none for so long
	}
	return t
}

// newWindow is a fixed window with its anchor.
func newWindow(e Setting, quota int, length time.Duration, anchor string) *simulate.Window {
	w := &simulate.Window{Quota: quota, Length: length, Since: e.Clock, FromFirst: anchor == firstHit}
	if anchor == timer {
		w.Since = e.Since(length)
	}
	return w
}

// windows are fixed windows.
func windows() []Case {
	var all []Case
	for _, w := range []struct {
		quota  int
		length time.Duration
		anchor string
	}{
		{10, time.Second, clock},
		{100, time.Second, clock},
		{25, 2 * time.Second, clock},
		{60, 5 * time.Second, clock},
		{100, 10 * time.Second, clock},
		{100, time.Minute, clock},
		{15, time.Second, firstHit},
		{8, 2 * time.Second, firstHit},
		{30, 3 * time.Second, firstHit},
		{60, 5 * time.Second, firstHit},
		{50, 10 * time.Second, firstHit},
		{300, time.Second, firstHit},
		{1, 500 * time.Millisecond, firstHit},
		{12, 3 * time.Second, timer},
		{40, 4 * time.Second, timer},
		{20, 10 * time.Second, timer},
	} {
		name := fmt.Sprintf("fixed window %d in %v, %s", w.quota, w.length, w.anchor)
		all = append(all, single(name, windowTruth(w.quota, w.length, w.anchor), func(e Setting) simulate.Limiter {
			return newWindow(e, w.quota, w.length, w.anchor)
		}))
	}
	// Its windows begin at whole seconds, so that they look like the clock's
	// under saturation.
	coarse := windowTruth(20, 2*time.Second, firstHit)
	coarse.Anchors = []string{firstHit, clock, timer}
	return append(all, single("fixed window 20 in 2s, first-hit, clock of 1 s", coarse, func(e Setting) simulate.Limiter {
		w := newWindow(e, 20, 2*time.Second, firstHit)
		return simulate.Coarse{Limiter: w, Grain: time.Second, Since: e.Clock}
	}))
}

// logs are sliding windows that keep every hit.
func logs() []Case {
	var all []Case
	for _, l := range []struct {
		quota    int
		length   time.Duration
		counting bool
		grain    time.Duration
	}{
		{15, time.Second, false, 0},
		{8, 2 * time.Second, false, 0},
		{30, 3 * time.Second, false, 0},
		{50, 5 * time.Second, false, time.Millisecond},
		{100, 10 * time.Second, false, 0},
		{1, 200 * time.Millisecond, false, 0},
		{30, 2 * time.Second, true, 0},
		{9, 3 * time.Second, true, 0},
		{200, time.Second, false, 0},
	} {
		t := quotaTruth("sliding-window-log", l.quota, l.length)
		name := fmt.Sprintf("sliding log %d in %v", l.quota, l.length)
		if l.counting {
			t.Modifiers = []string{"limited-hits-count"}
			name += ", limited hits count"
		}
		if l.quota == 1 {
			t.Also = []string{"token-bucket", "fixed-window"}
		}
		if l.grain > 0 {
			name += ", clock of 1 ms"
		}
		all = append(all, single(name, t, func(e Setting) simulate.Limiter {
			var s simulate.Limiter = &simulate.Log{Quota: l.quota, Length: l.length, Counting: l.counting}
			if l.grain > 0 {
				s = simulate.Coarse{Limiter: s, Grain: l.grain, Since: e.Clock}
			}
			return s
		}))
	}
	return all
}

// counters are sliding windows that weigh two counts.
func counters() []Case {
	var all []Case
	for _, c := range []struct {
		about    string
		quota    int
		length   time.Duration
		rounding simulate.Rounding
		loose    bool
		counting bool
	}{
		{"unrounded", 20, 2 * time.Second, simulate.Unrounded, false, false},
		{"unrounded", 100, 4 * time.Second, simulate.Unrounded, false, false},
		{"unrounded, at most", 30, 3 * time.Second, simulate.Unrounded, true, false},
		{"rounded down", 50, 5 * time.Second, simulate.Floor, false, false},
		{"rounded", 12, 3 * time.Second, simulate.HalfUp, false, false},
		{"rounded", 50, 5 * time.Second, simulate.HalfUp, false, false},
		{"unrounded", 80, 10 * time.Second, simulate.Unrounded, false, false},
		{"limited hits count", 40, 2 * time.Second, simulate.Unrounded, false, true},
	} {
		t := quotaTruth("sliding-window-counter", c.quota, c.length)
		if c.loose {
			t.Burst++                 // from rest; while the window before weighs anything, the quota is all there is
			delete(t.Params, "quota") // one less and "below" is the same
		}
		if c.counting {
			t.Modifiers = []string{"limited-hits-count"}
		}
		name := fmt.Sprintf("sliding counter %d in %v, %s", c.quota, c.length, c.about)
		all = append(all, single(name, t, func(e Setting) simulate.Limiter {
			return &simulate.Counter{
				Quota: c.quota, Length: c.length, Since: e.Clock, Rounding: c.rounding, Loose: c.loose, Counting: c.counting,
			}
		}))
	}
	return all
}
