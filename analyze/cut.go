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
	if b := s.binding.Load(); b != nil && b.covers(r, upto, o) {
		return b.cut(r, upto)
	}
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
	m := newMeter(r, upto)
	for e := s.events(o); e.next(); {
		m.take(&e)
		if e.begins {
			continue
		}
		switch e.outcome {
		case trace.Admitted:
			onAdmitted(e.hit, m.sure.top-m.sure.perNs*float64(e.to))
		case trace.Limited:
			onLimited(e.hit, m.may.most(e.from)+1, float64(m.may.started)+1-m.may.perNs*float64(e.from))
			m.may.forget(e.oldestLimited())
		}
	}
}

// events are both ends of all spans in the order of time.
type events struct {
	s            *Stream
	grain, start int64
	i, j         int // in byFrom and byTo: what comes next
	oldest       int // in byFrom: no limited hit before it is in flight

	hit      int32 // at this event
	outcome  trace.Outcome
	begins   bool
	from, to int64 // ns since the first span began; to is not set where it begins
}

func (s *Stream) events(o cutOptions) events {
	return events{s: s, grain: o.grain, start: s.from[s.byFrom[0]] - o.grain}
}

// next moves on to the next event. What is never answered has no end.
func (e *events) next() bool {
	s := e.s
	if e.j >= len(s.byTo) {
		return false
	}
	hit := s.byTo[e.j]
	to := s.to[hit]
	if e.i < len(s.byFrom) {
		if other := s.byFrom[e.i]; s.from[other]-e.grain <= to {
			e.i++
			e.hit, e.outcome, e.begins, e.from = other, s.outcome[other], true, s.from[other]-e.grain-e.start
			return true
		}
	}
	e.j++
	e.hit, e.outcome, e.begins = hit, s.outcome[hit], false
	e.from, e.to = s.from[hit]-e.grain-e.start, to-e.start
	return to != never // those come last
}

// oldestLimited is when the oldest limited hit in flight began, once the one
// at this event has ended.
func (e *events) oldestLimited() int64 {
	s := e.s
	for e.oldest < e.i {
		if hit := s.byFrom[e.oldest]; s.outcome[hit] == trace.Limited && s.to[hit]-e.start >= e.to {
			return s.from[hit] - e.grain - e.start
		}
		e.oldest++
	}
	return never
}

// A meter follows how far a bucket of any size must, and may, have been used.
type meter struct {
	sure     sureWindows     // at the higher of two rates
	may      possibleWindows // at the lower one
	admitted int             // hits in flight
}

func newMeter(r, upto float64) meter {
	return meter{sure: sureWindows{perNs: upto * 1e-9}, may: possibleWindows{perNs: r * 1e-9, best: math.Inf(-1)}}
}

// take takes in one event.
func (m *meter) take(e *events) {
	switch {
	case e.outcome == trace.Limited:
		if e.begins {
			m.may.ask(e.from)
		}
	case !e.begins:
		if e.outcome == trace.Admitted {
			m.sure.count(e.from)
			m.admitted--
		}
		m.may.end(e.to)
	default:
		if e.outcome == trace.Admitted {
			m.admitted++
			m.sure.open(e.from, m.admitted)
		}
		m.may.start(e.from)
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

// window is the one with the largest sum: how many hits it counts, and how long
// (ns) it has been open at t.
func (w *sureWindows) window(t int64) (n float64, ns int64) {
	since := w.at[len(w.at)-1]
	return math.Round(w.top - w.perNs*float64(since)), t - since
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
	gone   int // so many of them are forgotten
}

// A levelAt is the largest possible level at an instant.
type levelAt struct {
	t     int64
	level float64
}

// start tells that a hit that may be counted was sent.
func (w *possibleWindows) start(t int64) {
	w.inFlight++
	w.started++
	w.best++
	if len(w.levels) > w.gone {
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
	for k > w.gone && w.levels[k-1].level <= l.level {
		k--
	}
	w.levels = append(w.levels[:k], l)
}

// forget drops the levels before t: no limited hit sent earlier is in flight.
func (w *possibleWindows) forget(t int64) {
	for w.gone < len(w.levels) && w.levels[w.gone].t < t {
		w.gone++
	}
	if w.gone == len(w.levels) || w.gone > 1000 {
		w.levels = slices.Delete(w.levels, 0, w.gone)
		w.gone = 0
	}
}

// most returns the largest possible level since from, at which ask was called.
func (w *possibleWindows) most(from int64) float64 {
	kept := w.levels[w.gone:]
	if len(kept) > 0 && kept[0].t >= from {
		return kept[0].level
	}
	k := sort.Search(len(kept), func(k int) bool { return kept[k].t >= from })
	if k == len(kept) { // asked out of order, as hits of one instant may be
		return float64(w.started)
	}
	return kept[k].level
}
