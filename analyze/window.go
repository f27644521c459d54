package analyze

import (
	"math"
	"slices"
	"sort"
	"time"

	"ratefit/internal/trace"
)

// cutAll intersects the cuts of streams whose limiters have the same parameters.
func cutAll(streams []*Stream, cutOf func(*Stream) cut) cut {
	all := cut{1, math.Inf(1)}
	for _, s := range streams {
		c := cutOf(s)
		all.lo, all.hi = max(all.lo, c.lo), min(all.hi, c.hi)
		if all.empty() {
			break
		}
	}
	return all
}

// A piece is a set of windows, from low to high (ns), and the cut over all of
// them.
type piece struct {
	low, high float64
	cut       cut
}

// What bounds the search for windows: the ratio of the ends of the first
// pieces, and of the last; and how many pieces may be left.
const (
	firstPiece = 1.05
	lastPiece  = 1.00002
	mostPieces = 256
)

// searchWindows encloses the windows between low and high (ns) at which the
// streams have a cut: with the first hits, then with more. It leaves out the
// pieces that surely hold none and splits the others; none are returned if no
// window of its own has a cut.
func searchWindows(streams []*Stream, low, high float64, cutOf func(s *Stream, low, high float64) cut) []piece {
	var pieces []piece
	for w := low; w < high; w *= firstPiece {
		pieces = append(pieces, piece{w, min(high, w*firstPiece), cut{}})
	}
	for n := 2000; ; n *= 8 {
		part, whole, longest := make([]*Stream, 0, len(streams)), true, 0.0
		for _, s := range streams {
			if p := s.first(n); p.Len() > 0 {
				part = append(part, p)
				longest = max(longest, p.length())
			}
			whole = whole && n >= s.Len()
		}
		over := func(low, high float64) cut {
			return cutAll(part, func(s *Stream) cut { return cutOf(s, low, high) })
		}
		// Longer windows than the part can show have to wait for more hits.
		near := sort.Search(len(pieces), func(i int) bool { return !whole && pieces[i].low > longest/4 })
		pieces = append(closer(possible(pieces[:near:near], over), over), pieces[near:]...)
		if whole || len(pieces) == 0 {
			if !holdsWindow(pieces, over) {
				return nil
			}
			return pieces
		}
	}
}

// length is the time (ns) from the first hit to the last.
func (s *Stream) length() float64 {
	return float64(s.from[s.byFrom[s.Len()-1]] - s.from[s.byFrom[0]])
}

// closer splits the pieces until they are short, many, or tell nothing.
func closer(pieces []piece, over func(low, high float64) cut) []piece {
	for len(pieces) > 0 && len(pieces) <= mostPieces/2 {
		before, split := extent(pieces), halves(pieces)
		if len(split) == len(pieces) {
			break
		}
		pieces = possible(split, over)
		if left := extent(pieces); left > vagueExtent && left > 0.95*before {
			break // closer looks would only show how little is known
		}
	}
	return pieces
}

// vagueExtent is the extent of a set of windows that tells nothing: a factor
// of 1.5.
const vagueExtent = 0.4

// extent measures the pieces by ratio.
func extent(pieces []piece) float64 {
	sum := 0.0
	for _, p := range pieces {
		sum += math.Log(p.high / p.low)
	}
	return sum
}

// possible takes the cut over each piece and leaves out the empty ones.
func possible(pieces []piece, over func(low, high float64) cut) []piece {
	var out []piece
	for _, p := range pieces {
		if p.cut = over(p.low, p.high); !p.cut.empty() {
			out = append(out, p)
		}
	}
	return out
}

// halves splits the pieces that are not short yet.
func halves(pieces []piece) []piece {
	out := make([]piece, 0, 2*len(pieces))
	for _, p := range pieces {
		if p.high <= p.low*lastPiece {
			out = append(out, p)
			continue
		}
		mid := math.Sqrt(p.low * p.high)
		out = append(out, piece{p.low, mid, p.cut}, piece{mid, p.high, p.cut})
	}
	return out
}

// holdsWindow looks for a window that has a cut of its own.
func holdsWindow(pieces []piece, over func(low, high float64) cut) bool {
	for _, p := range atMost(pieces, 64) {
		for _, part := range []float64{0.5, 0.25, 0.75} {
			if w := p.low + part*(p.high-p.low); !over(w, w).empty() {
				return true
			}
		}
	}
	return false
}

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
			high = max(high, min(s.length()/2, max(longWindow, s.length()/manyWindows)))
		}
	}
	if o.longest > 0 {
		high = float64(o.longest)
	}
	return low, high, ok && high > low
}

// runs calls f for each run of limited hits between which no other hit can have
// been decided, in the order of sending; f keeps nothing of it. The run lasted
// surely from the end of the first to the beginning of the last.
func (s *Stream) runs(f func(run []int32)) {
	var run []int32
	latest := int64(math.MinInt64) // when a hit that was not limited may have been decided
	for _, hit := range s.byFrom {
		from := s.from[hit]
		if s.outcome[hit] == trace.Limited {
			if from > latest {
				run = append(run, hit)
			}
			continue
		}
		latest = max(latest, s.to[hit])
		// Those in flight beside it may have been decided after it.
		for len(run) > 0 && s.to[run[len(run)-1]] >= from {
			run = run[:len(run)-1]
		}
		if len(run) > 0 {
			f(run)
		}
		run = run[:0]
	}
	if len(run) > 0 {
		f(run)
	}
}

// telling is [Stream.telling] of each.
func telling(streams []*Stream) []*Stream {
	out := make([]*Stream, len(streams))
	for i, s := range streams {
		out[i] = s.telling()
	}
	return out
}

// telling returns the stream without the limited hits that tell nothing: of a
// run of limited hits only the last says when the first place can have come
// back, and the first, and the first that surely comes after the others, how long
// none did. It is not for models in which limited hits count.
func (s *Stream) telling() *Stream {
	if s.thinned != nil {
		return s.thinned
	}
	keep := make([]bool, s.Len())
	for hit, o := range s.outcome {
		keep[hit] = o != trace.Limited
	}
	// A hit ends the runs of those answered before it was sent.
	j, last := 0, int32(-1)
	first, sure := true, true
	answered := int64(math.MinInt64) // all others sent so far
	for _, hit := range s.byFrom {
		if s.outcome[hit] == trace.Limited {
			keep[hit] = keep[hit] || first || sure && s.from[hit] > answered
			first, sure = false, sure && s.from[hit] <= answered
			continue
		}
		first, sure = true, true
		answered = max(answered, s.to[hit])
		for ; j < s.Len() && s.to[s.byTo[j]] < s.from[hit]; j++ {
			l := s.byTo[j]
			if s.outcome[l] != trace.Limited {
				continue
			}
			if last < 0 || s.from[l] >= s.from[last] {
				last = l
			}
		}
		if last >= 0 {
			keep[last], last = true, -1
		}
	}
	for ; j < s.Len(); j++ {
		if l := s.byTo[j]; s.outcome[l] == trace.Limited && (last < 0 || s.from[l] >= s.from[last]) {
			last = l
		}
	}
	if last >= 0 {
		keep[last] = true
	}
	t := &Stream{}
	for hit, k := range keep {
		if k {
			t.add(s.seq[hit], s.from[hit], s.to[hit], s.outcome[hit])
		}
	}
	t.order()
	s.thinned = t
	return t
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
