package analyze

import (
	"fmt"
	"strconv"
	"time"
)

// warn adds what a reader must know before trusting the figures.
func (l *Limit) warn(p pool) {
	if l.Verdict == Unlimited {
		rate := 0.0
		for _, s := range p.streams {
			rate = max(rate, peak(s.inOrder()))
		}
		l.Model = "unlimited"
		l.Why = fmt.Sprintf("nothing was limited up to %s hits in one second", number(rate))
	}
	if l.Verdict == Identified {
		l.warnBurst()
	}
}

// warnBurst says what the burst's interval cannot.
func (l *Limit) warnBurst() {
	r, b := l.SustainedRate, l.Burst
	switch {
	case b.High == nil:
		l.Warnings = append(l.Warnings, fmt.Sprintf(
			"the burst is %v if the limiter was at rest when the run began, else larger: nothing in the trace shows it at rest; a pause of at least %s before another burst would tell whether it is",
			b.Value, pause(b.Value/r.Value)))
	case *b.High == 1 && *r.High > 1.005**r.Low:
		l.Warnings = append(l.Warnings,
			"a burst of 1 forgets everything at each admitted hit, so the rate is known only as well as a single gap between two hits can be timed")
	}
}

// pause rounds a waiting time up to what a person would type.
func pause(seconds float64) time.Duration {
	d := time.Duration(seconds * 1.2 * float64(time.Second))
	for _, unit := range []time.Duration{time.Millisecond, time.Second, time.Minute} {
		if d < 10*unit || unit == time.Minute {
			return d.Truncate(unit/10) + unit/10
		}
		if d < 100*unit {
			return d.Truncate(unit) + unit
		}
	}
	return d
}

// warnings are those about the whole trace.
func (a *Analyzer) warnings() []string {
	var out []string
	if total := a.short + a.sent; a.short*100 > total {
		out = append(out, fmt.Sprintf("%d of %d hits asked for were not sent: the client could not keep up; the fit uses what was sent", a.short, total))
	}
	return out
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func statusText(status int) string { return strconv.Itoa(status) }
