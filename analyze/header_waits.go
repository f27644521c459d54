package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// checkResets judges the resets of limited responses, which may mean the next hit or
// all of them.
func (m *moments) checkResets() (HeaderCheck, bool) {
	const reset = "the reset of a limited response"
	c, ok := checkWaits(CheckReset, reset, m.resets.list())
	if !ok || c.Holds {
		return c, ok
	}
	if all, ok := checkWaits(CheckReset, reset, m.full.list()); ok && all.Holds {
		all.Text = fmt.Sprintf("the reset is when all hits are back, not when the next one is admitted (%d limited responses)", all.Of)
		return all, true
	}
	return c, true
}

// checkWaits judges the waits (s) that limited responses asked for: who obeys one
// that is too short is limited again, and one that is too long wastes capacity.
// Whole seconds cannot do better than up to a second too long.
func checkWaits(id, name string, waits []claimed) (HeaderCheck, bool) {
	n := len(waits)
	if n < fewSayings {
		return HeaderCheck{}, false
	}
	const exact = 0.01 // s, as closely as the fit tells
	whole := !slices.ContainsFunc(waits, func(w claimed) bool { return w.said != math.Round(w.said) })
	rounding := 0.0
	if whole {
		rounding = 1
	}
	var early, late []claimed
	for _, w := range waits {
		margin := exact + 0.01*w.high
		switch off := w.off(); {
		case off < -margin:
			early = append(early, w)
		case off > margin+rounding:
			late = append(late, w)
		}
	}
	c := HeaderCheck{ID: id, Of: n, Wrong: len(early) + len(late)}
	c.Holds = c.Wrong*50 <= n // the odd one may be ours
	byOff := func(a, b claimed) int { return cmp.Compare(math.Abs(a.off()), math.Abs(b.off())) }
	switch {
	case c.Holds && whole:
		c.Text = fmt.Sprintf("%s is right in %d of %d limited responses, in whole seconds", name, n-c.Wrong, n)
	case c.Holds:
		c.Text = fmt.Sprintf("%s is right in %d of %d limited responses", name, n-c.Wrong, n)
	case len(early) > 0:
		worst := slices.MaxFunc(early, byOff)
		c.Example = worst.example()
		c.Text = fmt.Sprintf("%s was too short in %d of %d limited responses: who obeys is limited again; at worst it said %s s where %s s were needed",
			name, len(early), n, short(worst.said), short(worst.low))
		if len(late) > 0 {
			c.Text += fmt.Sprintf("; in %d it was too long", len(late))
		}
	default:
		worst := slices.MaxFunc(late, byOff)
		c.Example = worst.example()
		c.Text = fmt.Sprintf("%s was too long in %d of %d limited responses: who obeys wastes capacity; at worst it said %s s where %s s were enough",
			name, len(late), n, short(worst.said), short(worst.high))
	}
	return c, true
}
