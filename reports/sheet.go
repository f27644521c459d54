package reports

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A sheet is one figure: a title, a legend in one strip, panels below each
// other with their data areas aligned, and notes at the foot.
type sheet struct {
	narrow   vg.Length // width, in points; 0 = sheetWidth
	bare     bool      // without title, notes and margins: the page around it has them
	title    string
	subtitle string
	legend   []entry
	panels   []panel
	notes    []string
}

// A panel is a plot and its share of the sheet's height.
type panel struct {
	*plot.Plot
	height vg.Length
	head   string // above the data area; may be empty
}

// An entry of the legend draws its own mark around a point.
type entry struct {
	label string
	mark  func(c *draw.Canvas, at vg.Point)
}

const (
	sheetWidth = 680 // points
	margin     = 14
	lineHeight = 16
	markWidth  = 22 // of a legend's mark
)

// size returns how large the sheet is, in points.
func (s *sheet) size() (w, h vg.Length) {
	h = vg.Length(len(s.legendRows()))*lineHeight + 2
	for _, p := range s.panels {
		h += p.height
	}
	if s.bare {
		return s.width(), h
	}
	h += 2*margin + 22 // title
	if s.subtitle != "" {
		h += lineHeight
	}
	return s.width(), h + vg.Length(len(s.notes))*lineHeight
}

func (s *sheet) width() vg.Length {
	if s.narrow > 0 {
		return s.narrow
	}
	return sheetWidth
}

func (s *sheet) draw(c draw.Canvas) {
	notes := s.notes
	if s.bare {
		notes = nil
	} else {
		c.SetColor(paper)
		c.Fill(c.Path())
		c = s.drawTitle(draw.Crop(c, margin, -margin, margin, -margin))
	}
	for _, r := range s.legendRows() {
		x := c.Min.X
		for _, e := range r {
			y := c.Max.Y - lineHeight/2
			e.mark(&c, vg.Point{X: x + markWidth/2, Y: y})
			c.FillText(smallText, vg.Point{X: x + markWidth + 5, Y: y}, e.label)
			x += e.width()
		}
		c.Max.Y -= lineHeight
	}
	c.Max.Y -= 2
	foot := c
	foot.Max.Y = c.Min.Y + vg.Length(len(notes))*lineHeight
	for i, n := range notes {
		y := foot.Max.Y - vg.Length(i)*lineHeight - lineHeight/2
		c.FillText(tinted(smallText, quiet), vg.Point{X: c.Min.X, Y: y}, fitting(smallText, n, c.Size().X))
	}
	c.Min.Y = foot.Max.Y
	s.drawPanels(c)
}

// drawTitle returns what is left of the canvas.
func (s *sheet) drawTitle(c draw.Canvas) draw.Canvas {
	text := func(t draw.TextStyle, str string, height vg.Length) {
		c.FillText(t, vg.Point{X: c.Min.X, Y: c.Max.Y - height/2}, fitting(t, str, c.Size().X))
		c.Max.Y -= height
	}
	text(titleText, s.title, 22)
	if s.subtitle != "" {
		text(plainText, s.subtitle, lineHeight)
	}
	return c
}

// drawPanels stacks the panels and gives their data areas the same left and
// right ends.
func (s *sheet) drawPanels(c draw.Canvas) {
	areas := make([]draw.Canvas, len(s.panels))
	var left, right vg.Length
	top := c.Max.Y
	for i, p := range s.panels {
		if t, ok := p.X.Tick.Marker.(evenTicks); ok && s.narrow > 0 {
			t.n = max(2, t.n/2)
			p.X.Tick.Marker = t
		}
		a := c
		a.Max.Y, a.Min.Y = top-4, top-p.height
		top = a.Min.Y
		if p.head != "" {
			a.Max.Y -= lineHeight - 2
		}
		areas[i] = a
		d := p.DataCanvas(a)
		left, right = max(left, d.Min.X-a.Min.X), max(right, a.Max.X-d.Max.X)
	}
	for i, p := range s.panels {
		d := p.DataCanvas(areas[i])
		a := draw.Crop(areas[i], left-(d.Min.X-areas[i].Min.X), (areas[i].Max.X-d.Max.X)-right, 0, 0)
		p.Draw(a)
		if p.head != "" {
			d := p.DataCanvas(a)
			c.FillText(smallText, vg.Point{X: d.Min.X, Y: d.Max.Y + lineHeight/2}, fitting(smallText, p.head, d.Size().X))
		}
	}
}

func (e entry) width() vg.Length { return markWidth + 5 + smallText.Width(e.label) + 16 }

func (s *sheet) margins() vg.Length {
	if s.bare {
		return 0
	}
	return 2 * margin
}

// legendRows breaks the legend into rows that fit.
func (s *sheet) legendRows() [][]entry {
	var rows [][]entry
	room := vg.Length(0)
	for _, e := range s.legend {
		if e.width() > room {
			rows, room = append(rows, nil), s.width()-s.margins()+16
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], e)
		room -= e.width()
	}
	return rows
}

// fitting cuts s with an ellipsis so that it is at most so wide.
func fitting(t draw.TextStyle, s string, width vg.Length) string {
	if t.Width(s) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && t.Width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// Marks of the legend.

func lineMark(l draw.LineStyle) func(*draw.Canvas, vg.Point) {
	return func(c *draw.Canvas, at vg.Point) {
		c.StrokeLine2(l, at.X-markWidth/2, at.Y, at.X+markWidth/2, at.Y)
	}
}

func glyphMark(g draw.GlyphStyle) func(*draw.Canvas, vg.Point) {
	return func(c *draw.Canvas, at vg.Point) { c.DrawGlyphNoClip(g, at) }
}

// areaMark is a small filled box with a line along its top.
func areaMark(fill draw.LineStyle, line draw.LineStyle) func(*draw.Canvas, vg.Point) {
	return func(c *draw.Canvas, at vg.Point) {
		r := box(at.X-markWidth/2, at.Y-5, at.X+markWidth/2, at.Y+4)
		c.SetColor(fill.Color)
		c.Fill(r.Path())
		c.StrokeLine2(line, r.Min.X, r.Max.Y, r.Max.X, r.Max.Y)
	}
}

// barsMark shows ticks as the rows of hits do.
func barsMark(l draw.LineStyle) func(*draw.Canvas, vg.Point) {
	return func(c *draw.Canvas, at vg.Point) {
		for _, dx := range []vg.Length{-8, -6, -4, 0, 5} {
			c.StrokeLine2(l, at.X+dx, at.Y-4, at.X+dx, at.Y+4)
		}
	}
}

func box(x0, y0, x1, y1 vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}
}

// column is how wide, in points, the finest detail of a curve is.
const column = 0.4

// thinned returns a line with at most four points in each column: the first,
// the lowest, the highest and the last, in their order, which look the same.
func thinned(pts []vg.Point) []vg.Point {
	var out []vg.Point
	for i := 0; i < len(pts); {
		j, low, high := i, i, i
		at := math.Floor(float64(pts[i].X / column))
		for ; j < len(pts) && math.Floor(float64(pts[j].X/column)) == at; j++ {
			if pts[j].Y < pts[low].Y {
				low = j
			}
			if pts[j].Y > pts[high].Y {
				high = j
			}
		}
		last := -1
		for _, k := range []int{i, min(low, high), max(low, high), j - 1} {
			if k != last {
				out, last = append(out, pts[k]), k
			}
		}
		i = j
	}
	return out
}
