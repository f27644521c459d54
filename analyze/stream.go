package analyze

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"sync/atomic"

	"ratefit/internal/trace"
)

// never is the upper end of a decision's span when there is none.
const never = math.MaxInt64

// A Stream is the hits that one limiter decided, in columns: nothing but when
// the limiter must have decided and what. Times are nanoseconds since the
// trace's zero.
type Stream struct {
	binding atomic.Pointer[binding] // what matters near the rates last looked at

	from, to []int64 // the decision of hit i fell within [from[i], to[i]]
	outcome  []trace.Outcome
	seq      []uint32

	byFrom, byTo []int32 // hits in the order of each end
	limited      int
	admitted     int

	keptFrom, keptTo int64 // when the hits of a confirmation were sent; 0 = none

	views   map[bool]*counted // hits that count, made when first asked for
	thinned *Stream           // see telling
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

// grow makes room for n hits in all.
func (s *Stream) grow(n int) {
	s.from = slices.Grow(s.from, n-len(s.from))
	s.to = slices.Grow(s.to, n-len(s.to))
	s.outcome = slices.Grow(s.outcome, n-len(s.outcome))
	s.seq = slices.Grow(s.seq, n-len(s.seq))
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

// sorted returns the places of the keys in ascending order, equal ones as they
// stand. Hits come nearly in order, so each is moved to its place past the few
// that overlap it; where that takes long, they are sorted like anything else.
// Keys of never stand anywhere: they are put last beforehand.
func sorted(key []int64) []int32 {
	idx := make([]int32, 0, len(key))
	var last []int32
	for i, k := range key {
		if k == never {
			last = append(last, int32(i))
		} else {
			idx = append(idx, int32(i))
		}
	}
	const farOff = 32 // places that a hit is moved, on average
	moved := 0
	for i := 1; i < len(idx) && moved <= farOff*len(idx); i++ {
		hit, k, j := idx[i], key[idx[i]], i
		for ; j > 0 && key[idx[j-1]] > k && i-j < farOff*farOff; j-- {
			idx[j] = idx[j-1]
		}
		idx[j] = hit
		if moved += i - j; j > 0 && key[idx[j-1]] > k {
			moved = math.MaxInt
		}
	}
	if moved > farOff*len(idx) {
		slices.SortFunc(idx, func(a, b int32) int {
			return cmp.Or(cmp.Compare(key[a], key[b]), cmp.Compare(a, b))
		})
	}
	return append(idx, last...)
}

// inOrder returns when the spans begin, in that order.
func (s *Stream) inOrder() []int64 {
	if slices.IsSorted(s.from) {
		return s.from
	}
	out := make([]int64, 0, s.Len())
	for _, hit := range s.byFrom {
		out = append(out, s.from[hit])
	}
	return out
}

// merge returns one stream with the hits of all: the hypothesis that one
// limiter decided them all.
func merge(streams []*Stream) *Stream {
	if len(streams) == 1 {
		return streams[0]
	}
	m, n := &Stream{}, 0
	for _, s := range streams {
		n += s.Len()
		if s.keptTo > m.keptTo {
			m.keptFrom, m.keptTo = s.keptFrom, s.keptTo
		}
	}
	m.grow(n)
	next := make([]int, len(streams)) // in byFrom of each
	for range n {
		least := -1
		for i, s := range streams {
			if next[i] < s.Len() && (least < 0 || s.from[s.byFrom[next[i]]] < streams[least].from[streams[least].byFrom[next[least]]]) {
				least = i
			}
		}
		s, hit := streams[least], streams[least].byFrom[next[least]]
		next[least]++
		m.add(s.seq[hit], s.from[hit], s.to[hit], s.outcome[hit])
	}
	m.order()
	return m
}

// before returns what had been decided by t; what was under way may have been
// counted.
func (s *Stream) before(t int64) *Stream {
	p := &Stream{}
	n := sort.Search(s.Len(), func(i int) bool { return s.from[s.byFrom[i]] >= t })
	p.grow(n)
	for _, hit := range s.byFrom[:n] {
		switch {
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
