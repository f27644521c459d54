package attack

import (
	"context"
	"time"
)

const (
	// tolerance is how late a hit's successor may be while the hit itself is
	// still sent: about the time by which timers and schedulers usually err.
	tolerance = time.Millisecond
	// hopeless is how late any hit may be.
	hopeless = time.Second
)

// A pacer lets Vegeta send each hit of one phase at its planned instant. It
// satisfies vegeta.Pacer, but does the waiting itself and always asks Vegeta
// to wait for nothing: Vegeta sleeps coarsely, and cannot be stopped while it
// does.
//
// Nothing is ever sent to catch up. Hits planned for the same instant form a
// group, most often of one. When the turn of a group comes, it is dropped
// whole, and its hits are recorded as unsent, if
//
//   - the instant of the class's next group, in this phase or a later one, has
//     passed by more than the tolerance: then the next group is sent in its
//     place, and never both; or
//   - the group is more than a second late, even if nothing follows it.
//
// So after a stall at most 1 + tolerance × rate hits are late at once. A group
// that has begun is finished. A single hit is dropped if the plan's gate
// refuses it, because all of its workers are waiting for replies: a free
// worker would come at an instant that nobody planned.
type pacer struct {
	phase  phase
	clock  *clock
	start  *headStart      // of hits that are held back before they are written; nil = none are
	halted context.Context // ends when no new hit may be sent
	gate   func(asked time.Duration) bool
	unsent func(asked time.Duration)

	n       int  // the next hit
	end     int  // first hit after the current group
	dropped bool // the current group is
}

// Pace waits for the next hit that is to be sent. It is called by one
// goroutine, and its arguments, Vegeta's own account of the time, are not
// needed.
func (p *pacer) Pace(time.Duration, uint64) (wait time.Duration, stop bool) {
	for {
		at, ok := p.phase.schedule.At(p.n)
		if !ok {
			return 0, true
		}
		asked := p.phase.begin + at
		if !p.clock.wait(p.halted, asked-p.start.get()) {
			return 0, true
		}
		if p.n >= p.end {
			p.enter(at)
		}
		p.n++
		switch {
		case p.dropped:
			p.unsent(asked)
		case p.gate(asked):
			return 0, false
		case p.halted.Err() != nil:
			return 0, true
		}
	}
}

// Rate is part of vegeta.Pacer. Vegeta's attacker does not ask for it.
func (p *pacer) Rate(time.Duration) float64 {
	d := p.phase.schedule.Duration()
	if d <= 0 {
		return 0
	}
	return float64(p.phase.schedule.Hits()) / d.Seconds()
}

// enter finds where the group of hits that begins with hit n ends, and judges
// whether it is still worth sending.
func (p *pacer) enter(at time.Duration) {
	next := p.phase.next
	for p.end = p.n + 1; ; p.end++ {
		a, ok := p.phase.schedule.At(p.end)
		if !ok {
			break
		}
		if a > at {
			next = p.phase.begin + a
			break
		}
	}
	now := p.clock.now()
	p.dropped = now-tolerance > next || now-hopeless > p.phase.begin+at
}
