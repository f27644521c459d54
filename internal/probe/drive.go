package probe

import (
	"slices"
	"time"

	"ratefit/internal/trace"
)

// Drive runs a planner against limiters that exist only in virtual time. It
// calls send with the hits of one probe that are due at one instant, instants
// in order over all probes, and takes back the finished hits, numbered by it.
// It returns all hits in the order in which they were handed back, and the
// virtual time at the end. chosen, if not nil, hears of each probe.
func Drive(p *Planner, send func(p Probe, at []time.Duration) []trace.Hit, chosen func(Probe)) (hits []trace.Hit, end time.Duration) {
	var under []*flight
	var now time.Duration
	for {
		for _, probe := range p.Next(now) {
			if chosen != nil {
				chosen(probe)
			}
			under = append(under, &flight{probe: probe, ends: now})
		}
		if len(under) == 0 {
			return hits, now
		}
		f := slices.MinFunc(under, func(a, b *flight) int { return int(a.due() - b.due()) })
		now = max(now, f.due())
		if f.sent == len(f.probe.At) {
			under = slices.DeleteFunc(under, func(o *flight) bool { return o == f })
			p.Done(f.probe, now)
			continue
		}
		for _, h := range send(f.probe, f.group()) {
			h.Class, h.Source, h.Credential, h.Phase, h.Seq = f.probe.Class, f.probe.Source, f.probe.Credential, f.probe.Name, uint64(len(hits))
			f.ends = max(f.ends, h.End)
			hits = append(hits, h)
			p.Add(&h)
		}
	}
}

// A flight is a probe under way.
type flight struct {
	probe Probe
	sent  int
	ends  time.Duration // when all that was sent has been answered
}

// due is when something happens next: a hit, or the end.
func (f *flight) due() time.Duration {
	if f.sent < len(f.probe.At) {
		return f.probe.At[f.sent]
	}
	return f.ends
}

// group takes the hits that are due at the same instant.
func (f *flight) group() []time.Duration {
	from := f.sent
	for f.sent < len(f.probe.At) && f.probe.At[f.sent] == f.probe.At[from] {
		f.sent++
	}
	return f.probe.At[from:f.sent]
}
