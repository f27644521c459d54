package analyze

import (
	"math"

	"ratefit/internal/trace"
)

// A rateSet is the rates (per second) at which a cut is feasible; its ends
// lie just outside. low 0 and high +Inf are unbounded.
type rateSet struct{ low, high, inside float64 }

func (s rateSet) middle() float64 {
	if math.IsInf(s.high, 1) || s.low == 0 {
		return s.inside
	}
	return (s.low + s.high) / 2
}

func (s rateSet) interval() Interval {
	iv := Interval{Value: s.middle()}
	if s.low > 0 {
		iv.Low = &s.low
	}
	if !math.IsInf(s.high, 1) {
		iv.High = &s.high
	}
	return iv
}

// The rates that are told apart from 0 and from infinity.
const (
	leastRate = 1e-6 // one in twelve days
	mostRate  = 1e8
	precision = 1e-9 // relative, of a rate
)

// searchRates finds the rates at which the streams have a feasible cut. cutAt
// is the cut of some streams at a rate.
//
// More hits only shrink the set, so it is sought with the first hits alone,
// over all magnitudes, and then within what that left: the whole streams are
// gone through a few dozen times at most.
func searchRates(streams []*Stream, cutAt func(streams []*Stream, r float64) cut) (rateSet, bool) {
	set := rateSet{0, math.Inf(1), 0}
	for n := 1000; ; n *= 8 {
		part, whole := make([]*Stream, 0, len(streams)), true
		for _, s := range streams {
			if p := s.first(n); p.Len() > 0 {
				part = append(part, p)
			}
			whole = whole && n >= s.Len()
		}
		at := func(r float64) cut { return cutAt(part, r) }
		inside, ok := set.search(at, saturatedRate(part))
		if !ok {
			return rateSet{}, false
		}
		set = rateSet{
			low:    max(set.low, edge(at, inside, 1/1.1)),
			high:   min(set.high, edge(at, inside, 1.1)),
			inside: inside,
		}
		if whole {
			return set, true
		}
	}
}

// search finds a feasible rate within the set, from a guess.
func (s rateSet) search(at func(r float64) cut, guess float64) (float64, bool) {
	if s.inside > 0 && at(s.inside).feasible() {
		return s.inside, true
	}
	if guess > s.low && guess < s.high {
		if inside, ok := climb(at, guess); ok {
			return inside, true
		}
	}
	low, high := max(s.low, leastRate), min(s.high, mostRate)
	step := math.Pow(high/low, 1.0/24)
	step = min(step, 1.25)
	var prev cut
	prevRate := 0.0
	for r := low; r <= high*1.0000001; r *= step {
		c := at(r)
		if c.feasible() {
			return r, true
		}
		if prevRate > 0 && prev.loSpan > prev.hiSpan && c.loSpan <= c.hiSpan {
			if inside, ok := meet(at, prevRate, r, prev, c); ok {
				return inside, true
			}
		}
		prev, prevRate = c, r
	}
	return 0, false
}

// climb looks for a feasible rate from a guess within a factor of two of it.
// The binding windows say which way to go: lo falls by loSpan and hi by hiSpan
// per unit of rate.
func climb(at func(r float64) cut, guess float64) (float64, bool) {
	left, right := guess, guess
	step := 1e-4
	c := at(guess)
	if c.feasible() {
		return guess, true
	}
	cl, cr := c, c
	if c.loSpan > c.hiSpan {
		for {
			right *= 1 + step
			if cr = at(right); cr.feasible() {
				return right, true
			}
			if cr.loSpan <= cr.hiSpan {
				break
			}
			left, cl = right, cr
			if step *= 2; step > 2 {
				return 0, false
			}
		}
	} else {
		for {
			left /= 1 + step
			if cl = at(left); cl.feasible() {
				return left, true
			}
			if cl.loSpan > cl.hiSpan {
				break
			}
			right, cr = left, cl
			if step *= 2; step > 2 {
				return 0, false
			}
		}
	}
	return meet(at, left, right, cl, cr)
}

// meet looks for a feasible rate between two that are not: the gap hi − lo
// peaks between them, about where its tangents meet.
func meet(at func(r float64) cut, left, right float64, cl, cr cut) (float64, bool) {
	for range 60 {
		if right-left < precision*right {
			return 0, false
		}
		gl, sl := cl.hi-cl.lo, cl.loSpan-cl.hiSpan
		gr, sr := cr.hi-cr.lo, cr.loSpan-cr.hiSpan
		r := (left + right) / 2
		if sl > sr {
			peak := (gr - gl + sl*left - sr*right) / (sl - sr)
			if margin := (right - left) / 100; peak > left+margin && peak < right-margin {
				r = peak
			}
		}
		c := at(r)
		switch {
		case c.feasible():
			return r, true
		case c.loSpan > c.hiSpan:
			left, cl = r, c
		default:
			right, cr = r, c
		}
	}
	return 0, false
}

// edge finds where the set ends in the direction of factor, from a rate inside.
func edge(at func(r float64) cut, inside, factor float64) float64 {
	step := 1 + (factor-1)*1e-4
	from, outside := inside, inside
	for {
		outside *= step
		if outside < leastRate {
			return 0
		}
		if outside > mostRate {
			return math.Inf(1)
		}
		if !at(outside).feasible() {
			break
		}
		inside = outside
		step *= step
	}
	for range 60 {
		width := math.Abs(outside - inside)
		if width < precision*outside || width < math.Abs(outside-from)/1000 {
			break
		}
		r := (inside + outside) / 2
		if at(r).feasible() {
			inside = r
		} else {
			outside = r
		}
	}
	return outside
}

// saturatedRate guesses the sustained rate: between two limited hits the
// bucket was about empty at both ends, so no more than rate·time + 1 hits were
// admitted between them. The best pair of a sample of pairs is the guess, 0 if
// there is none.
func saturatedRate(streams []*Stream) float64 {
	best := 0.0
	for _, s := range streams {
		best = math.Max(best, s.saturatedRate())
	}
	return best
}

func (s *Stream) saturatedRate() float64 {
	const sample = 256
	type point struct {
		t     int64
		count int
	}
	points := make([]point, 0, sample+2)
	every := s.limited/sample + 1
	count, limited := 0, 0
	for _, hit := range s.byTo {
		switch s.outcome[hit] {
		case trace.Admitted:
			count++
		case trace.Limited:
			if limited%every == 0 {
				points = append(points, point{s.to[hit], count})
			}
			limited++
		}
	}
	best := 0.0
	for i := range points {
		for j := i + 1; j < len(points); j++ {
			n := points[j].count - points[i].count
			dt := float64(points[j].t-points[i].t) * 1e-9
			if n < 2 || dt <= 0 {
				continue
			}
			best = math.Max(best, float64(n-1)/dt)
		}
	}
	return best
}
