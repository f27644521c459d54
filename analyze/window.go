package analyze

import (
	"math"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// fewWindows is the number of refills seen below which no window is named: at
// each of them a whole window's places, or what is left of them, came back.
const fewWindows = 2

// manyWindows is how many windows a long trace has to hold: longer windows are
// not looked for in it, unless they are shorter than longWindow (ns).
const (
	manyWindows = 8
	longWindow  = 120e9
)

// leastWindow (ns) is the shortest window looked for, as no limiter counts over
// less.
const leastWindow = 5e7

// shortestWindow (ns) is the shortest window looked for in streams whose
// decisions are known to some time: that cannot tell windows from anything else
// which are not several times as long.
func shortestWindow(streams []*Stream) float64 {
	const several, sample = 4, 1000
	var known []int64
	for _, s := range streams {
		for hit, o := range s.first(sample).outcome {
			if o == trace.Limited && s.to[hit] != never {
				known = append(known, s.to[hit]-s.from[hit])
			}
		}
	}
	if len(known) == 0 {
		return leastWindow
	}
	slices.Sort(known)
	return max(leastWindow, several*float64(known[len(known)/2]))
}

// windowRange bounds the window (ns) that a trace can tell anything about:
// longer ones would be explained, whatever was observed, by what was used before
// the trace.
func windowRange(streams []*Stream, o Options) (low, high float64, ok bool) {
	low, high = shortestWindow(streams), 0
	for _, s := range streams {
		if s.limited > 0 && s.admitted > 0 {
			ok = true
			high = max(high, longestWindow(s.length()))
		}
	}
	if o.longest > 0 {
		high = float64(o.longest)
	}
	return low, high, ok && high > low
}

// longestWindow (ns) is the longest looked for in a trace of some length.
func longestWindow(length float64) float64 {
	return min(length/2, max(longWindow, length/manyWindows))
}

// describeWindow turns the windows that will do into a fit. A quota below least
// would make the limiter one that another model describes.
func describeWindow(pieces []piece, least float64, limiter func(window, quota float64) Limiter) Fit {
	f := Fit{Grain: time.Millisecond, Params: map[string]Parameter{}, refills: fewWindows}
	window, quota, rate := none(), none(), none()
	for _, p := range pieces {
		first, last := max(math.Ceil(p.cut.lo), least), math.Ceil(p.cut.hi)-1
		if first > last {
			continue
		}
		f.Consistent = true
		window.include(p.low, p.high)
		quota.include(first, last)
		rate.include(first*1e9/p.high, last*1e9/p.low)
		for _, n := range []float64{first, min(last, 2*first)} {
			f.corners = append(f.corners, func(int) Limiter { return limiter((p.low+p.high)/2, n) })
		}
	}
	if !f.Consistent {
		return f
	}
	f.corners = atMost(f.corners, 8)
	middle := pieces[len(pieces)/2]
	n, w := max(math.Ceil(middle.cut.lo), least), (middle.low+middle.high)/2
	f.news = []func() Limiter{func() Limiter { return limiter(w, n) }}
	f.Rate = bounded(n*1e9/w, rate.low, rate.high)
	f.Burst = bounded(n, quota.low, quota.high)
	f.Params["quota"] = Parameter{Interval: f.Burst}
	f.Params["window_s"] = Parameter{Interval: bounded(w*1e-9, window.low*1e-9, window.high*1e-9)}
	return f
}

// none is the empty set, to be widened.
func none() rateSet { return rateSet{math.Inf(1), math.Inf(-1)} }

func (s *rateSet) include(low, high float64) { s.low, s.high = min(s.low, low), max(s.high, high) }

// atMost keeps some of many, the outermost always.
func atMost[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	kept := make([]T, 0, n)
	for i := range n {
		kept = append(kept, list[i*(len(list)-1)/(n-1)])
	}
	return kept
}

// nearestWindow tries windows that the gaps between limited hits suggest, each
// with the quota that leaves the fewest decisions unexplained.
func nearestWindow(streams []*Stream, limiter func(s *Stream, window, quota float64) Limiter) Fit {
	few := sample(streams)
	best := Fit{Contradictions: math.MaxInt}
	for _, window := range windowGuesses(few) {
		for _, quota := range quotaGuesses(few, window) {
			n := 0
			for _, s := range few {
				sn, _ := s.unexplained(limiter(s, window, quota))
				n += sn
			}
			if n < best.Contradictions {
				best = Fit{
					Rate: Interval{Value: quota * 1e9 / window}, Burst: Interval{Value: quota}, Contradictions: n,
					Params: map[string]Parameter{
						"quota": {Interval: Interval{Value: quota}}, "window_s": {Interval: Interval{Value: window * 1e-9}},
					},
				}
			}
		}
	}
	best.Contradictions = 0
	for _, s := range streams {
		n, w := s.unexplained(limiter(s, best.Params["window_s"].Value*1e9, best.Burst.Value))
		best.Contradictions, best.First = best.Contradictions+n, earlier(best.First, w)
	}
	return best
}

// windowGuesses are lengths (ns) at which the admissions of the streams might
// repeat: the longest run of limited hits, and distances between refills.
func windowGuesses(streams []*Stream) []float64 {
	var edges []float64
	longest := 1e6
	for _, s := range streams {
		last := int64(-1)
		s.runs(func(run []int32) {
			a, b := run[0], run[len(run)-1]
			longest = max(longest, float64(s.from[b]-s.from[a]))
			if last >= 0 {
				edges = append(edges, float64(s.from[a]-last))
			}
			last = s.from[a]
		})
	}
	guesses := []float64{longest, 1.03 * longest}
	slices.Sort(edges)
	for _, q := range []int{25, 50, 75, 90} {
		if len(edges) > 0 {
			guesses = append(guesses, max(1e6, edges[len(edges)*q/100]))
		}
	}
	return guesses
}

// quotaGuesses are the quotas that the hits admitted within a window suggest.
func quotaGuesses(streams []*Stream, window float64) []float64 {
	most := 1.0
	for _, s := range streams {
		if s.admitted > 0 {
			most = max(most, s.counted(false).mostWithin(int64(0.9*window), 0))
		}
	}
	return []float64{most, max(1, math.Round(most/2))}
}

// countsLimited names the modifier.
func countsLimited(all bool) []string {
	if all {
		return []string{"limited-hits-count"}
	}
	return nil
}
