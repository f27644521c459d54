package reports

import "ratefit/analyze"

// A step is the state of the fitted bucket at one instant.
type step struct {
	at       float64 // seconds since the start
	left     float64 // tokens left
	admitted float64 // hits admitted so far
}

// steps replays the admitted hits through a bucket of the fitted rate and
// burst that is full at the start: its level drains at the rate and grows by
// one with each hit, and what is left is the burst less the level. It returns
// the corners of that curve until the given instant, in order of time.
func (s *series) steps(rate, burst, until float64) []step {
	steps := []step{{left: burst}}
	level, now, total := 0.0, 0.0, 0.0
	drain := func(t float64) {
		if full := now + level/rate; level > 0 && rate > 0 && full < t {
			steps = append(steps, step{full, burst, total})
		}
		level, now = max(0, level-rate*(t-now)), t
		steps = append(steps, step{t, burst - level, total})
	}
	for i, n := range s.admitted {
		if n == 0 {
			continue
		}
		drain(s.at(i))
		level, total = level+float64(n), total+float64(n)
		steps = append(steps, step{now, burst - level, total})
	}
	if until > now {
		drain(until)
	}
	return steps
}

// bucket returns the point to draw of a limit that behaves as a bucket and as
// nothing else: a block empties it too.
func bucket(l *analyze.Limit) (rate, burst float64, ok bool) {
	if l.Model != "token-bucket" || len(l.Modifiers) > 0 || l.SustainedRate == nil || l.Burst == nil {
		return 0, 0, false
	}
	rate, burst = l.SustainedRate.Value, l.Burst.Value
	return rate, burst, rate > 0 && burst > 0
}

// An arrivalCurve is the line burst + rate · time.
type arrivalCurve struct{ rate, burst *analyze.Interval }

// curves returns the arrival curves to draw: of several limits that must all
// admit a hit each one's, else the limiter's own. A cap has no rate.
func curves(l *analyze.Limit) []arrivalCurve {
	var all []arrivalCurve
	if l.Params["combine"].Text == "all" {
		for i := range l.Tiers {
			all = append(all, arrivalCurve{&l.Tiers[i].SustainedRate, &l.Tiers[i].Burst})
		}
	}
	if len(all) == 0 && l.SustainedRate != nil && l.Burst != nil {
		all = append(all, arrivalCurve{l.SustainedRate, l.Burst})
	}
	return all
}

// formula says b + r·t in numbers.
func (c arrivalCurve) formula() string {
	return estimate(c.burst) + " + " + estimate(c.rate) + "/s · t"
}
