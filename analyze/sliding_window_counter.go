package analyze

import (
	"container/heap"
	"math"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// SlidingWindowCounter is the sliding window counter: windows on a grid, and a
// hit is admitted while previous·(1−elapsed/window) + current is below a
// threshold. Implementations differ in the threshold: quota (compared strictly;
// rounding down makes no difference), quota − ½ (rounding half up), anything
// above quota − 1 (the hit itself is counted before comparing, or rounding up).
type SlidingWindowCounter struct {
	// All: limited hits count too.
	All bool
}

// Name implements [Model].
func (SlidingWindowCounter) Name() string { return "sliding-window-counter" }

// Doc implements [Model].
func (m SlidingWindowCounter) Doc() Doc {
	d := Doc{
		Title:     "sliding window counter",
		About:     "counts hits in windows of window_s on a grid and admits one while the last window's count, weighted by how much of it still overlaps, and this window's are below quota",
		Signature: "from rest, quota hits pass at once; then none until the window ends, and from then on single ones, quota per window",
	}
	if m.All {
		d.Title += " of all hits"
		d.About += "; limited hits are counted too"
	}
	return d
}

// Fit implements [Model].
func (m SlidingWindowCounter) Fit(streams []*Stream, o Options) Fit {
	var joint Fit
	for i, s := range streams {
		g := counterSearch{s: s, all: m.All, o: cutOptions{int64(time.Millisecond), o.AtRest}}
		f := g.fit()
		if !f.Consistent {
			return Fit{}
		}
		if i == 0 {
			joint = f
			continue
		}
		news := append(slices.Clip(joint.news), f.news...)
		if !joint.Rate.meet(f.Rate) || !joint.Burst.meet(f.Burst) || !meetParam(&joint, f, "window_s") {
			return Fit{}
		}
		joint.news = news
		joint.corners = []func(int) Limiter{joint.limiter}
	}
	joint.Params["quota"] = Parameter{Interval: joint.Burst}
	joint.Modifiers = countsLimited(m.All)
	if b := joint.Burst; joint.Consistent && (b.High == nil || *b.Low != *b.High) {
		// With a quota that is free, much that is not a counter looks like one.
		joint.Doubt = "a sliding window counter explains every decision, but with more than one quota; after a rest of two windows send more than the quota at one instant"
	}
	return joint
}

// Nearest implements [Model].
func (m SlidingWindowCounter) Nearest(streams []*Stream, o Options) Fit {
	return nearestWindow(streams, func(s *Stream, window, quota float64) Limiter {
		first := float64(s.from[s.byFrom[0]])
		best, n := Limiter(nil), math.MaxInt
		few := s.first(2000)
		for i := range 8 {
			l := counter{window: window, phase: first - window*float64(i)/8, threshold: quota, all: m.All}
			if c, _ := few.unexplained(l.Clone()); c < n {
				best, n = &l, c
			}
		}
		return best
	})
}

// counterSearch encloses the grids and thresholds that explain one stream.
type counterSearch struct {
	s   *Stream
	all bool
	o   cutOptions

	first, last            []int32 // windows of each hit; see place
	sure, may, done, begun []int32 // hits in each window
	work                   int     // hits gone through so far
}

// mostWork bounds the hits gone through: what takes longer to enclose is too
// vague to tell.
const mostWork = 8_000_000

// mostCounterBoxes bounds the search: of a set that is made of so many boxes
// smaller ones would not change the hull.
const mostCounterBoxes = 2500

func (g *counterSearch) fit() Fit {
	one := []*Stream{g.s}
	_, high, ok := windowRange(one, Options{})
	low, run := 1e7, max(1e7, longestRun(one, g.o.grain))
	if !g.all { // nothing is left after two windows without a counted hit
		low = max(low, run/2)
	}
	// The first two windows can be explained by what was used before. And who
	// has seen a window used up was limited for a good part of it.
	high = min(high*2/5, 20*run)
	if !ok || low >= high {
		return Fit{}
	}
	start := float64(g.s.from[g.s.byFrom[0]] - g.o.grain)
	boxes := []box{{low, high, start - high, start}}
	if !g.all {
		g.s = g.s.telling()
	}
	whole := g.s
	for n := 120; ; n *= 4 {
		g.s = whole.first(n)
		length := float64(g.s.from[g.s.byFrom[g.s.Len()-1]]) - start
		for blur := g.widest(boxes, length); blur > fine; blur /= 2 {
			boxes = g.refine(boxes, blur/2, length)
			if len(boxes) == 0 {
				return Fit{}
			}
			if g.work > mostWork {
				return g.describePart(whole, boxes)
			}
			if len(boxes) > mostCounterBoxes {
				break
			}
		}
		if n >= whole.Len() {
			return g.describe(boxes)
		}
	}
}

func (g *counterSearch) widest(boxes []box, length float64) float64 {
	most := 0.0
	for _, b := range boxes {
		most = max(most, b.blur(length))
	}
	return 2 * most
}

// refine splits the boxes down to a blur and leaves out the empty ones.
func (g *counterSearch) refine(boxes []box, blur, length float64) []box {
	var out []box
	for len(boxes) > 0 && len(out) <= mostCounterBoxes {
		b := boxes[len(boxes)-1]
		boxes = boxes[:len(boxes)-1]
		if b.late+b.high < float64(g.s.from[g.s.byFrom[0]]-g.o.grain) {
			continue // the same grid as one with a later phase
		}
		if b.blur(length) > blur {
			l, r := b.split(length)
			boxes = append(boxes, l, r)
			continue
		}
		if c := g.cut(b); c.lo < c.hi {
			out = append(out, b)
		}
	}
	return append(out, boxes...) // too many: the rest as they are
}

// cut is the set of thresholds, lo < threshold ≤ hi, under which some grid of
// the box may explain all decisions.
func (g *counterSearch) cut(b box) cut {
	s, c := g.s, cut{0, math.Inf(1)}
	windows := int((float64(s.from[s.byFrom[s.Len()-1]])-b.early)/b.low) + 3
	g.work += 3*s.Len() + windows
	if windows > s.Len()+1_000_000 {
		return c
	}
	g.place(b, windows)
	for hit := range s.from {
		if !g.counts(int32(hit)) {
			continue
		}
		m, n := g.first[hit], g.last[hit]
		for k := m; k <= n; k++ {
			g.may[k]++
		}
		if m == n && s.outcome[hit] != trace.Unknown {
			g.sure[m]++
		}
	}
	g.boundAdmitted(b, &c)
	if c.lo < c.hi {
		g.boundLimited(b, &c)
	}
	return c
}

// place finds the first and the last window in which each hit may have been
// decided.
func (g *counterSearch) place(b box, windows int) {
	for _, counts := range []*[]int32{&g.sure, &g.may, &g.done, &g.begun} {
		if cap(*counts) <= windows {
			*counts = make([]int32, 2*windows+2)
		}
		*counts = (*counts)[:windows+1]
		clear(*counts)
	}
	s := g.s
	if len(g.first) != s.Len() {
		g.first, g.last = make([]int32, s.Len()), make([]int32, s.Len())
	}
	perLow, perHigh := 1/b.low, 1/b.high
	for hit, from := range s.from {
		g.first[hit] = int32(max(0, (float64(from-g.o.grain)-b.late)*perHigh))
		g.last[hit] = int32(windows)
		if s.to[hit] != never {
			g.last[hit] = min(int32(windows), int32((float64(s.to[hit])-b.early)*perLow))
		}
	}
}

func (g *counterSearch) counts(hit int32) bool { return g.all || g.s.outcome[hit] != trace.Limited }

// boundAdmitted takes the lower bounds: what surely counted when a hit was
// admitted was below the threshold.
func (g *counterSearch) boundAdmitted(b box, c *cut) {
	s, j := g.s, 0
	for _, hit := range s.byFrom {
		from := s.from[hit] - g.o.grain
		for ; j < s.Len() && s.to[s.byTo[j]] < from; j++ {
			d := s.byTo[j]
			if m := g.first[d]; m == g.last[d] && g.counts(d) && s.outcome[d] != trace.Unknown {
				g.done[m]++
			}
		}
		m := g.first[hit]
		if s.outcome[hit] != trace.Admitted || m != g.last[hit] || s.to[hit] == never {
			continue
		}
		level := float64(g.done[m])
		if m > 0 {
			elapsed := (float64(s.to[hit])-b.early)/b.low - float64(m)
			level += float64(g.sure[m-1]) * (1 - min(1, elapsed))
		}
		c.lo = max(c.lo, level-slack)
	}
}

// boundLimited takes the upper bounds: what may have counted when a hit was
// limited was not below the threshold. What was used before the trace explains
// any limited hit of its first two windows.
func (g *counterSearch) boundLimited(b box, c *cut) {
	s, j := g.s, 0
	unknown := g.last[s.byFrom[0]] + 1
	if g.o.rest {
		unknown = -1
	}
	for _, hit := range s.byTo {
		if s.to[hit] == never {
			break
		}
		for ; j < s.Len() && s.from[s.byFrom[j]]-g.o.grain <= s.to[hit]; j++ {
			d := s.byFrom[j]
			if !g.counts(d) {
				continue
			}
			for m := g.first[d]; m <= g.last[d]; m++ {
				g.begun[m]++
			}
		}
		m := g.first[hit]
		if s.outcome[hit] != trace.Limited || m <= unknown || m != g.last[hit] {
			continue
		}
		level := float64(g.begun[m])
		if g.all {
			level--
		}
		if m > 0 {
			elapsed := (float64(s.from[hit]-g.o.grain)-b.late)/b.high - float64(m)
			level += float64(g.may[m-1]) * (1 - max(0, elapsed))
		}
		if c.hi = min(c.hi, level+slack); c.hi <= c.lo {
			return
		}
	}
}

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

// counter decides by two counts.
type counter struct {
	window, phase     float64 // ns
	threshold         float64
	all               bool
	index             float64 // of the current window
	previous, current float64
}

// at returns the counts and the elapsed share of the window at t.
func (c *counter) at(t time.Duration) (index, previous, current, elapsed float64) {
	x := (float64(t) - c.phase) / c.window
	index = math.Floor(x)
	switch index - c.index {
	case 0:
		previous, current = c.previous, c.current
	case 1:
		previous = c.current
	}
	return index, previous, current, x - index
}

// Admits implements [Limiter].
func (c *counter) Admits(t time.Duration) bool {
	_, previous, current, elapsed := c.at(t)
	return previous*(1-elapsed)+current < c.threshold-slack
}

// Observe implements [Limiter].
func (c *counter) Observe(t time.Duration, admitted bool) {
	c.index, c.previous, c.current, _ = c.at(t)
	if admitted || c.all {
		c.current++
	}
}

// Clone implements [Limiter].
func (c *counter) Clone() Limiter { d := *c; return &d }
