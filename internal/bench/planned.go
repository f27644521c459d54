package bench

import (
	"math/rand/v2"
	"time"

	"ratefit/internal/probe"
	"ratefit/internal/trace"
)

// Planned is the traffic of the planner that measures real targets, with its
// budgets: each probe is chosen by the replies to those before.
func Planned(c *Case, r *rand.Rand) (Traffic, error) {
	return func(w *World) []trace.Hit {
		p := planned{probe.New(probe.Options{
			Classes: c.classes(), Sources: c.Sources, LimitedStatus: c.limitedStatus(),
			Scope: true, Seed: r.Uint64(),
		})}
		defer p.Stop()
		return Adaptive(p)(w)
	}, nil
}

// planned makes a [Prober] of a planner.
type planned struct{ *probe.Planner }

// Next implements [Prober].
func (p planned) Next(now time.Duration) []Probe {
	var all []Probe
	for _, next := range p.Planner.Next(now) {
		all = append(all, Probe{Class: next.Class, Source: next.Source, At: next.At, Name: next.Name, Of: next})
	}
	return all
}

// Done implements [Prober].
func (p planned) Done(done Probe, now time.Duration) {
	p.Planner.Done(done.Of.(probe.Probe), now) // as Next has made it
}
