package probe

import (
	"math/rand/v2"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// A key names whose hits some are: the finest unit that a limiter can serve.
type key struct{ class, source, credential string }

func (k key) String() string {
	text := k.class + " from " + k.source
	if k.credential != "" {
		text += " as " + k.credential
	}
	return text
}

// keyOf is whose hit it is.
func keyOf(h *trace.Hit) key { return key{h.Class, h.Source, h.Credential} }

// key returns the key of a class from a source with the nth of its credentials.
// ok is false if it has not as many.
func (o *Options) key(class, source string, nth int) (k key, ok bool) {
	k = key{class: class, source: source}
	labels := o.Credentials[source]
	if nth < len(labels) {
		k.credential = labels[nth]
		return k, true
	}
	return k, nth == 0
}

// A Planner chooses probes. It is a state machine for one goroutine: take
// probes with [Planner.Next], send them, report each hit with [Planner.Add] and
// each probe's end with [Planner.Done], and ask for more.
type Planner struct {
	o      Options
	lanes  []*lane
	scope  *lane
	costs  []*lane // what refused hits cost: of each class
	now    time.Duration
	random *rand.Rand

	hits      map[key][]trace.Hit
	waiting   map[key]*lane // whose probe is under way
	planned   map[string][]time.Duration
	sent      int // planned so far: each may have been sent
	limited   int
	under     int           // hits under way: each may be limited
	loginTook time.Duration // the longest
	notes     []string
	exhausted string // the budget that last cut a probe, "" = none
}

// New returns a Planner that has nothing under way.
func New(o Options) *Planner {
	p := &Planner{
		o: o.withDefaults(), random: rand.New(rand.NewPCG(o.Seed, 0x7261746566697421)),
		hits: map[key][]trace.Hit{}, waiting: map[key]*lane{}, planned: map[string][]time.Duration{},
	}
	for _, class := range p.o.Classes {
		l := newLane(p, class)
		l.begin(l.run)
		p.lanes = append(p.lanes, l)
	}
	if p.o.Scope {
		p.scope = newLane(p, "")
		p.scope.task = Scopes
		p.scope.begin(p.scope.runScope)
	}
	if len(p.o.Checks) > 0 {
		for _, measured := range p.lanes {
			l := newLane(p, "")
			l.task, l.measures = Costs, measured
			l.begin(func() { l.runCost(measured) })
			p.costs = append(p.costs, l)
		}
	}
	for _, l := range p.all() {
		l.tell(nil)
	}
	return p
}

// all are the lanes, in the order in which they get their turn.
func (p *Planner) all() []*lane {
	all := slices.Clone(p.lanes)
	if p.scope != nil {
		all = append(all, p.scope)
	}
	return append(all, p.costs...)
}

// Next returns the probes that are to be sent now, none while all that can be
// done is to wait. It is to be called again after each [Planner.Done].
func (p *Planner) Next(now time.Duration) []Probe {
	p.now = max(p.now, now, p.o.Start)
	var out []Probe
	for range 2*len(p.lanes) + 2 {
		var some []Probe
		for _, l := range p.lanes {
			some = append(some, l.step()...)
		}
		if p.scope != nil && p.lanesOver() {
			some = append(some, p.scope.step()...)
		}
		for _, l := range p.costs {
			if p.lanesOver() && (p.scope == nil || p.scope.over) {
				some = append(some, l.step()...)
			}
		}
		out = append(out, some...)
		// A lane that ends may be what another one waits for.
		if len(out) > 0 || p.under > 0 || p.over() {
			return out
		}
	}
	p.Stop() // everybody waits for somebody else
	return nil
}

// Add takes a hit of a probe under way. It keeps a copy.
func (p *Planner) Add(h *trace.Hit) {
	k := keyOf(h)
	if _, _, cost := h.Cost(); !cost {
		p.hits[k] = append(p.hits[k], *h)
	}
	if h.Login() {
		p.loginTook = max(p.loginTook, h.End-h.Sent)
	}
	if h.Outcome(p.o.LimitedStatus) == trace.Limited {
		p.limited++
	}
	if l := p.waiting[k]; l != nil {
		l.got = append(l.got, *h)
	}
}

// Done says that every hit of a probe has been added.
func (p *Planner) Done(probe Probe, now time.Duration) {
	p.now = max(p.now, now)
	p.under -= len(probe.At)
	delete(p.waiting, key{probe.Class, probe.Source, probe.Credential})
	probe.lane.underWay--
}

// Finished reports whether there is nothing left to send, and why each class
// came to its end, in words.
func (p *Planner) Finished() (why []string, ok bool) {
	if !p.over() {
		return nil, false
	}
	for _, l := range p.lanes {
		why = append(why, l.class+": "+l.why)
	}
	return why, true
}

// Notes returns what people should be told before time is spent, each one line.
func (p *Planner) Notes() []string { return p.notes }

// Stop ends all lanes; nothing is planned any more.
func (p *Planner) Stop() {
	for _, l := range p.all() {
		l.end()
	}
}

// Exhausted names the budget that ended a lane, "" when none did.
func (p *Planner) Exhausted() string {
	for _, l := range p.lanes {
		if l.cut != "" {
			return l.cut
		}
	}
	return ""
}

// tick takes notice of the time, if there is a clock.
func (p *Planner) tick() {
	if p.o.Clock != nil {
		p.now = max(p.now, p.o.Clock())
	}
}

func (p *Planner) lanesOver() bool {
	for _, l := range p.lanes {
		if !l.over {
			return false
		}
	}
	return true
}

func (p *Planner) over() bool {
	return p.lanesOver() && (p.scope == nil || p.scope.over) && !slices.ContainsFunc(p.costs, func(l *lane) bool { return !l.over })
}

func (p *Planner) deadline() time.Duration { return p.o.Start + p.o.MaxDuration }

// left is how many hits the budgets allow now.
func (p *Planner) left() int {
	return min(p.o.MaxRequests-p.sent, p.o.MaxLimited-p.limited-p.under)
}

// place moves hits later where the class would have more than MaxRate of them
// in one second.
func (p *Planner) place(class string, at []time.Duration) {
	all := append(p.planned[class], at...)
	from := len(all) - len(at)
	var by time.Duration
	for i := from; i < len(all); i++ {
		all[i] += by
		if i >= p.o.MaxRate {
			if free := all[i-p.o.MaxRate] + time.Second; free > all[i] {
				by += free - all[i]
				all[i] = free
			}
		}
	}
	copy(at, all[from:])
	p.planned[class] = all[max(0, len(all)-p.o.MaxRate):]
}
