package analyze

import (
	"math"
	"slices"
	"sort"

	"ratefit/internal/trace"
)

// A cut holds the bursts b of a token bucket, lo ≤ b < hi, that may explain all
// decisions of the streams at some rate between two.
//
// The bucket is written as a meter: its level drains at r, never below 0; an
// admitted hit adds 1 and needs level ≤ b afterwards; a limited hit would have
// made level > b. With N(u,v) the number of hits admitted within [u,v]:
//
//	admitted at τ: for all u ≤ τ:  N(u,τ)     ≤ b + r·(τ−u)
//	limited at τ:  for some u ≤ τ: N(u,τ) + 1 > b + r·(τ−u)
//
// Decisions are known only to spans, so lo counts hits that surely fall into a
// window of the largest length and hi those that may fall into one of the
// smallest: the set can only be too large, never miss the truth.
type cut struct{ lo, hi float64 }

// slack (hits) absorbs the rounding of our sums.
const slack = 1e-6

// empty reports that no burst will do: hits come whole, and so do bursts.
func (c cut) empty() bool { return math.Ceil(c.lo) >= c.hi }

// cutAt is the cut at one rate.
func cutAt(streams []*Stream, r float64, o cutOptions) cut { return cutOver(streams, r, r, o) }

// cutOptions says how the limiter's clock and first level are seen.
type cutOptions struct {
	grain int64 // ns: a decision may have been taken on a time up to grain earlier
	rest  bool  // the level at the first hit is 0; otherwise it is unknown
}

// cutOver is the cut over all rates from r to upto, hits per second. Both
// bounds fall as the rate grows.
func cutOver(streams []*Stream, r, upto float64, o cutOptions) cut {
	// A bucket that admitted anything holds at least one.
	c := cut{lo: 1, hi: math.Inf(1)}
	for _, s := range streams {
		sc := s.cut(r, upto, o)
		c.lo, c.hi = max(c.lo, sc.lo), min(c.hi, sc.hi)
	}
	return c
}

func (s *Stream) cut(r, upto float64, o cutOptions) cut {
	c := cut{lo: math.Inf(-1), hi: math.Inf(1)}
	explained := math.Inf(1)
	if !o.rest {
		explained = s.mostUsed(upto, o)
	}
	s.sweep(r, upto, o,
		func(_ int32, lo float64) { c.lo = max(c.lo, lo-slack) },
		func(_ int32, hi, used float64) {
			if used <= explained {
				c.hi = min(c.hi, hi)
			}
		})
	return c
}

// sweep goes through both ends of all spans in the order of time. It reports,
// for each admitted hit, the least burst that allows it at rate upto; and for
// each limited one the burst that would have had to admit it at rate r, and the
// most that it and what was admitted before it can have used since the first
// hit, less what drained. It takes O(1) amortised per hit plus what overlaps.
func (s *Stream) sweep(r, upto float64, o cutOptions,
	onAdmitted func(hit int32, bound float64), onLimited func(hit int32, bound, used float64),
) {
	start := s.from[s.byFrom[0]] - o.grain
	sure := sureWindows{perNs: upto * 1e-9}
	may := possibleWindows{perNs: r * 1e-9, best: math.Inf(-1)}
	admittedInFlight := 0
	n := len(s.byFrom)
	oldest := 0 // in byFrom: no limited hit before it is in flight
	for i, j := 0, 0; j < n; {
		if i < n && s.from[s.byFrom[i]]-o.grain <= s.to[s.byTo[j]] {
			hit := s.byFrom[i]
			t := s.from[hit] - o.grain - start
			i++
			switch s.outcome[hit] {
			case trace.Admitted:
				admittedInFlight++
				sure.open(t, admittedInFlight)
				may.start(t)
			case trace.Unknown:
				may.start(t)
			case trace.Limited:
				may.ask(t)
			}
			continue
		}
		hit := s.byTo[j]
		j++
		if s.to[hit] == never {
			continue // may still be counted any time
		}
		t := s.to[hit] - start
		switch s.outcome[hit] {
		case trace.Admitted:
			sure.count(s.from[hit] - o.grain - start)
			admittedInFlight--
			onAdmitted(hit, sure.top-sure.perNs*float64(t))
			may.end(t)
		case trace.Unknown:
			may.end(t)
		case trace.Limited:
			from := s.from[hit] - o.grain - start
			onLimited(hit, may.most(from)+1, float64(may.started)+1-may.perNs*float64(from))
			for oldest < i && (s.outcome[s.byFrom[oldest]] != trace.Limited || s.to[s.byFrom[oldest]]-start < t) {
				oldest++
			}
			if oldest < i {
				may.forget(s.from[s.byFrom[oldest]] - o.grain - start)
			} else {
				may.forget(never)
			}
		}
	}
}

// mostUsed is the most that the admitted hits have surely used since the first
// hit, less what drained, at any time: max(0, N_sure(0,τ) − r·τ).
//
// It tells which limited hits an unknown level at the first hit explains. That
// level is some deficit d in [0, b]. A limited hit is explained as long as
// d + N_possible(0,τ) + 1 − r·τ > b may hold, and no d is possible that an
// admitted hit refutes: d ≤ b − mostUsed. With the largest such d the burst
// cancels out: explained is what used more than mostUsed.
func (s *Stream) mostUsed(r float64, o cutOptions) float64 {
	perNs := r * 1e-9
	start := s.from[s.byFrom[0]] - o.grain
	most, count := 0.0, 0
	for _, hit := range s.byTo {
		if s.outcome[hit] == trace.Admitted && s.to[hit] != never {
			count++
			most = max(most, float64(count)-perNs*float64(s.to[hit]-start))
		}
	}
	return most
}

// deficit encloses the level at the first hit of a bucket of that rate and
// burst: how many of its tokens had been used before.
func (s *Stream) deficit(r, burst float64, o cutOptions) (low, high float64) {
	s.sweep(r, r, o, func(int32, float64) {}, func(_ int32, bound, used float64) {
		if bound <= burst {
			low = max(low, burst-used)
		}
	})
	return low, max(low, burst-s.mostUsed(r, o))
}

// sureWindows keeps max over u of N_sure(u, now) + r·u, where N_sure counts
// the admitted hits whose whole span lies within [u, now].
//
// A window that opened earlier counts every hit that a later one counts, so a
// later one whose sum is not larger never will be: the windows kept rise
// strictly. They are stored as differences, because counting a hit adds 1 to
// all windows that opened before it: one difference changes.
type sureWindows struct {
	perNs float64
	at    []int64   // when each kept window opened
	rise  []float64 // by how much its sum exceeds that of the one before it
	top   float64   // sum of the last, which is the largest
}

func (w *sureWindows) open(t int64, inFlight int) {
	sum := w.perNs * float64(t)
	if len(w.at) == 0 {
		w.at, w.rise, w.top = append(w.at, t), append(w.rise, 0), sum
		return
	}
	if sum <= w.top {
		return
	}
	w.at, w.rise, w.top = append(w.at, t), append(w.rise, sum-w.top), sum
	// An earlier window gains on the next only by hits that are in flight.
	drop := 0
	for drop+1 < len(w.at) && w.rise[drop+1] >= float64(inFlight) {
		drop++
	}
	if drop > 0 {
		w.at, w.rise = slices.Delete(w.at, 0, drop), slices.Delete(w.rise, 0, drop)
	}
}

// count adds a finished hit whose span began at from.
func (w *sureWindows) count(from int64) {
	p := len(w.at) // first window that opened after from
	for p > 0 && w.at[p-1] > from {
		p--
	}
	if p == len(w.at) {
		w.top++
		return
	}
	if p == 0 {
		return
	}
	w.rise[p]--
	for p < len(w.at) && w.rise[p] <= 0 {
		short := w.rise[p]
		w.at, w.rise = slices.Delete(w.at, p, p+1), slices.Delete(w.rise, p, p+1)
		if p == len(w.at) {
			w.top -= short
		} else {
			w.rise[p] += short
		}
	}
}

// possibleWindows keeps max over u of N_possible(u, now) + r·u, where
// N_possible counts the admitted or unknown hits whose span meets [u, now].
// A window is best opened at the end of some hit's span, or right now.
type possibleWindows struct {
	perNs    float64
	best     float64
	inFlight int
	started  int

	// levels are the largest possible levels since the oldest limited hit in
	// flight was sent, those only that no later one exceeds: a limited hit may
	// have been decided at any of the instants within its span.
	levels []levelAt
}

type levelAt struct {
	t     int64
	level float64
}

// start tells that a hit that may be counted was sent.
func (w *possibleWindows) start(t int64) {
	w.inFlight++
	w.started++
	w.best++
	if len(w.levels) > 0 {
		w.ask(t)
	}
}

// end tells that it was answered: a window opened now would count all in flight.
func (w *possibleWindows) end(t int64) {
	if sum := w.perNs*float64(t) + float64(w.inFlight); sum >= w.best {
		w.best = sum
	}
	w.inFlight--
}

// ask notes the largest possible level at t, because a limited hit was sent.
func (w *possibleWindows) ask(t int64) {
	l := levelAt{t, max(float64(w.inFlight), w.best-w.perNs*float64(t))}
	k := len(w.levels)
	for k > 0 && w.levels[k-1].level <= l.level {
		k--
	}
	w.levels = append(w.levels[:k], l)
}

// forget drops the levels before t: no limited hit sent earlier is in flight.
func (w *possibleWindows) forget(t int64) {
	k := 0
	for k < len(w.levels) && w.levels[k].t < t {
		k++
	}
	w.levels = slices.Delete(w.levels, 0, k)
}

// most returns the largest possible level since from, at which ask was called.
func (w *possibleWindows) most(from int64) float64 {
	k := sort.Search(len(w.levels), func(k int) bool { return w.levels[k].t >= from })
	return w.levels[k].level
}
