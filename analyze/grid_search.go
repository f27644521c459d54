package analyze

import "math"

// gridded is a model on a grid. Its capacity, a quota or a burst, is free.
type gridded interface {
	// cut is the capacities, lo < c ≤ hi, with which some grid of the box may
	// explain every decision of the stream.
	cut(s *Stream, b box, o cutOptions) cut
	// cost is how much work that is, in hits gone through.
	cost(s *Stream, b box) int
	// perStep is how many hits a step lets in when all are used.
	perStep(capacity float64) float64
	// limiter decides on one of the grids.
	limiter(at grid, capacity float64) Limiter
}

// A gridSearch encloses the grids on which a model explains one stream, by set
// inversion (see [searchRates]) over boxes of grids.
type gridSearch struct {
	gridded
	interval string  // the parameter that tells the grid's interval
	least    float64 // capacity
	o        cutOptions
	// edged: nothing but a step lets a hit in after a limited one.
	edged bool

	s        *Stream // the hits looked at so far
	brackets []bracket
	work     int
	boxes    []box // what is left in the end
}

// What bounds the search: how closely a grid is sought (ns that a step may be
// off), how many boxes may be left of each look (where each takes a cut; where
// only a look at brackets; of the first hits, once the blur is below a part of
// the interval, so that it tells them apart; and up to how many there is a cut as
// well), how many hits gone through, and how many boxes may be left then: what
// takes longer to enclose is too vague to tell.
const (
	fine      = 1e6
	mostCuts  = 2500
	mostEdges = 100_000
	manyBoxes = 400
	part      = 4
	fewCuts   = 256
	fewBoxes  = 64
	mostWork  = 40_000_000
)

// tooMany says why a search ended.
const tooMany = "too many grids are possible to try them all"

// fit encloses the grids with intervals (ns) within some ranges: with the first
// hits, then with more.
func (g *gridSearch) fit(whole *Stream, ranges ...lengths) Fit {
	start := float64(whole.from[whole.byFrom[0]] - g.o.grain)
	for _, e := range ranges {
		g.boxes = append(g.boxes, box{e.low, e.high, start - e.high, start})
	}
	if len(g.boxes) == 0 {
		return Fit{}
	}
	for n := 120; ; n *= 4 {
		g.look(whole.first(n))
		length := g.length()
		for blur := g.widest(length); blur > fine; blur /= 2 {
			g.refine(blur/2, length)
			if len(g.boxes) == 0 {
				return Fit{}
			}
			switch {
			case g.work <= mostWork:
			case len(g.boxes) <= fewBoxes:
				return g.describePart(whole)
			default:
				return unresolved(tooMany)
			}
			if many := len(g.boxes); many > g.mostBoxes() || many > manyBoxes && blur/2 < g.shortest()/part {
				break // more hits leave fewer, or there is no need to look closer
			}
		}
		if n >= whole.Len() {
			return g.describe()
		}
	}
}

// shortest is the shortest interval left.
func (g *gridSearch) shortest() float64 {
	least := math.Inf(1)
	for _, b := range g.boxes {
		least = min(least, b.low)
	}
	return least
}

func (g *gridSearch) mostBoxes() int {
	if g.edged {
		return mostEdges
	}
	return max(mostCuts, mostWork/4/g.cost(g.s, g.boxes[0]))
}

// look makes these the hits looked at.
func (g *gridSearch) look(s *Stream) {
	g.s = s
	if g.edged {
		g.brackets = s.brackets(g.o.grain)
	}
}

// length is the time (ns) from the first hit to the last.
func (g *gridSearch) length() float64 { return g.s.length() + float64(g.o.grain) }

// widest is twice the largest blur of a box.
func (g *gridSearch) widest(length float64) float64 {
	most := 0.0
	for _, b := range g.boxes {
		most = max(most, b.blur(length))
	}
	return 2 * most
}

// refine splits the boxes down to a blur and leaves out the empty ones.
func (g *gridSearch) refine(blur, length float64) {
	start := float64(g.s.from[g.s.byFrom[0]] - g.o.grain)
	// Brackets take next to no time: of many boxes they leave out most.
	cuts, most := !g.edged || len(g.boxes) <= fewCuts, g.mostBoxes()
	var out []box
	boxes := g.boxes
	for len(boxes) > 0 && len(out) <= most && g.work <= mostWork {
		b := boxes[len(boxes)-1]
		boxes = boxes[:len(boxes)-1]
		if b.late+b.high < start {
			continue // the same grid as one with a later phase
		}
		if b.misses(g.brackets) {
			continue
		}
		if b.blur(length) > blur {
			l, r := b.split(length)
			boxes = append(boxes, l, r)
			continue
		}
		if !cuts || !g.capacities(b).void() {
			out = append(out, b)
		}
	}
	g.boxes = append(out, boxes...) // too many: the rest as they are
}

// capacities is the cut of the hits looked at.
func (g *gridSearch) capacities(b box) cut {
	if b.misses(g.brackets) {
		return cut{1, 0}
	}
	g.work += g.cost(g.s, b)
	c := g.cut(g.s, b, g.o)
	return cut{max(c.lo, g.least-1), c.hi}
}

// void reports that no capacity is left.
func (c cut) void() bool { return c.lo >= c.hi }
