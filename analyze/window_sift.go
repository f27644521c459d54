package analyze

import (
	"math"
	"sort"

	"ratefit/internal/trace"
)

// longStreams is the number of hits from which on a look at a sample of them
// saves time.
const longStreams = 20_000

// A sampled stream answers for some of its hits, spread over all of it, how many
// were counted within a window: each by a search, whatever lies between.
type sampledStream struct {
	s        *Stream
	v        *counted
	admitted []samplePoint
	limited  []samplePoint
}

// A samplePoint is a hit, and how many admitted ones began before it.
type samplePoint struct {
	hit     int32
	earlier int
}

// sampled takes a sample of a stream.
func (s *Stream) sampled(all bool) *sampledStream {
	const points = 256 // of each outcome
	out := &sampledStream{s: s, v: s.counted(all)}
	admitted, limited := 0, 0
	for _, hit := range s.byFrom {
		switch s.outcome[hit] {
		case trace.Admitted:
			if admitted%(s.admitted/points+1) == 0 {
				out.admitted = append(out.admitted, samplePoint{hit, admitted})
			}
			admitted++
		case trace.Limited:
			if limited%(s.limited/points+1) == 0 && s.to[hit] != never {
				out.limited = append(out.limited, samplePoint{hit, admitted})
			}
			limited++
		}
	}
	return out
}

// countBefore is how many of the sorted instants lie before t.
func countBefore(sorted []int64, t int64) int {
	return sort.Search(len(sorted), func(i int) bool { return sorted[i] >= t })
}

// logCut is [Stream.logCut] of the sample alone.
func (p *sampledStream) logCut(all bool, low, high float64, o cutOptions) cut {
	s, v := p.s, p.v
	short, long := int64(low), int64(math.Ceil(high))
	start := s.from[s.byFrom[0]] - o.grain
	c := cut{1, math.Inf(1)}
	for i := range max(len(p.admitted), len(p.limited)) {
		if i < len(p.admitted) {
			a := p.admitted[i]
			from := s.from[a.hit] - o.grain
			n := countBefore(v.sure, from+short) - a.earlier
			if all {
				n = countBefore(v.sure, from) - countBefore(v.from, s.to[a.hit]-short+o.grain+1) + 1
			}
			c.lo = max(c.lo, float64(n))
		}
		if i < len(p.limited) {
			hit := p.limited[i].hit
			from := s.from[hit] - o.grain
			if o.rest || from > start+long {
				begun := countBefore(v.from, from+o.grain+1)
				possible := v.mostDuring(begun, countBefore(v.to, from-long), s.to[hit], long, o.grain)
				if all {
					possible-- // not itself
				}
				c.hi = min(c.hi, float64(possible)+1)
			}
		}
		if c.empty() {
			break
		}
	}
	return c
}

// sift leaves out of each piece what a cut excludes that is quick to take, so that
// it is taken over far shorter pieces than others can be.
func sift(pieces []piece, over func(low, high float64) cut) []piece {
	const shortest = 1.0005
	var hull func(low, high float64) (piece, bool)
	hull = func(low, high float64) (piece, bool) {
		if over(low, high).empty() {
			return piece{}, false
		}
		if high <= low*shortest {
			return piece{low: low, high: high}, true
		}
		mid := math.Sqrt(low * high)
		below, some := hull(low, mid)
		above, more := hull(mid, high)
		switch {
		case !some:
			return above, more
		case !more:
			return below, true
		}
		return piece{low: below.low, high: above.high}, true
	}
	var out []piece
	for _, p := range pieces {
		if left, ok := hull(p.low, p.high); ok {
			left.cut = p.cut
			out = append(out, left)
		}
	}
	return out
}
