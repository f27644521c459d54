package probe

import (
	"fmt"
	"slices"
	"time"
)

// mostBrinks bounds how often one lane goes to the brink of a block.
const mostBrinks = 20

// blocks reports that going over the limit once starts a block.
func (k known) blocks() bool { return slices.Contains(k.limit.Modifiers, "block") }

// brink returns, for a limiter that blocks, hits that go over the limit by one
// at most. A block shows its own length and hides everything else, so each one
// should say when the next hit would have been admitted: all that is admitted at
// once from rest, and one more at the instant that halves what is possible.
func (l *lane) brink(k known) (shot, bool) {
	if !k.blocks() || len(k.candidates) == 0 || width(k.limit.SustainedRate) <= aim || l.brinks >= mostBrinks {
		return shot{}, false
	}
	at := max(l.earliest(), l.restedBy(k))
	if at > l.p.deadline() {
		return shot{}, false
	}
	var first, last time.Duration
	for i, c := range k.candidates {
		m := c.Limiter.Clone()
		for n := 0; n < l.openings && m.Admits(at); n++ {
			m.Observe(at, true)
		}
		t := nextAdmission(m, at, at+longest) - at
		if i == 0 || t < first {
			first = t
		}
		last = max(last, t)
	}
	wait := (first + last) / 2
	if last > 8*first {
		wait = last / 3
	}
	l.brinks++
	return shot{
		kind:   "brink",
		name:   fmt.Sprintf("brink %s", round(wait)),
		reason: fmt.Sprintf("as many as are admitted at once, and one more when it may or may not be, between %s and %s: a block tells nothing else", round(first), round(last)),
		at:     append(clump(at, l.openings), at+wait),
	}, true
}

// restedBy is when the last block is over and what was admitted since is
// forgotten.
func (l *lane) restedBy(k known) time.Duration {
	const slack = 30 * time.Millisecond
	var over time.Duration
	if block := k.limit.Params["block_s"]; block.High != nil {
		over = l.lastLimited() + time.Duration(*block.High*1e9)
	}
	fill := time.Duration(1.1 * float64(k.burst) / k.rate * 1e9)
	if window := k.limit.Params["window_s"]; window.High != nil {
		fill = time.Duration(*window.High * 1e9)
	}
	if last := l.lastAdmitted(); last > l.lastLimited() {
		over = max(over, last+fill)
	}
	return over + slack
}
