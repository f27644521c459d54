package reports

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// timeline draws when hits were admitted and limited, and above them on the
// same axis how many tokens the fitted bucket had left.
func timeline(sc *scene) *sheet {
	if !sc.hasHits() {
		return nil
	}
	_, _, fitted := bucket(sc.limit)
	s := sc.sheet("Hits over time")
	height := vg.Length(110)
	if fitted {
		s = sc.sheet("Tokens left in the fitted bucket, and the hits that it admitted and limited")
		s.legend = append(s.legend, entry{"tokens left (refilled at " + shortRate(sc.limit) + ")", areaMark(draw.LineStyle{Color: levelFill}, levelLine)})
		height = 330 / vg.Length(math.Sqrt(float64(len(sc.series))))
	}
	s.legend = append(s.legend,
		entry{"admitted hits", barsMark(draw.LineStyle{Color: admittedBlue, Width: 1})},
		entry{"limited hits", barsMark(draw.LineStyle{Color: limitedRed, Width: 1})})
	s.notes = append(s.notes, "Bars of the hits are higher where there are more of them.")
	for i, one := range sc.series {
		p := timelinePanel(sc, one)
		h := height
		if i < len(sc.series)-1 {
			p.X.Label.Text = ""
			h -= 14
		}
		s.panels = append(s.panels, panel{p, h})
	}
	return s
}

// Rows of hits lie below the level, at these shares of the burst.
const (
	rowHeight    = 0.17
	admittedRow  = -0.16
	limitedRow   = -0.37
	timelineFoot = -0.48
)

func timelinePanel(sc *scene, one *series) *plot.Plot {
	rate, burst, fitted := bucket(sc.limit)
	if !fitted {
		burst = 1
	}
	unit, in := timeUnit(sc.end)
	p := newPanel("time since the start ("+unit+")", "")
	p.X.Min, p.X.Max = 0, sc.end
	p.X.Tick.Marker = evenTicks{n: 8, unit: in}
	p.Y.Min, p.Y.Max = timelineFoot*burst, 0
	rows := []plot.Tick{{Value: admittedRow * burst, Label: "admitted"}, {Value: limitedRow * burst, Label: "limited"}}
	p.Y.Tick.Marker = plot.ConstantTicks(rows)
	if fitted {
		p.Y.Label.Text = "tokens left"
		p.Y.Max = 1.08 * burst
		p.Y.Tick.Marker = plot.ConstantTicks(append(rows, evenTicks{n: 5}.Ticks(0, p.Y.Max)...))
		p.Add(grid(true, false), levelLayer(one.steps(rate, burst, sc.end), burst))
	} else {
		p.Add(grid(true, false))
	}
	p.Add(
		bars(one, one.admitted, admittedRow*burst, rowHeight*burst, admittedBlue),
		bars(one, one.limited, limitedRow*burst, rowHeight*burst, limitedRed))
	if one.source != "" {
		p.Add(corner("from " + printable(one.source)))
	}
	return p
}

// levelLayer fills the tokens left, and marks the burst.
func levelLayer(steps []step, burst float64) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		pts := make([]vg.Point, 0, len(steps))
		for _, s := range steps {
			pts = append(pts, vg.Point{X: x(s.at), Y: y(s.left)})
		}
		pts = thinned(pts)
		area := append(append([]vg.Point{{X: pts[0].X, Y: y(0)}}, pts...), vg.Point{X: pts[len(pts)-1].X, Y: y(0)})
		c.FillPolygon(levelFill, c.ClipPolygonXY(area))
		c.StrokeLine2(gridLine, c.Min.X, y(0), c.Max.X, y(0))
		c.StrokeLine2(boundLine, c.Min.X, y(burst), c.Max.X, y(burst))
		c.StrokeLines(levelLine, c.ClipLinesXY(pts)...)
	}
}

// bars draws one row of hits: a bar for each column of the drawing that has
// any, higher where there are more, but never too low to be seen.
func bars(s *series, counts []uint32, middle, height float64, clr color.Color) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		const width = 1.0 // points
		sums := make([]float64, int(c.Size().X/width)+1)
		most := 0.0
		for i, n := range counts {
			if n == 0 {
				continue
			}
			k := clamp(int((x(s.at(i))-c.Min.X)/width), 0, len(sums)-1)
			sums[k] += float64(n)
			most = max(most, sums[k])
		}
		var path vg.Path
		for k, n := range sums {
			if n == 0 {
				continue
			}
			h := height * (0.4 + 0.6*math.Sqrt(n/most))
			left := c.Min.X + vg.Length(k)*width
			r := box(left, y(middle-height/2), left+width, y(middle-height/2+h))
			path = append(path, r.Path()...)
		}
		c.SetColor(clr)
		c.Fill(path)
	}
}

// corner writes into the upper right corner of a panel, on white.
func corner(s string) painter {
	return func(c draw.Canvas, _ *plot.Plot) {
		t := aligned(smallText, draw.XRight, draw.YCenter)
		at := vg.Point{X: c.Max.X - 6, Y: c.Max.Y - 12}
		w := t.Width(s)
		c.SetColor(paper)
		r := box(at.X-w-4, at.Y-8, at.X+4, at.Y+8)
		c.Fill(r.Path())
		c.FillText(t, at, s)
	}
}
