package probe

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// When a lane has learned enough.
const (
	aim        = 0.0015 // width of the rate's interval relative to the rate
	mostRounds = 60
	stale      = 4 // rounds without progress
	confirmed  = 2 // confirmations that may lead back to refining
)

// patience is by how much the aim grows with the time that a lane has taken.
func patience(spent time.Duration) float64 {
	switch {
	case spent < 12*time.Second:
		return 1
	case spent < 30*time.Second:
		return 1.33
	case spent < 45*time.Second:
		return 5
	}
	return 1000
}

// refine sends the probe that tells most for its cost, until all that is left
// possible agrees; then it confirms.
func (l *lane) refine() {
	var before known
	idle, confirmations := 0, 0
	kind, doubted := "", false // the last probe; whether the fit did not foretell it
	for round := range mostRounds {
		k := l.learn()
		if round > 0 && !progress(before, k) {
			idle++
			l.barren[kind]++
		} else {
			idle = 0
			l.barren[kind] = 0
		}
		before = k
		done := l.settled(k) && !doubted
		doubted = false
		switch {
		case done && confirmations > 0 || idle >= 2*stale || idle >= stale && k.limit.Verdict == analyze.Identified && confirmations > 0:
			l.finish("%s after %d hits", k.limit.Verdict, k.limit.Hits)
			return
		case (done || idle >= stale && k.limit.Verdict == analyze.Identified) && confirmations < confirmed:
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

// settled reports that the fit is as good as it has to be.
func (l *lane) settled(k known) bool {
	if k.limit.Verdict != analyze.Identified {
		return false
	}
	rate := k.limit.SustainedRate == nil || width(k.limit.SustainedRate) <= aim*patience(l.p.now-l.began)
	burst := k.limit.Burst == nil || exact(k.limit.Burst) || l.p.now-l.began > 40*time.Second
	return rate && burst
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

// confirm sends random traffic around the fitted rate, some of it in clumps:
// what the fit foretells of it is the measure of the fit.
func (l *lane) confirm(k known) (good, ok bool) {
	const most = 6 * time.Second
	rate := 1.2 * k.rate
	if l.p.o.Polite || slices.Contains(k.limit.Modifiers, "limited-hits-count") {
		rate = 0.95 * k.rate
	}
	n := min(max(int(rate*most.Seconds()), 20), 100)
	at := make([]time.Duration, 0, n)
	for t := l.earliest(); len(at) < n; {
		t += time.Duration(l.p.random.ExpFloat64() / rate * 1e9)
		size := 1
		if l.p.random.IntN(8) == 0 {
			size = 1 + l.p.random.IntN(min(4, max(1, k.burst)))
		}
		at = append(at, clump(t, min(size, n-len(at)))...)
		t += time.Duration(float64(size-1) / rate * 1e9)
	}
	reason := fmt.Sprintf("random traffic around %.4g/s: does the fit foretell it?", k.rate)
	hits, ok := l.askAll(l.dealt("confirm", reason, at)...)
	return l.foretold(k, hits) >= goodShare, ok
}

// goodShare is the share of a confirmation's decisions that a fit has to
// foretell: decisions near an edge may go either way.
const goodShare = 0.9

// foretold is the share of decisions that the fitted limiter foretells, hit by
// hit; 1 when there is nothing to foretell.
func (l *lane) foretold(k known, hits []trace.Hit) float64 {
	if len(k.candidates) == 0 {
		return 1
	}
	m := k.candidates[len(k.candidates)-1].Limiter.Clone()
	slices.SortStableFunc(hits, func(a, b trace.Hit) int { return cmp.Compare(a.FirstByte, b.FirstByte) })
	right, all := 0, 0
	for i := range hits {
		o := hits[i].Outcome(l.p.o.LimitedStatus)
		if o != trace.Admitted && o != trace.Limited {
			continue
		}
		admitted := o == trace.Admitted
		t := (hits[i].Sent + hits[i].FirstByte) / 2
		all++
		if m.Admits(t) == admitted {
			right++
		}
		m.Observe(t, admitted)
	}
	if all == 0 {
		return 1
	}
	return float64(right) / float64(all)
}

// dealt gives each hit to one of those that share the limiter.
func (l *lane) dealt(name, reason string, at []time.Duration) []Probe {
	probes := make([]Probe, len(l.members))
	for i, k := range l.members {
		probes[i] = Probe{Class: k.class, Source: k.source, Name: name, Reason: reason}
	}
	for _, t := range at {
		p := &probes[l.p.random.IntN(len(probes))]
		p.At = append(p.At, t)
	}
	return probes
}
