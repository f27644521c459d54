package reports

import "ratefit/analyze"

// SoFar says in few words what is known of a limiter while hits still come in.
// It is "" as long as nothing is.
func SoFar(l *analyze.Limit) string {
	if l.Hits == 0 {
		return ""
	}
	switch n := len(l.Survivors); {
	case l.Verdict == analyze.Unlimited:
		return "nothing was limited so far"
	case l.Verdict == analyze.Contradicted && l.Model == "":
		return "no model explains every decision"
	case l.Verdict == analyze.Contradicted:
		return "no model explains every decision; the closest is " + modelTitle(l.Model)
	case n > 1:
		return count(n) + " models possible (" + or(modelTitlesOf(l.Survivors)) + ")" + bounds(l)
	case n == 1:
		return modelTitle(l.Survivors[0]) + bounds(l)
	}
	return "too few decisions" + bounds(l)
}

// bounds says rate and burst behind a colon, as far as they are known.
func bounds(l *analyze.Limit) string {
	var text string
	add := func(s string) {
		if text == "" {
			text = ": " + s
			return
		}
		text += ", " + s
	}
	if r := l.SustainedRate; r != nil {
		s := value(r) + "/s"
		if sp := span(r); sp != "" {
			s += " (" + sp + ")"
		}
		add(s)
	}
	if l.Burst != nil {
		add("burst " + valueSpan(l.Burst))
	}
	return text
}
