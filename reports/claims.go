package reports

import (
	"slices"
	"strings"

	"ratefit/analyze"
)

// agreement says in a word or two how the headers compare with the fit.
func agreement(d *analyze.Declared) string {
	switch {
	case d == nil:
		return "none"
	case d.Agrees == nil:
		return "? unclear"
	case *d.Agrees:
		return "✓ agree"
	}
	return "✗ disagree"
}

// declaredRows say what the headers declare, and what was held against the
// limiter.
func declaredRows(l *analyze.Limit) []row {
	return append(declarations(l.Declared, l.HeaderChecks), checkRows(l.HeaderChecks)...)
}

// checkRows say what holds of the headers, and what does not.
func checkRows(checks []analyze.HeaderCheck) []row {
	var rows []row
	for _, c := range checks {
		r := row{label: "✓", text: printable(c.Text), paint: plain}
		if !c.Holds {
			r.label, r.paint = "✗", red
			if c.Example != nil {
				r.text += " (hit " + count(int(c.Example.Hit)) + ", at " + tied(seconds(c.Example.At)) + ")"
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func declarations(d *analyze.Declared, checks []analyze.HeaderCheck) []row {
	if d == nil {
		return []row{{label: "headers", text: "declare no limit"}}
	}
	c := plain
	switch {
	case d.Agrees == nil:
	case *d.Agrees:
		c = green
	default:
		c = red
	}
	verdict := agreement(d)
	if d.Agrees == nil {
		verdict = "? unclear whether they agree"
	}
	rows := []row{{label: "headers", text: verdict + ": they declare " + claims(d), paint: c}}
	for _, f := range d.Findings {
		if !slices.ContainsFunc(checks, func(c analyze.HeaderCheck) bool { return c.Text == f }) {
			rows = append(rows, row{label: "finding", text: printable(f)})
		}
	}
	return rows
}

// claims says what the headers declare, and by which convention.
func claims(d *analyze.Declared) string {
	var parts []string
	if d.SustainedRate != nil {
		v := number(*d.SustainedRate)
		text := v + " " + requests(v) + "/s"
		if s := slow(*d.SustainedRate); s != "" {
			text += " = " + s
		}
		parts = append(parts, tied(text))
	}
	if d.Burst != nil {
		parts = append(parts, tied("burst "+number(*d.Burst)))
	}
	switch {
	case d.Quota != nil && d.Window != nil:
		parts = append(parts, "a quota of "+number(*d.Quota)+" per "+tied(seconds(*d.Window)))
	case d.Quota != nil:
		parts = append(parts, "a quota of "+number(*d.Quota))
	case d.Window != nil:
		parts = append(parts, "a window of "+tied(seconds(*d.Window)))
	}
	if d.RetryAfter != nil {
		parts = append(parts, "Retry-After "+tied(seconds(*d.RetryAfter)))
	}
	text := strings.Join(parts, ", ")
	if text == "" {
		text = "nothing that can be compared"
	}
	if d.Convention != "" {
		text += " (" + printable(d.Convention) + ")"
	}
	return text
}

// clientRow says how far a kind of client gets.
func clientRow(c analyze.Client) string {
	return "one that " + printable(c.Name) + " gets " + count(c.Admitted) + " through in " + tied(seconds(c.Duration)) + ", " + count(c.Limited) + " limited"
}
