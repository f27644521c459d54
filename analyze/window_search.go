package analyze

import (
	"math"
	"sort"
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
// window of its own has a cut. Long streams are looked at through a sample before
// that takes long, if there is one.
func searchWindows(streams []*Stream, low, high float64, cutOf, sampled func(s *Stream, low, high float64) cut) []piece {
	var pieces []piece
	for w := low; w < high; w *= firstPiece {
		pieces = append(pieces, piece{w, min(high, w*firstPiece), cut{}})
	}
	for n := 2000; ; n *= 4 {
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
		if n > longStreams && sampled != nil {
			pieces = sift(pieces, func(low, high float64) cut {
				return cutAll(streams, func(s *Stream) cut { return sampled(s, low, high) })
			})
			sampled = nil // once
		}
		// Longer windows than the part can show have to wait for more hits.
		near := sort.Search(len(pieces), func(i int) bool { return !whole && 2*pieces[i].low > longest })
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
