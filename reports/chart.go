package reports

import (
	"math"
	"strings"

	"ratefit/analyze"
)

// A chart is the picture of a limit's hits in the text report: for each column a
// bar as high as the square root of what was sent in a second, so that a steady
// trickle shows beside a burst. What was admitted is solid, what was limited
// stands above it. A line below marks each column in which any hit was limited:
// none is lost among the others.
type chart struct {
	hits *series
	end  float64           // seconds
	rate *analyze.Interval // the sustained one, nil = not known
	each bool              // address has it
}

const (
	fewestCharted = 5   // hits
	widestChart   = 100 // columns
)

// chartsOf reads the hits of all limits at once. Where there is nothing to show
// a limit's chart is nil.
func chartsOf(a *analyze.Analysis, hits HitSource) (charts []*chart, err error) {
	charts = make([]*chart, len(a.Limits))
	if hits == nil {
		return charts, nil
	}
	scenes := scenesOf(a)
	for _, sc := range scenes {
		sc.series = []*series{{}} // all addresses together
	}
	if err := collect(scenes, hits); err != nil {
		return charts, err
	}
	for i, sc := range scenes {
		end := max(a.Duration, sc.lastHit())
		if total(sc.series[0].admitted)+total(sc.series[0].limited) < fewestCharted || end <= 0 {
			continue
		}
		l := sc.limit
		charts[i] = &chart{hits: sc.series[0], end: end, rate: l.SustainedRate, each: len(l.Sources) > 1 && a.Scope.Source != analyze.Shared}
	}
	return charts, nil
}

func total(counts []uint32) (n int) {
	for _, c := range counts {
		n += int(c)
	}
	return n
}

// chartHeight is how many lines each of several charts gets for its bars.
func chartHeight(charts int) int {
	switch {
	case charts <= 2:
		return 5
	case charts <= 4:
		return 3
	}
	return 1
}

// A pen is what charts are drawn with.
type pen struct {
	levels            []string // from an eighth to the whole of a cell
	limited, mark     string
	line, left, right string // the sustained rate; ends of the axis
}

var (
	blocks = pen{[]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}, "░", "×", "─", "└", "┘"}
	ascii  = pen{[]string{".", ".", ".", ":", ":", ":", "#", "#"}, "/", "x", "-", "'", "'"}
)

// A stroke is a cell and its colour.
type stroke struct {
	text  string
	paint paint
}

// chart writes a chart with so many lines of bars.
func (p *page) chart(c *chart, height int) {
	if c == nil {
		return
	}
	with := &blocks
	if p.ascii {
		with = &ascii
	}
	labels := max(len("limited"), columns(c.rateLabel()))
	var bars []bar
	var scale float64
	width := 0
	// How long the labels are depends on the bars, and on how many there is room
	// for, on the labels.
	for fits := false; !fits; {
		width = max(1, min(widestChart, p.width-2-labels-1))
		bars = c.bars(width)
		scale = c.scale(bars)
		n := columns(c.peakLabel(scale))
		fits = n <= labels
		labels = max(labels, n)
	}
	p.gap()
	p.line(c.legend(with), plain)
	rateLine := -1
	if r := c.sustained(); r > 0 {
		rateLine = min(int(float64(height)*math.Sqrt(r/scale)), height-1)
	}
	for r := height - 1; r >= 0; r-- {
		label := ""
		switch r {
		case rateLine:
			label = c.rateLabel()
		case height - 1:
			label = c.peakLabel(scale)
		}
		cells := make([]stroke, width)
		for i, b := range bars {
			cells[i] = with.cell(b, scale, r, height, r == rateLine)
		}
		p.strokes(label, labels, cells)
	}
	if total(c.hits.limited) > 0 {
		cells := make([]stroke, width)
		for i, b := range bars {
			cells[i] = stroke{" ", plain}
			if b.limited > 0 {
				cells[i] = stroke{with.mark, red}
			}
		}
		p.strokes("limited", labels, cells)
	}
	p.strokes("", labels, c.axis(width, with))
}

// A bar is the hits of one column, per second.
type bar struct{ admitted, limited float64 }

func (c *chart) bars(width int) []bar {
	out := make([]bar, width)
	each := c.end / float64(width)
	column := func(i int) int { return clamp(int(c.hits.at(i)/each), 0, width-1) }
	for i, n := range c.hits.admitted {
		if n > 0 {
			out[column(i)].admitted += float64(n) / each
		}
	}
	for i, n := range c.hits.limited {
		if n > 0 {
			out[column(i)].limited += float64(n) / each
		}
	}
	return out
}

// scale is the rate at the upper end of the bars.
func (c *chart) scale(bars []bar) float64 {
	most := c.sustained()
	for _, b := range bars {
		most = max(most, b.admitted+b.limited)
	}
	return most
}

func (c *chart) sustained() float64 {
	if c.rate == nil || c.rate.Low == nil && c.rate.High == nil {
		return 0
	}
	return c.rate.Value
}

func (c *chart) rateLabel() string {
	if c.sustained() == 0 {
		return ""
	}
	text := estimate(c.rate)
	if short := brief(c.rate.Value); len(short) < len(text) {
		text = short
	}
	return text + "/s"
}

func (c *chart) peakLabel(scale float64) string {
	return trim(rounded(scale, decimals(scale, 2), 0)) + "/s"
}

func (c *chart) legend(with *pen) string {
	parts := []string{"hits/s, as square roots:", with.levels[7] + " admitted", with.limited + " limited"}
	switch {
	case c.sustained() > 0 && c.each:
		parts = append(parts, with.line+" rate of each address")
	case c.sustained() > 0:
		parts = append(parts, with.line+" sustained rate")
	}
	var b strings.Builder
	for _, part := range parts {
		b.WriteString(" " + tied("  "+part))
	}
	return strings.TrimPrefix(b.String(), " ")
}

// cell is what one column shows in one line of the bars.
func (with *pen) cell(b bar, scale float64, line, height int, rate bool) stroke {
	level := func(x float64) int {
		if x <= 0 {
			return 0
		}
		return max(1, int(math.Round(8*float64(height)*math.Sqrt(x/scale))))
	}
	solid, all := level(b.admitted)-8*line, level(b.admitted+b.limited)-8*line
	switch {
	case solid > 0:
		return stroke{with.levels[min(solid, 8)-1], cyan}
	case all > 0:
		return stroke{with.limited, red}
	case rate:
		return stroke{with.line, plain}
	}
	return stroke{" ", plain}
}

// axis names instants below the columns at which they are.
func (c *chart) axis(width int, with *pen) []stroke {
	unit, in := timeUnit(c.end)
	out := make([]stroke, width)
	for i := range out {
		out[i] = stroke{" ", plain}
	}
	free := 0
	for _, t := range (evenTicks{n: max(2, width/9), unit: in}).Ticks(0, c.end) {
		at := clamp(int(t.Value/c.end*float64(width)), 0, width-1)
		text := with.left + t.Label
		if t.Value == 0 {
			text += " " + unit
		}
		if at < free || at+columns(text) > width {
			continue
		}
		for _, r := range text {
			out[at] = stroke{string(r), plain}
			at++
		}
		free = at + 1
	}
	return out
}

// strokes writes a line of cells behind a label that is aligned to the right.
func (p *page) strokes(label string, labels int, cells []stroke) {
	var b strings.Builder
	b.WriteString("  " + strings.Repeat(" ", labels-columns(label)) + label + " ")
	last := len(cells)
	for last > 0 && cells[last-1].text == " " {
		last--
	}
	for i := 0; i < last; {
		run := i
		var text strings.Builder
		for ; i < last && cells[i].paint == cells[run].paint; i++ {
			text.WriteString(cells[i].text)
		}
		b.WriteString(p.painted(text.String(), cells[run].paint))
	}
	p.b.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}
