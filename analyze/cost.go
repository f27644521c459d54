package analyze

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ratefit/internal/trace"
)

// An experiment is the hits that tell what refused hits cost: first such hits,
// from rest, and at once good ones.
type experiment struct {
	Cost
	first, last int64 // when hits were sent
	unknown     int   // good hits without an answer that tells
}

func (a *Analyzer) addExperiment(h *trace.Hit) {
	check, after, _ := h.Cost()
	i := slices.IndexFunc(a.experiments, func(e *experiment) bool {
		return e.Check == check && e.Class == h.Class && e.Source == h.Source
	})
	if i < 0 {
		i = len(a.experiments)
		a.experiments = append(a.experiments, &experiment{
			Cost:  Cost{Class: h.Class, Source: h.Source, Check: check, Statuses: map[string]int{}},
			first: math.MaxInt64,
		})
	}
	e := a.experiments[i]
	e.first, e.last = min(e.first, int64(h.Sent)), max(e.last, int64(h.Sent))
	outcome := h.Outcome(a.options.LimitedStatus)
	switch {
	case !after:
		e.Refused++
		if h.Status != 0 {
			e.Statuses[statusText(h.Status)]++
		}
		if outcome == trace.Limited {
			e.Limited++
		}
	default:
		e.Then++
		switch outcome {
		case trace.Admitted:
			e.Admitted++
		case trace.Limited:
		default:
			e.unknown++
		}
	}
}

// judgeExperiments holds each experiment against the limit of its class.
func (a *Analyzer) judgeExperiments(out *Analysis) {
	for _, e := range a.experiments {
		i := slices.IndexFunc(out.Limits, func(l Limit) bool {
			return slices.Contains(strings.Split(l.Class, "+"), e.Class) && slices.Contains(l.Sources, e.Source)
		})
		var l Limit
		if i >= 0 {
			l = out.Limits[i]
		}
		e.Counted, e.Statement = e.judge(&l, a.rested(e, &l))
		out.Cost = append(out.Cost, e.Cost)
		out.Findings = append(out.Findings, e.Class+": "+e.Statement)
	}
}

// rested reports whether the limiter was full when the experiment began: nothing
// had been sent for as long as it takes to fill up.
func (a *Analyzer) rested(e *experiment, l *Limit) bool {
	if l.Burst == nil || l.Burst.High == nil || l.SustainedRate == nil || l.SustainedRate.Low == nil || *l.SustainedRate.Low <= 0 {
		return false
	}
	last := int64(math.MinInt64)
	shares := func(class, source string) bool {
		return slices.Contains(strings.Split(l.Class, "+"), class) && slices.Contains(l.Sources, source)
	}
	for _, g := range a.groups {
		if shares(g.class, g.source) {
			last = max(last, g.last)
		}
	}
	for _, other := range a.experiments {
		if other != e && other.last < e.first && shares(other.Class, other.Source) {
			last = max(last, other.last)
		}
	}
	return float64(e.first-last)/1e9 >= *l.Burst.High / *l.SustainedRate.Low
}

// judge says whether refused hits count, and where the check stands.
func (e *experiment) judge(l *Limit, rested bool) (Counted, string) {
	what := fmt.Sprintf("%d hits with %s", e.Refused, e.Check)
	status, _ := mostOf(e.refusals())
	switch {
	case status == "":
		if e.Limited == e.Refused {
			return NotCertain, what + " were all limited: whether they would have been refused did not show"
		}
		answer, _ := mostOf(e.Statuses)
		return NotCertain, fmt.Sprintf("%s were not refused, most were answered %s: there is no such check", what, answer)
	case e.mixed():
		return NotCertain, what + " were answered in more than one way; what they cost cannot be told"
	case e.Limited > 0:
		return Counts, fmt.Sprintf("hits with %s cost a token: of %d, %d were limited; the limiter stands before that check", e.Check, e.Refused, e.Limited)
	case e.Then == 0 || l.Burst == nil || l.Burst.Low == nil || l.Burst.High == nil || l.SustainedRate == nil || l.SustainedRate.High == nil:
		return NotCertain, fmt.Sprintf("%s were answered %s; what they cost cannot be told without knowing the burst", what, status)
	}
	back := *l.SustainedRate.High*float64(e.last-e.first)/1e9 + 1
	free := float64(e.Admitted+e.unknown) >= *l.Burst.Low && float64(e.Then) >= *l.Burst.Low
	costs := float64(e.Admitted) <= *l.Burst.High-float64(e.Refused)+back
	after := fmt.Sprintf("after %s, answered %s, %d of %d good ones were admitted at once, of a burst of %s", what, status, e.Admitted, e.Then, number(l.Burst.Value))
	switch {
	case free && !costs:
		return Free, "hits with " + e.Check + " never reach the limiter, or cost nothing: " + after
	case costs && !free && rested:
		return Counts, "hits with " + e.Check + " cost a token: " + after
	case costs && !free:
		return NotCertain, after + "; it had not rested for long enough to tell what those cost"
	}
	return NotCertain, after + "; that does not tell what those cost"
}

// mixed reports that some hits were answered neither by a refusal nor by the
// limiter: what those cost is another question.
func (e *experiment) mixed() bool {
	told := e.Limited
	for _, n := range e.refusals() {
		told += n
	}
	return told < e.Refused
}

// refusals are the statuses by which the API refused hits.
func (e *experiment) refusals() map[string]int {
	out := map[string]int{}
	for status, n := range e.Statuses {
		var code int
		if _, err := fmt.Sscan(status, &code); err == nil && trace.Refused(code) {
			out[status] = n
		}
	}
	return out
}
