package reports

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratefit/analyze"
)

// A delay is the least and the longest time, in seconds, that the admitted
// hits of one bin took until the first byte of the reply.
type delay struct{ low, high float32 }

// with returns the span with another delay in it. The zero value holds none.
func (d delay) with(o delay) delay {
	switch {
	case o.high == 0:
		return d
	case d.high == 0:
		return o
	}
	return delay{min(d.low, o.low), max(d.high, o.high)}
}

// addDelay keeps how long an admitted hit took.
func (s *series) addDelay(i int, seconds float64) {
	if i >= len(s.delays) {
		s.delays = append(s.delays, make([]delay, i+1-len(s.delays))...)
	}
	d := float32(max(seconds, 1e-9)) // zero means that there is none
	s.delays[i] = s.delays[i].with(delay{d, d})
}

func halvedDelays(d []delay) []delay {
	for i := range (len(d) + 1) / 2 {
		n := d[2*i]
		if 2*i+1 < len(d) {
			n = n.with(d[2*i+1])
		}
		d[i] = n
	}
	return d[:(len(d)+1)/2]
}

// delays draws how long admitted hits took. Behind a queue this is what tells:
// it climbs by 1/rate with each hit, up to what the queue holds.
func delays(sc *scene) *sheet {
	drawn := sc.drawn()
	if !queues(sc.limit) || len(drawn) == 0 {
		return nil
	}
	s := sc.sheet("how long admitted hits took until their reply")
	s.legend = []entry{{"delay of admitted hits", lineMark(draw.LineStyle{Color: admittedBlue, Width: 2})}}
	full, known := fullQueue(sc.limit)
	if known {
		s.legend = append(s.legend, entry{"delay at the end of a full queue", lineMark(boundLine)})
	}
	s.legend = append(s.legend, entry{"limited hits", barsMark(draw.LineStyle{Color: limitedRed, Width: 1})})
	height := 330 / vg.Length(math.Sqrt(float64(len(drawn))))
	s.stack(drawn, height, func(one *series) *plot.Plot { return delaysPanel(sc, one, full) })
	return s
}

func queues(l *analyze.Limit) bool { return l.Model == "leaky-bucket-queue" }

// fullQueue returns how long, in seconds, the last place of the queue waits.
func fullQueue(l *analyze.Limit) (float64, bool) {
	q, ok := l.Params["queue"]
	if !ok || q.High == nil || l.SustainedRate == nil || l.SustainedRate.Value <= 0 {
		return 0, false
	}
	return q.Value / l.SustainedRate.Value, true
}

func delaysPanel(sc *scene, one *series, full float64) *plot.Plot {
	p := newPanel("", "delay (s)")
	timeAxis(p, sc.end)
	longest := full
	for _, d := range one.delays {
		longest = max(longest, float64(d.high))
	}
	longest = max(longest, 1e-3)
	p.Y.Min, p.Y.Max = -0.16*longest, 1.12*longest
	var ticks []plot.Tick
	for _, t := range (evenTicks{n: 6}).Ticks(0, p.Y.Max) {
		if t.Value >= 0 {
			ticks = append(ticks, t)
		}
	}
	middle := -0.09 * longest
	p.Y.Tick.Marker = plot.ConstantTicks(append(ticks, plot.Tick{Value: middle, Label: "limited"}))
	p.Add(grid(true, true), bars(one, one.limited, middle, 0.1*longest, limitedRed))
	if full > 0 {
		p.Add(straight(0, 0, full))
	}
	p.Add(delaysLayer(one))
	return p
}

// delaysLayer draws, in each column of the drawing, a line from the shortest
// to the longest delay.
func delaysLayer(s *series) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		const width = 1.0 // points
		columns := make([]delay, int(c.Size().X/width)+1)
		for i, d := range s.delays {
			k := clamp(int((x(s.at(i))-c.Min.X)/width), 0, len(columns)-1)
			columns[k] = columns[k].with(d)
		}
		var path vg.Path
		for k, d := range columns {
			if d.high == 0 {
				continue
			}
			left := c.Min.X + vg.Length(k)*width
			r := box(left-0.4, y(float64(d.low))-1, left+width+0.4, y(float64(d.high))+1)
			path = append(path, r.Path()...)
		}
		c.SetColor(admittedBlue)
		c.Fill(path)
	}
}
