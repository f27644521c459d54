package analyze

import (
	"math"
	"sort"

	"ratefit/internal/trace"
)

// A rateSet holds every rate (per second) that the decisions do not exclude.
// low 0 and high +Inf are unbounded.
type rateSet struct{ low, high float64 }

// The rates that are told apart from 0 and from infinity, and from each other.
const (
	leastRate = 1e-6 // one in twelve days
	mostRate  = 1e8
	precision = 1e-9 // relative
)

func (s rateSet) middle() float64 {
	switch {
	case math.IsInf(s.high, 1):
		return s.low
	case s.low == 0:
		return s.high
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

// searchRates encloses the rates at which the streams have a cut, and reports
// whether there are any.
//
// It is set inversion by interval analysis (Jaulin, Walter: Automatica 29,
// 1993): a piece of the axis is left out when the cut over the whole piece is
// empty, which proves that no rate in it will do; other pieces are split. More
// hits only shrink the set, so it is sought with the first hits alone, over all
// magnitudes, and then within what that left: the whole streams are gone
// through some dozens of times.
func searchRates(streams []*Stream, o cutOptions) (rateSet, bool) {
	set := rateSet{leastRate, mostRate}
	for n := 1000; ; n *= 8 {
		part, whole := make([]*Stream, 0, len(streams)), true
		for _, s := range streams {
			if p := s.first(n); p.Len() > 0 {
				part = append(part, p)
			}
			whole = whole && n >= s.Len()
		}
		ok := false
		if set, ok = narrow(part, set, o); !ok {
			return rateSet{}, false
		}
		if whole {
			break
		}
	}
	if set.low <= leastRate {
		set.low = 0
	}
	if set.high >= mostRate {
		set.high = math.Inf(1)
	}
	return set, true
}

// narrow shrinks the set to what the streams leave of it. Once its ends are
// close to each other few hits matter: with those it is shrunk, and as it then
// has even fewer, once more.
func narrow(streams []*Stream, set rateSet, o cutOptions) (rateSet, bool) {
	over := func(low, high float64) cut { return cutOver(streams, low, high, o) }
	for range 3 {
		if set.high > 1.5*set.low {
			break
		}
		for _, s := range streams {
			if s.Len() >= fewHits {
				s.binding.Store(s.bind(set.low, set.high, o))
			}
		}
		next, ok := shrink(set, over)
		if !ok {
			return rateSet{}, false
		}
		settled := next.extent() > 0.5*set.extent()
		if set = next; settled {
			return set, true
		}
	}
	return shrink(set, over)
}

// fewHits is the length of a stream up to which a walk through all is cheap.
const fewHits = 2000

// shrink cuts off both ends of the set whatever can be excluded, until that
// changes little and a rate that will do is found inside.
func shrink(set rateSet, over func(low, high float64) cut) (rateSet, bool) {
	for pieces := 16.0; ; {
		piece := set.piece(pieces)
		low, ok := lowest(set.low, set.high, piece, over)
		if !ok {
			return rateSet{}, false
		}
		next := rateSet{low, highest(low, set.high, piece, over)}
		settled := next.extent() > 0.8*set.extent()
		set = next
		if !settled {
			continue
		}
		if piece <= 1+precision || set.holds(over) {
			return set, true
		}
		pieces *= 4 // nothing left out, nothing found: look closer
	}
}

// extent measures a set by ratio while it spans magnitudes.
func (s rateSet) extent() float64 { return math.Log(s.high / s.low) }

// piece is the ratio of the ends of a piece that is not worth splitting.
func (s rateSet) piece(pieces float64) float64 {
	return max(math.Exp(s.extent()/pieces), 1+precision/4)
}

// holds looks for a rate with a cut of its own.
func (s rateSet) holds(over func(low, high float64) cut) bool {
	for _, part := range []float64{0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875} {
		r := s.low * math.Exp(part*s.extent())
		if !over(r, r).empty() {
			return true
		}
	}
	return false
}

// lowest finds the low end of the lowest piece that cannot be left out.
func lowest(low, high, piece float64, over func(low, high float64) cut) (float64, bool) {
	if over(low, high).empty() {
		return 0, false
	}
	if high <= low*piece {
		return low, true
	}
	mid := math.Sqrt(low * high)
	if r, ok := lowest(low, mid, piece, over); ok {
		return r, true
	}
	return lowest(mid, high, piece, over)
}

// highest is its counterpart for a set that is not empty.
func highest(low, high, piece float64, over func(low, high float64) cut) float64 {
	for high > low*piece {
		mid := math.Sqrt(low * high)
		if r, ok := highestIn(mid, high, piece, over); ok {
			return r
		}
		high = mid
	}
	return high
}

func highestIn(low, high, piece float64, over func(low, high float64) cut) (float64, bool) {
	if over(low, high).empty() {
		return 0, false
	}
	if high <= low*piece {
		return high, true
	}
	mid := math.Sqrt(low * high)
	if r, ok := highestIn(mid, high, piece, over); ok {
		return r, true
	}
	return highestIn(low, mid, piece, over)
}

// saturatedRate guesses the sustained rate, 0 if there is no telling.
func saturatedRate(streams []*Stream) float64 {
	best := 0.0
	for _, s := range streams {
		best = max(best, s.mostSaturated(1).between())
	}
	return best
}

// A saturation is what was admitted between two limited hits.
type saturation struct {
	lump              float64
	sure, may         int     // hits
	shortest, longest float64 // s
}

// low is the least rate of a bucket refilled by lumps that admits that many: at
// the first limited hit it held less than one.
func (a saturation) low() float64 { return (float64(a.sure-1) - a.lump) / a.longest }

// high is the highest rate, unless the bucket was full in between: at the second
// limited hit it held less than one.
func (a saturation) high() float64 { return (float64(a.may+1) + a.lump) / a.shortest }

func (a saturation) between() float64 {
	if a.longest == 0 {
		return 0
	}
	return (a.low() + a.high()) / 2
}

// mostSaturated is the one, of a sample, that bounds the rate best from below.
func (s *Stream) mostSaturated(lump float64) (best saturation) {
	const sample = 256
	points := s.limitedPoints(s.limited/sample + 1)
	least := 0.0
	for i, a := range points {
		for _, b := range points[i+1:] {
			if x := b.since(a, lump); x.shortest > 0 && x.sure > 1+int(lump) && x.low() > least {
				least, best = x.low(), x
			}
		}
	}
	return best
}

// A limitedPoint is a limited hit, and how many were admitted before it.
type limitedPoint struct {
	from, to              int64
	sureBefore, mayBefore int
}

// since is what was admitted between two limited hits.
func (b limitedPoint) since(a limitedPoint, lump float64) saturation {
	return saturation{
		lump, b.sureBefore - a.mayBefore, b.mayBefore - a.sureBefore,
		float64(b.from-a.to) * 1e-9, float64(b.to-a.from) * 1e-9,
	}
}

// limitedPoints are every so many of the limited hits.
func (s *Stream) limitedPoints(every int) []limitedPoint {
	v := s.counted(false)
	var points []limitedPoint
	limited := 0
	for _, hit := range s.byFrom {
		if s.outcome[hit] != trace.Limited || s.to[hit] == never {
			continue
		}
		if limited%every == 0 {
			points = append(points, limitedPoint{
				s.from[hit], s.to[hit],
				sort.Search(len(v.sure), func(k int) bool { return v.sure[k] >= s.from[hit] }),
				sort.Search(len(v.from), func(k int) bool { return v.from[k] > s.to[hit] }),
			})
		}
		limited++
	}
	return points
}

// unused is how many times as much a limiter may admit as it was seen to.
const unused = 4

// saturatedRates bounds the sustained rate of a bucket that is refilled by lump
// hits at once, low 0 if there is no telling. Between limited hits that are so
// close that the bucket cannot have been full, all that it got was used.
func (s *Stream) saturatedRates(lump float64, grain int64) (low, high float64) {
	most := s.mostSaturated(lump)
	if most.longest == 0 {
		return 0, 0
	}
	low, high = most.low(), min(unused*most.low(), lump/s.lumpless(lump, grain))
	if low > high {
		return low, high
	}
	burst := s.cut(high, high, cutOptions{grain: grain}).lo - lump
	points := s.limitedPoints(1)
	for i, begin := 1, 0; i < len(points); i++ {
		step := points[i].since(points[i-1], lump)
		if unused*most.low()*step.longest+lump-float64(step.sure) >= burst-1 {
			begin = i
			continue
		}
		if x := points[i].since(points[begin], lump); x.shortest > 0 {
			high = min(high, x.high())
		}
	}
	return low, high
}

// lumpless is the longest time (s) between two limited hits for which fewer than a
// lump were admitted: the bucket, which holds more than that, got none.
func (s *Stream) lumpless(lump float64, grain int64) float64 {
	longest, from := int64(0), 0
	points := s.limitedPoints(1)
	for i, b := range points {
		for float64(b.mayBefore-points[from].sureBefore) >= lump && from < i {
			from++
		}
		longest = max(longest, b.from-grain-points[from].to)
	}
	return float64(longest) * 1e-9
}
