package gate

import (
	"ratefit/analyze"
	"ratefit/expect"
)

// declared judges whether the response headers are true.
func (j judging) declared(x expect.Declared) analyze.Expectation {
	e := analyze.Expectation{
		ID: named(x.Class, "declared"), Given: x.String(), Class: x.Class, About: "declared",
		Expected: analyze.Parameter{Text: "true"},
	}
	limits, instead := j.governed(x.Class, func(string) bool { return false })
	if instead != nil {
		return j.complete(e, *instead)
	}
	return j.over(e, limits, truth)
}

// truth judges the headers of one limit: the limit that they declare, and what they
// say at each moment. What they leave out is not untrue.
func truth(l *analyze.Limit) finding {
	for _, c := range l.HeaderChecks {
		if c.ID != analyze.CheckStatus && c.ID != analyze.CheckWaitIsSaid && !c.Holds {
			return broken(analyze.Parameter{Text: "untrue"}, "%s", c.Text)
		}
	}
	switch d := l.Declared; {
	case d == nil:
		return undecided(nothing, "", "the headers declare no limit")
	case d.Agrees == nil:
		return undecided(nothing, "", "whether the limit that the headers declare holds is not known")
	case !*d.Agrees:
		text := "the limit that the headers declare does not hold"
		if len(d.Findings) > 0 {
			text = d.Findings[0]
		}
		return broken(analyze.Parameter{Text: "untrue"}, "%s", text)
	}
	if l.Verdict != analyze.Identified {
		return undecided(nothing, "", "the limit that the headers declare may hold, but the limiter is %s", l.Verdict)
	}
	return held(analyze.Parameter{Text: "true"}, "what the headers declare is true")
}
