package bench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// Traffic sends hits into a world and returns them all.
type Traffic func(w *World) []trace.Hit

// A Prober chooses its probes by the replies to those before. Probes of several
// classes and sources may be under way at once.
type Prober interface {
	// Next returns what to send from now on. It is asked at the beginning and
	// after each Done; when it has nothing and nothing is under way, it has seen
	// enough.
	Next(now time.Duration) []Probe
	// Add takes one hit, in the order of their replies.
	Add(h *trace.Hit)
	// Done says that all hits of a probe have been added.
	Done(p Probe, now time.Duration)
}

// Adaptive is the traffic of a prober.
func Adaptive(p Prober) Traffic {
	return func(w *World) []trace.Hit {
		var all []trace.Hit
		w.Post(p.Next(0)...)
		for {
			h, last, ok := w.Next()
			if !ok {
				return all
			}
			all = append(all, h)
			p.Add(&h)
			if last != nil {
				p.Done(*last, h.End)
				w.Post(p.Next(h.End)...)
			}
		}
	}
}

// Script is the traffic of a profile: fixed instants, whatever the replies. The
// random instants of its phases are drawn anew. Sources and classes begin as the
// profile says, the second source after all classes of the first.
func Script(p *profiles.Profile, c *Case, r *rand.Rand) (Traffic, error) {
	p, err := p.Select(c.classes()...)
	if err != nil {
		return nil, err
	}
	var probes []Probe
	for _, source := range c.Sources {
		for i := range p.Classes {
			class := &p.Classes[i]
			at, err := instants(class, time.Duration(len(probes))*p.Stagger, r)
			if err != nil {
				return nil, err
			}
			probes = append(probes, Probe{Class: class.Name, Source: source, At: at})
		}
	}
	return func(w *World) []trace.Hit { return w.Send(probes...) }, nil
}

// Surveyed is the traffic of the default profile.
func Surveyed(c *Case, r *rand.Rand) (Traffic, error) {
	survey, _ := profiles.Builtin(profiles.Default)
	return Script(survey, c, r)
}

// instants lists when a class sends, if it begins at this offset.
func instants(c *profiles.Class, begin time.Duration, r *rand.Rand) ([]time.Duration, error) {
	var all []time.Duration
	for i := range c.Phases {
		phase := c.Phases[i]
		if phase.Spacing == profiles.Jittered || phase.Kind == profiles.Poisson {
			phase.Seed = r.Uint64()
		}
		s, err := phase.Schedule()
		if err != nil {
			return nil, fmt.Errorf("class %s: phase %s: %w", c.Name, phase.Name, err)
		}
		if s.Workers() > 0 {
			return nil, fmt.Errorf("class %s: phase %s: a simulated client does not wait for replies", c.Name, phase.Name)
		}
		for n := range s.Hits() {
			at, _ := s.At(n)
			all = append(all, begin+at)
		}
		begin += s.Duration()
	}
	return all, nil
}
