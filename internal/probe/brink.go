package probe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ratefit/analyze"
)

// How often one lane goes to the brink of a block: of one that there is, and
// of one that there may be.
const (
	mostBrinks    = 20
	mostSuspicion = 2
)

// blocks reports that going over the limit once starts a block.
func (k known) blocks() bool { return slices.Contains(k.limit.Modifiers, "block") }

// mayBlock reports that it is possible.
func (k known) mayBlock() bool {
	return slices.ContainsFunc(k.candidates, func(c analyze.Candidate) bool { return strings.Contains(c.Model, "blocks") })
}

// brink returns, for a limiter that blocks, hits that go over the limit by one
// at most. A block shows its own length and hides everything else, so each one
// should say when the next hit would have been admitted: all that is admitted from
// rest, and one more at the instant that halves what is possible.
func (l *lane) brink(k known, idle int) (shot, bool) {
	sure := k.blocks() && width(k.limit.SustainedRate) > aim && l.brinks < mostBrinks
	if !sure && !(k.mayBlock() && idle > 1 && l.brinks < mostSuspicion) {
		return shot{}, false
	}
	whole := max(1, l.openings)
	at := max(l.earliest(), l.restedBy(k))
	if at > l.p.deadline() {
		return shot{}, false
	}
	// When the next one is admitted; at once would be a window too short to be
	// followed, which the others refute by being apart.
	first, last := longest, time.Duration(0)
	for _, c := range k.candidates {
		m := c.Limiter.Clone()
		for n := 0; n < whole && m.Admits(at); n++ {
			m.Observe(at, true)
		}
		t := nextAdmission(m, at, at+longest) - at
		if last = max(last, t); t > 2*spread && t < first {
			first = t
		}
	}
	first = min(first, last)
	wait := (first + last) / 2
	if last > 8*first {
		wait = last / 3
	}
	if !sure {
		wait = min(wait, 4*max(k.scale, spread))
	}
	apart := min(spread, wait/time.Duration(4*whole))
	hits := make([]time.Duration, whole, whole+1)
	for i := range hits {
		hits[i] = at + apart*time.Duration(i)
	}
	l.brinks++
	return shot{
		kind:   "brink",
		name:   fmt.Sprintf("brink %s", round(wait)),
		reason: fmt.Sprintf("as many as are admitted at once, and one more when it may or may not be, between %s and %s: a block tells nothing else", round(first), round(last)),
		at:     append(hits, at+wait),
	}, true
}

// spread is how far apart hits are that refute windows too short to be followed.
const spread = 5 * time.Millisecond

// restedBy is when the last block is over and what was admitted since is
// forgotten.
func (l *lane) restedBy(k known) time.Duration {
	const slack = 30 * time.Millisecond
	over := l.lastLimited() + l.lag[1]
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
