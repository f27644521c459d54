package reports

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratefit/internal/replay"
)

// ReplayPlots draws what is refused by the minute, and the least rate for each burst
// where that was searched for, as SVG and PNG into a folder that it creates. It
// returns the names written, without the folder.
func ReplayPlots(dir string, r *replay.Report) ([]string, error) {
	if err := finite(r); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var files []string
	save := func(s *sheet, name string) error {
		written, err := s.save(dir, name)
		files = append(files, written...)
		return err
	}
	v := viewOfReplay(r)
	if v.first != nil && len(v.first.Series) > 0 {
		if err := save(v.refusedSheet(), "replay-refused"); err != nil {
			return files, err
		}
	}
	for i, s := range r.Smallest {
		if len(s.Points) < 2 {
			continue
		}
		name := "replay-front"
		if i > 0 {
			name = fmt.Sprintf("replay-front-%d", i+1)
		}
		if err := save(frontSheet(&s), name); err != nil {
			return files, err
		}
	}
	return files, nil
}

// refusedSheet draws requests and what is refused of them over time.
func (v replayView) refusedSheet() *sheet {
	o := v.first
	s := &sheet{title: "What the limit would have refused", subtitle: drawable(v.Limits[0].Text) + v.divided()}
	if len(v.Limits) > 1 {
		s.subtitle += " · and " + count(len(v.Limits)-1) + " more"
	}
	s.legend = []entry{
		{"requests", areaMark(draw.LineStyle{Color: regionFill}, draw.LineStyle{Color: admittedBlue, Width: 1})},
		{"refused", areaMark(draw.LineStyle{Color: limitedRed}, draw.LineStyle{Color: limitedRed, Width: 1})},
	}
	if o.Instants != replay.AsRecorded {
		s.notes = append(s.notes, "As if the requests of a second came "+string(o.Instants)+".")
	}
	unit := "minute"
	if o.Bin > 60 {
		unit = seconds(o.Bin)
	}
	end := float64(len(o.Series)) * o.Bin
	p := newPanel("", "requests in a "+unit)
	timeAxis(p, end)
	p.X.Label.Text = strings.Replace(p.X.Label.Text, "the start", moment(o.Series[0].Start), 1)
	most := 1
	for _, b := range o.Series {
		most = max(most, b.Requests)
	}
	p.Y.Min, p.Y.Max = 0, 1.08*float64(most)
	p.Y.Tick.Marker = evenTicks{n: 6, whole: true}
	p.Add(grid(true, true), binBars(o, func(b replay.BinCount) int { return b.Requests }, regionFill), binBars(o, func(b replay.BinCount) int { return b.Refused }, limitedRed))
	s.panels = []panel{{Plot: p, height: 260}}
	return s
}

// frontSheet draws the least rate for each burst.
func frontSheet(f *replay.Smallest) *sheet {
	s := &sheet{title: "The least rate for each burst", subtitle: modelTitle(f.Model) + ", " + plural(f.Requests, "request", "requests") + " of " + plural(f.Clients, "client", "clients")}
	if f.Class != "" {
		s.subtitle = drawable(f.Class) + ": " + s.subtitle
	}
	if f.Instants != replay.AsRecorded {
		s.notes = append(s.notes, "As if the requests of a second came "+string(f.Instants)+".")
	}
	s.legend = []entry{{"keeps what may be refused", glyphMark(bestGlyph)}}
	p := newPanel("burst (requests)", "rate (requests/s)")
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = logTicks{}, logTicks{}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = math.Inf(1), 0, math.Inf(1), 0
	for _, q := range f.Points {
		p.X.Min, p.X.Max = min(p.X.Min, q.Params["burst"]/1.2), max(p.X.Max, q.Params["burst"]*1.2)
		p.Y.Min, p.Y.Max = min(p.Y.Min, q.Params["rate"]/1.2), max(p.Y.Max, q.Params["rate"]*1.2)
	}
	p.Add(grid(true, true), painter(func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		var pts []vg.Point
		for _, q := range f.Points {
			pts = append(pts, vg.Point{X: x(q.Params["burst"]), Y: y(q.Params["rate"])})
		}
		c.StrokeLines(curveLine, pts)
		for _, at := range pts {
			c.DrawGlyph(bestGlyph, at)
		}
	}))
	s.panels = []panel{{Plot: p, height: 320}}
	return s
}

// binBars draws a bar for each bin, or for each column of the drawing the highest
// of its bins.
func binBars(o *replay.Outcome, number func(replay.BinCount) int, fill color.Color) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		var path vg.Path
		left, high := x(0), 0
		for i, b := range o.Series {
			high = max(high, number(b))
			right := x(float64(i+1) * o.Bin)
			if right-left < column && i < len(o.Series)-1 {
				continue
			}
			if high > 0 {
				r := box(left, y(0), max(right, left+column), y(float64(high)))
				path = append(path, r.Path()...)
			}
			left, high = right, 0
		}
		c.SetColor(fill)
		c.Fill(path)
	}
}
