package reports

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratefit/analyze"
)

// region draws every rate and burst that explains the whole trace.
func region(sc *scene) *sheet {
	l := sc.limit
	if len(l.Region) == 0 {
		return nil
	}
	s := sc.sheet("every rate and burst that explains all decisions")
	p := newPanel("sustained rate (requests/s)", "burst (requests)")
	v := viewOf(l)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = v.x0, v.x1, v.y0, v.y1
	p.X.Tick.Marker, p.Y.Tick.Marker = evenTicks{n: 8}, evenTicks{n: 8}
	p.Add(grid(true, true), strip(l.Region), wholeBursts(l.Region))
	s.legend = append(s.legend, entry{"explains all decisions", areaMark(draw.LineStyle{Color: regionFill}, draw.LineStyle{Color: regionBlue, Width: 1})})
	if v.open {
		s.notes = append(s.notes, "The region is open at the top: no hit bounds the burst from above.")
	}
	s.legend = append(s.legend, entry{"whole burst that does so", lineMark(wholeLine)})
	if l.SustainedRate != nil && l.Burst != nil {
		p.Add(point(l.SustainedRate.Value, l.Burst.Value, bestGlyph))
		s.legend = append(s.legend, entry{"fit: " + estimate(l.SustainedRate) + "/s, burst " + estimate(l.Burst), glyphMark(bestGlyph)})
	}
	if d := l.Declared; d != nil && d.SustainedRate != nil && d.Burst != nil {
		layer, outside := declaredPoint(*d.SustainedRate, *d.Burst, v)
		p.Add(layer)
		name := "declared: " + number(*d.SustainedRate) + "/s, burst " + number(*d.Burst)
		if outside {
			name += " (outside this view)"
		}
		s.legend = append(s.legend, entry{name, glyphMark(declaredGlyph)})
	}
	s.panels = []panel{{Plot: p, height: 380}}
	return s
}

// A view is the part of the plane that is shown.
type view struct {
	x0, x1, y0, y1 float64
	open           bool // some burst is unbounded
}

// viewOf frames the region with room around it, so that whole bursts near it
// can be seen.
func viewOf(l *analyze.Limit) view {
	v := view{x0: math.Inf(1), x1: math.Inf(-1), y0: math.Inf(1), y1: math.Inf(-1)}
	for _, r := range l.Region {
		v.x0, v.x1 = min(v.x0, r.Rate), max(v.x1, r.Rate)
		v.y0, v.y1 = min(v.y0, r.BurstLow), max(v.y1, r.BurstLow)
		if r.BurstHigh == nil {
			v.open = true
		} else {
			v.y1 = max(v.y1, *r.BurstHigh)
		}
	}
	if l.SustainedRate != nil && l.Burst != nil {
		v.x0, v.x1 = min(v.x0, l.SustainedRate.Value), max(v.x1, l.SustainedRate.Value)
		v.y0, v.y1 = min(v.y0, l.Burst.Value), max(v.y1, l.Burst.Value)
	}
	x := max(v.x1-v.x0, 1e-9*math.Abs(v.x1), 1e-9)
	v.x0, v.x1 = v.x0-0.1*x, v.x1+0.2*x // to the right the lines are named
	if v.open {
		v.y1 += max(v.y1-v.y0, 0.1*math.Abs(v.y1), 1)
	}
	y := max(v.y1-v.y0, 1e-6*math.Abs(v.y1), 1e-6)
	v.y0 -= 0.15 * y
	if !v.open {
		v.y1 += 0.15 * y
	}
	if below := math.Floor(v.y0); v.y0-below < 0.5*y {
		v.y0 = below - 0.05*y
	}
	if above := math.Ceil(v.y1); above-v.y1 < 0.5*y {
		v.y1 = above + 0.1*y
	}
	return v
}

// strip fills the consistent set between its lower and upper burst.
func strip(r []analyze.RegionPoint) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		var low, high, outline []vg.Point
		for _, q := range r {
			low = append(low, vg.Point{X: x(q.Rate), Y: y(q.BurstLow)})
			top := p.Y.Max
			if q.BurstHigh != nil {
				top = *q.BurstHigh
			}
			high = append(high, vg.Point{X: x(q.Rate), Y: y(top)})
		}
		outline = append(outline, low...)
		for i := range high {
			outline = append(outline, high[len(high)-1-i])
		}
		edge := draw.LineStyle{Color: regionBlue, Width: 1.2}
		c.FillPolygon(regionFill, outline)
		c.StrokeLines(edge, low)
		c.StrokeLine2(edge, low[0].X, low[0].Y, high[0].X, high[0].Y)
		last := len(low) - 1
		c.StrokeLine2(edge, low[last].X, low[last].Y, high[last].X, high[last].Y)
		for i := 1; i < len(r); i++ {
			if r[i-1].BurstHigh != nil && r[i].BurstHigh != nil {
				c.StrokeLine2(edge, high[i-1].X, high[i-1].Y, high[i].X, high[i].Y)
			}
		}
	}
}

// wholeBursts marks the whole numbers of requests in view, unless they are so
// many that they say nothing: dashed where they explain the trace, else dotted.
func wholeBursts(r []analyze.RegionPoint) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		_, y := p.Transforms(&c)
		first, last := math.Ceil(p.Y.Min), math.Floor(p.Y.Max)
		if last-first > 20 {
			return
		}
		for b := first; b <= last; b++ {
			line := boundLine
			if explained(r, b) {
				line = wholeLine
			}
			c.StrokeLine2(line, c.Min.X, y(b), c.Max.X, y(b))
			if last-first <= 12 {
				t := aligned(smallText, draw.XRight, draw.YBottom)
				c.FillText(t, vg.Point{X: c.Max.X - 4, Y: y(b) + 2}, "burst "+number(b))
			}
		}
	}
}

// explained reports whether the burst b lies inside the region for some rate.
// Between two cuts the region is the area between straight lines.
func explained(r []analyze.RegionPoint, b float64) bool {
	above, below := false, false
	for _, q := range r {
		if q.BurstLow <= b && (q.BurstHigh == nil || b <= *q.BurstHigh) {
			return true
		}
		above = above || q.BurstLow > b
		below = below || q.BurstHigh != nil && *q.BurstHigh < b
	}
	return above && below
}

// point draws a glyph.
func point(rate, burst float64, g draw.GlyphStyle) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		c.DrawGlyph(g, vg.Point{X: x(rate), Y: y(burst)})
	}
}

// declaredPoint draws what the headers declare, or, when that lies outside the
// view, an arrow at its edge.
func declaredPoint(rate, burst float64, v view) (layer painter, outside bool) {
	inX, inY := min(max(rate, v.x0), v.x1), min(max(burst, v.y0), v.y1)
	if inX == rate && inY == burst {
		return point(rate, burst, declaredGlyph), false
	}
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		end := vg.Point{X: x(inX), Y: y(inY)}
		end.X = min(max(end.X, c.Min.X+4), c.Max.X-4)
		end.Y = min(max(end.Y, c.Min.Y+4), c.Max.Y-4)
		from := vg.Point{X: end.X - 34*direction(rate, v.x0, v.x1), Y: end.Y - 34*direction(burst, v.y0, v.y1)}
		arrow(c, declaredPink, from, end)
		x0 := draw.XLeft
		if from.X > c.Center().X {
			x0 = draw.XRight
		}
		c.FillText(aligned(tinted(smallText, declaredPink), x0, draw.YCenter), vg.Point{X: from.X, Y: from.Y - 10}, "declared")
	}, true
}

// direction is -1 below the range, +1 above it, 0 inside.
func direction(v, low, high float64) vg.Length {
	switch {
	case v < low:
		return -1
	case v > high:
		return +1
	}
	return 0
}
