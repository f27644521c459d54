package gate

import (
	"fmt"
	"strings"

	"ratefit/analyze"
	"ratefit/expect"
)

// fewest is how many hits must have been admitted within one second to believe
// that nothing is limited, where the expectation does not say.
const fewest = 100

// Decided reports whether what is known of a class so far decides what is expected of
// its rate and burst, to either side: then there is no point in measuring them closer.
func Decided(s *expect.Set, class string, l *analyze.Limit) bool {
	alone := *l
	alone.Class = class
	j := judging{s, &analyze.Analysis{Limits: []analyze.Limit{alone}}}
	for _, x := range s.Limits {
		if x.Class != class {
			continue
		}
		for _, e := range j.limit(x) {
			if e.Verdict == analyze.IsUnknown {
				return false
			}
		}
	}
	return true
}

// around is what is accepted for a number.
func around(x float64, t expect.Tolerance) analyze.Interval {
	low, high := x*(1-float64(t)), x*(1+float64(t))
	return analyze.Interval{Value: x, Low: &low, High: &high}
}

// A position is where an interval lies.
type position int

const (
	straddling position = iota
	inside
	outside
)

// place says where a measured interval lies to an accepted one, which has both
// ends. The last digits of a number are not held against it.
func place(m, accepted *analyze.Interval) position {
	margin := 1e-9 * accepted.Value
	low, high := *accepted.Low-margin, *accepted.High+margin
	switch {
	case m.Low != nil && *m.Low > high, m.High != nil && *m.High < low:
		return outside
	case m.Low != nil && m.High != nil && *m.Low >= low && *m.High <= high:
		return inside
	}
	return straddling
}

// limit judges the rate and the burst of a class.
func (j judging) limit(x expect.Limit) []analyze.Expectation {
	base := analyze.Expectation{Given: x.String(), Class: x.Class}
	limits, instead := j.of(x.Class)
	if instead == nil {
		instead = j.sharing(x.Class)
	}
	one := func(about string, expected analyze.Parameter, at func(l *analyze.Limit) finding) analyze.Expectation {
		e := base
		e.ID, e.About, e.Expected = x.Class+"."+about, about, expected
		if instead != nil {
			return j.complete(e, *instead)
		}
		return j.over(e, limits, at)
	}
	if x.Unlimited {
		return []analyze.Expectation{one("unlimited", analyze.Parameter{Text: "unlimited"}, func(l *analyze.Limit) finding { return unlimited(x, l) })}
	}
	rate := around(x.Rate(), j.set.Accepts())
	out := []analyze.Expectation{one("rate", analyze.Parameter{Interval: rate}, func(l *analyze.Limit) finding {
		return j.quantity(x, l, quantity{"a sustained rate", "/s", rate, func(p analyze.Possible) *analyze.Interval { return p.SustainedRate }})
	})}
	if x.Burst > 0 {
		burst := around(x.Burst, j.set.Accepts())
		out = append(out, one("burst", analyze.Parameter{Interval: burst}, func(l *analyze.Limit) finding {
			return j.quantity(x, l, quantity{"a burst", "", burst, func(p analyze.Possible) *analyze.Interval { return p.Burst }})
		}))
	}
	return out
}

// sharing says what follows for a class if it is not known whether classes share a
// limiter: what was found of it alone may be a share of something.
func (j judging) sharing(class string) *finding {
	if j.a.Scope.Class != analyze.UndeterminedScope || strings.Contains(class, "+") {
		return nil
	}
	f := undecided(nothing, "measure the class alone", "whether %s shares a limiter with another class is not known", class)
	return &f
}

// A quantity is a number that limits have.
type quantity struct {
	name, unit string
	accepted   analyze.Interval
	of         func(p analyze.Possible) *analyze.Interval
}

// quantity judges a number of one limit.
func (j judging) quantity(x expect.Limit, l *analyze.Limit, q quantity) finding {
	if f, ok := j.tooMuch(x, l); ok {
		return f
	}
	if l.Verdict == analyze.Unlimited {
		return j.nothingLimited(x, l)
	}
	all, why := possible(l)
	if why != "" {
		return undecided(nothing, "", "%s", why)
	}
	return q.judge(all)
}

// possible lists the limiters that a limit can be; why says if that is not known.
func possible(l *analyze.Limit) (all []analyze.Possible, why string) {
	switch {
	case l.Verdict == analyze.Identified:
		return []analyze.Possible{{Model: l.Model, SustainedRate: l.SustainedRate, Burst: l.Burst, Params: l.Params, Modifiers: l.Modifiers}}, ""
	case l.Verdict == analyze.Undetermined && len(l.Possible) > 0:
		return l.Possible, ""
	case l.Verdict == analyze.Unlimited:
		return nil, "nothing was limited"
	case l.Verdict == analyze.Contradicted:
		return nil, "no model explains every decision, so nothing is known for certain"
	}
	why = "the limiter is " + string(l.Verdict)
	if l.Why != "" {
		why += ": " + l.Why
	}
	return nil, why
}

// judge holds a number of all limiters that are possible against what is accepted.
func (q quantity) judge(all []analyze.Possible) finding {
	asked := fmt.Sprintf("%s of %s%s was asked for", q.name, short(q.accepted.Value), q.unit)
	if *q.accepted.Low != *q.accepted.High {
		asked += fmt.Sprintf(" (%s%s)", q.accepted.String(), q.unit)
	}
	var worst finding
	for i, p := range all {
		f := q.judgeOne(p, asked)
		if len(all) > 1 {
			f.text += ", if it is a " + p.Variant
		}
		switch {
		case i == 0:
			worst = f
		case f.verdict != worst.verdict:
			// Some of what is possible lies inside, some outside.
			if f.verdict == analyze.IsHeld {
				f = worst
			}
			f.verdict, f.try = analyze.IsUnknown, "measure for longer, to tell the models apart"
			worst = f
		}
	}
	return worst
}

func (q quantity) judgeOne(p analyze.Possible, asked string) finding {
	m := q.of(p)
	if m == nil {
		return broken(nothing, "%s; a %s has none", asked, p.Model)
	}
	what := analyze.Parameter{Interval: *m}
	switch place(m, &q.accepted) {
	case inside:
		return held(what, "%s; it is %s%s", asked, m, q.unit)
	case outside:
		return broken(what, "%s; it is %s%s", asked, m, q.unit)
	}
	try := "measure for longer with --max-duration, or accept more with --tolerance"
	if m.High == nil && m.Low != nil {
		try = "send a burst after a rest, or say with --at-rest that nobody had used the limiter before"
	}
	return undecided(what, try, "%s; it is %s%s, which may lie inside or outside", asked, m, q.unit)
}

// most is how many hits no limiter of that rate and burst lets through within one
// second: windows may end in it, so that two bursts fit.
func (j judging) most(x expect.Limit) float64 {
	return (2*x.Burst + x.Rate()) * (1 + float64(j.set.Accepts()))
}

// tooMuch finds that one client was admitted more than the expected limiter,
// whatever its model, can let through. It needs no fit.
func (j judging) tooMuch(x expect.Limit, l *analyze.Limit) (finding, bool) {
	if l.Verdict == analyze.Identified || x.Burst == 0 || float64(l.Busiest) <= j.most(x) {
		return finding{}, false
	}
	return broken(nothing, "%d hits were admitted within one second, and a limit of %s with a burst of %s lets no more than %s through",
		l.Busiest, x.RateText(), short(x.Burst), short(j.most(x))), true
}

// nothingLimited says what would have told the limit.
func (j judging) nothingLimited(x expect.Limit, l *analyze.Limit) finding {
	if x.Burst == 0 {
		return undecided(nothing, fmt.Sprintf("expect a burst as well, as in %s:30", x), "nothing was limited; a large burst would explain that")
	}
	need := int(j.most(x)) + 1
	return undecided(nothing, fmt.Sprintf("send at least that many: --max-rate %d", need),
		"nothing was limited, but no more than %d hits were admitted within one second; it takes %d to tell", l.Busiest, need)
}

// unlimited judges a class that is expected to have no limiter.
func unlimited(x expect.Limit, l *analyze.Limit) finding {
	need := max(fewest, int(x.Burst))
	if x.Burst > 0 {
		need = int(x.Burst)
	}
	switch {
	case l.Limited > 0:
		return broken(nothing, "nothing was to be limited, but %d of %d hits were", l.Limited, l.Hits)
	case l.Verdict == analyze.Identified:
		return broken(nothing, "nothing was to be limited, but there is a %s", l.Model)
	case l.Verdict != analyze.Unlimited:
		_, why := possible(l)
		return undecided(nothing, "", "%s", why)
	case l.Busiest < need:
		return undecided(analyze.Parameter{Text: "unlimited"}, fmt.Sprintf("send at least %d hits in one second", need),
			"nothing was limited, but no more than %d hits were admitted within one second; it takes %d", l.Busiest, need)
	}
	return held(analyze.Parameter{Text: "unlimited"}, "nothing was limited: up to %d hits of one client were admitted within one second", l.Busiest)
}

// short keeps the digits that a sentence can bear.
func short(v float64) string { return fmt.Sprintf("%.6g", v) }
