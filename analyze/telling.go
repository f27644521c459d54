package analyze

import (
	"math"

	"ratefit/internal/trace"
)

// runs calls f for each run of limited hits between which no other hit can have
// been decided, in the order of sending; f keeps nothing of it. The run lasted
// surely from the end of the first to the beginning of the last.
func (s *Stream) runs(f func(run []int32)) {
	var run []int32
	latest := int64(math.MinInt64) // when a hit that was not limited may have been decided
	for _, hit := range s.byFrom {
		from := s.from[hit]
		if s.outcome[hit] == trace.Limited {
			if from > latest {
				run = append(run, hit)
			}
			continue
		}
		latest = max(latest, s.to[hit])
		// Those in flight beside it may have been decided after it.
		for len(run) > 0 && s.to[run[len(run)-1]] >= from {
			run = run[:len(run)-1]
		}
		if len(run) > 0 {
			f(run)
		}
		run = run[:0]
	}
	if len(run) > 0 {
		f(run)
	}
}

// telling is [Stream.telling] of each.
func telling(streams []*Stream) []*Stream {
	out := make([]*Stream, len(streams))
	for i, s := range streams {
		out[i] = s.telling()
	}
	return out
}

// telling returns the stream without the limited hits that tell nothing: of a
// run of limited hits only the last says when the first place can have come
// back, and the first, and the first that surely comes after the others, how long
// none did. It is not for models in which limited hits count.
func (s *Stream) telling() *Stream {
	if s.thinned != nil {
		return s.thinned
	}
	keep := make([]bool, s.Len())
	for hit, o := range s.outcome {
		keep[hit] = o != trace.Limited
	}
	// A hit ends the runs of those answered before it was sent.
	j, last := 0, int32(-1)
	first, sure := true, true
	answered := int64(math.MinInt64) // all others sent so far
	for _, hit := range s.byFrom {
		if s.outcome[hit] == trace.Limited {
			keep[hit] = keep[hit] || first || sure && s.from[hit] > answered
			first, sure = false, sure && s.from[hit] <= answered
			continue
		}
		first, sure = true, true
		answered = max(answered, s.to[hit])
		for ; j < s.Len() && s.to[s.byTo[j]] < s.from[hit]; j++ {
			l := s.byTo[j]
			if s.outcome[l] != trace.Limited {
				continue
			}
			if last < 0 || s.from[l] >= s.from[last] {
				last = l
			}
		}
		if last >= 0 {
			keep[last], last = true, -1
		}
	}
	for ; j < s.Len(); j++ {
		if l := s.byTo[j]; s.outcome[l] == trace.Limited && (last < 0 || s.from[l] >= s.from[last]) {
			last = l
		}
	}
	if last >= 0 {
		keep[last] = true
	}
	kept := 0
	for _, k := range keep {
		if k {
			kept++
		}
	}
	if kept > s.Len()*4/5 {
		s.thinned = s // not worth a copy
		return s
	}
	t := &Stream{}
	t.grow(kept)
	for hit, k := range keep {
		if k {
			t.add(s.seq[hit], s.from[hit], s.to[hit], s.outcome[hit])
		}
	}
	t.order()
	s.thinned = t
	return t
}
