package probe

import (
	"fmt"
	"time"
)

// runScope asks who shares a limiter, when all lanes are over: one side is
// used up while the other is asked, then the other way round.
func (l *lane) runScope() {
	var limited []*lane
	for _, other := range l.p.lanes {
		if other.openings > 0 || other.lag[1] > 0 {
			limited = append(limited, other)
		}
	}
	for _, a := range limited {
		for _, b := range l.p.lanes {
			if a != b && !l.exhaust(a, key{a.class, l.p.o.Sources[0]}, key{b.class, l.p.o.Sources[0]}) {
				return
			}
		}
	}
	if len(l.p.o.Sources) < 2 {
		return
	}
	for _, a := range limited {
		one, two := key{a.class, l.p.o.Sources[0]}, key{a.class, l.p.o.Sources[1]}
		if !l.exhaust(a, two, one) || !l.exhaust(a, one, two) {
			return
		}
	}
}

// exhaust uses up the limiter of a lane from one side and asks from the other.
// It waits before, so that both sides have something to lose.
func (l *lane) exhaust(a *lane, side, other key) bool {
	const asked = 3
	k := a.learn()
	wait := min(time.Duration((asked+1)/k.rate*1e9)+k.scale, 10*time.Second)
	at := l.earliest() + wait
	fresh := len(l.p.hits[side]) < a.openings
	n := k.burst + 2
	if !fresh && len(k.candidates) > 0 {
		n = min(n, a.capacity(k, at)+2)
	}
	if n > l.p.left()/2 || at > l.p.deadline() {
		l.finish("scope: not within the budget")
		return true
	}
	_, ok := l.askAll(
		Probe{Class: side.class, Source: side.source, Name: "use up", Reason: fmt.Sprintf("use up what %s from %s has, and ask %s from %s at once", side.class, side.source, other.class, other.source), At: clump(at, n)},
		Probe{Class: other.class, Source: other.source, Name: "ask other", Reason: "does it find the limiter used up?", At: clump(at+5*time.Millisecond, asked)},
	)
	return ok
}

// capacity is how many hits the fitted limiter would admit at an instant.
func (l *lane) capacity(k known, at time.Duration) int {
	m := k.candidates[len(k.candidates)-1].Limiter.Clone()
	n := 0
	for m.Admits(at) && n <= k.burst {
		m.Observe(at, true)
		n++
	}
	return n
}
