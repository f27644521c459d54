package analyze

import (
	"math"
	"time"

	"ratefit/internal/trace"
)

// FixedWindow is the fixed window counter whose windows begin with the client's
// first hit after the last one ended (Anchor "first-hit"), or lie on a grid:
// multiples of the window on the wall clock ("clock"), or anything else
// ("timer").
type FixedWindow struct {
	// Grid: the windows do not depend on the hits.
	Grid bool
}

// Name implements [Model].
func (FixedWindow) Name() string { return "fixed-window" }

// Doc implements [Model].
func (m FixedWindow) Doc() Doc {
	if m.Grid {
		return Doc{
			Title:     "fixed window on a grid",
			About:     "admits quota hits in each window of window_s; windows follow one another whether or not there are hits (anchor clock: at multiples of the window on the wall clock; timer: at any other phase)",
			Signature: "from rest, quota hits pass at once; all places come back together, at instants that do not depend on the hits",
		}
	}
	return Doc{
		Title:     "fixed window from the first hit",
		About:     "admits quota hits in each window of window_s; a window begins with the first hit after the last one ended (anchor first-hit)",
		Signature: "from rest, quota hits pass at once; all places come back together, one window after the first of the hits that took them",
	}
}

// Fit implements [Model].
func (m FixedWindow) Fit(streams []*Stream, o Options) Fit {
	c := cutOptions{grain: int64(time.Millisecond), rest: o.AtRest}
	streams = telling(streams)
	if m.Grid {
		return m.fitGrid(streams, c, o)
	}
	low, high, ok := windowRange(streams, o)
	low, high = max(low, longestRun(streams, c.grain), longestUsedUp(streams, c.grain)), min(high, shortestRefill(streams, c.grain))
	if !ok || low > high {
		return Fit{}
	}
	pieces := searchWindows(streams, low, high, func(s *Stream, low, high float64) cut { return s.firstHitCut(low, high, c) }, nil)
	f := describeWindow(pieces, 2, func(window, quota float64) Limiter { return &firstHit{window: time.Duration(window), quota: quota} })
	f.refills = fewWindows
	if f.Consistent {
		f.Params["anchor"] = Parameter{Text: "first-hit"}
	}
	return f
}

// longestRun is the longest time (ns) that surely lies within one window: a
// run of limited hits with no admitted one between, since a new window would
// have admitted one.
func longestRun(streams []*Stream, grain int64) float64 {
	longest := 0.0
	for _, s := range streams {
		s.runs(func(run []int32) {
			longest = max(longest, float64(s.from[run[len(run)-1]]-grain-s.to[run[0]]))
		})
	}
	return longest
}

// longestUsedUp is the longest time (ns) from an admitted hit to a limited one
// with no other admitted between: the window that has limited it had begun by
// then.
func longestUsedUp(streams []*Stream, grain int64) float64 {
	longest := 0.0
	for _, s := range streams {
		next, last := 0, int64(math.MinInt64)
		for _, hit := range s.byTo {
			if s.outcome[hit] != trace.Limited {
				continue
			}
			for ; next < len(s.byFrom) && s.from[s.byFrom[next]] <= s.to[hit]; next++ {
				if s.outcome[s.byFrom[next]] != trace.Limited {
					last = max(last, s.to[s.byFrom[next]])
				}
			}
			if last != math.MinInt64 {
				longest = max(longest, float64(s.from[hit]-grain-last))
			}
		}
	}
	return longest
}

// shortestRefill is the shortest time (ns) that surely holds two beginnings of
// windows: from before one to after the next.
func shortestRefill(streams []*Stream, grain int64) float64 {
	shortest := math.Inf(1)
	for _, s := range streams {
		edges := s.edges(grain)
		for i := 1; i < len(edges); i++ {
			shortest = min(shortest, edges[i].before-edges[i-1].after)
		}
	}
	return shortest
}

// edges are spans of time, one after the other, within each of which places
// came back: from a limited hit to the first admitted one surely after it.
func (s *Stream) edges(grain int64) []bracket {
	var out []bracket
	s.afterLimited(grain, func(_ int, hit, limited int32) bool {
		if after := float64(s.from[limited] - grain); len(out) == 0 || after > out[len(out)-1].before {
			out = append(out, bracket{after, float64(s.to[hit])})
		}
		return true
	})
	return out
}

// firstHit decides like a counter that is reset by the first hit after its
// window has ended.
type firstHit struct {
	window time.Duration
	quota  float64
	count  float64
	begun  bool
	start  time.Duration
}

// Admits implements [Limiter].
func (w *firstHit) Admits(t time.Duration) bool {
	return !w.begun || t >= w.start+w.window || w.count < w.quota
}

// Observe implements [Limiter]. What was decided corrects the count where it
// refutes it.
func (w *firstHit) Observe(t time.Duration, admitted bool) {
	switch {
	case admitted && !w.Admits(t), !w.begun, t >= w.start+w.window && admitted:
		w.begun, w.start, w.count = true, t, 0
	}
	if admitted {
		w.count++
	} else {
		w.count = max(w.count, w.quota)
	}
}

// Clone implements [Limiter].
func (w *firstHit) Clone() Limiter { c := *w; return &c }

// Nearest implements [Model].
func (m FixedWindow) Nearest(streams []*Stream, o Options) Fit {
	if m.Grid {
		return nearestWindow(streams, func(s *Stream, window, quota float64) Limiter {
			_, g := s.bestPhase(window, quota, quota)
			return &stepped{bucket{rate: quota, burst: quota}, g}
		})
	}
	return nearestWindow(streams, func(_ *Stream, window, quota float64) Limiter {
		return &firstHit{window: time.Duration(window), quota: quota}
	})
}
