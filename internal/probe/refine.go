package probe

import (
	"fmt"
	"slices"
	"time"

	"ratefit/analyze"
)

// When a lane has learned enough.
const (
	aim        = 0.0015 // width of the rate's interval relative to the rate
	mostRounds = 60
	stale      = 4  // rounds without progress
	hopeless   = 12 // so many that there will be none
	confirmed  = 2  // confirmations that may lead back to refining
)

// patience is by how much the aim grows with the time that a lane has taken,
// which is counted by how long it takes until a hit is admitted again.
func patience(spent, scale time.Duration) float64 {
	switch unit := max(10*time.Second, 5*scale); {
	case spent < unit:
		return 1
	case spent < 2*unit:
		return 1.5
	case spent < 3*unit:
		return 5
	}
	return 8
}

// refine sends the probe that tells most for its cost, until all that is left
// possible agrees; then it confirms.
func (l *lane) refine() {
	var before known
	idle, confirmations := 0, 0
	kind, doubted := "", false // the last probe; whether the fit did not foretell it
	for round := range mostRounds {
		l.enter(Refining)
		k := l.learn()
		if round > 0 && !progress(before, k) {
			idle++
			l.barren[kind]++
		} else {
			idle = 0
			l.barren[kind] = 0
		}
		ready := l.enoughKnown(k, idle) && !doubted
		if ready {
			k = l.whole()
			ready = l.enoughKnown(k, idle)
		}
		before, doubted = k, false
		switch {
		case ready && confirmations > 0 || idle >= hopeless:
			l.finish("%s after %d hits", k.limit.Verdict, k.limit.Hits)
			return
		case ready:
			l.enter(Confirming)
			good, ok := l.confirm(k)
			if !ok {
				return
			}
			if confirmations++; !good && confirmations < confirmed {
				idle, doubted = 0, true
			}
			kind = "confirm"
			continue
		}
		if l.wontFit(k) {
			return
		}
		best, ok := l.choose(k, round, idle)
		if !ok {
			l.finish("%s, and no probe tells more, after %d hits", k.limit.Verdict, k.limit.Hits)
			return
		}
		kind = best.kind
		hits, ok := l.ask(best.name, best.reason, best.at...)
		if !ok {
			return
		}
		l.hammered(best, l.count(hits))
	}
	l.finish("%s, and nothing settles it, after %d hits", before.limit.Verdict, before.limit.Hits)
}

// enoughKnown reports that the limiter is identified, and that more probes
// would make it no clearer, or not much.
func (l *lane) enoughKnown(k known, idle int) bool {
	return l.settled(k) || idle >= stale && k.limit.Verdict == analyze.Identified
}

// aim is the width of the rate's interval to be reached, relative to the rate.
// Without a burst, or with windows that the hits begin, nothing adds up: the time
// between two hits is all there is, and it is known to a few milliseconds at best.
func (k known) aim() float64 {
	const known = 0.003 // s
	window := k.limit.Params["window_s"]
	switch {
	case exact(k.limit.Burst) && k.burst == 1:
		return aim + known*k.rate
	case window.Value > 0:
		return aim + known/window.Value
	}
	return aim
}

// settled reports that the fit is as good as it has to be.
func (l *lane) settled(k known) bool {
	if k.limit.Verdict != analyze.Identified {
		return false
	}
	rate := k.limit.SustainedRate == nil || width(k.limit.SustainedRate) <= k.aim()*patience(l.p.now-l.began, k.scale)
	burst := k.limit.Burst == nil || exact(k.limit.Burst) || l.p.now-l.began > 40*time.Second
	return rate && burst && (l.p.o.Decided == nil || l.p.o.Decided(l.class, &k.limit))
}

// progress reports that something became clearer.
func progress(a, b known) bool {
	switch {
	case a.limit.Verdict != b.limit.Verdict || !slices.Equal(a.limit.Survivors, b.limit.Survivors):
		return true
	case exact(b.limit.Burst) && !exact(a.limit.Burst):
		return true
	}
	return width(b.limit.SustainedRate) < 0.9*width(a.limit.SustainedRate)
}

// hammered notes when steady traffic was never let in: then only silence helps.
func (l *lane) hammered(s shot, c count) {
	if s.hammers && c.admitted == 0 && c.limited > 0 {
		l.silence = true
	}
}

// wontFit ends the lane if what is left of the time cannot hold as many refills
// as a fit needs.
func (l *lane) wontFit(k known) bool {
	if k.limit.Verdict == analyze.Identified {
		return false
	}
	need := neededRefills * k.scale
	if l.p.now+need <= l.p.deadline() || l.p.now-l.began > 3*k.scale {
		return false
	}
	total := round(need + l.p.now - l.p.o.Start)
	l.p.notes = append(l.p.notes, fmt.Sprintf("%s: it takes %s until a hit is admitted again; to measure this limiter takes at least %s: give that with --max-duration",
		l.class, round(k.scale), total))
	l.finish("too slow for the time that is left: it would take at least %s", total)
	return true
}
