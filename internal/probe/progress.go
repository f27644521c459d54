package probe

import (
	"time"

	"ratefit/analyze"
)

// A Task is what a part of a planner has to find out.
type Task string

// The tasks.
const (
	Limits Task = "limits" // the limiter of one class
	Scopes Task = "scopes" // who shares a limiter
	Costs  Task = "costs"  // what hits cost that the API refuses
)

// A Stage is how far a task is.
type Stage string

// The stages, in order.
const (
	Waiting     Stage = "waiting" // for other tasks
	Discovering Stage = "discovering"
	Recovering  Stage = "recovering"
	Regaining   Stage = "regaining"
	Refining    Stage = "refining"
	Confirming  Stage = "confirming"
	Asking      Stage = "asking" // the only one of scopes and costs
	Over        Stage = "over"
)

// Progress is what a planner tells of one task whenever that changes.
type Progress struct {
	Task    Task
	Class   string // "" = all
	Stage   Stage
	Why     string        // it is over, in words
	Fitting bool          // the models are being fitted: no probe is chosen meanwhile
	At      time.Duration // when it was told
	Left    time.Duration // how long the task takes yet, without what it waits for; 0 = not known
	Known   *Known        // what a fit has just shown; nil = no news
}

// Known is what the hits tell so far about the limiter of a class.
type Known struct {
	Limit   analyze.Limit
	Members []Member // whose hits it decides
	// Limiters are those that are still possible, after all hits that were added.
	// They belong to who is told.
	Limiters []analyze.Limiter
}

// A Member is one whose hits a limiter decides.
type Member struct{ Class, Source, Credential string }

// enter begins a stage.
func (l *lane) enter(s Stage) {
	l.stage = s
	l.tell(nil)
}

// tell lets who is interested know how far the lane is, and what
// a fit has just shown.
func (l *lane) tell(news *Known) {
	if l.p.o.Tell == nil {
		return
	}
	class := l.class
	if l.measures != nil {
		class = l.measures.class
	}
	stage := l.stage
	if l.over {
		stage = Over
	}
	l.p.o.Tell(Progress{
		Task: l.task, Class: class, Stage: stage, Why: l.why, Fitting: l.fitting,
		At: l.p.now, Left: l.left, Known: news,
	})
}

// fits marks the time that fitting takes.
func (l *lane) fits(fit func() known) known {
	l.fitting = true
	l.tell(nil)
	k := fit()
	l.fitting = false
	if l.p.o.Tell == nil {
		return k
	}
	news := &Known{Limit: k.limit}
	for _, m := range l.members {
		news.Members = append(news.Members, Member{m.class, m.source, m.credential})
	}
	for _, c := range k.candidates {
		news.Limiters = append(news.Limiters, c.Limiter.Clone())
	}
	l.tell(news)
	for _, cost := range l.p.costs {
		if cost.measures == l && cost.stage == Waiting {
			cost.left = cost.costLeft(k, len(l.p.checksOf(l.class)))
			cost.tell(nil)
		}
	}
	return k
}

// costLeft is how long some experiments about the cost of hits take.
func (l *lane) costLeft(k known, experiments int) time.Duration {
	if l.p.o.Logins && l.measures.class == l.p.loginClass() {
		experiments++
	}
	return time.Duration(experiments) * k.restTime()
}

// checksOf are the checks of one class.
func (p *Planner) checksOf(class string) []Check {
	var out []Check
	for _, c := range p.o.Checks {
		if c.Class == class {
			out = append(out, c)
		}
	}
	return out
}
