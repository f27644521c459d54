package reports

import (
	"strings"

	"ratefit/analyze"
)

// expectations begins the text with what was expected and what became of it: a
// table, then a sentence for whatever is not held.
func (p *page) expectations(a *analyze.Analysis) {
	all := a.Expectations
	if len(all) == 0 {
		return
	}
	p.line(expectationsLine(all), heldPaint(sumOf(all)))
	p.gap()
	cells := [][]string{{"", "expected", "measured", ""}}
	for i := range all {
		e := &all[i]
		cells = append(cells, []string{subject(e), tied(expected(e)), tied(measured(e)), heldWord(e.Verdict)})
	}
	if !p.table(cells) {
		var rows []row
		for i := range all {
			e := &all[i]
			rows = append(rows, row{
				label: subject(e), text: heldWord(e.Verdict) + ": expected " + expected(e) + ", measured " + measured(e), paint: heldPaint(e.Verdict),
			})
		}
		p.rows(2, plain, rows)
	}
	var why []row
	for i := range all {
		if e := &all[i]; e.Verdict != analyze.IsHeld {
			why = append(why, row{label: mark(e.Verdict), text: subject(e) + ": " + sentence(e), paint: heldPaint(e.Verdict)})
		}
	}
	if len(why) > 0 {
		p.gap()
		p.rows(2, plain, why)
	}
	p.gap()
}

// sentence says why an expectation is held or not, and what would decide it.
func sentence(e *analyze.Expectation) string {
	text := printable(e.Text)
	if e.Try != "" {
		text += "; to decide it, " + printable(e.Try)
	}
	return text
}

// tally counts what became of expectations.
func tally(all []analyze.Expectation) (held, broken, undecided int) {
	for i := range all {
		switch all[i].Verdict {
		case analyze.IsHeld:
			held++
		case analyze.IsBroken:
			broken++
		default:
			undecided++
		}
	}
	return held, broken, undecided
}

func sumOf(all []analyze.Expectation) analyze.Held {
	held, broken, _ := tally(all)
	switch {
	case broken > 0:
		return analyze.IsBroken
	case held == len(all) && held > 0:
		return analyze.IsHeld
	}
	return analyze.IsUnknown
}

// expectationsLine is one sentence about all expectations.
func expectationsLine(all []analyze.Expectation) string {
	held, broken, undecided := tally(all)
	verdict := string(sumOf(all)) + ": "
	switch {
	case max(held, broken, undecided) < len(all):
	case len(all) == 1:
		return verdict + "the expectation"
	default:
		return verdict + "all " + count(len(all)) + " expectations"
	}
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{broken, "broken"}, {undecided, "undecided"}, {held, "held"}} {
		if p.n > 0 {
			parts = append(parts, count(p.n)+" "+p.word)
		}
	}
	return verdict + "of " + plural(len(all), "expectation", "expectations") + ", " + and(parts)
}

func heldWord(v analyze.Held) string { return mark(v) + " " + string(v) }

func mark(v analyze.Held) string {
	switch v {
	case analyze.IsHeld:
		return "✓"
	case analyze.IsBroken:
		return "✗"
	}
	return "?"
}

func heldPaint(v analyze.Held) paint {
	switch v {
	case analyze.IsHeld:
		return green
	case analyze.IsBroken:
		return red
	}
	return yellow
}

// subject names what an expectation is about: "read rate", "scope by source".
func subject(e *analyze.Expectation) string {
	what := e.About
	switch e.About {
	case "scope":
		dimension, _ := strings.CutPrefix(e.ID, "scope.")
		return "scope by " + printable(dimension)
	case "declared":
		what = "headers"
	case "unlimited":
		what = "limit"
	case "param":
		_, name, _ := strings.Cut(e.ID, "param.")
		what = printable(name)
	}
	if e.Class == "" {
		return what
	}
	return printable(e.Class) + " " + what
}

// expected formats what is accepted: "2/s ± 1 %", "30", "separate".
func expected(e *analyze.Expectation) string {
	if e.Expected.Text != "" {
		return printable(e.Expected.Text)
	}
	i := &e.Expected.Interval
	text := number(i.Value) + unitOf(e)
	if i.Low == nil || i.High == nil || exact(i) {
		return text
	}
	if e.About == "burst" && i.Value-*i.Low < 1 && *i.High-i.Value < 1 {
		return text // hits come whole
	}
	percent := 100 * (*i.High - i.Value) / i.Value
	return text + " ± " + trim(rounded(percent, decimals(percent, 3), 0)) + " %"
}

// measured formats what was found: its ends, rounded outwards, or a word.
func measured(e *analyze.Expectation) string {
	m := &e.Measured
	switch {
	case m.Text != "":
		return printable(m.Text)
	case m.Low == nil && m.High == nil:
		return "–"
	case m.Low == nil || m.High == nil:
		return value(&m.Interval) + unitOf(e)
	case exact(&m.Interval):
		return number(m.Value) + unitOf(e)
	}
	return ends(&m.Interval) + unitOf(e)
}

func unitOf(e *analyze.Expectation) string {
	switch {
	case e.About == "rate":
		return "/s"
	case e.About == "param" && strings.HasSuffix(e.ID, "_s"):
		return " s"
	}
	return ""
}
