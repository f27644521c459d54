package analyze

import (
	"fmt"
	"slices"
	"strings"
)

// describe turns a pool into the entry of the document.
func describe(p pool, o Options) Limit {
	l := Limit{
		Class:           classOf(p.groups),
		Sources:         sourcesOf(p.groups),
		Verdict:         p.verdict,
		Why:             p.why,
		UsedBefore:      p.before,
		Survivors:       names(p),
		Params:          map[string]Parameter{},
		Modifiers:       []string{},
		Alternatives:    []Alternative{},
		LimitedStatuses: map[string]int{},
		Warnings:        []string{},
	}
	for _, g := range p.groups {
		l.Hits += g.hits
		for _, n := range g.admittedStatus {
			l.Admitted += n
		}
		l.Unsent += g.unsent
		l.Failed += g.failed
		l.Unknown += g.unknown
		if l.FirstAdmittedStatus == 0 {
			l.FirstAdmittedStatus = g.firstAdmitted
		}
		for status, n := range g.limitedStatuses {
			l.LimitedStatuses[statusText(status)] += n
			l.Limited += n
		}
	}
	if p.model != nil {
		l.takeFit(p.model, p.fit)
		l.Prediction = predict(p.model, p.streams, o)
		l.doubt()
	}
	l.Possible, l.Busiest = p.possible(o), busiest(p.groups)
	l.checkAnswers(p)
	l.reject(p, o)
	l.Declared = declare(p, &l)
	l.Capacity = l.capacity(p)
	l.simulateClients(p, l.checkHeaders(p))
	l.untrue()
	l.spoiled(p, o)
	l.warn(p)
	return l
}

// doubt takes back a name that does not prove itself on hits it was not fitted
// to: a model can explain everything and foresee nothing. A few decisions prove
// nothing either way.
func (l *Limit) doubt() {
	const few = 200
	p := l.Prediction
	if l.Verdict != Identified || p == nil || p.Hits < few || p.limited == 0 || p.limited == p.Hits || p.best >= goodForesight {
		return
	}
	l.Verdict = Undetermined
	l.Why = fmt.Sprintf("%s explains every decision, but fitted to the first half it foretold only %d of the %d decisions of the second; the limiter may be another one, or have changed meanwhile",
		l.Model, p.Correct, p.Hits)
}

// goodForesight is the share of the decisions, each kind weighed alike, that some
// limiter of the set has to foretell.
const goodForesight = 0.7

func (l *Limit) takeFit(m Model, f Fit) {
	l.Model = m.Name()
	l.SustainedRate, l.Burst = &f.Rate, &f.Burst
	if f.NoRate {
		l.SustainedRate = nil
	}
	l.Contradictions = f.Contradictions
	l.Region = f.Region
	l.Tiers = f.Tiers
	l.Modifiers = append(l.Modifiers, f.Modifiers...)
	for name, p := range f.Params {
		l.Params[name] = p
	}
	l.Warnings = append(l.Warnings, f.Warnings...)
}

// mostEvidence is the number of hits of each stream that are held against a model:
// more would not make the evidence any better.
const mostEvidence = 5000

// reject lists the models that cannot be; when none can, the one that fails
// least is named as the model.
func (l *Limit) reject(p pool, o Options) {
	if o.Without != nil {
		return
	}
	few := beginning(p.streams, mostEvidence)
	var best Fit
	var nearest Model
	for _, m := range p.rejected {
		f := m.Nearest(few, o)
		l.Alternatives = append(l.Alternatives, Alternative{m.Name(), m.Doc().Title, f.Contradictions, f.First})
		if nearest == nil || f.Contradictions < best.Contradictions {
			nearest, best = m, f
		}
	}
	if p.verdict != Contradicted || nearest == nil {
		return
	}
	l.takeFit(nearest, best)
	l.Why = "no model explains every decision; " + nearest.Name() + " comes nearest"
}

func classOf(groups []*group) string {
	var classes []string
	for _, g := range groups {
		if !slices.Contains(classes, g.class) {
			classes = append(classes, g.class)
		}
	}
	slices.Sort(classes)
	return strings.Join(classes, "+")
}

func sourcesOf(groups []*group) []string {
	out := []string{}
	for _, g := range groups {
		if !slices.Contains(out, g.source) {
			out = append(out, g.source)
		}
	}
	return out
}

// names lists the survivors' models, each once.
func names(p pool) []string {
	if p.verdict == Unlimited {
		return []string{"unlimited"}
	}
	out := []string{}
	for _, m := range p.survivors {
		if !slices.Contains(out, m.Name()) {
			out = append(out, m.Name())
		}
	}
	return out
}
