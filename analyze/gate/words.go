package gate

import (
	"fmt"
	"slices"
	"strings"

	"ratefit/analyze"
	"ratefit/expect"
)

// governed lists the limits that an expectation for all classes, or for one, is
// about: not those that are expected to be unlimited, and not those that have an
// expectation of the same kind of their own.
func (j judging) governed(class string, own func(class string) bool) (limits []int, instead *finding) {
	limits, instead = j.of(class)
	if class != "" || instead != nil {
		return limits, instead
	}
	limits = slices.DeleteFunc(limits, func(i int) bool {
		c := j.a.Limits[i].Class
		return own(c) || slices.ContainsFunc(j.set.Limits, func(l expect.Limit) bool { return l.Unlimited && l.Class == c })
	})
	if len(limits) == 0 {
		f := undecided(nothing, "", "there is no limit that this is about")
		return nil, &f
	}
	return limits, nil
}

func named(class, id string) string {
	if class == "" {
		return id
	}
	return class + "." + id
}

// model judges which limiter it is.
func (j judging) model(x expect.Model) analyze.Expectation {
	e := analyze.Expectation{
		ID: named(x.Class, "model"), Given: x.String(), Class: x.Class, About: "model",
		Expected: analyze.Parameter{Text: x.Words()},
	}
	limits, instead := j.governed(x.Class, func(class string) bool {
		return slices.ContainsFunc(j.set.Models, func(m expect.Model) bool { return m.Class == class })
	})
	if instead != nil {
		return j.complete(e, *instead)
	}
	return j.over(e, limits, func(l *analyze.Limit) finding {
		all, why := possible(l)
		if why != "" {
			return undecided(nothing, "", "%s was asked for; %s", x.Words(), why)
		}
		var is []string
		for _, p := range all {
			if words := wordsOf(p); !slices.Contains(is, words) {
				is = append(is, words)
			}
		}
		m := analyze.Parameter{Text: strings.Join(is, " or ")}
		switch {
		case !slices.Contains(is, x.Words()):
			return broken(m, "%s was asked for; it is %s", x.Words(), m.Text)
		case len(is) > 1:
			return undecided(m, "measure for longer, to tell the models apart", "%s was asked for; it is one of %s", x.Words(), strings.Join(is, ", "))
		}
		return held(m, "%s was asked for, and it is", x.Words())
	})
}

// wordsOf is a model with its modifiers.
func wordsOf(p analyze.Possible) string {
	modifiers := slices.Clone(p.Modifiers)
	slices.Sort(modifiers)
	return strings.Join(append([]string{p.Model}, modifiers...), "+")
}

// param judges a parameter of a model.
func (j judging) param(x expect.Param) analyze.Expectation {
	e := analyze.Expectation{
		ID: named(x.Class, "param."+x.Name), Given: x.String(), Class: x.Class, About: "param",
		Expected: analyze.Parameter{Text: x.Text},
	}
	accepted := around(x.Value, j.set.Accepts())
	if x.Text == "" {
		e.Expected = analyze.Parameter{Interval: accepted}
	}
	limits, instead := j.governed(x.Class, func(class string) bool {
		return slices.ContainsFunc(j.set.Params, func(p expect.Param) bool { return p.Class == class && p.Name == x.Name })
	})
	if instead != nil {
		return j.complete(e, *instead)
	}
	q := quantity{name: x.Name, accepted: accepted, of: func(p analyze.Possible) *analyze.Interval {
		if v, ok := p.Params[x.Name]; ok && v.Text == "" {
			return &v.Interval
		}
		return nil
	}}
	return j.over(e, limits, func(l *analyze.Limit) finding {
		all, why := possible(l)
		switch {
		case why != "":
			return undecided(nothing, "", "%s was asked for; %s", x, why)
		case x.Text == "":
			return q.judge(all)
		}
		return choice(x, all)
	})
}

// choice judges a parameter that is a word.
func choice(x expect.Param, all []analyze.Possible) finding {
	var is []string
	for _, p := range all {
		word := p.Params[x.Name].Text
		if word == "" {
			word = "none"
		}
		if !slices.Contains(is, word) {
			is = append(is, word)
		}
	}
	m := analyze.Parameter{Text: strings.Join(is, " or ")}
	switch {
	case !slices.Contains(is, x.Text):
		return broken(m, "%s %s was asked for; it is %s", x.Name, x.Text, m.Text)
	case len(is) > 1:
		return undecided(m, "measure for longer, to tell the models apart", "%s %s was asked for; it is %s", x.Name, x.Text, m.Text)
	}
	return held(m, "%s %s was asked for, and it is", x.Name, x.Text)
}

// scope judges who shares a limiter.
func (j judging) scope(x expect.Scope) analyze.Expectation {
	e := analyze.Expectation{
		ID: "scope." + x.Dimension, Given: x.String(), About: "scope", Expected: analyze.Parameter{Text: x.Answer},
	}
	is := map[string]analyze.ScopeVerdict{
		"class": j.a.Scope.Class, "source": j.a.Scope.Source, "credential": j.a.Scope.Credential, "path": j.a.Scope.Path,
	}[x.Dimension]
	m := analyze.Parameter{Text: string(is)}
	asked := fmt.Sprintf("limiters %s by %s were asked for", x.Answer, x.Dimension)
	switch is {
	case analyze.ScopeVerdict(x.Answer):
		return j.complete(e, held(m, "%s, and they are", asked))
	case analyze.Separate, analyze.Shared:
		return j.complete(e, broken(m, "%s; they are %s", asked, is))
	case analyze.UndeterminedScope:
		return j.complete(e, undecided(m, "", "%s; the hits do not tell", asked))
	}
	return j.complete(e, undecided(m, toTest(x.Dimension), "%s; that was not tested", asked))
}

// toTest says what makes a dimension be tested.
func toTest(dimension string) string {
	switch dimension {
	case "class":
		return "send reads and writes: name the write with --write 'POST /path'"
	case "source":
		return "send from two addresses: --source 127.0.0.2 --source 127.0.0.3"
	case "credential":
		return "send with two accounts: --accounts users.csv"
	}
	return "paths are not compared yet"
}
