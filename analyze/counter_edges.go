package analyze

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"ratefit/internal/trace"
)

// turns are spans of time each of which holds the end of a window, if the
// limiter is a sliding window counter, the narrowest first.
//
// Within one window the level is what was counted since its beginning and a part
// of the window before that shrinks linearly, whatever was counted there: c − b·t
// with b ≥ 0. A stretch of decisions that no such line explains is not of one
// window.
func (s *Stream) turns(all bool, grain int64) []bracket {
	const most, starts = 2000, 150
	s = s.first(most)
	t := turnSearch{s: s, all: all, grain: grain, sent: make([]int, s.Len()+1)}
	n := s.Len()
	for k, hit := range s.byFrom {
		t.sent[k+1] = t.sent[k]
		if s.outcome[hit] != trace.Limited || all {
			t.sent[k+1]++
		}
	}
	var out []bracket
	for k := 0; k < n; k += n/starts + 1 {
		// The fewest hits from this one on that are not of one window.
		low, high := k+1, k+4
		for high < n && t.straight(k, high) {
			low, high = high, high+(high-k)
		}
		if high = min(high, n); t.straight(k, high) {
			break // nor are those of later ones
		}
		for high-low > 1 {
			if mid := (low + high) / 2; t.straight(k, mid) {
				low = mid
			} else {
				high = mid
			}
		}
		out = append(out, t.extent(k, high))
	}
	slices.SortFunc(out, func(a, b bracket) int { return cmp.Compare(a.before-a.after, b.before-b.after) })
	return out
}

// A turnSearch looks at stretches of hits in the order of their sending.
type turnSearch struct {
	s     *Stream
	all   bool
	grain int64
	sent  []int // hits that may be counted, before each position of byFrom

	admitted, limited []levelOf // of the stretch
	ends              []int64
}

// A levelOf is when a hit was decided (s), and how many were counted before it.
type levelOf struct{ at, level float64 }

// extent is the time from the first of some hits to the last answer.
func (t *turnSearch) extent(from, to int) bracket {
	s, last := t.s, int64(math.MinInt64)
	for _, hit := range s.byFrom[from:to] {
		if s.to[hit] != never {
			last = max(last, s.to[hit])
		}
	}
	return bracket{float64(s.from[s.byFrom[from]] - t.grain), float64(last)}
}

// straight reports that hits from one position of byFrom up to another may be of
// one window.
func (t *turnSearch) straight(from, to int) bool {
	s := t.s
	begin := s.from[s.byFrom[from]] - t.grain
	t.admitted, t.limited, t.ends = t.admitted[:0], t.limited[:0], t.ends[:0]
	for _, hit := range s.byFrom[from:to] { // answers of those that surely are counted
		if o := s.outcome[hit]; s.to[hit] != never && (o == trace.Admitted || o == trace.Limited && t.all) {
			t.ends = append(t.ends, s.to[hit])
		}
	}
	slices.Sort(t.ends)
	// Those sent before that may be counted in the stretch.
	v := s.counted(t.all)
	may := t.sent[from] - sort.Search(len(v.to), func(i int) bool { return v.to[i] >= begin })
	done := 0
	for i, hit := range s.byFrom[from:to] {
		if o := s.outcome[hit]; o != trace.Limited || t.all {
			may++ // in the order of sending
		}
		a, b := s.from[hit]-t.grain, s.to[hit]
		for done < len(t.ends) && t.ends[done] < a {
			done++
		}
		switch o := s.outcome[hit]; {
		case b == never:
		case o == trace.Admitted:
			t.admitted = append(t.admitted, levelOf{float64(b-begin) * 1e-9, float64(done)})
		case o == trace.Limited:
			later := 0
			for k := from + i + 1; k < s.Len() && s.from[s.byFrom[k]]-t.grain <= b; k++ {
				if o := s.outcome[s.byFrom[k]]; o != trace.Limited || t.all {
					later++
				}
			}
			if t.all {
				later-- // not itself
			}
			t.limited = append(t.limited, levelOf{float64(a-begin) * 1e-9, float64(may + later)})
		}
	}
	if len(t.admitted) == 0 || len(t.limited) == 0 {
		return true
	}
	// With c − b·at + level below the threshold for the admitted ones and not for
	// the limited ones: the gap between both is concave in b.
	low, high := 0.0, 1e6
	for range 60 {
		b := (low + high) / 2
		gap, slope := t.gap(b)
		if gap > -slack {
			return true
		}
		if slope > 0 {
			low = b
		} else {
			high = b
		}
	}
	gap, _ := t.gap(0)
	return gap > -slack
}

// gap is by how much the threshold can be between the limited hits and the
// admitted ones, if what was counted before shrinks by b per second, and whether
// that grows with b.
func (t *turnSearch) gap(b float64) (gap, slope float64) {
	least, most := math.Inf(1), math.Inf(-1)
	var atLeast, atMost float64
	for _, a := range t.admitted {
		if x := b*a.at - a.level; x < least {
			least, atLeast = x, a.at
		}
	}
	for _, l := range t.limited {
		if x := b*l.at - l.level; x > most {
			most, atMost = x, l.at
		}
	}
	return least - most, atLeast - atMost
}
