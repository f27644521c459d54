package reports

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// timeline draws when hits were admitted and limited, and above them on the
// same axis how many tokens the fitted bucket had left.
func timeline(sc *scene) *sheet {
	drawn := sc.drawn()
	if len(drawn) == 0 {
		return nil
	}
	_, _, fitted := bucket(sc.limit)
	s := sc.sheet("hits over time")
	height := vg.Length(110)
	if fitted {
		s = sc.sheet("tokens left in the fitted bucket, and the hits that it admitted and limited")
		s.legend = append(s.legend, entry{"tokens left (refilled at " + shortRate(sc.limit) + ")", areaMark(draw.LineStyle{Color: levelFill}, levelLine)})
		height = 330 / vg.Length(math.Sqrt(float64(len(drawn))))
	}
	for _, r := range rowsOf(drawn) {
		s.legend = append(s.legend, entry{r.label + " hits", barsMark(draw.LineStyle{Color: r.color, Width: 1})})
	}
	s.notes = append(s.notes, "Bars of the hits are higher where there are more of them.")
	s.stack(drawn, height, func(one *series) *plot.Plot { return timelinePanel(sc, one, rowsOf(drawn)) })
	return s
}

// stack adds a panel for each series; only the last names the time axis.
func (s *sheet) stack(all []*series, height vg.Length, draw func(*series) *plot.Plot) {
	for i, one := range all {
		p, h := draw(one), height
		if i < len(all)-1 {
			p.X.Label.Text = ""
			h -= 14
		}
		s.panels = append(s.panels, panel{p, h, one.head()})
	}
}

// A hitRow is a row of bars below the level.
type hitRow struct {
	label  string
	color  color.Color
	counts func(*series) []uint32
}

// rowsOf returns the rows to draw: unknown hits only where there are any.
func rowsOf(all []*series) []hitRow {
	rows := []hitRow{
		{"admitted", admittedBlue, func(s *series) []uint32 { return s.admitted }},
		{"limited", limitedRed, func(s *series) []uint32 { return s.limited }},
	}
	if slices.ContainsFunc(all, func(s *series) bool { return len(s.unknown) > 0 }) {
		rows = append(rows, hitRow{"unknown", quiet, func(s *series) []uint32 { return s.unknown }})
	}
	return rows
}

// Rows lie below the level; all lengths are shares of the burst.
const (
	rowHeight = 0.17
	rowFirst  = 0.16 // middle of the first row below zero
	rowStep   = 0.21 // from one middle to the next
)

func timelinePanel(sc *scene, one *series, rows []hitRow) *plot.Plot {
	rate, burst, fitted := bucket(sc.limit)
	if !fitted {
		burst = 1
	}
	p := newPanel("", "")
	timeAxis(p, sc.end)
	p.Add(grid(true, false))
	var ticks []plot.Tick
	for i, r := range rows {
		middle := -(rowFirst + rowStep*float64(i)) * burst
		ticks = append(ticks, plot.Tick{Value: middle, Label: r.label})
		p.Add(bars(one, r.counts(one), middle, rowHeight*burst, r.color))
		p.Y.Min = middle - 0.11*burst
	}
	p.Y.Max = 0
	if fitted {
		p.Y.Label.Text = "tokens left"
		p.Y.Max = 1.16 * burst
		ticks = append(ticks, evenTicks{n: 5}.Ticks(0, p.Y.Max)...)
		p.Add(levelLayer(one.steps(rate, burst, sc.end), burst), burstLabel(burst, estimate(sc.limit.Burst)))
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	return p
}

// timeAxis shows the time from the start to the end, with a little room.
func timeAxis(p *plot.Plot, end float64) {
	unit, in := timeUnit(end)
	p.X.Label.Text = "time since the start (" + unit + ")"
	p.X.Min, p.X.Max = -0.01*end, 1.005*end
	p.X.Tick.Marker = evenTicks{n: 8, unit: in}
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

// burstLabel names the line of the full bucket.
func burstLabel(burst float64, name string) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		_, y := p.Transforms(&c)
		t := aligned(tinted(smallText, quiet), draw.XRight, draw.YBottom)
		c.FillText(t, vg.Point{X: c.Max.X - 4, Y: y(burst) + 2}, "burst "+name)
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
