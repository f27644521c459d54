package analyze

import (
	"cmp"
	"math"
	"slices"

	"ratefit/internal/trace"
)

// never is the upper end of a decision's span when there is none.
const never = math.MaxInt64

// A Stream is the hits that one limiter decided, in columns: nothing but when
// the limiter must have decided and what. Times are nanoseconds since the
// trace's zero.
type Stream struct {
	from, to []int64 // the decision of hit i fell within [from[i], to[i]]
	outcome  []trace.Outcome
	seq      []uint32

	byFrom, byTo []int32 // hits in the order of each end
	limited      int
	admitted     int
}

// add appends a hit. Hits that never reached the limiter do not belong here.
func (s *Stream) add(seq uint32, from, to int64, o trace.Outcome) {
	s.from = append(s.from, from)
	s.to = append(s.to, to)
	s.outcome = append(s.outcome, o)
	s.seq = append(s.seq, seq)
	switch o {
	case trace.Admitted:
		s.admitted++
	case trace.Limited:
		s.limited++
	}
}

// Len returns the number of hits.
func (s *Stream) Len() int { return len(s.from) }

// order sorts the hits by both ends; it must be called after the last add.
// Overlapping spans have no order of decisions, so none is pretended: every
// bound is taken over both orders.
func (s *Stream) order() {
	s.byFrom = sorted(s.from)
	s.byTo = sorted(s.to)
}

func sorted(key []int64) []int32 {
	idx := make([]int32, len(key))
	for i := range idx {
		idx[i] = int32(i)
	}
	if !slices.IsSorted(key) {
		slices.SortFunc(idx, func(a, b int32) int {
			return cmp.Or(cmp.Compare(key[a], key[b]), cmp.Compare(a, b))
		})
	}
	return idx
}

// merge returns one stream with the hits of all: the hypothesis that one
// limiter decided them all.
func merge(streams []*Stream) *Stream {
	if len(streams) == 1 {
		return streams[0]
	}
	m := &Stream{}
	for _, s := range streams {
		m.from = append(m.from, s.from...)
		m.to = append(m.to, s.to...)
		m.outcome = append(m.outcome, s.outcome...)
		m.seq = append(m.seq, s.seq...)
		m.limited += s.limited
		m.admitted += s.admitted
	}
	m.order()
	return m
}

// before returns what had been decided by t; what was under way may have been
// counted.
func (s *Stream) before(t int64) *Stream {
	p := &Stream{}
	for _, hit := range s.byFrom {
		switch {
		case s.from[hit] >= t:
		case s.to[hit] < t:
			p.add(s.seq[hit], s.from[hit], s.to[hit], s.outcome[hit])
		case s.outcome[hit] != trace.Limited:
			p.add(s.seq[hit], s.from[hit], never, trace.Unknown)
		}
	}
	p.order()
	return p
}

// first returns about the first n hits.
func (s *Stream) first(n int) *Stream {
	if n >= s.Len() {
		return s
	}
	return s.before(s.from[s.byFrom[n]])
}
