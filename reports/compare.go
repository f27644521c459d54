package reports

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratefit/analyze"
)

// comparison draws what the headers declare against what was observed, the
// rate and the burst on number lines of their own.
func comparison(sc *scene) *sheet {
	d := sc.limit.Declared
	if d == nil || d.SustainedRate == nil && d.Burst == nil {
		return nil
	}
	s := sc.sheet(comparisonTitle(d))
	s.legend = []entry{
		{"observed: the interval that holds the truth", glyphMark(bestGlyph)},
		{"declared by the headers", glyphMark(declaredGlyph)},
	}
	if d.Convention != "" {
		s.legend[1].label += " (" + drawable(d.Convention) + ")"
	}
	if d.SustainedRate != nil {
		s.panels = append(s.panels, panel{Plot: numberLine("sustained rate (requests/s)", sc.limit.SustainedRate, *d.SustainedRate), height: 130})
	}
	if d.Burst != nil {
		s.panels = append(s.panels, panel{Plot: numberLine("burst (requests)", sc.limit.Burst, *d.Burst), height: 130})
	}
	return s
}

func comparisonTitle(d *analyze.Declared) string {
	switch {
	case d.Agrees == nil:
		return "declared against observed: the hits do not tell whether they agree"
	case *d.Agrees:
		return "declared against observed: they agree"
	}
	return "declared against observed: they disagree"
}

// numberLine draws an interval and a declared value on one axis, which is
// logarithmic when they are orders of magnitude apart.
func numberLine(label string, seen *analyze.Interval, claim float64) *plot.Plot {
	p := newPanel(label, "")
	values := []float64{claim}
	if seen != nil {
		values = append(values, seen.Value)
		for _, end := range []*float64{seen.Low, seen.High} {
			if end != nil {
				values = append(values, *end)
			}
		}
	}
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	if low > 0 && high/low > 10 {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, logTicks{}
		room := math.Pow(high/low, 0.2)
		p.X.Min, p.X.Max = low/room, high*room
		p.X.Label.Text += ", logarithmic"
	} else {
		room := 0.25 * (high - low)
		if high == low {
			room = max(0.1*math.Abs(high), 1e-3)
		}
		p.X.Min, p.X.Max = low-room, high+room
		p.X.Tick.Marker = evenTicks{n: 6}
	}
	p.Y.Min, p.Y.Max = 0, 2
	p.Y.Tick.Marker = plot.ConstantTicks([]plot.Tick{{Value: 1.45, Label: "observed"}, {Value: 0.55, Label: "declared"}})
	p.Add(grid(true, false), claimLayer(claim))
	if seen != nil {
		p.Add(seenLayer(seen))
	} else {
		p.Add(painter(func(c draw.Canvas, p *plot.Plot) {
			_, y := p.Transforms(&c)
			c.FillText(tinted(smallText, quiet), vg.Point{X: c.Min.X + 8, Y: y(1.45)}, "not known")
		}))
	}
	return p
}

// claimLayer draws the declared value, and a line up to the observed one.
func claimLayer(v float64) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		at := vg.Point{X: x(v), Y: y(0.55)}
		c.StrokeLine2(draw.LineStyle{Color: declaredPink, Width: 0.8, Dashes: []vg.Length{3, 2}}, at.X, c.Min.Y, at.X, c.Max.Y)
		c.DrawGlyph(declaredGlyph, at)
		beside(c, at, number(v), declaredPink)
	}
}

// seenLayer draws the interval with bars at its ends, arrows at open ones.
func seenLayer(i *analyze.Interval) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		at := vg.Point{X: x(i.Value), Y: y(1.45)}
		line := draw.LineStyle{Color: admittedBlue, Width: 3}
		for _, end := range []struct {
			v    *float64
			edge vg.Length
		}{{i.Low, c.Min.X + 4}, {i.High, c.Max.X - 4}} {
			if end.v == nil {
				arrow(c, admittedBlue, at, vg.Point{X: end.edge, Y: at.Y})
				continue
			}
			c.StrokeLine2(line, at.X, at.Y, x(*end.v), at.Y)
			c.StrokeLine2(draw.LineStyle{Color: admittedBlue, Width: 1.5}, x(*end.v), at.Y-6, x(*end.v), at.Y+6)
		}
		c.DrawGlyph(bestGlyph, at)
		beside(c, vg.Point{X: at.X, Y: at.Y + 13}, valueSpan(i), ink)
	}
}

// beside writes a label to the right of a point, or to its left when there is
// no room.
func beside(c draw.Canvas, at vg.Point, s string, clr color.Color) {
	t := tinted(smallText, clr)
	w := t.Width(s)
	x := at.X + 10
	if x+w > c.Max.X {
		x = max(at.X-10-w, c.Min.X)
	}
	c.FillText(t, vg.Point{X: x, Y: at.Y}, s)
}

// arrow draws a line with a head at its end.
func arrow(c draw.Canvas, clr color.Color, from, to vg.Point) {
	c.StrokeLine2(draw.LineStyle{Color: clr, Width: 1.5}, from.X, from.Y, to.X, to.Y)
	dx, dy := float64(to.X-from.X), float64(to.Y-from.Y)
	length := math.Hypot(dx, dy)
	if length == 0 {
		return
	}
	ux, uy := vg.Length(dx/length), vg.Length(dy/length)
	c.FillPolygon(clr, []vg.Point{
		to,
		{X: to.X - 8*ux - 4*uy, Y: to.Y - 8*uy + 4*ux},
		{X: to.X - 8*ux + 4*uy, Y: to.Y - 8*uy - 4*ux},
	})
}
