package analyze

import (
	"math"
	"time"
)

// SlidingWindowCounter is the sliding window counter: windows on a grid, and a
// hit is admitted while previous·(1−elapsed/window) + current is below a
// threshold. Implementations differ in the threshold: quota (compared strictly;
// rounding down makes no difference), quota − ½ (rounding half up), anything
// above quota − 1 (the hit itself is counted before comparing, or rounding up).
type SlidingWindowCounter struct {
	// All: limited hits count too.
	All bool
}

// Name implements [Model].
func (SlidingWindowCounter) Name() string { return "sliding-window-counter" }

// Doc implements [Model].
func (m SlidingWindowCounter) Doc() Doc {
	d := Doc{
		Title:     "sliding window counter",
		About:     "counts hits in windows of window_s on a grid and admits one while the last window's count, weighted by how much of it still overlaps, and this window's are below quota",
		Signature: "from rest, quota hits pass at once; then none until the window ends, and from then on single ones, quota per window",
	}
	if m.All {
		d.Title += " of all hits"
		d.About += "; limited hits are counted too"
	}
	return d
}

// Fit implements [Model].
func (m SlidingWindowCounter) Fit(streams []*Stream, o Options) Fit {
	joint := joinGrids(streams, "window_s", func(s *Stream, within *lengths) Fit {
		return m.fit(s, within, o)
	})
	if !joint.Consistent {
		return joint
	}
	joint.Params["quota"] = Parameter{Interval: joint.Burst}
	joint.Modifiers = countsLimited(m.All)
	if b := joint.Burst; b.High == nil || *b.Low != *b.High {
		// With a quota that is free, much that is not a counter looks like one.
		joint.Doubt = "a sliding window counter explains every decision, but with more than one quota; after a rest of two windows send more than the quota at one instant"
	}
	return joint
}

// fit fits one stream.
func (m SlidingWindowCounter) fit(s *Stream, within *lengths, options Options) Fit {
	o := cutOptions{grain: int64(time.Millisecond), rest: options.AtRest}
	if within == nil {
		within = m.lengths(s, o.grain, options)
	}
	if within == nil {
		return Fit{}
	}
	if !m.All {
		s = s.telling()
	}
	ranges := s.anyPhase(within.low, within.high, m.All, o)
	counts := &gridCounts{weighted: true, all: m.All, decides: func(at grid, threshold float64) Limiter {
		return &counter{window: at.interval, phase: at.phase, threshold: threshold, all: m.All}
	}}
	g := gridSearch{gridded: counts, interval: "window_s", least: 1, o: o, brackets: s.turns(m.All, o.grain)}
	f := g.fit(s, ranges...)
	f.refills = fewWindows
	return f
}

// lengths bounds the windows that the stream can tell anything about.
func (m SlidingWindowCounter) lengths(s *Stream, grain int64, o Options) *lengths {
	one := []*Stream{s}
	low, high, ok := windowRange(one, o)
	run := max(1e7, longestRun(one, grain))
	if !m.All { // nothing is left after two windows without a counted hit
		low = max(low, run/2)
	}
	// The first two windows can be explained by what was used before. And who
	// has seen a window used up was limited for a good part of it.
	high = min(high*2/5, 20*run)
	if !ok || low >= high {
		return nil
	}
	return &lengths{low, high}
}

// Nearest implements [Model].
func (m SlidingWindowCounter) Nearest(streams []*Stream, o Options) Fit {
	return nearestWindow(streams, func(s *Stream, window, quota float64) Limiter {
		first := float64(s.from[s.byFrom[0]])
		best, n := Limiter(nil), math.MaxInt
		few := s.first(2000)
		for i := range 8 {
			l := counter{window: window, phase: first - window*float64(i)/8, threshold: quota, all: m.All}
			if c, _ := few.unexplained(l.Clone()); c < n {
				best, n = &l, c
			}
		}
		return best
	})
}

// counter decides by two counts.
type counter struct {
	window, phase     float64 // ns
	threshold         float64
	all               bool
	index             float64 // of the current window
	previous, current float64
}

// at returns the counts and the elapsed share of the window at t.
func (c *counter) at(t time.Duration) (index, previous, current, elapsed float64) {
	x := (float64(t) - c.phase) / c.window
	index = math.Floor(x)
	switch index - c.index {
	case 0:
		previous, current = c.previous, c.current
	case 1:
		previous = c.current
	}
	return index, previous, current, x - index
}

// Admits implements [Limiter].
func (c *counter) Admits(t time.Duration) bool {
	_, previous, current, elapsed := c.at(t)
	return previous*(1-elapsed)+current < c.threshold-slack
}

// Observe implements [Limiter].
func (c *counter) Observe(t time.Duration, admitted bool) {
	c.index, c.previous, c.current, _ = c.at(t)
	if admitted || c.all {
		c.current++
	}
}

// Clone implements [Limiter].
func (c *counter) Clone() Limiter { d := *c; return &d }
