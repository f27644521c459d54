package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// stepAmounts guesses how many tokens come at once: one, and the sizes of the
// clumps of admitted hits between limited ones.
func stepAmounts(streams []*Stream) []int {
	seen := map[int]int{}
	for _, s := range streams {
		clump := 0
		for _, hit := range s.byTo {
			switch s.outcome[hit] {
			case trace.Admitted:
				clump++
			case trace.Limited:
				seen[clump]++
				clump = 0
			}
		}
	}
	delete(seen, 0)
	common := make([]int, 0, len(seen))
	for n := range seen {
		common = append(common, n)
	}
	slices.SortFunc(common, func(a, b int) int {
		if seen[a] != seen[b] {
			return seen[b] - seen[a]
		}
		return a - b
	})
	amounts := []int{1}
	for _, n := range common[:min(3, len(common))] {
		if !slices.Contains(amounts, n) {
			amounts = append(amounts, n)
		}
	}
	return amounts
}

// A gridSearch encloses the grids on which lumps of one amount explain a
// stream.
type gridSearch struct {
	s        *Stream
	amount   int
	o        cutOptions
	start    float64 // of the first hit, ns
	length   float64 // of the whole, ns
	brackets []bracket
	clocked  Stream // on the grid's clock
}

// A bracket is a span of time (ns) within which at least one step falls: a hit was
// limited at its beginning and a later one admitted at its end.
type bracket struct{ after, before float64 }

func newGridSearch(s *Stream, amount int, o cutOptions) *gridSearch {
	g := &gridSearch{s: s, amount: amount, o: o}
	g.start = float64(s.from[s.byFrom[0]] - o.grain)
	g.length = float64(s.from[s.byFrom[s.Len()-1]]) - g.start
	n := s.Len()
	g.clocked = Stream{from: make([]int64, n), to: make([]int64, n), byFrom: s.byFrom, byTo: s.byTo, outcome: s.outcome}
	g.brackets = s.brackets(o.grain)
	return g
}

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

// What bounds the search: how closely a grid is sought (ns that a step may be
// off), how many boxes may be looked at one by one, and how many at all.
const (
	fine      = 1e6
	fewBoxes  = 128
	mostBoxes = 100_000
)

// fit encloses the grids and describes them.
func (g *gridSearch) fit() Fit {
	low, high := g.s.saturatedRates(g.amount)
	if low <= 0 || len(g.brackets) == 0 {
		return Fit{}
	}
	boxes, bursts := g.enclose(1e9*float64(g.amount)/high, 1e9*float64(g.amount)/low)
	if len(boxes) == 0 {
		return Fit{}
	}
	return g.describe(boxes, bursts)
}

// enclose returns the boxes of all grids with intervals (ns) between two that
// explain the stream, and the hull of their bursts.
func (g *gridSearch) enclose(shortest, longest float64) ([]box, cut) {
	boxes := []box{{shortest, longest, g.start - longest, g.start}}
	for blur := boxes[0].blur(g.length); blur > fine; blur /= 2 {
		boxes = g.refine(boxes, blur/2)
		if len(boxes) <= fewBoxes {
			boxes = slices.DeleteFunc(boxes, func(b box) bool { return g.cut(b).empty() })
		}
		if len(boxes) == 0 || len(boxes) > mostBoxes {
			return nil, cut{}
		}
	}
	return g.hold(boxes)
}

// refine splits the boxes down to a blur and leaves out those of which no grid
// has a step in each bracket.
func (g *gridSearch) refine(boxes []box, blur float64) []box {
	var out []box
	for len(boxes) > 0 && len(out) <= mostBoxes {
		b := boxes[len(boxes)-1]
		boxes = boxes[:len(boxes)-1]
		if g.misses(b) {
			continue
		}
		if b.blur(g.length) <= blur {
			out = append(out, b)
			continue
		}
		l, r := b.split(g.length)
		boxes = append(boxes, l, r)
	}
	return out
}

// misses reports that all grids of a box lack a step in some bracket.
func (g *gridSearch) misses(b box) bool {
	for _, span := range g.brackets {
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

// hold returns the boxes that have a cut and the hull of their bursts; none if
// no grid has one of its own.
func (g *gridSearch) hold(boxes []box) ([]box, cut) {
	hull, found := cut{math.Inf(1), 0}, false
	// A sample stands for many; the outermost are always in it.
	every := len(boxes)/fewBoxes + 1
	var out []box
	for i, b := range boxes {
		if i%every != 0 && i != len(boxes)-1 {
			out = append(out, b)
			continue
		}
		c := g.cut(b)
		if c.empty() {
			continue
		}
		out = append(out, b)
		hull.lo, hull.hi = min(hull.lo, c.lo), max(hull.hi, c.hi)
		if !found {
			found = !g.cut(b.middle()).empty()
		}
	}
	if !found {
		return nil, hull
	}
	return out, hull
}

// middle is the box of the one grid in the middle.
func (b box) middle() box {
	i, p := (b.low+b.high)/2, (b.early+b.late)/2
	return box{i, i, p, p}
}

// On the grid's clock one step is this long. Time goes on within a step, by
// next to nothing over the whole trace, only to keep the order of the hits: all
// levels on a grid are whole, so what drains meanwhile decides nothing.
const (
	step  = 1e13
	order = 1e7
)

// cut is the cut of the stream over all grids of a box, on the grid's clock.
func (g *gridSearch) cut(b box) cut {
	s, c := g.s, &g.clocked
	perNs := order / g.length
	for k := range s.from {
		// The phase lies before every hit: on a grid with a longer interval or
		// a later phase fewer steps have passed.
		t := float64(s.from[k] - g.o.grain)
		c.from[k] = int64(math.Floor((t-b.late)/b.high))*step + int64((t-g.start)*perNs)
		c.to[k] = never
		if s.to[k] != never {
			t := float64(s.to[k])
			c.to[k] = int64(math.Floor((t-b.early)/b.low))*step + int64((t-g.start)*perNs)
		}
	}
	rate := float64(g.amount) * 1e9 / step
	return cutOver([]*Stream{c}, rate, rate, cutOptions{rest: g.o.rest})
}

// fewSteps is the number of refills seen below which a grid is a guess: it has
// an interval, a phase and an amount of its own.
const fewSteps = 5

// steps counts the steps that were seen to let hits in.
func (g *gridSearch) steps(at grid) int {
	seen := map[float64]bool{}
	for _, b := range g.brackets {
		seen[math.Floor((b.before-at.phase)/at.interval)] = true
	}
	return len(seen)
}

// likelyBurst is a burst of the hull: without an upper bound, the one that
// holds if the limiter was at rest before the first hit.
func (g *gridSearch) likelyBurst(middle box, hull cut) float64 {
	if !math.IsInf(hull.hi, 1) {
		return (hull.lo + hull.hi) / 2
	}
	g.o.rest = true
	defer func() { g.o.rest = false }()
	if c := g.cut(middle); !c.empty() && !math.IsInf(c.hi, 1) {
		return (c.lo + c.hi) / 2
	}
	return hull.lo
}

// describe turns the boxes into a fit.
func (g *gridSearch) describe(boxes []box, bursts cut) Fit {
	hull := boxes[0]
	for _, b := range boxes {
		hull.low, hull.high = min(hull.low, b.low), max(hull.high, b.high)
	}
	middle := boxes[len(boxes)/2].middle()
	at := grid{middle.low, middle.early}
	amount := float64(g.amount)
	f := Fit{
		Consistent: true,
		Grain:      time.Duration(g.o.grain),
		Rate:       bounded(amount*1e9/at.interval, amount*1e9/hull.high, amount*1e9/hull.low),
		Burst:      wholeBurst(g.likelyBurst(middle, bursts), bursts.lo, bursts.hi),
		Params: map[string]Parameter{
			"refill_amount":     {Interval: exactly(amount)},
			"refill_interval_s": {Interval: bounded(at.interval*1e-9, hull.low*1e-9, hull.high*1e-9)},
		},
	}
	burst := f.Burst.Value
	if n := g.steps(at); n < fewSteps {
		f.Doubt = fmt.Sprintf("only %d refills were seen; go on for longer", n)
	}
	f.news = []func() Limiter{func() Limiter { return &stepped{bucket{rate: amount, burst: burst}, at} }}
	return f
}
