package analyze

import (
	"fmt"
	"math"
	"slices"
)

// checkRemaining judges the hits left that were claimed.
func (m *moments) checkRemaining(p pool) (HeaderCheck, bool) {
	remaining := m.remaining.list()
	n := len(remaining)
	if n < fewSayings {
		return HeaderCheck{}, false
	}
	c := HeaderCheck{ID: CheckRemaining, Of: n}
	wrong := func(by float64) (count int, worst claimed) {
		for _, r := range remaining {
			if by < 0 && r.said == 0 {
				continue // no less can be claimed
			}
			r.said -= by
			if math.Abs(r.off()) >= 1 {
				count++
			}
			if math.Abs(r.off()) >= math.Abs(worst.off()) {
				worst = r
			}
		}
		worst.said += by
		return count, worst
	}
	count, worst := wrong(0)
	few := n / 20 // the odd one may have crossed a refill
	c.Wrong = count
	if c.Holds = count <= few; c.Holds {
		c.Text = fmt.Sprintf("the remaining hits count down as the limiter does (%d responses)", n)
		return c, true
	}
	c.Example = worst.example()
	if same := remaining[0].said; !slices.ContainsFunc(remaining, func(r claimed) bool { return r.said != same }) {
		c.Text = fmt.Sprintf("the remaining hits are always %s, whatever was left (%d responses)", short(same), n)
		return c, true
	}
	if why := whyRemaining(p); why != "" {
		c.Text = fmt.Sprintf("the remaining hits are wrong in %d of %d responses: %s", count, n, why)
		return c, true
	}
	for _, by := range []float64{1, -1} {
		if offset, _ := wrong(by); offset <= few {
			c.Text = fmt.Sprintf("the remaining hits are one too %s in %d of %d responses", word2(by > 0, "many", "few"), count, n)
			return c, true
		}
	}
	c.Text = fmt.Sprintf("the remaining hits do not count down as the limiter does in %d of %d responses; at worst %s were claimed and %s left",
		count, n, short(worst.said), short(c.Example.Actual))
	return c, true
}

func word2(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
