package probe

import (
	"fmt"
	"iter"
	"time"

	"ratefit/internal/trace"
)

// A lane finds out about the limiter of one class. Its program is sequential:
// it yields probes and goes on when they are over.
type lane struct {
	p       *Planner
	class   string
	members []key // whose hits one limiter decides
	next    func() ([]Probe, bool)
	stop    func()
	yield   func([]Probe) bool

	task     Task
	measures *lane // whose limiter a lane of costs draws on
	stage    Stage
	fitting  bool
	left     time.Duration // that the lane takes yet, 0 = not known

	underWay int
	got      []trace.Hit // of the probes under way
	over     bool
	why      string // it ended
	cut      string // the budget that ended it, "" = none

	began    time.Duration
	found    bool // the limit, or that there is none: the next class may begin
	openings int  // hits admitted before the first limited one

	lag       [2]time.Duration // from the last limited hit to one admitted again: after more than the first, at most the second
	regain    int              // hits admitted after that, the first included
	rests     int              // whole bursts from rest so far
	brinks    int              // times that a block was risked for one hit
	pushes    int              // times that faster traffic was sent to bound the rate
	barren    map[string]int   // kinds of probes, and how often each told nothing
	needsDear bool             // models that are dear to fit are still possible
	excluded  map[string]bool  // models, by title, of those that are dear to fit
	silence   bool             // hammering keeps it closed
	other     map[key]shares   // what asking others at once has shown
}

// shares says whether another class or address draws on the same limiter.
type shares int

const (
	unasked shares = iota
	apart
	together
)

func newLane(p *Planner, class string) *lane {
	own, _ := p.o.key(class, p.o.Sources[0], 0)
	return &lane{p: p, task: Limits, stage: Waiting, class: class, members: []key{own}, other: map[key]shares{}, barren: map[string]int{}, excluded: map[string]bool{}}
}

// begin makes the lane run a program.
func (l *lane) begin(program func()) {
	l.next, l.stop = iter.Pull(func(yield func([]Probe) bool) {
		l.yield = yield
		l.began = l.p.now
		program()
	})
}

// step goes on with the program if nothing of it is under way.
func (l *lane) step() []Probe {
	if l.over || l.underWay > 0 {
		return nil
	}
	probes, ok := l.next()
	if !ok {
		l.end()
	}
	return probes
}

func (l *lane) end() {
	if !l.over {
		l.over, l.found = true, true
		if l.why == "" {
			l.why = "stopped"
		}
		l.stop()
		l.tell(nil)
	}
}

// await lets other lanes go on until cond holds. It reports false when the run
// is over.
func (l *lane) await(cond func() bool) bool {
	for !cond() {
		if !l.yield(nil) {
			return false
		}
	}
	return true
}

// earliest is the first instant that a probe chosen now can have.
func (l *lane) earliest() time.Duration { return l.p.now + l.p.o.Lead }

// ask sends hits of the lane's class and returns them. ok is false when the
// lane has to end: out of budget, or the run is over.
func (l *lane) ask(name, reason string, at ...time.Duration) (hits []trace.Hit, ok bool) {
	return l.askAll(Probe{Class: l.members[0].class, Source: l.members[0].source, Credential: l.members[0].credential, Name: name, Reason: reason, At: at})
}

// askAll sends several probes side by side and returns the hits of all.
func (l *lane) askAll(probes ...Probe) (hits []trace.Hit, ok bool) {
	l.postpone(probes)
	for {
		kept := l.afford(probes)
		if len(kept) > 0 {
			l.got, l.underWay = nil, len(kept)
			if !l.yield(kept) {
				return nil, false
			}
			return l.got, true
		}
		if l.p.under == 0 || l.p.exhausted == outOfTime || l.p.sent >= l.p.o.MaxRequests {
			return nil, false
		}
		// Hits under way in other lanes may turn out not to be limited.
		if !l.yield(nil) {
			return nil, false
		}
	}
}

// postpone moves all hits by as much as choosing them has taken too long.
func (l *lane) postpone(probes []Probe) {
	l.p.tick()
	var late time.Duration
	for _, p := range probes {
		if len(p.At) > 0 {
			late = max(late, l.earliest()-p.At[0])
		}
	}
	for _, p := range probes {
		for i := range p.At {
			p.At[i] += late
		}
	}
}

// The budgets, as they are named when they run out.
const (
	outOfRequests = "requests"
	outOfLimited  = "limited hits"
	outOfTime     = "time"
)

// afford cuts the probes down to the budgets and books them.
func (l *lane) afford(probes []Probe) []Probe {
	p := l.p
	var kept []Probe
	for _, probe := range probes {
		left := p.left()
		if left < len(probe.At) {
			p.exhausted = outOfRequests
			if p.o.MaxRequests-p.sent >= len(probe.At) {
				p.exhausted = outOfLimited
			}
			probe.At = probe.At[:max(0, left)]
		}
		p.place(probe.Class, probe.At)
		for n := len(probe.At); n > 0 && probe.At[n-1] > p.deadline(); n-- {
			probe.At, p.exhausted = probe.At[:n-1], outOfTime
		}
		if len(probe.At) == 0 {
			continue
		}
		probe.lane = l
		p.waiting[key{probe.Class, probe.Source, probe.Credential}] = l
		p.sent += len(probe.At)
		p.under += len(probe.At)
		kept = append(kept, probe)
	}
	if len(kept) == 0 && p.exhausted != "" {
		l.why, l.cut = "out of budget: "+p.exhausted, p.exhausted
	}
	return kept
}

// finish notes why the lane is done.
func (l *lane) finish(format string, args ...any) { l.why = fmt.Sprintf(format, args...) }

// clump is n hits at one instant.
func clump(at time.Duration, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = at
	}
	return out
}

// A count is the outcomes of some hits.
type count struct{ admitted, limited, other int }

func (l *lane) count(hits []trace.Hit) (c count) {
	for i := range hits {
		switch hits[i].Outcome(l.p.o.LimitedStatus) {
		case trace.Admitted:
			c.admitted++
		case trace.Limited:
			c.limited++
		default:
			c.other++
		}
	}
	return c
}

// of returns the hits of one class, source and credential.
func of(hits []trace.Hit, k key) []trace.Hit {
	var out []trace.Hit
	for _, h := range hits {
		if keyOf(&h) == k {
			out = append(out, h)
		}
	}
	return out
}
