package reports

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// arrivals draws how many hits were admitted by when, against the most that
// the fitted limiter lets through. Limited hits ride on the curve: a limiter
// of the right rate and burst limits only where the two touch.
func arrivals(sc *scene) *sheet {
	drawn := sc.drawn()
	if len(drawn) == 0 {
		return nil
	}
	_, _, fitted := bucket(sc.limit)
	lines := curves(sc.limit)
	about := "admitted hits so far"
	if len(lines) > 0 {
		about = "admitted hits against the arrival curve"
	}
	s := sc.sheet(about)
	s.legend = []entry{
		{"admitted hits", lineMark(admittedLine)},
		{"limited hits", barsMark(draw.LineStyle{Color: limitedRed, Width: 1})},
	}
	if fitted {
		s.legend = append(s.legend,
			entry{"most that could be admitted", lineMark(curveLine)},
			entry{"tokens left", areaMark(draw.LineStyle{Color: levelFill}, draw.LineStyle{})})
	}
	for _, c := range lines {
		s.legend = append(s.legend, entry{"arrival curve " + c.formula(), lineMark(boundLine)})
	}
	height := 380 / vg.Length(math.Sqrt(float64(len(drawn))))
	s.stack(drawn, height, func(one *series) *plot.Plot { return arrivalsPanel(sc, one) })
	return s
}

func arrivalsPanel(sc *scene, one *series) *plot.Plot {
	rate, burst, fitted := bucket(sc.limit)
	if !fitted {
		rate, burst = 0, 0
	}
	steps := one.steps(rate, burst, sc.end)
	p := newPanel("", "admitted hits")
	timeAxis(p, sc.end)
	p.Y.Min, p.Y.Max = 0, 1
	for _, s := range steps {
		p.Y.Max = max(p.Y.Max, s.admitted+max(s.left, 0))
	}
	p.Y.Max *= 1.1
	p.Y.Tick.Marker = evenTicks{n: 6, whole: true}
	p.Add(grid(true, true))
	for _, c := range curves(sc.limit) {
		p.Add(straight(firstAdmitted(steps), c.rate.Value, c.burst.Value))
	}
	p.Add(arrivalsLayer(steps, fitted), limitedOnCurve(one))
	return p
}

func firstAdmitted(steps []step) float64 {
	for _, s := range steps {
		if s.admitted > 0 {
			return s.at
		}
	}
	return 0
}

// straight draws the arrival curve from the first admitted hit on.
func straight(from, rate, burst float64) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		c.StrokeLines(boundLine, c.ClipLinesXY([]vg.Point{
			{X: x(from), Y: y(burst)},
			{X: x(p.X.Max), Y: y(burst + rate*(p.X.Max-from))},
		})...)
	}
}

// arrivalsLayer draws the admitted hits and what could have been admitted;
// the gap between them is the tokens left.
func arrivalsLayer(steps []step, fitted bool) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		var done, most []vg.Point
		for _, s := range steps {
			done = append(done, vg.Point{X: x(s.at), Y: y(s.admitted)})
			most = append(most, vg.Point{X: x(s.at), Y: y(s.admitted + s.left)})
		}
		if fitted {
			most = thinned(most)
			c.FillPolygon(levelFill, c.ClipPolygonXY(area(thinned(done), most)))
			c.StrokeLines(curveLine, c.ClipLinesXY(most)...)
		}
		c.StrokeLines(admittedLine, c.ClipLinesXY(thinned(done))...)
	}
}

// area returns the outline of the area from one line up to another.
func area(low, high []vg.Point) []vg.Point {
	outline := slices.Clone(high)
	slices.Reverse(outline)
	return append(outline, low...)
}

// limitedOnCurve draws a tick above the curve for each column of the drawing
// in which a hit was limited.
func limitedOnCurve(s *series) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		const width = 1.0 // points
		var path vg.Path
		admitted, drawn := 0.0, -1
		for i, n := range s.limited {
			if i < len(s.admitted) {
				admitted += float64(s.admitted[i])
			}
			k := int((x(s.at(i)) - c.Min.X) / width)
			if n == 0 || k == drawn {
				continue
			}
			drawn = k
			left, foot := c.Min.X+vg.Length(k)*width, y(admitted)+3
			r := box(left, foot, left+width*0.8, foot+8)
			path = append(path, r.Path()...)
		}
		c.SetColor(limitedRed)
		c.Fill(path)
	}
}
