package analyze

import (
	"math"

	"ratefit/internal/trace"
)

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
