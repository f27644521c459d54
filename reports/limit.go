package reports

import (
	"slices"
	"strconv"
	"strings"

	"ratefit/analyze"
)

func verdictPaint(v analyze.Verdict) paint {
	switch v {
	case analyze.Identified:
		return green
	case analyze.Contradicted:
		return red
	case analyze.Unlimited:
		return cyan
	}
	return yellow
}

// headline says a verdict in one plain sentence.
func headline(l *analyze.Limit, s *analyze.Sent) string {
	if l.Hits == 0 {
		return "no hits: nothing is known"
	}
	switch l.Verdict {
	case analyze.Identified:
		return modelTitle(l.Model) + ": " + told(l)
	case analyze.Undetermined:
		if len(l.Survivors) < 2 {
			return "undetermined: " + told(l)
		}
		return "undetermined between " + and(modelTitlesOf(l.Survivors)) + ": " + rates(l)
	case analyze.Unlimited:
		return "no limit seen: " + admitted(l) + "; the run sent at most " + brief(s.AchievedRate) + " requests in one second"
	case analyze.Contradicted:
		text := "no model explains every decision"
		if l.Model == "" {
			return text
		}
		return text + "; the closest, " + modelTitle(l.Model) + ", fails on " + count(l.Contradictions) + " of " +
			count(l.Admitted+l.Limited) + ": " + told(l)
	}
	if l.SustainedRate == nil && l.Burst == nil {
		return "not enough evidence for a limit"
	}
	return "not enough evidence; so far " + rates(l)
}

func admitted(l *analyze.Limit) string {
	switch {
	case l.Admitted == 1 && l.Hits == 1:
		return "the only hit was admitted"
	case l.Admitted == l.Hits:
		return "all " + count(l.Hits) + " hits were admitted"
	case l.Admitted == 0:
		return "none of " + plural(l.Hits, "hit", "hits") + " was limited, and none certainly admitted"
	}
	return "none of " + count(l.Hits) + " hits was limited"
}

// told says what a limiter does, then its rate and burst.
func told(l *analyze.Limit) string {
	does := behaviour(l)
	switch {
	case l.Model == "concurrency" && l.SustainedRate == nil && does != "":
		return does
	case does != "":
		return does + "; " + rates(l)
	}
	return rates(l)
}

// rates says the sustained rate and the burst with their intervals.
func rates(l *analyze.Limit) string {
	rate := "sustained rate unknown"
	if l.SustainedRate != nil {
		rate = rateSentence(l.SustainedRate)
	}
	if l.Burst == nil {
		return rate + ", burst unknown"
	}
	return rate + ", " + tied("burst "+valueSpan(l.Burst))
}

func rateSentence(i *analyze.Interval) string {
	v := value(i)
	text := tied(v+" "+requests(v)+"/s") + " sustained"
	if s := span(i); s != "" {
		text += " " + tied("("+s+")")
	}
	if s := slow(i.Value); s != "" {
		text += " = " + tied(s)
	}
	return text
}

// detail lists the evidence for one limit. The counts are left out when a
// table already shows them.
func detail(l *analyze.Limit, counted bool) []row {
	return append(append(describing(l, counted), declaredRows(l)...), proving(l)...)
}

// describing says what was seen of the limiter, and what it is beside the headline.
func describing(l *analyze.Limit, counted bool) []row {
	var rows []row
	add := func(label, text string) { rows = append(rows, row{label: label, text: text}) }
	if l.Why != "" {
		add("why", printable(l.Why))
	}
	if !counted {
		add("hits", count(l.Hits)+": "+count(l.Admitted)+" admitted, "+count(l.Limited)+" limited, "+
			count(l.Failed)+" failed, "+count(l.Unknown)+" unknown")
	}
	if s := statuses(l); s != "" {
		add("status", s)
	}
	if l.SustainedRate != nil {
		if s := accuracy(l.SustainedRate); s != "" {
			add("rate", s)
		}
	}
	rows = append(rows, paramRows(l)...)
	for _, m := range l.Modifiers {
		if m != "block" && m != "limited-hits-count" { // those are in the headline
			add("modifier", printable(strings.ReplaceAll(m, "-", " ")))
		}
	}
	return rows
}

// proving says how far the fit can be trusted.
func proving(l *analyze.Limit) []row {
	var rows []row
	if p := l.Prediction; p != nil && p.Hits > 0 {
		rows = append(rows, row{label: "foretold", text: tied(share(p.Correct, p.Hits)) + " of " + plural(p.Hits, "hit", "hits") + " that the fit had not seen"})
	}
	for _, w := range l.Warnings {
		rows = append(rows, row{label: "warning", text: printable(w), paint: yellow})
	}
	return rows
}

// accuracy says how well a rate is known, in units that suit it.
func accuracy(i *analyze.Interval) string {
	h := halfWidth(i)
	if h == "" {
		return ""
	}
	return "known to " + tied(h) + ", one request every " + tied(seconds(1/i.Value))
}

func statuses(l *analyze.Limit) string {
	var parts []string
	if l.FirstAdmittedStatus != 0 {
		parts = append(parts, "first admitted hit answered "+strconv.Itoa(l.FirstAdmittedStatus))
	}
	if len(l.LimitedStatuses) > 0 {
		var each []string
		for _, s := range sortedKeys(l.LimitedStatuses) {
			text := printable(s)
			if len(l.LimitedStatuses) > 1 {
				text += " (" + count(l.LimitedStatuses[s]) + ")"
			}
			each = append(each, text)
		}
		parts = append(parts, "limited hits "+and(each))
	}
	return strings.Join(parts, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
