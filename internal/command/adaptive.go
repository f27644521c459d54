package command

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"ratefit/attack"
	"ratefit/internal/live"
	"ratefit/internal/probe"
	"ratefit/internal/trace"
	"ratefit/profiles"
	"ratefit/reports"
)

// adaptive is the flags of a run that chooses each probe by what is known.
type adaptive struct {
	maxLimited, maxRate    int
	polite, scope, verbose bool
	costProbe              bool
}

// add adds the flags, and makes the profile one of them: without it, probes are
// chosen.
func (o *adaptive) add(f *pflag.FlagSet, all *sending) {
	f.IntVar(&o.maxLimited, "max-limited", probe.DefaultMaxLimited, "stop before more than this `number` of hits were limited")
	f.IntVar(&o.maxRate, "max-rate", probe.DefaultMaxRate, "send at most this `number` of hits of one class in any one second")
	f.BoolVar(&o.polite, "polite", false, "find the answer with as few limited hits as will do; takes longer")
	f.BoolVar(&o.scope, "scope", true, "ask whether classes and addresses have limiters of their own")
	f.BoolVar(&o.costProbe, "cost-probe", false, "at the end also send hits that the API refuses, to find out whether they cost a token")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say what is sent, and why")
	all.profile = ""
	p := f.Lookup("profile")
	p.DefValue, p.Usage = "", "send this `profile`, a built-in name or a YAML file, instead of choosing what to send"
}

func (o *adaptive) check() error {
	switch {
	case o.maxLimited < 1:
		return usageFault("", "--max-limited: must be at least 1")
	case o.maxRate < 1:
		return usageFault("", "--max-rate: must be at least 1")
	}
	return nil
}

// fixed refuses flags that a fixed profile leaves without a meaning.
func (o *adaptive) fixed(f *pflag.FlagSet) error {
	for _, name := range []string{"max-limited", "max-rate", "polite", "scope", "cost-probe"} {
		if f.Changed(name) {
			return usageFault("leave out --profile, or --"+name, "--%s: a profile is sent as it is", name)
		}
	}
	return nil
}

// adaptiveProfile stands for the classes that can be sent without a profile.
var adaptiveProfile = &profiles.Profile{Name: "adaptive", Classes: []profiles.Class{{Name: "read"}, {Name: "write"}}}

// adaptivePlan is the most that may be sent.
func (j *job) adaptivePlan() *plan {
	o := j.adaptive
	return &plan{
		adaptive: true, profile: j.profile.Name,
		total: j.options.maxRequests, most: j.options.maxRequests, limited: o.maxLimited,
		peak:   float64(o.maxRate * len(j.profile.Classes)),
		length: j.options.maxDuration, longest: j.options.maxDuration,
	}
}

// explore chooses, sends and chooses again, until the planner is done or the
// session is.
func (j *job) explore(ctx context.Context, s *streams, zero time.Time, rec *recorder, done *sent, board *live.Board) (trace.End, error) {
	c := j.config(zero)
	c.Profile = nil
	e := &exploring{streams: s, over: make(chan probe.Probe), verbose: j.adaptive.verbose, done: done, board: board}
	var err error
	e.session, err = attack.Open(ctx, c, func(h *trace.Hit) {
		rec.record(h)
		e.add(h)
	})
	if err != nil {
		return trace.End{}, err
	}
	o := j.probing(e.session)
	o.Tell = board.Tell
	e.begin(probe.New(o))
	e.run()
	e.planner.Stop()
	end, err := e.session.Close()
	if budget := e.planner.Exhausted(); end.Reason == "done" && budget != "" {
		end.Reason = "budget: " + budget
	}
	why, _ := e.planner.Finished()
	for _, line := range why {
		e.say("%s\n", line)
	}
	return end, err
}

// probing is what the planner may do.
func (j *job) probing(session *attack.Session) probe.Options {
	var classes []string
	for _, r := range j.requests {
		if r.Variant == "" {
			classes = append(classes, r.Class)
		}
	}
	used := map[string][]string{}
	for _, source := range session.Sources() {
		used[source] = session.Credentials(source)
	}
	o := j.adaptive
	return probe.Options{
		Credentials: used, Logins: len(j.credentials) > 0 && j.credentials[0].Login != nil, Checks: j.checks,
		Classes: classes, Sources: session.Sources(), LimitedStatus: j.options.limitedStatus, AtRest: j.atRest,
		MaxRequests: j.options.maxRequests, MaxLimited: o.maxLimited, MaxDuration: j.options.maxDuration, MaxRate: o.maxRate,
		Clock: session.Now, Start: session.Now(), Polite: o.polite, Scope: o.scope, Seed: 1,
		Decided: j.decided,
	}
}

// exploring is one adaptive run under way.
type exploring struct {
	*streams
	verbose bool
	session *attack.Session
	done    *sent
	board   *live.Board
	over    chan probe.Probe // that have been sent

	mu      sync.Mutex
	planner *probe.Planner
	early   []trace.Hit // before there was a planner
	told    int         // notes of the planner that were shown
}

// add hands a hit to the planner.
func (e *exploring) add(h *trace.Hit) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.planner == nil {
		e.early = append(e.early, *h)
		return
	}
	e.planner.Add(h)
	e.board.Observe(h)
}

// begin gives the planner what was recorded before it: logins.
func (e *exploring) begin(p *probe.Planner) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.planner = p
	for i := range e.early {
		p.Add(&e.early[i])
	}
}

// run drives the planner.
func (e *exploring) run() {
	for under := 0; ; {
		for _, p := range e.choose() {
			under++
			e.note(p)
			e.board.Chosen(p)
			go func() {
				if p.Class == trace.LoginClass {
					_ = e.session.LogIn(p.Credential, p.At[0])
					e.over <- p
					return
				}
				_ = e.session.Send(attack.Lane{Class: p.Class, Source: p.Source, Credential: p.Credential, Variant: p.Variant}, p.Name, p.At) // both were taken from the session
				e.over <- p
			}()
		}
		if under == 0 {
			return
		}
		p := <-e.over
		under--
		e.mu.Lock()
		e.planner.Done(p, e.session.Now())
		e.mu.Unlock()
		e.board.Done(p)
	}
}

// choose returns what is to be sent now, nothing once the session has stopped.
func (e *exploring) choose() []probe.Probe {
	select {
	case <-e.session.Stopped():
		return nil
	default:
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	probes := e.planner.Next(e.session.Now())
	for _, note := range e.planner.Notes()[e.told:] {
		e.warnf("%s", note)
		e.done.warnings = append(e.done.warnings, note)
		e.told++
	}
	return probes
}

// note keeps a probe for the manifest, and tells of it.
func (e *exploring) note(p probe.Probe) {
	e.done.probes = append(e.done.probes, reports.ManifestProbe{
		Name: p.Name, Class: p.Class, Source: p.Source, Credential: p.Credential, At: p.At[0].Seconds(), Hits: len(p.At), Reason: p.Reason,
	})
	hits := "hits"
	if len(p.At) == 1 {
		hits = "hit"
	}
	as := ""
	if p.Credential != "" {
		as = " as " + p.Credential
	}
	e.say("%7.3f s  %s from %s%s, %d %s (%s): %s\n", p.At[0].Seconds(), p.Class, p.Source, as, len(p.At), hits, p.Name, p.Reason)
}

// say tells those who want to know all.
func (e *exploring) say(format string, args ...any) {
	if e.verbose {
		e.notef("%s", fmt.Sprintf(format, args...))
	}
}
