package analyze

import (
	"math"

	"ratefit/internal/trace"
)

// A gridCounts is a counter of hits in windows on a grid, compared with a
// threshold: the fixed window, or with the window before weighted by how much
// of it still overlaps the sliding window counter.
type gridCounts struct {
	weighted bool
	all      bool // limited hits count too
	decides  func(at grid, threshold float64) Limiter

	s                      *Stream
	o                      cutOptions
	first, last            []int32 // windows of each hit; see place
	sure, may, done, begun []int32 // hits in each window
}

func (g *gridCounts) perStep(quota float64) float64 { return quota }

func (g *gridCounts) limiter(at grid, threshold float64) Limiter { return g.decides(at, threshold) }

func (g *gridCounts) cost(s *Stream, b box) int { return 3*s.Len() + g.windows(s, b) }

// windows is how many there may be.
func (g *gridCounts) windows(s *Stream, b box) int {
	return int((float64(s.from[s.byFrom[s.Len()-1]])-b.early)/b.low) + 3
}

// slack absorbs rounding: whole counts have none.
func (g *gridCounts) slack() float64 {
	if g.weighted {
		return slack
	}
	return 0
}

// cut is the set of thresholds, lo < threshold ≤ hi.
func (g *gridCounts) cut(s *Stream, b box, o cutOptions) cut {
	c := cut{g.slack(), math.Inf(1)}
	windows := g.windows(s, b)
	if windows > s.Len()+1_000_000 {
		return c
	}
	g.s, g.o = s, o
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
	if c.hi-c.lo < 1.5*g.slack() {
		return cut{1, 0} // nothing but the slack on both sides
	}
	return c
}

// place finds the first and the last window in which each hit may have been
// decided.
func (g *gridCounts) place(b box, windows int) {
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

func (g *gridCounts) counts(hit int32) bool { return g.all || g.s.outcome[hit] != trace.Limited }

// boundAdmitted takes the lower bounds: what surely counted when a hit was
// admitted was below the threshold.
func (g *gridCounts) boundAdmitted(b box, c *cut) {
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
		if m > 0 && g.weighted {
			elapsed := (float64(s.to[hit])-b.early)/b.low - float64(m)
			level += float64(g.sure[m-1]) * (1 - min(1, elapsed))
		}
		c.lo = max(c.lo, level-g.slack())
	}
}

// boundLimited takes the upper bounds: what may have counted when a hit was
// limited was not below the threshold. What was used before the trace explains
// any limited hit of its first window, and if that weighs of the next.
func (g *gridCounts) boundLimited(b box, c *cut) {
	s, j := g.s, 0
	unknown := g.last[s.byFrom[0]]
	switch {
	case g.o.rest:
		unknown = -1
	case g.weighted:
		unknown++
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
		if m > 0 && g.weighted {
			elapsed := (float64(s.from[hit]-g.o.grain)-b.late)/b.high - float64(m)
			level += float64(g.may[m-1]) * (1 - max(0, elapsed))
		}
		if c.hi = min(c.hi, level+g.slack()); c.hi <= c.lo {
			return
		}
	}
}
