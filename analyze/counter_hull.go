package analyze

import (
	"container/heap"
	"math"
	"time"
)

// describe turns the boxes into a fit: the hull of what they hold, looked at
// closely only where it ends.
func (g *counterSearch) describe(boxes []box) Fit {
	bounds, cuts := cut{math.Inf(1), 0}, make([]cut, len(boxes))
	for i, b := range boxes {
		c := g.cut(b)
		cuts[i] = c
		bounds.lo, bounds.hi = min(bounds.lo, c.lo), max(bounds.hi, c.hi)
	}
	first, last := math.Floor(bounds.lo)+1, math.Ceil(bounds.hi-1e-3)
	if first > last {
		return Fit{}
	}
	f := Fit{Consistent: true, Grain: time.Duration(g.o.grain), Params: map[string]Parameter{}, refills: fewWindows}
	// One grid that explains everything shows where the set is.
	anyOf := func(n float64) func(cut) bool { return func(c cut) bool { return max(c.lo, n-1) < min(c.hi, n) } }
	_, known, possible := g.point(boxes, func(c cut) bool { return c.lo < c.hi }, 0, math.Inf(1), pointWork)
	if !possible || known == 0 {
		return Fit{}
	}
	window, rate, quota := none(), none(), none()
	near, rest := outwards(math.Ceil(known), first, last)
	enough := g.work + 2*mostWork
	for _, n := range near {
		if g.work > enough {
			rest = append(rest, n)
			continue
		}
		boxes := holding(boxes, cuts, anyOf(n))
		at, threshold, possible := g.point(boxes, anyOf(n), n-1, n, endWork)
		if !possible {
			continue
		}
		shortest, longest := g.outermost(boxes, anyOf(n))
		window.include(shortest, longest)
		rate.include(n*1e9/longest, n*1e9/shortest)
		quota.include(n, n)
		if threshold > 0 {
			l := counter{window: at.low, phase: at.early, threshold: threshold, all: g.all}
			f.corners = append(f.corners, func(int) Limiter { return l.Clone() })
		}
	}
	for i, b := range boxes {
		for _, n := range rest {
			if anyOf(n)(cuts[i]) {
				window.include(b.low, b.high)
				rate.include(n*1e9/b.high, n*1e9/b.low)
				quota.include(n, n)
			}
		}
	}
	if len(f.corners) == 0 {
		return Fit{}
	}
	f.news = []func() Limiter{func() Limiter { return f.corners[0](0) }}
	at := f.corners[0](0).(*counter)
	f.Burst = bounded(math.Ceil(at.threshold), quota.low, quota.high)
	f.Rate = bounded(f.Burst.Value*1e9/at.window, rate.low, rate.high)
	if math.IsInf(last, 1) {
		f.Burst.High, f.Rate.High = nil, nil
	}
	f.Params["window_s"] = Parameter{Interval: bounded(at.window*1e-9, window.low*1e-9, window.high*1e-9)}
	return f
}

// enoughHits is how many hits are looked at when to enclose the set with all
// would take too long.
const enoughHits = 600

// describePart describes the set by the first hits alone; it can only be too
// large. What they suggest has to explain the rest as well.
func (g *counterSearch) describePart(whole *Stream, boxes []box) Fit {
	g.s = whole.first(enoughHits)
	f := g.describe(boxes)
	if !f.Consistent || g.s == whole {
		return f
	}
	if n, _ := whole.unexplained(f.limiter(0)); n*200 > whole.Len() {
		return Fit{}
	}
	f.Doubt = "the trace is too long to tell a sliding window counter exactly; analyze a shorter one"
	return f
}

// holding are the boxes whose cuts are within.
func holding(boxes []box, cuts []cut, within func(cut) bool) []box {
	var out []box
	for i, b := range boxes {
		if within(cuts[i]) {
			out = append(out, b)
		}
	}
	return out
}

// outwards are the whole numbers from first to last in the order of their
// distance from one of them, some of which are to be looked at closely. The rest
// are the outermost.
func outwards(from, first, last float64) (near, rest []float64) {
	const some, most = 24, 1000
	near = []float64{from}
	for d := 1.0; d < most && (from-d >= first || from+d <= last); d++ {
		list := &near
		if len(near) >= some {
			list = &rest
		}
		if from-d >= first {
			*list = append(*list, from-d)
		}
		if from+d <= last {
			*list = append(*list, from+d)
		}
	}
	return near, rest
}

// point looks for a grid that has a threshold of its own above least, up to most.
// Without one the threshold is 0; possible is false if there surely is none.
func (g *counterSearch) point(boxes []box, within func(cut) bool, least, most float64, work int) (at box, threshold float64, possible bool) {
	// The nearer the grid in the middle of a box is, the sooner it is split.
	lacking := func(b box, _ cut) float64 {
		c := g.cut(b.middle())
		lo, hi := max(c.lo, least), min(c.hi, most)
		if lo < hi && threshold == 0 {
			at, threshold = b.middle(), (lo+hi)/2
		}
		return lo - hi
	}
	g.bestFirst(boxes, within, work, lacking, func(box) bool {
		possible = true
		return threshold > 0
	})
	return at, threshold, possible
}

// outermost returns the shortest and the longest window that may be in the set.
func (g *counterSearch) outermost(boxes []box, within func(cut) bool) (shortest, longest float64) {
	length := float64(g.s.from[g.s.byFrom[g.s.Len()-1]] - g.s.from[g.s.byFrom[0]])
	shortest, longest = math.Inf(1), 0
	for _, b := range boxes {
		shortest, longest = min(shortest, b.low), max(longest, b.high)
	}
	end := func(b box) bool { return b.blur(length) <= fine/2 }
	g.bestFirst(boxes, within, endWork, func(b box, _ cut) float64 { return b.low }, func(b box) bool { shortest = b.low; return end(b) })
	g.bestFirst(boxes, within, endWork, func(b box, _ cut) float64 { return -b.high }, func(b box) bool { longest = b.high; return end(b) })
	return shortest, longest
}

// What bounds the hits gone through to find a grid, and an end of the set.
const (
	pointWork = 3 * mostWork / 2
	endWork   = mostWork / 4
)

// bestFirst visits boxes of the set, least key first, and splits them until
// visit returns true, nothing is left, or too many hits have been gone through.
func (g *counterSearch) bestFirst(boxes []box, within func(cut) bool, most int, key func(box, cut) float64, visit func(box) bool) {
	length := float64(g.s.from[g.s.byFrom[g.s.Len()-1]] - g.s.from[g.s.byFrom[0]])
	var q queue
	push := func(b box) {
		if c := g.cut(b); within(c) {
			heap.Push(&q, queued{key(b, c), b})
		}
	}
	for _, b := range boxes {
		push(b)
	}
	for until := g.work + most; q.Len() > 0 && g.work < until; {
		b := heap.Pop(&q).(queued).box
		if visit(b) {
			return
		}
		if b.blur(length) > fine/4 {
			l, r := b.split(length)
			push(l)
			push(r)
		}
	}
}

// A queue holds boxes by their keys.
type queue []queued

type queued struct {
	key float64
	box box
}

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].key < q[j].key }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(queued)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}
