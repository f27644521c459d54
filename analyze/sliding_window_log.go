package analyze

import (
	"math"
	"sort"
	"time"

	"ratefit/internal/trace"
)

// SlidingWindowLog is the sliding window log: at most quota hits are admitted
// in any window. Some implementations log the limited hits as well
// (limited-hits-count): who hammers is locked out.
type SlidingWindowLog struct {
	// All: limited hits count too.
	All bool
}

// Name implements [Model].
func (SlidingWindowLog) Name() string { return "sliding-window-log" }

// Doc implements [Model].
func (m SlidingWindowLog) Doc() Doc {
	if m.All {
		return Doc{
			Title:     "sliding window log of all hits",
			About:     "keeps the instants of all past hits, limited ones too, and admits one if fewer than quota of them lie within the last window_s",
			Signature: "from rest, quota hits pass at once; who goes on too fast is locked out until quota or fewer were sent within a window",
		}
	}
	return Doc{
		Title:     "sliding window log",
		About:     "keeps the instants of past hits and admits one if fewer than quota of them lie within the last window_s",
		Signature: "from rest, quota hits pass at once; each place comes back exactly one window after the hit that took it",
	}
}

// Fit implements [Model]. For a window W the quota is boxed in: no W holds
// more admitted hits, and each limited hit has so many in the W before it.
// Both bounds grow with W, so that the windows that will do are found like the
// rates of a token bucket.
func (m SlidingWindowLog) Fit(streams []*Stream, o Options) Fit {
	c := cutOptions{grain: int64(time.Millisecond), rest: o.AtRest}
	low, high, ok := windowRange(streams, o)
	if !ok {
		return Fit{}
	}
	if !m.All {
		streams = telling(streams)
	}
	samples := map[*Stream]*sampledStream{}
	pieces := searchWindows(
		streams, low, high,
		func(s *Stream, low, high float64) cut { return s.logCut(m.All, low, high, c) },
		func(s *Stream, low, high float64) cut {
			if samples[s] == nil {
				samples[s] = s.sampled(m.All)
			}
			return samples[s].logCut(m.All, low, high, c)
		},
	)
	f := describeWindow(pieces, 2, func(window, quota float64) Limiter { return newLog(window, quota, m.All) })
	f.Modifiers = countsLimited(m.All)
	return f
}

// Nearest implements [Model].
func (m SlidingWindowLog) Nearest(streams []*Stream, o Options) Fit {
	return nearestWindow(streams, func(_ *Stream, window, quota float64) Limiter { return newLog(window, quota, m.All) })
}

// logCut is the cut of a sliding window log, lo ≤ quota < hi, over all windows
// from low to high (ns).
func (s *Stream) logCut(all bool, low, high float64, o cutOptions) cut {
	v := s.counted(all)
	short, long := int64(low), int64(math.Ceil(high))
	c := cut{1, math.Inf(1)}
	start := s.from[s.byFrom[0]] - o.grain
	gone, begun := 0, 0 // in v.to, v.from
	admitted := admittedCounts{counted: v, window: short, grain: o.grain}
	for _, hit := range s.byFrom {
		switch s.outcome[hit] {
		case trace.Admitted:
			n := 0
			if all {
				n = admitted.before(s.from[hit], s.to[hit])
			} else {
				n = admitted.within(s.from[hit])
			}
			if c.lo = max(c.lo, float64(n)); c.empty() {
				return c
			}
			continue
		case trace.Limited:
		default:
			continue
		}
		from, to := s.from[hit]-o.grain, s.to[hit]
		if !o.rest && from <= start+long {
			continue // what was used before the trace explains it
		}
		for gone < len(v.to) && v.to[gone]+long < from {
			gone++
		}
		for begun < len(v.from) && v.from[begun]-o.grain <= from {
			begun++
		}
		possible := v.mostDuring(begun, gone, to, long, o.grain)
		if all {
			possible-- // not itself
		}
		if c.hi = min(c.hi, float64(possible)+1); c.empty() {
			break
		}
	}
	return c
}

// counted are the hits that use up a limiter, in columns sorted by time.
type counted struct {
	from []int64 // when each may have been decided at the earliest
	to   []int64 // and at the latest; never = at the end
	sure []int64 // to, of those that surely were counted

	admittedFrom []int64 // from, of the admitted ones
}

// counted returns the hits that use up a limiter: the admitted ones, or all.
func (s *Stream) counted(all bool) *counted {
	if s.views[all] != nil {
		return s.views[all]
	}
	n := s.Len()
	if !all {
		n -= s.limited
	}
	v := &counted{to: make([]int64, 0, n), admittedFrom: make([]int64, 0, s.admitted)}
	if all {
		v.from = s.inOrder()
	} else {
		v.from = make([]int64, 0, n)
	}
	for _, hit := range s.byFrom {
		if o := s.outcome[hit]; o != trace.Limited && !all {
			v.from = append(v.from, s.from[hit])
		}
		if s.outcome[hit] == trace.Admitted {
			v.admittedFrom = append(v.admittedFrom, s.from[hit])
		}
	}
	known := true
	for _, hit := range s.byTo {
		o := s.outcome[hit]
		if s.to[hit] != never && (o != trace.Limited || all) {
			v.to = append(v.to, s.to[hit])
		}
		known = known && o != trace.Unknown && s.to[hit] != never
	}
	if v.sure = v.to; !known {
		v.sure = nil
		for _, hit := range s.byTo {
			if o := s.outcome[hit]; o == trace.Admitted || o == trace.Limited && all {
				v.sure = append(v.sure, s.to[hit])
			}
		}
	}
	if s.views == nil {
		s.views = map[bool]*counted{}
	}
	s.views[all] = v
	return v
}

// admittedCounts goes through the admitted hits in the order of from.
type admittedCounts struct {
	*counted
	window, grain int64

	earlier   int // admitted hits gone through
	sure, old pointer
}

// within is the number of admitted hits, from the next one on, that surely were
// decided less than a window after it.
func (a *admittedCounts) within(from int64) int {
	n := a.sure.before(a.counted.sure, from-a.grain+a.window) - a.earlier
	a.earlier++
	return n
}

// before is the number of hits that surely were counted within a window when the
// next one was admitted, that one included.
func (a *admittedCounts) before(from, to int64) int {
	return a.sure.before(a.counted.sure, from-a.grain) - a.old.before(a.from, to-a.window+a.grain+1) + 1
}

// mostWithin is the largest number of admitted hits of which the first and the
// last surely were less than a window apart.
func (v *counted) mostWithin(window, grain int64) float64 {
	most := 0
	a := admittedCounts{counted: v, window: window, grain: grain}
	for _, from := range v.admittedFrom {
		most = max(most, a.within(from))
	}
	return float64(most)
}

// mostDuring is the largest number of hits that may lie within a window that
// ends at an instant between that at which begun hits had begun, and to.
func (v *counted) mostDuring(begun, gone int, to, window, grain int64) int {
	const few = 16
	most := begun - gone
	for k := begun; k < len(v.from) && v.from[k]-grain <= to; k++ {
		if k-begun > few {
			end := sort.Search(len(v.from), func(i int) bool { return v.from[i]-grain > to })
			return max(most, end-gone)
		}
		for gone < len(v.to) && v.to[gone]+window < v.from[k]-grain {
			gone++
		}
		most = max(most, k+1-gone)
	}
	return most
}

// slidingLog decides by the instants of the hits that count.
type slidingLog struct {
	window time.Duration
	quota  int
	all    bool
	past   []time.Duration
}

func newLog(window, quota float64, all bool) *slidingLog {
	return &slidingLog{window: time.Duration(window), quota: int(math.Round(quota)), all: all}
}

// within returns how many of the past hits still count at t.
func (l *slidingLog) within(t time.Duration) int {
	k := sort.Search(len(l.past), func(i int) bool { return l.past[i] > t-l.window })
	return len(l.past) - k
}

// Admits implements [Limiter].
func (l *slidingLog) Admits(t time.Duration) bool { return l.within(t) < l.quota }

// Observe implements [Limiter].
func (l *slidingLog) Observe(t time.Duration, admitted bool) {
	if !admitted && !l.all {
		return
	}
	if len(l.past) > 2*l.within(t)+16 {
		l.past = append([]time.Duration(nil), l.past[len(l.past)-l.within(t):]...)
	}
	l.past = append(l.past, t)
}

// Clone implements [Limiter].
func (l *slidingLog) Clone() Limiter {
	c := *l
	c.past = append([]time.Duration(nil), l.past...)
	return &c
}
