package reports

import (
	"fmt"
	"io"
	"strings"

	"ratefit/analyze"
	"ratefit/analyze/change"
)

// ChangesJSON writes a comparison as a document of its own, see the schema
// "comparison".
func ChangesJSON(w io.Writer, c *change.Comparison) error {
	if err := finite(c); err != nil {
		return err
	}
	return encode(w, c)
}

// Changes writes a comparison for people: what changed in one line, then each
// limiter side by side.
func Changes(w io.Writer, c *change.Comparison, o TextOptions) error {
	if err := finite(c); err != nil {
		return err
	}
	p := o.page()
	p.line(changesLine(c), answerPaint(c.Result))
	p.gap()
	p.rows(0, bold, []row{{label: "before", text: sideText(c.Before)}, {label: "after", text: sideText(c.After)}})
	for i := range c.Limits {
		l := &c.Limits[i]
		p.gap()
		p.line(pairName(l), bold)
		if l.Before == nil || l.After == nil {
			p.rows(2, plain, []row{{label: "?", text: alone(l), paint: yellow}})
			continue
		}
		p.changeRows(l.Rows)
	}
	if len(c.Scope) > 0 {
		p.gap()
		p.line("scope", bold)
		p.changeRows(c.Scope)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// changeRows writes a table, or rows where it does not fit.
func (p *page) changeRows(all []change.Row) {
	cells := [][]string{{"", "before", "after", ""}}
	for i := range all {
		r := &all[i]
		cells = append(cells, []string{about(r), tied(sideOf(r, r.Before)), tied(sideOf(r, r.After)), answerText(r)})
	}
	if p.table(cells) {
		return
	}
	var rows []row
	for i := range all {
		r := &all[i]
		rows = append(rows, row{
			label: about(r), text: strings.TrimPrefix(answerText(r)+": ", ": ") + sideOf(r, r.Before) + " before, " + sideOf(r, r.After) + " after", paint: answerPaint(r.Answer),
		})
	}
	p.rows(2, plain, rows)
}

// ChangesMarkdown writes a comparison as Markdown.
func ChangesMarkdown(w io.Writer, c *change.Comparison) error {
	if err := finite(c); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("## Rate limits before and after\n\n" + markdown(changesLine(c)) + "\n\n")
	fmt.Fprintf(&b, "- before: %s\n- after: %s\n", markdown(untied(sideText(c.Before))), markdown(untied(sideText(c.After))))
	table := func(rows []change.Row) {
		b.WriteString("| | before | after | |\n|---|---|---|---|\n")
		for i := range rows {
			r := &rows[i]
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", markdown(about(r)), markdown(sideOf(r, r.Before)), markdown(sideOf(r, r.After)), markdown(answerText(r)))
		}
	}
	for i := range c.Limits {
		l := &c.Limits[i]
		b.WriteString("\n### " + markdown(pairName(l)) + "\n\n")
		if l.Before == nil || l.After == nil {
			b.WriteString(markdown(alone(l)) + "\n")
			continue
		}
		table(l.Rows)
	}
	if len(c.Scope) > 0 {
		b.WriteString("\n### scope\n\n")
		table(c.Scope)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// changesLine says what changed, or that nothing did.
func changesLine(c *change.Comparison) string {
	var changed, unclear []string
	collect := func(name string, rows []change.Row) {
		for i := range rows {
			text := strings.TrimSpace(name + " " + about(&rows[i]))
			switch rows[i].Answer {
			case change.Changed:
				changed = append(changed, text)
			case change.Unclear:
				unclear = append(unclear, text)
			}
		}
	}
	for i := range c.Limits {
		l := &c.Limits[i]
		collect(pairName(l), l.Rows)
		if l.Before == nil || l.After == nil {
			unclear = append(unclear, pairName(l))
		}
	}
	collect("", c.Scope)
	switch {
	case len(changed) > 0:
		return "changed: " + and(changed)
	case c.Result == change.Same:
		return "the same, within " + percentage(c.Tolerance)
	case len(unclear) == 0 && len(c.Limits) == 0:
		return "cannot be told: nothing was measured"
	case len(unclear) == 0:
		return "cannot be told: one side is only a part of what was to be sent"
	}
	return "cannot be told: " + and(unclear)
}

func percentage(share float64) string {
	p := 100 * share
	return trim(rounded(p, decimals(p, 2), +1)) + " %"
}

func sideText(s change.Side) string {
	text := printable(s.Target)
	if !s.Started.IsZero() {
		text += ", " + tied(s.Started.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	if s.Partial != "" {
		text += "; " + printable(s.Partial)
	}
	return text
}

func pairName(p *change.Pair) string {
	name := printable(p.Class)
	if p.Source != "" {
		name += "@" + printable(p.Source)
	}
	return name
}

// alone says of a limiter on one side that it cannot be compared.
func alone(p *change.Pair) string {
	if p.After == nil {
		return "only before: after, no such limiter was measured"
	}
	return "only after: before, no such limiter was measured"
}

func about(r *change.Row) string {
	kind, name, found := strings.Cut(r.About, ".")
	switch {
	case !found:
		return printable(r.About)
	case kind == "scope":
		return "by " + printable(name)
	case kind == "header":
		return "header " + printable(name)
	}
	return printable(name)
}

// sideOf formats what one side has.
func sideOf(r *change.Row, p analyze.Parameter) string {
	e := analyze.Expectation{ID: r.About, About: r.About, Measured: p}
	if kind, _, _ := strings.Cut(r.About, "."); kind == "param" {
		e.About = kind
	}
	return measured(&e)
}

func answerText(r *change.Row) string {
	switch {
	case r.Answer == change.Noted:
		return ""
	case r.Answer == change.Changed:
		return "✗ changed"
	case r.Answer == change.Unclear && r.Within != nil:
		return "? cannot be told: up to " + percentage(*r.Within) + " apart"
	case r.Answer == change.Unclear:
		return "? cannot be told"
	case r.Within != nil && *r.Within > 0:
		return "= same within " + percentage(*r.Within)
	}
	return "= same"
}

func answerPaint(a change.Answer) paint {
	switch a {
	case change.Changed:
		return red
	case change.Same:
		return green
	case change.Noted:
		return plain
	}
	return yellow
}
