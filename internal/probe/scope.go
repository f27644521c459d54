package probe

import (
	"fmt"
	"time"
)

// runScope asks who shares a limiter when all lanes are over: one side is used
// up while the other is asked. [lane.askOthers] has asked in one order; this is
// the other order, and the first one where it was not clear.
func (l *lane) runScope() {
	l.enter(Asking)
	var limited []*lane
	for _, a := range l.p.lanes {
		if a.limited() {
			limited = append(limited, a)
		}
	}
	for i, a := range limited {
		own := a.members[0]
		for _, k := range a.members[1:] {
			if !l.useUp(pair{a, k, own}) {
				return
			}
		}
		for _, b := range limited[:i] {
			other := b.members[0]
			if !l.useUp(pair{a, own, other}) || b.other[own] == unasked && !l.useUp(pair{b, other, own}) {
				return
			}
		}
	}
	if len(l.p.o.Sources) > 1 {
		l.askSeconds(limited, func(class string) key {
			k, _ := l.p.o.key(class, l.p.o.Sources[1], 0)
			return k
		})
	}
	if _, ok := l.p.o.key("", l.p.o.Sources[0], 1); ok {
		l.askSeconds(limited, func(class string) key {
			k, _ := l.p.o.key(class, l.p.o.Sources[0], 1)
			return k
		})
	}
}

// askSeconds uses up the limiters of all classes from the second address, or with
// the second credential, and asks the first.
func (l *lane) askSeconds(limited []*lane, secondOf func(class string) key) {
	var back, forth []pair
	for _, a := range limited {
		own := a.members[0]
		second := secondOf(own.class)
		if a.serves(second) {
			continue
		}
		back = append(back, pair{a, second, own})
		if a.other[second] == unasked {
			forth = append(forth, pair{a, own, second})
		}
	}
	if l.useUp(back...) {
		l.useUp(forth...)
	}
}

// limited reports that the lane has seen its limiter refuse.
func (l *lane) limited() bool { return l.lag[1] > 0 }

// A pair is two sides of a scope: side is used up while other is asked.
type pair struct {
	lane        *lane
	side, other key
}

// useUp uses up one side of each pair and asks the other, all at one instant.
// It waits before, so that both sides have something to lose. It reports false
// when the run is over.
func (l *lane) useUp(pairs ...pair) bool {
	const longestWait = 12 * time.Second
	if len(pairs) == 0 {
		return true
	}
	var wait time.Duration
	fits, asked := make([]known, len(pairs)), make([]int, len(pairs))
	for i, pr := range pairs {
		k := pr.lane.learn()
		fits[i] = k
		asked[i] = l.asks(k)
		wait = max(wait, min(time.Duration(float64(asked[i]+1)/k.rate*1e9)+k.scale, longestWait))
	}
	at := l.earliest() + wait
	if at > l.p.deadline() {
		l.finish("scope: not enough time")
		return false
	}
	var probes []Probe
	for i, pr := range pairs {
		n := pr.lane.enough(fits[i], pr.side, at)
		if n > l.p.left()/2 {
			l.finish("scope: not enough hits")
			return false
		}
		after := 5*time.Millisecond + time.Duration(n)*100*time.Microsecond
		probes = append(probes, Probe{
			Class: pr.side.class, Source: pr.side.source, Credential: pr.side.credential, Name: "use up", At: clump(at, n),
			Reason: fmt.Sprintf("use up what %s has, and ask %s at once", pr.side, pr.other),
		}, Probe{
			Class: pr.other.class, Source: pr.other.source, Credential: pr.other.credential, Name: "ask other", At: clump(at+after, asked[i]),
			Reason: fmt.Sprintf("does it find used up what %s has used up?", pr.side),
		})
	}
	_, ok := l.askAll(probes...)
	return ok
}

// asks is how many hits the other side is asked: of a bucket, more than the
// first few tell nothing; two windows' quotas within one tell that there are two.
func (l *lane) asks(k known) int {
	const few, most = 3, 60
	if k.limit.Model == "token-bucket" {
		return few
	}
	return min(max(few, k.burst), most)
}

// enough is how many hits from one side use the limiter up at an instant.
func (l *lane) enough(k known, side key, at time.Duration) int {
	if !l.serves(side) || len(k.candidates) == 0 {
		return k.burst + 2
	}
	m := k.candidates[len(k.candidates)-1].Limiter.Clone()
	n := 0
	for m.Admits(at) && n <= k.burst {
		m.Observe(at, true)
		n++
	}
	return n + 2
}
