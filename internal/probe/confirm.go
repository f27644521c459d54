package probe

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// confirm sends random traffic around the fitted rate, by turns below and above
// it, some of it in clumps: what the fit foretells of it is the measure of the
// fit. Before, it uses the limiter up, so that both outcomes occur.
func (l *lane) confirm(k known) (good, ok bool) {
	const (
		most  = 6 * time.Second
		turns = 6
	)
	below, above := 0.6, 1.7
	gentle := k.blocks() || slices.Contains(k.limit.Modifiers, "limited-hits-count")
	if l.p.o.Polite || gentle {
		below, above = 0.5, 1.05
	}
	at := l.earliest()
	if n := l.enough(k, l.members[0], at) - 2; n > 0 && !l.p.o.Polite && len(k.candidates) > 0 {
		if _, ok := l.ask("use up", "before the confirmation, so that it meets limits", clump(at, n)...); !ok {
			return false, false
		}
	}
	n := min(max(int(k.rate*most.Seconds()), 20), 100)
	var hits []time.Duration
	for t := l.earliest(); len(hits) < n; {
		rate := below * k.rate
		if len(hits)*turns/n%2 == 1 {
			rate = above * k.rate
		}
		t += time.Duration(l.p.random.ExpFloat64() / rate * 1e9)
		size := 1
		if l.p.random.IntN(8) == 0 {
			size = 1 + l.p.random.IntN(min(4, max(1, k.burst)))
		}
		hits = append(hits, clump(t, min(size, n-len(hits)))...)
		t += time.Duration(float64(size-1) / rate * 1e9)
	}
	reason := fmt.Sprintf("random traffic around %.4g/s: does the fit foretell it?", k.rate)
	answers, ok := l.askAll(l.dealt("confirm", reason, hits)...)
	return l.foretold(k, answers) >= goodShare, ok
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
		probes[i] = Probe{Class: k.class, Source: k.source, Credential: k.credential, Name: name, Reason: reason}
	}
	for _, t := range at {
		p := &probes[l.p.random.IntN(len(probes))]
		p.At = append(p.At, t)
	}
	return probes
}
