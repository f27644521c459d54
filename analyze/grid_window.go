package analyze

import (
	"math"
)

// fitGrid fits windows on a grid. Each stream has a phase of its own; where all
// lie at multiples of the window on the wall clock, that is the anchor.
func (FixedWindow) fitGrid(streams []*Stream, c cutOptions, o Options) Fit {
	low, high, ok := windowRange(streams, o)
	low, high = max(low, longestRun(streams, c.grain)), min(high, shortestRefill(streams, c.grain))
	if !ok || low > high {
		return Fit{}
	}
	if len(edgesOf(streams, c.grain)) == 0 {
		return Fit{} // nothing has come back
	}
	clock := true
	joint := joinGrids(streams, "window_s", func(s *Stream, within *lengths) Fit {
		if within == nil {
			within = &lengths{low, high}
		}
		g := gridSearch{gridded: gridWindow(), interval: "window_s", least: 1, o: c, edged: true}
		f := g.fit(s, *within)
		f.refills = fewWindows
		clock = clock && onClock(g.boxes, float64(o.started.UnixNano()))
		return f
	})
	if !joint.Consistent {
		return joint
	}
	joint.Params["quota"] = Parameter{Interval: joint.Burst}
	joint.Params["anchor"] = Parameter{Text: "timer"}
	if clock {
		joint.Params["anchor"] = Parameter{Text: "clock"}
	}
	return joint
}

// edgesOf are the edges of all streams.
func edgesOf(streams []*Stream, grain int64) []bracket {
	var all []bracket
	for _, s := range streams {
		all = append(all, s.edges(grain)...)
	}
	return all
}

// gridWindow counts hits in windows on a grid.
func gridWindow() *gridCounts {
	return &gridCounts{decides: func(at grid, threshold float64) Limiter {
		quota := math.Ceil(threshold)
		return &stepped{bucket{rate: quota, burst: quota}, at}
	}}
}

// steps counts the steps of a grid that were seen to let hits in.
func (s *Stream) steps(at grid, grain int64) int {
	seen := map[float64]bool{}
	for _, b := range s.brackets(grain) {
		seen[math.Floor((b.before-at.phase)/at.interval)] = true
	}
	return len(seen)
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
