package analyze

import (
	"cmp"
	"math"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// A grid is the instants phase + m·interval, in nanoseconds.
type grid struct{ interval, phase float64 }

// clock tells the time in steps, each counted as a second.
func (g grid) clock(t time.Duration) time.Duration {
	return time.Duration(math.Floor((float64(t)-g.phase)/g.interval)) * time.Second
}

// A box is a set of grids: intervals from low to high, phases likewise, all in
// nanoseconds; phases count from the first hit backwards.
type box struct{ low, high, early, late float64 }

// blur is by how much the last step's instant differs over the box.
func (b box) blur(length float64) float64 {
	return (b.late - b.early) + (b.high-b.low)/b.low*length
}

func (b box) split(length float64) (box, box) {
	l, r := b, b
	if b.late-b.early > (b.high-b.low)/b.low*length {
		m := (b.early + b.late) / 2
		l.late, r.early = m, m
	} else {
		m := (b.low + b.high) / 2
		l.high, r.low = m, m
	}
	return l, r
}

// middle is the box of the one grid in the middle.
func (b box) middle() box {
	i, p := (b.low+b.high)/2, (b.early+b.late)/2
	return box{i, i, p, p}
}

// misses reports that all grids of the box lack a step in one of the brackets,
// which come in the order of their widths.
func (b box) misses(brackets []bracket) bool {
	for _, span := range brackets {
		if span.before-span.after > b.low {
			break // every grid has one
		}
		m := math.Ceil((span.after - b.late) / b.high) // the first step that can be late enough
		if b.early+m*b.low > span.before {
			return true
		}
	}
	return false
}

// A bracket is a span of time (ns) within which at least one step falls: a hit was
// limited at its beginning and a later one admitted at its end.
type bracket struct{ after, before float64 }

// brackets pairs each admitted hit with the last limited one that was surely
// decided before it, the narrowest first.
func (s *Stream) brackets(grain int64) []bracket {
	var out []bracket
	s.afterLimited(grain, func(_ int, hit, limited int32) bool {
		out = append(out, bracket{float64(s.from[limited] - grain), float64(s.to[hit])})
		return true
	})
	slices.SortFunc(out, func(a, b bracket) int { return cmp.Compare(a.before-a.after, b.before-b.after) })
	return out
}

// afterLimited calls f for each admitted hit, at position k of byFrom, with the
// last sent limited hit that was surely decided before it, until f returns
// false.
func (s *Stream) afterLimited(grain int64, f func(k int, hit, limited int32) bool) {
	limited, j := int32(-1), 0
	for k, hit := range s.byFrom {
		for ; j < s.Len() && s.to[s.byTo[j]] < s.from[hit]-grain; j++ {
			if l := s.byTo[j]; s.outcome[l] == trace.Limited && (limited < 0 || s.from[l] > s.from[limited]) {
				limited = l
			}
		}
		if s.outcome[hit] == trace.Admitted && limited >= 0 && !f(k, hit, limited) {
			return
		}
	}
}

// joinGrids fits each stream on a grid with a phase of its own, the longest
// first, and intersects the rest. The others are fitted within the intervals
// that the first one leaves: they may be too short to tell any.
func joinGrids(streams []*Stream, interval string, fit func(s *Stream, within *lengths) Fit) Fit {
	fits := make([]Fit, len(streams))
	order := make([]int, len(streams))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return streams[b].Len() - streams[a].Len() })
	var joint Fit
	var within *lengths
	for _, i := range order {
		f := fit(streams[i], within)
		if !f.Consistent {
			return f
		}
		fits[i] = f
		if within == nil {
			joint = f
		} else if !joint.Rate.meet(f.Rate) || !joint.Burst.meet(f.Burst) || !meetParam(&joint, f, interval) {
			return Fit{}
		}
		p := joint.Params[interval]
		within = &lengths{*p.Low * 1e9, *p.High * 1e9}
	}
	if len(fits) == 1 {
		return joint
	}
	joint.news, joint.corners = nil, nil
	for _, f := range fits {
		joint.news = append(joint.news, f.news...)
	}
	for end := 1; end <= 2; end++ { // each with what it has at the ends of the set
		joint.corners = append(joint.corners, func(i int) Limiter {
			own := fits[i].corners
			return own[len(own)-end](0)
		})
	}
	return joint
}

// meetParam intersects a parameter of two fits.
func meetParam(f *Fit, other Fit, name string) bool {
	p := f.Params[name]
	ok := p.meet(other.Params[name].Interval)
	f.Params[name] = p
	return ok
}
