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

// bucket returns the point to draw of a limit that behaves as a bucket.
func bucket(l *analyze.Limit) (rate, burst float64, ok bool) {
	if l.Model != "token-bucket" || l.SustainedRate == nil || l.Burst == nil {
		return 0, 0, false
	}
	rate, burst = l.SustainedRate.Value, l.Burst.Value
	return rate, burst, rate > 0 && burst > 0
}

// curve returns the arrival curve to draw: every model says its rate and burst.
func curve(l *analyze.Limit) (rate, burst float64, ok bool) {
	if l.SustainedRate == nil || l.Burst == nil {
		return 0, 0, false
	}
	return l.SustainedRate.Value, l.Burst.Value, true
}
