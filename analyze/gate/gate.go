// Package gate holds an analysis against what somebody expects. It is pure.
//
// An expectation is held only if everything that is still possible lies inside of
// it, and broken only if everything lies outside. What straddles its ends, what
// was not measured, what no model explains and what was broken off is undecided,
// and never a pass.
package gate

import (
	"fmt"
	"slices"
	"strings"

	"ratefit/analyze"
	"ratefit/expect"
)

// Judge returns what became of each expectation, in the order: limits, models,
// parameters, scope, headers.
func Judge(s *expect.Set, a *analyze.Analysis) []analyze.Expectation {
	j := judging{s, a}
	var out []analyze.Expectation
	for _, l := range s.Limits {
		out = append(out, j.limit(l)...)
	}
	for _, m := range s.Models {
		out = append(out, j.model(m))
	}
	for _, p := range s.Params {
		out = append(out, j.param(p))
	}
	for _, p := range s.Scopes {
		out = append(out, j.scope(p))
	}
	for _, d := range s.Declared {
		out = append(out, j.declared(d))
	}
	return out
}

// Sum is what became of all expectations: broken if any is, held if all are and
// there is one.
func Sum(all []analyze.Expectation) analyze.Held {
	sum := analyze.IsHeld
	if len(all) == 0 {
		sum = analyze.IsUnknown
	}
	for _, e := range all {
		sum = worse(sum, e.Verdict)
	}
	return sum
}

func worse(a, b analyze.Held) analyze.Held {
	for _, v := range []analyze.Held{analyze.IsBroken, analyze.IsUnknown} {
		if a == v || b == v {
			return v
		}
	}
	return analyze.IsHeld
}

type judging struct {
	set *expect.Set
	a   *analyze.Analysis
}

// A finding is what became of an expectation at one limit.
type finding struct {
	verdict   analyze.Held
	measured  analyze.Parameter
	text, try string
}

func held(m analyze.Parameter, format string, args ...any) finding {
	return finding{verdict: analyze.IsHeld, measured: m, text: fmt.Sprintf(format, args...)}
}

func broken(m analyze.Parameter, format string, args ...any) finding {
	return finding{verdict: analyze.IsBroken, measured: m, text: fmt.Sprintf(format, args...)}
}

func undecided(m analyze.Parameter, try, format string, args ...any) finding {
	return finding{verdict: analyze.IsUnknown, measured: m, try: try, text: fmt.Sprintf(format, args...)}
}

var nothing analyze.Parameter

// over judges an expectation at each of some limits, given by their place, and
// completes e by the worst that is found.
func (j judging) over(e analyze.Expectation, limits []int, at func(l *analyze.Limit) finding) analyze.Expectation {
	worst := finding{}
	for n, i := range limits {
		f := at(&j.a.Limits[i])
		if n > 0 && worse(worst.verdict, f.verdict) == worst.verdict {
			continue
		}
		worst, e.Limit = f, &i
	}
	if len(limits) > 1 {
		if worst.verdict == analyze.IsHeld {
			worst.text = fmt.Sprintf("%s, and so at the other %d limiters", worst.text, len(limits)-1)
		}
		worst.text = j.name(*e.Limit) + ": " + worst.text
	}
	return j.complete(e, worst)
}

// name tells limiters apart.
func (j judging) name(i int) string {
	l := &j.a.Limits[i]
	same := 0
	for k := range j.a.Limits {
		if j.a.Limits[k].Class == l.Class {
			same++
		}
	}
	if same > 1 && len(l.Sources) > 0 {
		return l.Class + " from " + some(l.Sources)
	}
	return l.Class
}

func some(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
	}
	return strings.Join(names, ", ")
}

// complete takes a finding over. Of traffic that was broken off nothing is held.
func (j judging) complete(e analyze.Expectation, f finding) analyze.Expectation {
	if f.verdict == analyze.IsHeld && j.a.Partial != "" {
		f.verdict, f.try = analyze.IsUnknown, "let it run to its end"
		f.text += "; but " + j.a.Partial + ": this is a part of what was to be sent"
	}
	e.Verdict, e.Measured, e.Text, e.Try = f.verdict, f.measured, f.text, f.try
	return e
}

// of returns the limits of a class; where there is none, what follows from that.
func (j judging) of(class string) (limits []int, instead *finding) {
	for i := range j.a.Limits {
		if class == "" || j.a.Limits[i].Class == class {
			limits = append(limits, i)
		}
	}
	if len(limits) > 0 {
		return limits, nil
	}
	var f finding
	switch {
	case class == "":
		f = undecided(nothing, "", "nothing was measured")
	default:
		f = j.otherwise(class)
	}
	return nil, &f
}

// otherwise says why there is no limit of a class.
func (j judging) otherwise(class string) finding {
	parts := strings.Split(class, "+")
	found := map[string]bool{}
	for i := range j.a.Limits {
		l := &j.a.Limits[i]
		has := strings.Split(l.Class, "+")
		for _, c := range has {
			found[c] = true
		}
		if !slices.ContainsFunc(parts, func(c string) bool { return !slices.Contains(has, c) }) {
			if l.Verdict == analyze.Identified {
				return broken(nothing, "%s has no limiter of its own: one limiter serves %s", class, l.Class)
			}
			return undecided(nothing, "", "%s seems to share a limiter, and what the limiter of %s is, is not known: it is %s", class, l.Class, l.Verdict)
		}
	}
	for _, c := range parts {
		if !found[c] {
			return undecided(nothing, sendIt(c), "no hits of class %s were measured", c)
		}
	}
	if j.a.Scope.Class == analyze.Separate {
		return broken(nothing, "%s do not share a limiter: each class has its own", strings.Join(parts, " and "))
	}
	return undecided(nothing, "", "whether %s share a limiter is not known", strings.Join(parts, " and "))
}

func sendIt(class string) string {
	if class == "write" {
		return "name the write with --write 'POST /path'"
	}
	return ""
}
