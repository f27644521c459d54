package analyze

import (
	"math"
	"slices"
	"sort"

	"ratefit/internal/trace"
)

// A cut is the consistent set of a token bucket at one rate: every burst b with
// lo ≤ b < hi explains all decisions of the streams.
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
type cut struct {
	lo, hi         float64
	loSpan, hiSpan float64 // seconds: −dlo/dr and −dhi/dr
}

// slack (hits) absorbs the rounding of our sums.
const slack = 1e-6

func (c cut) feasible() bool { return c.lo < c.hi }

// cutAt intersects the cuts of all streams at rate r (hits per second).
//
// grain (ns) is the resolution of the limiter's clock: a decision may have
// been taken on a time up to grain earlier. Unless rested, the level at the
// first hit is unknown.
func cutAt(streams []*Stream, r float64, grain int64, rested bool) cut {
	return cutOver(streams, r, r, grain, rested)
}

// cutOver holds the cuts at all rates from r to upto, r ≤ upto.
func cutOver(streams []*Stream, r, upto float64, grain int64, rested bool) cut {
	// A bucket that admitted anything holds at least one.
	c := cut{lo: 1, hi: math.Inf(1)}
	for _, s := range streams {
		sc := s.cut(r, upto, grain, rested)
		if sc.lo > c.lo {
			c.lo, c.loSpan = sc.lo, sc.loSpan
		}
		if sc.hi < c.hi {
			c.hi, c.hiSpan = sc.hi, sc.hiSpan
		}
	}
	return c
}

func (s *Stream) cut(r, upto float64, grain int64, rested bool) cut {
	c := cut{lo: math.Inf(-1), hi: math.Inf(1)}
	explained := math.Inf(1)
	if !rested {
		explained = s.deficit(upto, grain)
	}
	s.sweep(r, grain, explained, func(_ int32, lo, span float64) {
		if lo-slack > c.lo {
			c.lo, c.loSpan = lo-slack, span
		}
	}, func(_ int32, hi, span float64) {
		if hi < c.hi {
			c.hi, c.hiSpan = hi, span
		}
	})
	return c
}

// sweep goes through both ends of all spans in the order of time and reports,
// for each admitted hit, the least burst that allows it and, for each limited
// one, the burst that would have had to admit it; and for either the length of
// the window that says so. Limited hits that an unknown first level explains
// are passed over, see [Stream.deficit]. It takes O(1) amortised per hit plus
// what overlaps.
func (s *Stream) sweep(r float64, grain int64, explained float64, onAdmitted, onLimited func(hit int32, bound, span float64)) {
	perNs := r * 1e-9
	start := s.from[s.byFrom[0]] - grain
	sure := sureWindows{perNs: perNs}
	may := possibleWindows{perNs: perNs, best: math.Inf(-1)}
	admittedInFlight := 0
	n := len(s.byFrom)
	oldest := 0 // in byFrom: no limited hit before it is in flight
	for i, j := 0, 0; j < n; {
		if i < n && s.from[s.byFrom[i]]-grain <= s.to[s.byTo[j]] {
			hit := s.byFrom[i]
			t := s.from[hit] - grain - start
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
			sure.count(s.from[hit] - grain - start)
			admittedInFlight--
			onAdmitted(hit, sure.top-perNs*float64(t), float64(t-sure.topAt())*1e-9)
			may.end(t)
		case trace.Unknown:
			may.end(t)
		case trace.Limited:
			from := s.from[hit] - grain - start
			level, span := may.most(from)
			if float64(may.started)+1-perNs*float64(from) <= explained {
				onLimited(hit, level+1, span)
			}
			for oldest < i && (s.outcome[s.byFrom[oldest]] != trace.Limited || s.to[s.byFrom[oldest]]-start < t) {
				oldest++
			}
			if oldest < i {
				may.forget(s.from[s.byFrom[oldest]] - grain - start)
			} else {
				may.forget(never)
			}
		}
	}
}

// deficit tells which limited hits an unknown level at the first hit explains.
//
// That level is some d in [0, b]. A limited hit is explained as long as
// d + N_possible(0,τ) − r·τ + 1 > b may hold, and no d is possible that an
// admitted hit refutes: d ≤ b − max(0, N_sure(0,τ) − r·τ). With the largest
// such d the burst cancels out: explained is what has
// N_possible(0,τ) − r·τ + 1 above the value returned.
func (s *Stream) deficit(r float64, grain int64) float64 {
	perNs := r * 1e-9
	start := s.from[s.byFrom[0]] - grain
	most, count := 0.0, 0
	for _, hit := range s.byTo {
		if s.outcome[hit] == trace.Admitted && s.to[hit] != never {
			count++
			most = max(most, float64(count)-perNs*float64(s.to[hit]-start))
		}
	}
	return most
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

func (w *sureWindows) topAt() int64 { return w.at[len(w.at)-1] }

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
	bestAt   int64
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
	span  float64
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
		w.best, w.bestAt = sum, t
	}
	w.inFlight--
}

// ask notes the largest possible level at t, because a limited hit was sent.
func (w *possibleWindows) ask(t int64) {
	l := levelAt{t, float64(w.inFlight), 0}
	if level := w.best - w.perNs*float64(t); level >= l.level {
		l.level, l.span = level, float64(t-w.bestAt)*1e-9
	}
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
func (w *possibleWindows) most(from int64) (level, span float64) {
	k := sort.Search(len(w.levels), func(k int) bool { return w.levels[k].t >= from })
	return w.levels[k].level, w.levels[k].span
}
