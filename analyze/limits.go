package analyze

import (
	"slices"
	"sync"
	"time"
)

// A pool is the groups that, by a hypothesis, are decided by limiters with the
// same parameters: by one limiter (one stream), or each by its own.
type pool struct {
	groups  []*group
	parts   [][]*group // by the limiter that decides them, if a hit reached it
	streams []*Stream  // of each part
	beside  []*group   // what other limiters decide
	judged
}

// pooled makes a pool of groups that limiters decide part by part.
func pooled(parts [][]*group, o Options) pool {
	var p pool
	var sh sharing
	for _, part := range parts {
		p.groups = append(p.groups, part...)
		if streams := streamsOf(part); len(streams) > 0 {
			p.parts, sh = append(p.parts, part), append(sh, streams)
		}
	}
	p.judged, p.streams = sh.judge(o)
	return p
}

// judged is what the catalogue of models makes of a pool's streams.
type judged struct {
	verdict   Verdict
	model     Model
	fit       Fit
	survivors []Model
	rejected  []Model
	why       string
	before    bool           // the fit supposes that the limiter had been used, see usedBefore
	fits      map[string]Fit // of every model that was tried
}

// A hypothesis says who shares a limiter; it holds if every pool is explained.
type hypothesis struct {
	pools []pool
	holds bool
	// differ: it holds only because the sources have limiters with parameters
	// of their own.
	differ bool
}

// coarser is how many times coarser a clock has to be for the explanation that
// needs it to lose against another one.
const coarser = 5

// grain is the coarsest clock that the hypothesis has to suppose.
func (h hypothesis) grain() time.Duration {
	g := time.Duration(0)
	for _, p := range h.pools {
		g = max(g, p.fit.Grain)
	}
	return g
}

// rival returns the options for a hypothesis that is held against this one: it
// loses, see [decide], if it needs a much coarser clock.
func (h hypothesis) rival(o Options) Options {
	if limit := max(1, coarser*h.grain()); h.holds && (o.within == 0 || limit < o.within) {
		o.within = limit
	}
	o.plain = o.plain || h.holds
	return o
}

// against makes a hypothesis that is held against this one. To win because it is
// simpler it has to be sure among all models.
func (h hypothesis) against(o Options, other func(Options) hypothesis) hypothesis {
	rival := h.rival(o)
	together := other(rival)
	if rival.plain != o.plain && together.simpler(h) {
		rival.plain = o.plain
		together = other(rival)
	}
	return together
}

// limits decides between the hypotheses and returns the limiters of the one that
// holds.
func limits(groups []*group, o Options) ([]pool, Scope) {
	scope := Scope{Class: Untested, Source: Untested, Credential: Untested, Path: Untested}
	classes := split(groups, func(g *group) string { return g.class })
	var apart hypothesis // every class has limiters of its own
	apart.holds = true
	type answer struct {
		h                  hypothesis
		source, credential ScopeVerdict
	}
	answers := make([]answer, len(classes))
	var all sync.WaitGroup
	for i, own := range classes { // they have no stream in common
		all.Go(func() { answers[i].credential = byCredential(own, o) })
	}
	all.Wait()
	for _, a := range answers {
		scope.Credential = agree(scope.Credential, a.credential)
	}
	for i, own := range classes {
		all.Go(func() { answers[i].h, answers[i].source = bySource(own, scope.Credential, o) })
	}
	all.Wait()
	for _, a := range answers {
		apart.pools = append(apart.pools, a.h.pools...)
		apart.holds = apart.holds && a.h.holds
		scope.Source = agree(scope.Source, a.source)
	}
	chosen := apart
	if len(classes) > 1 {
		var source ScopeVerdict
		together := apart.against(o, func(o Options) (h hypothesis) {
			h, source = byClassTogether(groups, scope.Credential, o)
			return h
		})
		scope.Class = decide(apart, together)
		if scope.Class == Shared {
			chosen, scope.Source = together, source
		}
	}
	return chosen.pools, scope
}

// describeAll turns pools, which have no stream in common, into entries of the
// document.
func describeAll(pools []pool, o Options) []Limit {
	out := make([]Limit, len(pools))
	var all sync.WaitGroup
	for i, p := range pools {
		for j := range pools {
			if j != i {
				p.beside = append(p.beside, pools[j].groups...)
			}
		}
		all.Go(func() { out[i] = describe(p, o) })
	}
	all.Wait()
	return out
}

// alike supposes a limiter for each part, all with the same parameters.
func alike(parts [][]*group, o Options) hypothesis {
	p := pooled(parts, o)
	return hypothesis{pools: []pool{p}, holds: explained(p.judged)}
}

// each supposes a limiter for each part: with the same parameters if those
// explain all, else with its own.
func each(parts [][]*group, o Options) hypothesis {
	same := alike(parts, o)
	if same.holds || len(parts) == 1 {
		return same
	}
	h := hypothesis{holds: true, differ: true}
	for _, part := range parts {
		own := pooled([][]*group{part}, o)
		h.pools = append(h.pools, own)
		h.holds = h.holds && explained(own.judged)
	}
	if !h.holds {
		return same
	}
	return h
}

// one supposes a single limiter for all groups.
func one(groups []*group, o Options) hypothesis { return alike([][]*group{groups}, o) }

// streamsOf leaves out groups of which no hit reached a limiter.
func streamsOf(groups []*group) []*Stream {
	var out []*Stream
	for _, g := range groups {
		if g.stream.Len() > 0 {
			out = append(out, &g.stream)
		}
	}
	return out
}

func explained(j judged) bool { return j.verdict != Contradicted }

// vacuous reports that there was no limiter to tell apart.
func (h hypothesis) vacuous() bool {
	for _, p := range h.pools {
		if p.verdict != Unlimited {
			return false
		}
	}
	return true
}

// unsure reports that some pool says nothing for or against the hypothesis.
func (h hypothesis) unsure() bool {
	return slices.ContainsFunc(h.pools, func(p pool) bool { return p.verdict == Insufficient && p.model == nil })
}

// decide compares limiters apart with one shared. One that needs a much coarser
// clock than the other loses against it. When neither explains the trace, they
// are kept apart and nothing is claimed.
func decide(apart, together hypothesis) ScopeVerdict {
	switch {
	case apart.vacuous():
		return Untested
	case together.simpler(apart):
		return Shared
	case apart.unsure() || together.unsure():
		return UndeterminedScope
	case apart.holds && (!together.holds || together.grain() >= coarser*apart.grain() && together.grain() > 0):
		return Separate
	case together.holds && (!apart.holds || apart.grain() >= coarser*together.grain() && apart.grain() > 0):
		return Shared
	}
	return UndeterminedScope
}

// identified counts the pools of which the limiter is known for certain.
func (h hypothesis) identified() int {
	n := 0
	for _, p := range h.pools {
		if p.verdict == Identified {
			n++
		}
	}
	return n
}

// simpler reports whether one limiter explains for certain what several would
// explain only with parameters of their own for each source, or only as limiters
// that explain much.
func (h hypothesis) simpler(apart hypothesis) bool {
	return h.holds && h.identified() == len(h.pools) && (apart.differ || apart.contrived())
}

// contrived reports that some pool has no explanation by a model with a rate and
// a burst alone, or none that tells the rate.
func (h hypothesis) contrived() bool {
	return slices.ContainsFunc(h.pools, func(p pool) bool {
		return len(p.survivors) > 0 && !slices.ContainsFunc(p.survivors, func(m Model) bool {
			switch m {
			case TokenBucket{}, TokenBucketStepped{Single: true}, TokenBucketStepped{}, FixedWindow{}, FixedWindow{Grid: true}, SlidingWindowLog{}:
				return p.fits[m.Doc().Title].tight()
			}
			return false
		})
	})
}

// agree joins the answers of several classes.
func agree(a, b ScopeVerdict) ScopeVerdict {
	if a == Untested || a == b {
		return b
	}
	if b == Untested {
		return a
	}
	return UndeterminedScope
}
