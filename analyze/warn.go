package analyze

import (
	"fmt"
	"strconv"
)

// warn adds what a reader must know before trusting the figures.
func (l *Limit) warn(p pool) {
	if l.Verdict == Unlimited {
		rate := 0.0
		for _, s := range p.streams {
			rate = max(rate, peak(append([]int64(nil), s.from...)))
		}
		l.Why = fmt.Sprintf("nothing was limited up to %s hits in one second", number(rate))
	}
	if l.Unknown > 0 {
		l.Warnings = append(l.Warnings, fmt.Sprintf(
			"%s of %s hits had no usable answer; each may have been counted or not, which widens the intervals",
			number(float64(l.Unknown)), number(float64(l.Hits))))
	}
}

// warnings are those about the whole trace.
func (a *Analyzer) warnings() []string {
	var out []string
	if total := a.short + len(a.sent); a.short*100 > total {
		out = append(out, fmt.Sprintf("%d of %d hits asked for were not sent: the client could not keep up; the fit uses what was sent", a.short, total))
	}
	return out
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func statusText(status int) string { return strconv.Itoa(status) }
