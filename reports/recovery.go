package reports

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratefit/analyze"
)

// A recovered is what a limiter gave back after it had limited a hit.
type recovered struct {
	after float64 // seconds from the limited hit to the last one that passed
	hits  float64 // that passed until the next one was limited
}

// recoveries lists what passed between a limited hit and the next one, where
// the hits came in a burst: all within a time no longer than the pause before
// them. Slower hits are given back while they are counted, and tell less.
func (s *series) recoveries() []recovered {
	var all []recovered
	var first, last, hits float64
	limited := math.NaN() // when the last hit was limited
	for i := range max(len(s.admitted), len(s.limited)) {
		if i < len(s.admitted) && s.admitted[i] > 0 {
			last = s.at(i)
			if hits == 0 {
				first = last
			}
			hits += float64(s.admitted[i])
		}
		if i >= len(s.limited) || s.limited[i] == 0 {
			continue
		}
		if hits > 0 && last-first <= first-limited { // never so before the first limited hit
			all = append(all, recovered{last - limited, hits})
		}
		limited, hits = s.at(i), 0
	}
	return all
}

// regained returns the least and the most that the fitted limiter gives back
// in so many seconds after it was used up; false when the model does not say.
func regained(l *analyze.Limit, after float64) (low, high float64, ok bool) {
	if l.SustainedRate == nil || l.Burst == nil || len(l.Modifiers) > 0 {
		return 0, 0, false
	}
	most, param := l.Burst.Value, func(name string) float64 { return l.Params[name].Value }
	switch l.Model {
	case "token-bucket", "leaky-bucket-queue":
		low = l.SustainedRate.Value * after
		high = low + 1
	case "token-bucket-stepped":
		n, interval := param("refill_amount"), param("refill_interval_s")
		if n <= 0 || interval <= 0 {
			return 0, 0, false
		}
		low, high = n*math.Floor(after/interval), n*math.Ceil(after/interval)
	case "fixed-window", "sliding-window-log":
		window := param("window_s")
		if window <= 0 {
			return 0, 0, false
		}
		high = most
		if after >= window {
			low = most
		}
	default:
		return 0, 0, false
	}
	return min(low, most), min(high, most), true
}

// recovery draws how many hits passed after a pause of so many seconds, against
// what the fitted limiter gives back in that time.
func recovery(sc *scene) *sheet {
	var seen []recovered
	for _, one := range sc.drawn() {
		seen = append(seen, one.recoveries()...)
	}
	if len(seen) == 0 || sc.limit.Model == "concurrency" { // a cap has nothing to regain
		return nil
	}
	p := newPanel("time since a hit was limited (s)", "hits that pass")
	p.X.Max, p.Y.Max = 0, 1
	for _, r := range seen {
		p.X.Max, p.Y.Max = max(p.X.Max, r.after), max(p.Y.Max, r.hits)
	}
	s := sc.sheet("how many hits pass after a pause")
	s.legend = []entry{{"observed", glyphMark(recoveredGlyph)}}
	_, _, fitted := regained(sc.limit, 0)
	if fitted {
		p.X.Max = max(p.X.Max, fullAfter(sc.limit))
		p.Y.Max = max(p.Y.Max, sc.limit.Burst.Value)
		s.legend = append(s.legend,
			entry{"what the fit gives back", areaMark(draw.LineStyle{Color: levelFill}, levelLine)},
			entry{"burst " + estimate(sc.limit.Burst), lineMark(boundLine)})
	}
	unit, in := timeUnit(p.X.Max)
	p.X.Label.Text = "time since a hit was limited (" + unit + ")"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1.03*p.X.Max, 0, 1.1*p.Y.Max
	p.X.Tick.Marker, p.Y.Tick.Marker = evenTicks{n: 8, unit: in}, evenTicks{n: 6, whole: true}
	p.Add(grid(true, true))
	if fitted {
		p.Add(regainedLayer(sc.limit), straight(0, 0, sc.limit.Burst.Value))
	}
	p.Add(recoveredLayer(seen))
	s.panels = []panel{{Plot: p, height: 300}}
	return s
}

// fullAfter returns how long the limiter takes to be at rest again, in seconds.
func fullAfter(l *analyze.Limit) float64 {
	if w := l.Params["window_s"].Value; w > 0 {
		return 1.2 * w
	}
	if l.SustainedRate.Value <= 0 {
		return 0
	}
	return 1.2 * l.Burst.Value / l.SustainedRate.Value
}

// regainedLayer fills what the fit leaves open, between the least and the most.
func regainedLayer(l *analyze.Limit) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		var least, most []vg.Point
		const points = 600
		for i := range points + 1 {
			t := p.X.Max * float64(i) / points
			low, high, _ := regained(l, t)
			least, most = append(least, vg.Point{X: x(t), Y: y(low)}), append(most, vg.Point{X: x(t), Y: y(high)})
		}
		c.FillPolygon(levelFill, c.ClipPolygonXY(area(least, most)))
		c.StrokeLines(levelLine, c.ClipLinesXY(least)...)
	}
}

// recoveredLayer draws a dot for each observation; those that fall together are
// drawn once.
func recoveredLayer(seen []recovered) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		drawn := map[[2]int]bool{}
		for _, r := range seen {
			at := vg.Point{X: x(r.after), Y: y(r.hits)}
			k := [2]int{int(at.X), int(at.Y)}
			if !drawn[k] {
				drawn[k] = true
				c.DrawGlyph(recoveredGlyph, at)
			}
		}
	}
}
