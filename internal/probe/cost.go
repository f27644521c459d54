package probe

import (
	"fmt"
	"time"

	"ratefit/internal/trace"
)

// A Check is a way in which the API refuses hits of a class, and the variant of
// the class's request that it refuses so.
type Check struct {
	Class, Variant string
	Name           string // what is wrong with such hits: "no credentials"
}

const mostRefused = 128 // hits of an experiment that the API refuses

// runCost asks what the hits cost that the API refuses: from rest, as many of
// them as use the limiter up if they count, and at once good ones. Before that it
// does the same with a login, on the lane that logins may draw on.
func (l *lane) runCost(measured *lane) {
	if !measured.limited() || !l.await(func() bool { return l.p.costTurn(l, measured) }) {
		return
	}
	l.enter(Asking)
	k := measured.learn()
	if k.burst > mostRefused {
		l.note("cost: %s: not tested: a burst of %d takes more refused hits than are sent for this", measured.class, k.burst)
		return
	}
	own := measured.members[0]
	if l.p.o.Logins && own.class == l.p.loginClass() && !l.costOfLogin(k, own) {
		return
	}
	checks := l.p.checksOf(own.class)
	for i, c := range checks {
		l.left = time.Duration(len(checks)-i) * k.restTime()
		l.tell(nil)
		at, ok := l.rested(k, 2*k.burst+5)
		if !ok {
			return
		}
		n := k.burst + 2
		_, ok = l.askAll(Probe{
			Class: own.class, Source: own.source, Credential: own.credential, Variant: c.Variant,
			Name: trace.CostPhaseOf(c.Name, false), At: clump(at, n),
			Reason: fmt.Sprintf("does %s with %s cost a token?", own.class, c.Name),
		}, Probe{
			Class: own.class, Source: own.source, Credential: own.credential,
			Name: trace.CostPhaseOf(c.Name, true), At: clump(at+settling(n), k.burst+3),
			Reason: "what is left of the burst?",
		})
		if !ok {
			return
		}
	}
}

// settling is how long n hits take to be decided.
func settling(n int) time.Duration { return 5*time.Millisecond + time.Duration(n)*100*time.Microsecond }

// costOfLogin logs in and asks at once for what is left of the burst. All of that
// is ordinary traffic: the fit tells what the login has cost.
func (l *lane) costOfLogin(k known, own key) bool {
	at, ok := l.rested(k, k.burst+4)
	if !ok {
		return false
	}
	_, ok = l.askAll(Probe{
		Class: trace.LoginClass, Source: own.source, Credential: own.credential, Name: trace.LoginPhase,
		At: clump(at, 1), Reason: "does a login cost a token?",
	}, Probe{
		Class: own.class, Source: own.source, Credential: own.credential, Name: "after login",
		At:     clump(at+2*l.p.loginTook+settling(1), k.burst+3),
		Reason: "what is left of the burst after a login?",
	})
	return ok
}

// restTime is how long a limiter takes to fill up for certain.
func (k known) restTime() time.Duration {
	const sure = 1.15
	return time.Duration(sure*float64(k.burst+1)/k.rate*1e9) + k.scale
}

// rested is when the limiter will have filled up for certain, if there is time
// and n hits are left.
func (l *lane) rested(k known, n int) (at time.Duration, ok bool) {
	at = l.earliest() + k.restTime()
	switch {
	case at > l.p.deadline():
		l.note("cost: what refused hits cost is not tested to the end: that takes %s more; raise --max-duration", round(at-l.p.now))
		return 0, false
	case n > l.p.left():
		l.note("cost: what refused hits cost is not tested to the end: too few hits are left; raise --max-requests")
		return 0, false
	}
	return at, true
}

// note tells people, once, and ends the lane.
func (l *lane) note(format string, args ...any) {
	l.p.notes = append(l.p.notes, fmt.Sprintf(format, args...))
	l.finish("%s", l.p.notes[len(l.p.notes)-1])
}

// costTurn reports whether a class may be asked now: those that share a limiter
// are asked one after the other.
func (p *Planner) costTurn(l *lane, measured *lane) bool {
	for i, other := range p.costs {
		if other == l {
			return true
		}
		if p.lanes[i].shares(measured) && !other.over {
			return false
		}
	}
	return true
}

// shares reports that two classes draw on one limiter.
func (l *lane) shares(other *lane) bool {
	return l.serves(other.members[0]) || other.serves(l.members[0])
}

// loginClass is the class that logins draw on, if on any.
func (p *Planner) loginClass() string {
	for _, class := range p.o.Classes {
		if class == "write" {
			return class
		}
	}
	if len(p.o.Classes) == 1 {
		return p.o.Classes[0]
	}
	return ""
}
