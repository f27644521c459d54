package analyze

import (
	"maps"
	"math"
	"slices"
	"sort"
	"time"

	"ratefit/internal/trace"
)

// moments pairs claims with the state of the limiter at their time.
type moments struct {
	said      map[uint32]saying
	remaining claimedValues
	waits     claimedValues // until the next hit is admitted
	full      claimedValues // of resets: until all that was used up is back
	resets    claimedValues
}

// claimedValues are claims by the Seq of their hits.
type claimedValues map[uint32]claimed

// add takes what a claim was in truth by one more limiter of the set.
func (v claimedValues) add(c claimed) {
	if other, ok := v[c.seq]; ok {
		c.low, c.high = min(c.low, other.low), max(c.high, other.high)
	}
	v[c.seq] = c
}

// list is in the order of Seq.
func (v claimedValues) list() []claimed {
	var out []claimed
	for _, seq := range slices.Sorted(maps.Keys(v)) {
		out = append(out, v[seq])
	}
	return out
}

// A claimed value, and the least and the most that it can have been in truth.
type claimed struct {
	seq       uint32
	at        int64 // when the hit was sent
	said      float64
	low, high float64
}

// off is how far the claim lies outside, negative if it is too small.
func (c claimed) off() float64 {
	switch {
	case c.said < c.low:
		return c.said - c.low
	case c.said > c.high:
		return c.said - c.high
	}
	return 0
}

func (c claimed) example() *HeaderExample {
	actual := min(max(c.said, c.low), c.high)
	return &HeaderExample{Hit: uint64(c.seq), At: seconds(c.at), Said: c.said, Actual: actual}
}

func newMoments(p pool) *moments {
	m := &moments{said: map[uint32]saying{}, remaining: claimedValues{}, waits: claimedValues{}, resets: claimedValues{}, full: claimedValues{}}
	for _, g := range p.groups {
		for _, chunk := range g.claims.said.chunks {
			for _, s := range chunk {
				m.said[s.seq] = s
			}
		}
	}
	return m
}

// mostCounted bounds the hits left that are counted: more take long.
const mostCounted = 2000

// gather follows the limiters through the streams: all that are known to be possible,
// as claims that one of them bears out are not refuted.
func (m *moments) gather(p pool) {
	streams := p.streams
	if _, queue := p.model.(LeakyBucketQueue); queue {
		streams = arrivals(streams)
	}
	limiters := append([]func(int) Limiter{p.fit.limiter}, p.fit.corners...)
	for i, s := range streams {
		first := s.first(mostSayings * len(p.groups))
		for _, limiter := range limiters {
			m.follow(first, limiter(i), false)
			m.follow(first, limiter(i), true)
		}
	}
}

// follow takes what the claims of one stream were in truth by one limiter. Which
// hit began a window is known no better than when hits were decided.
func (m *moments) follow(s *Stream, l Limiter, late bool) {
	const most = 1000 // to count takes as long as the burst is large
	every, n := len(m.said)/most+1, 0
	known := false // before it is used up for the first time its level is not
	s.follow(l, late, func(int32, time.Duration, bool) {}, func(hit int32, at time.Duration) {
		known = known || s.outcome[hit] == trace.Limited
		if said, ok := m.said[s.seq[hit]]; ok && known {
			if n++; n%every == 0 {
				m.add(s, hit, at, said, l)
			}
		}
	})
}

// add compares what one response said with the limiter after its hit.
func (m *moments) add(s *Stream, hit int32, at time.Duration, said saying, l Limiter) {
	c := claimed{seq: s.seq[hit], at: s.from[hit]}
	end := time.Duration(s.to[hit])
	if said.remaining == said.remaining && s.outcome[hit] == trace.Admitted {
		c.said = float64(said.remaining)
		c.low, c.high = float64(left(l, at, mostCounted)), float64(left(l, max(at, end), mostCounted))
		if c.high < mostCounted && s.alone(hit) { // else the order of the hits would matter
			m.remaining.add(c)
		}
	}
	if s.outcome[hit] != trace.Limited {
		return
	}
	until := opens(l, at)
	if until < 0 {
		until = math.MaxInt64 // who knows when
	}
	// The reply came between the decision and the end of the span, and says how
	// long from then on.
	c.low, c.high = max(0, (until-end).Seconds()), max(0, (until-time.Duration(s.from[hit])).Seconds())
	if said.wait == said.wait {
		c.said = float64(said.wait)
		m.waits.add(c)
	}
	if said.reset == said.reset {
		c.said = float64(said.reset)
		m.resets.add(c)
		if full := fills(l, at); full >= 0 {
			c.low, c.high = max(0, (full-end).Seconds()), max(0, (full-time.Duration(s.from[hit])).Seconds())
			m.full.add(c)
		}
	}
}

// alone reports that no other hit can have been decided between the ends of a
// hit's span.
func (s *Stream) alone(hit int32) bool {
	begun := sort.Search(s.Len(), func(i int) bool { return s.from[s.byFrom[i]] > s.to[hit] })
	ended := sort.Search(s.Len(), func(i int) bool { return s.to[s.byTo[i]] >= s.from[hit] })
	return begun-ended <= 1
}

// left is how many hits the limiter would admit at an instant, up to most.
func left(l Limiter, at time.Duration, most int) int {
	c, n := l.Clone(), 0
	for n < most && c.Admits(at) {
		c.Observe(at, true)
		n++
	}
	return n
}

// opens is when the limiter admits again if nobody asks meanwhile; negative if it
// does not within a day.
func opens(l Limiter, at time.Duration) time.Duration {
	const day = 24 * time.Hour
	step := time.Millisecond
	for ; !l.Admits(at + step); step *= 2 {
		if step > day {
			return -1
		}
	}
	if step == time.Millisecond {
		step = 0
	}
	return earliest(l, at+step/2, at+max(step, time.Millisecond))
}

// fills is when the limiter is at rest again if nobody asks meanwhile; negative if
// it is not within a day, or holds more than is counted.
func fills(l Limiter, at time.Duration) time.Duration {
	const day = 24 * time.Hour
	most := left(l, at+day, mostCounted)
	if most == mostCounted || left(l, at+2*day, mostCounted) > most {
		return -1
	}
	low, high := time.Duration(0), time.Second
	for left(l, at+high, mostCounted) < most {
		low, high = high, 2*high
	}
	for high-low > time.Millisecond {
		if mid := (low + high) / 2; left(l, at+mid, mostCounted) < most {
			low = mid
		} else {
			high = mid
		}
	}
	return at + high
}
