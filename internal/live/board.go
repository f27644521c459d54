package live

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"time"

	"ratefit/internal/probe"
	"ratefit/internal/trace"
)

// A Board collects what happens in a run. It is safe for several goroutines,
// and none of them ever waits for more than a few counters.
type Board struct {
	mu      sync.Mutex
	limited []int // statuses that mean "limited"
	budget  Budget
	logins  Logins
	sources []*source
	tasks   []*probe.Progress // the latest of each
	told    map[string]*told  // by class
	doing   []*doing
	note    string

	finished bool
}

type source struct {
	Source
	asked time.Duration   // of the latest hit
	taken []time.Duration // when hits were admitted, as the planner knows them
}

type doing struct {
	Doing
	probe probe.Probe
}

// NewBoard returns an empty board. limited lists the statuses that mean
// "limited", as in [trace.Hit.Outcome].
func NewBoard(b Budget, limited []int) *Board {
	return &Board{budget: b, limited: limited, told: map[string]*told{}}
}

// Count counts a hit.
func (b *Board) Count(h *trace.Hit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range b.doing {
		if d.probe.Name == h.Phase && d.Class == h.Class && d.Address == h.Source && d.Credential == h.Credential {
			d.Done++
		}
	}
	o := h.Outcome(b.limited)
	if h.Login() {
		b.logins.count(o)
		return
	}
	s := b.source(h.Class, h.Source)
	if h.Asked >= s.asked {
		s.Phase, s.asked = h.Phase, h.Asked
	}
	switch {
	case h.Error == trace.ErrUnsent:
		s.Unsent++
	case o == trace.Admitted:
		s.Admitted++
	case o == trace.Limited:
		s.Limited++
	default:
		s.Failed++
	}
}

func (l *Logins) count(o trace.Outcome) {
	l.Sent++
	switch o {
	case trace.Admitted:
	case trace.Limited:
		l.Limited++
	default:
		l.Failed++
	}
}

// source finds or makes the counters of a class and an address; mu is held.
func (b *Board) source(class, address string) *source {
	for _, s := range b.sources {
		if s.Class == class && s.Address == address {
			return s
		}
	}
	s := &source{Source: Source{Class: class, Address: address}}
	b.sources = append(b.sources, s)
	slices.SortFunc(b.sources, func(x, y *source) int {
		return cmp.Or(cmp.Compare(x.Class, y.Class), byAddress(x.Address, y.Address))
	})
	return s
}

// byAddress puts 10.0.0.9 before 10.0.0.10.
func byAddress(x, y string) int {
	a, errA := netip.ParseAddr(x)
	b, errB := netip.ParseAddr(y)
	if errA != nil || errB != nil {
		return cmp.Compare(x, y)
	}
	return a.Compare(b)
}

// Tell takes what a planner tells.
func (b *Board) Tell(p probe.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.Known != nil && p.Task == probe.Limits {
		b.told[p.Class] = newTold(p.Known)
	}
	p.Known = nil
	for _, t := range b.tasks {
		if t.Task == p.Task && t.Class == p.Class {
			*t = p
			return
		}
	}
	b.tasks = append(b.tasks, &p)
}

// Chosen takes a probe that is about to be sent.
func (b *Board) Chosen(p probe.Probe) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doing = append(b.doing, &doing{probe: p, Doing: Doing{
		Class: p.Class, Address: p.Source, Credential: p.Credential, Reason: p.Reason,
		From: p.At[0], To: p.At[len(p.At)-1], Hits: len(p.At),
	}})
}

// Done takes a probe all of whose hits were counted.
func (b *Board) Done(p probe.Probe) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.doing = slices.DeleteFunc(b.doing, func(d *doing) bool {
		return d.probe.Name == p.Name && d.probe.Class == p.Class && d.probe.Source == p.Source && d.probe.Credential == p.Credential
	})
}

// Note says what goes on beside the sending; "" = nothing.
func (b *Board) Note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note = text
}

// Finish says what goes on after the last hit.
func (b *Board) Finish(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note, b.finished = text, true
}

// State returns what is known at an instant. It is for one goroutine.
func (b *Board) State(now time.Duration) *State {
	b.mu.Lock()
	s := &State{Now: now, Budget: b.budget, Logins: b.logins, Note: b.note, Finished: b.finished}
	for _, one := range b.sources {
		s.Sources = append(s.Sources, one.Source)
	}
	for _, d := range b.doing {
		s.Doing = append(s.Doing, d.Doing)
	}
	var levels []func()
	for _, t := range b.tasks {
		if t.Task != probe.Limits {
			s.add(t)
			continue
		}
		l := Limit{Class: t.Class, Stage: t.Stage, Fitting: t.Fitting, Why: t.Why}
		if known := b.told[t.Class]; known != nil {
			l.Known = &known.limit
			levels = append(levels, b.levels(t.Class, known, s))
		}
		s.Limits = append(s.Limits, l)
	}
	b.mu.Unlock()
	for _, set := range levels {
		set()
	}
	return s
}

// add adds a task that is not over. Of several of one kind, that go on side by
// side, the longest counts.
func (s *State) add(p *probe.Progress) {
	if p.Stage == probe.Over {
		return
	}
	t := Task{Task: p.Task, Under: p.Stage != probe.Waiting, Left: p.Left}
	if t.Under && t.Left > 0 {
		t.Left = max(p.At+t.Left-s.Now, time.Second)
	}
	for i := range s.Left {
		if other := &s.Left[i]; other.Task == t.Task {
			other.Under, other.Left = other.Under || t.Under, max(other.Left, t.Left)
			return
		}
	}
	s.Left = append(s.Left, t)
}
