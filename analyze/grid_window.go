package analyze

import (
	"math"
	"slices"
	"time"
)

// fitGrid fits windows on a grid: on the grid's own clock that is a bucket which
// is filled up at each step. Each stream has a phase of its own; where all lie
// at multiples of the window on the wall clock, that is the anchor.
func (FixedWindow) fitGrid(streams []*Stream, c cutOptions, o Options) Fit {
	var joint Fit
	clock := true
	for i, s := range streams {
		f, onClock := fitGridWindow(s, streams, c, o)
		if !f.Consistent {
			return Fit{}
		}
		clock = clock && onClock
		if i == 0 {
			joint = f
			continue
		}
		news := append(slices.Clip(joint.news), f.news...)
		if !joint.Rate.meet(f.Rate) || !joint.Burst.meet(f.Burst) || !meetParam(&joint, f, "window_s") {
			return Fit{}
		}
		joint.news = news
	}
	joint.corners = []func(int) Limiter{joint.limiter}
	joint.Params["quota"] = Parameter{Interval: joint.Burst}
	joint.Params["anchor"] = Parameter{Text: "timer"}
	if clock {
		joint.Params["anchor"] = Parameter{Text: "clock"}
	}
	return joint
}

// meetParam intersects a parameter of two fits.
func meetParam(f *Fit, other Fit, name string) bool {
	p := f.Params[name]
	ok := p.meet(other.Params[name].Interval)
	f.Params[name] = p
	return ok
}

// fitGridWindow fits one stream and tells whether the windows lie on the clock.
func fitGridWindow(s *Stream, all []*Stream, c cutOptions, o Options) (Fit, bool) {
	low, high, ok := windowRange(all, o)
	low, high = max(low, longestRun(all, c.grain)), min(high, shortestRefill(all, c.grain))
	if !ok || low > high {
		return Fit{}, false
	}
	// More hits only shrink the set: a few of them exclude most traces.
	if few := s.first(2000); few != s && few.limited > 0 {
		if f, _ := fitGridWindow(few, all, c, o); !f.Consistent && len(few.brackets(c.grain)) > 0 {
			return Fit{}, false
		}
	}
	g := newGridSearch(s, s.admitted+1, c)
	if len(g.brackets) == 0 {
		return Fit{}, false
	}
	boxes, bursts := g.enclose(low, high)
	if len(boxes) == 0 {
		return Fit{}, false
	}
	hull := boxes[0]
	for _, b := range boxes {
		hull.low, hull.high = min(hull.low, b.low), max(hull.high, b.high)
	}
	middle := boxes[len(boxes)/2].middle()
	at := grid{middle.low, middle.early}
	f := Fit{Consistent: true, Grain: time.Duration(c.grain), Params: map[string]Parameter{}, refills: fewWindows}
	f.Burst = wholeBurst(g.likelyBurst(middle, bursts), bursts.lo, bursts.hi)
	if f.Burst.High != nil && *f.Burst.High < 1 || g.steps(at) < 1 {
		return Fit{}, false
	}
	quota := f.Burst.Value
	rates := bounded(quota*1e9/at.interval, *f.Burst.Low*1e9/hull.high, math.Inf(1))
	if f.Burst.High != nil {
		most := *f.Burst.High * 1e9 / hull.low
		rates.High = &most
	}
	f.Rate = rates
	f.Params["window_s"] = Parameter{Interval: bounded(at.interval*1e-9, hull.low*1e-9, hull.high*1e-9)}
	f.news = []func() Limiter{func() Limiter { return &stepped{bucket{rate: quota, burst: quota}, at} }}
	return f, onClock(boxes, float64(o.started.UnixNano()))
}

// clockError is how far the limiter's wall clock may be from ours (ns), as
// machines that keep time over the network are.
const clockError = 2e7

// onClock reports whether windows of one of the boxes may begin at multiples of
// their length on the wall clock, which read zero at started (ns of the Unix
// epoch). Since the epoch so many windows have passed that this says something
// only of a length known exactly: a round one is supposed.
func onClock(boxes []box, started float64) bool {
	for _, unit := range []float64{60e9, 1e9, 5e8, 2.5e8, 2e8, 1e8} {
		for _, b := range boxes {
			window := math.Ceil(b.low/unit) * unit
			if window > b.high || window < 4*clockError {
				continue
			}
			phase := math.Mod(started+(b.early+b.late)/2, window)
			if min(phase, window-phase) <= clockError+(b.late-b.early)/2 {
				return true
			}
		}
	}
	return false
}
