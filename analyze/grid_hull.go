package analyze

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
	"time"
)

// What bounds the hits gone through to find one grid that explains everything,
// and to find an end of the set.
const (
	pointWork = mostWork / 2
	endWork   = mostWork / 20
)

// describe turns the boxes into a fit: the hull of what they hold, looked at
// closely only where it ends.
func (g *gridSearch) describe() Fit {
	if len(g.boxes)*g.cost(g.s, g.boxes[0]) > 2*mostWork {
		return unresolved(tooMany)
	}
	bounds, cuts := cut{math.Inf(1), 0}, make([]cut, len(g.boxes))
	for i, b := range g.boxes {
		c := g.capacities(b)
		cuts[i] = c
		if !c.void() {
			bounds.lo, bounds.hi = min(bounds.lo, c.lo), max(bounds.hi, c.hi)
		}
	}
	first, last := math.Floor(bounds.lo)+1, math.Ceil(bounds.hi-1e-3)
	if first > last {
		return Fit{}
	}
	// One grid that explains everything shows where the set is.
	some := g.point(g.boxes, func(c cut) cut { return c }, pointWork)
	switch {
	case some.excluded:
		return Fit{}
	case some.capacity == 0:
		return unresolved(tooMany)
	}
	interval, rate, capacity := none(), none(), none()
	f := Fit{Consistent: true, Grain: time.Duration(g.o.grain), Params: map[string]Parameter{}}
	near, rest := outwards(math.Ceil(some.capacity), first, last)
	enough := g.work + mostWork
	for _, n := range near {
		if g.work > enough {
			rest = append(rest, n)
			continue
		}
		only := func(c cut) cut { return cut{max(c.lo, n-1), min(c.hi, n)} }
		var boxes []box
		for i, b := range g.boxes {
			if !only(cuts[i]).void() {
				boxes = append(boxes, b)
			}
		}
		p := g.point(boxes, only, endWork)
		if p.excluded {
			continue
		}
		shortest, longest := g.outermost(boxes, only)
		interval.include(shortest, longest)
		rate.include(g.perStep(n)*1e9/longest, g.perStep(n)*1e9/shortest)
		capacity.include(n, n)
		if p.capacity > 0 {
			f.corners = append(f.corners, func(int) Limiter { return g.limiter(p.at, p.capacity) })
		}
	}
	for i, b := range g.boxes {
		for _, n := range rest {
			if max(cuts[i].lo, n-1) < min(cuts[i].hi, n) {
				interval.include(b.low, b.high)
				rate.include(g.perStep(n)*1e9/b.high, g.perStep(n)*1e9/b.low)
				capacity.include(n, n)
			}
		}
	}
	some = g.central(some, cuts, interval, &f)
	f.news = []func() Limiter{func() Limiter { return g.limiter(some.at, some.capacity) }}
	n := math.Ceil(some.capacity)
	interval.include(some.at.interval, some.at.interval)
	capacity.include(n, n)
	f.Burst = bounded(n, capacity.low, capacity.high)
	f.Rate = bounded(g.perStep(n)*1e9/some.at.interval, rate.low, rate.high)
	if math.IsInf(last, 1) {
		f.Burst.High = nil
		if g.perStep(1) != g.perStep(2) {
			f.Rate.High = nil
		}
	}
	f.Params[g.interval] = Parameter{Interval: bounded(some.at.interval*1e-9, interval.low*1e-9, interval.high*1e-9)}
	f.grid = some.at
	return f
}

// central looks for a point of the set near its middle: what it foretells is
// more often right. Points near both ends become corners.
func (g *gridSearch) central(p gridPoint, cuts []cut, interval rateSet, f *Fit) gridPoint {
	const tries = 16
	n := math.Ceil(p.capacity)
	near := func(at float64) gridPoint {
		var order []int
		for i := range g.boxes {
			if max(cuts[i].lo, n-1) < min(cuts[i].hi, n) {
				order = append(order, i)
			}
		}
		off := func(i int) float64 { return math.Abs(g.boxes[i].middle().low - at) }
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(off(a), off(b)) })
		for _, i := range order[:min(tries, len(order))] {
			m := g.boxes[i].middle()
			c := g.capacities(m)
			if c = (cut{max(c.lo, n-1), min(c.hi, n)}); !c.void() {
				return gridPoint{at: grid{m.low, m.early}, capacity: (c.lo + c.hi) / 2}
			}
		}
		return p
	}
	for _, end := range []float64{interval.low, interval.high} {
		e := near(end)
		f.corners = append(f.corners, func(int) Limiter { return g.limiter(e.at, e.capacity) })
	}
	return near((interval.low + interval.high) / 2)
}

// enoughHits is how many hits are looked at when to enclose the set with all
// would take too long.
const enoughHits = 600

// describePart describes the set by the first hits alone; it can only be too
// large. What they suggest has to explain the rest as well.
func (g *gridSearch) describePart(whole *Stream) Fit {
	few := whole.first(enoughHits)
	g.look(few)
	g.work = 0
	f := g.describe()
	if !f.Consistent || few == whole {
		return f
	}
	if n, _ := whole.unexplained(f.limiter(0)); n*200 > whole.Len() {
		return unresolved(tooMany)
	}
	f.Doubt = "the trace is too long to tell the grid exactly; analyze a shorter one"
	return f
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

// A gridPoint is a grid with a capacity that explains everything, capacity 0 if
// none was found. excluded: there surely is none.
type gridPoint struct {
	at       grid
	capacity float64
	excluded bool
}

// point looks for a grid that has a capacity of its own within some.
func (g *gridSearch) point(boxes []box, within func(cut) cut, work int) gridPoint {
	var p gridPoint
	// The nearer the grid in the middle of a box is, the sooner it is split.
	lacking := func(b box, _ cut) float64 {
		m := b.middle()
		c := within(g.capacities(m))
		if !c.void() && p.capacity == 0 {
			p.at, p.capacity = grid{m.low, m.early}, g.likely(m, c)
		}
		return c.lo - c.hi
	}
	p.excluded = !g.bestFirst(boxes, within, work, fine/16, lacking, func(box) bool { return p.capacity > 0 })
	return p
}

// likely is a capacity of the cut of one grid: without an upper end, one that
// holds if the limiter was at rest before the first hit.
func (g *gridSearch) likely(one box, c cut) float64 {
	if math.IsInf(c.hi, 1) {
		rested := g.cut(g.s, one, cutOptions{grain: g.o.grain, rest: true})
		if rested.lo = max(rested.lo, c.lo); rested.void() || math.IsInf(rested.hi, 1) {
			return math.Floor(c.lo) + 1
		}
		c = rested
	}
	return (c.lo + c.hi) / 2
}

// outermost returns the shortest and the longest interval that may be in the set.
func (g *gridSearch) outermost(boxes []box, within func(cut) cut) (shortest, longest float64) {
	length := g.length()
	shortest, longest = math.Inf(1), 0
	for _, b := range boxes {
		shortest, longest = min(shortest, b.low), max(longest, b.high)
	}
	end := func(b box) bool { return b.blur(length) <= fine/2 }
	g.bestFirst(boxes, within, endWork, fine/4, func(b box, _ cut) float64 { return b.low }, func(b box) bool { shortest = b.low; return end(b) })
	g.bestFirst(boxes, within, endWork, fine/4, func(b box, _ cut) float64 { return -b.high }, func(b box) bool { longest = b.high; return end(b) })
	return shortest, longest
}

// bestFirst visits boxes of the set, least key first, and splits them down to a
// blur until visit returns true, nothing is left, or too many hits have been
// gone through. It reports whether anything is left.
func (g *gridSearch) bestFirst(boxes []box, within func(cut) cut, work int, least float64, key func(box, cut) float64, visit func(box) bool) (left bool) {
	length := g.length()
	var q queue
	push := func(b box) {
		if c := within(g.capacities(b)); !c.void() {
			heap.Push(&q, queued{key(b, c), b})
		}
	}
	for _, b := range boxes {
		push(b)
	}
	for until := g.work + work; q.Len() > 0 && g.work < until; {
		b := heap.Pop(&q).(queued).box
		if visit(b) {
			return true
		}
		if b.blur(length) <= least {
			left = true
			continue
		}
		l, r := b.split(length)
		push(l)
		push(r)
	}
	return left || q.Len() > 0
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
