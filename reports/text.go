package reports

import (
	"io"
	"path/filepath"
	"strings"

	"ratefit/analyze"
)

// TextOptions says how [Text] is laid out. The zero value is 80 columns
// without colour.
type TextOptions struct {
	Width int      // columns; 0 = 80, at least 40
	Color bool     // use ANSI colours; the caller decides (terminal, NO_COLOR)
	Files []string // files that belong to the analysis, listed at the end as they are

	Hits HitSource // for documents that draw them; nil = pictures of hits are left out

	ASCII bool // pictures are drawn without other signs
}

func (o TextOptions) page() *page {
	if o.Width == 0 {
		o.Width = 80
	}
	return &page{width: max(o.Width, 40), color: o.Color, ascii: o.ASCII}
}

// Text writes the analysis for people: the verdicts first, one sentence for
// each limiter, then the evidence.
func Text(w io.Writer, a *analyze.Analysis, o TextOptions) error {
	if err := finite(a); err != nil {
		return err
	}
	p := o.page()
	labels := labelsOf(a.Limits)
	p.expectations(a)
	if len(a.Limits) == 0 {
		p.line("no hits: nothing is known about the limiter", yellow)
	}
	p.headlines(a, labels)
	counted := p.counts(a, labels)
	charts, unread := chartsOf(a, o.Hits)
	for i := range a.Limits {
		p.gap()
		p.line(labels[i]+from(&a.Limits[i], labels[i]), bold)
		p.rows(2, plain, detail(&a.Limits[i], counted))
		p.chart(charts[i], chartHeight(len(charts)))
		p.capacity(&a.Limits[i])
		p.ruledOut(&a.Limits[i])
	}
	p.gap()
	rows := footer(a, o.Files)
	if unread != nil {
		rows = append(rows, row{label: "warning", text: "no pictures of the hits: " + printable(unread.Error()), paint: yellow})
	}
	p.rows(0, plain, rows)
	_, err := io.WriteString(w, p.b.String())
	return err
}

// labelsOf names each limit: its class, with the first source behind it when
// several limits share the class.
func labelsOf(limits []analyze.Limit) []string {
	classes := map[string]int{}
	for i := range limits {
		classes[limits[i].Class]++
	}
	labels := make([]string, len(limits))
	for i := range limits {
		l := &limits[i]
		labels[i] = printable(l.Class)
		if classes[l.Class] > 1 && len(l.Sources) > 0 {
			labels[i] += "@" + some(l.Sources, 1)
		}
	}
	return labels
}

// from says whose hits a limit was fitted on, unless its label already does.
func from(l *analyze.Limit, label string) string {
	switch {
	case len(l.Sources) == 0 || len(l.Sources) == 1 && strings.Contains(label, "@"):
		return ""
	case len(l.Sources) > 4:
		return ", from " + count(len(l.Sources)) + " addresses: " + some(l.Sources, 4)
	}
	return ", from " + some(l.Sources, 4)
}

func (p *page) headlines(a *analyze.Analysis, labels []string) {
	rows := make([]row, 0, len(a.Limits))
	for i := range a.Limits {
		l := &a.Limits[i]
		rows = append(rows, row{label: labels[i], text: headline(l, &a.Sent), paint: verdictPaint(l.Verdict)})
	}
	p.rows(0, bold, rows)
}

// countCells is one line of numbers for each limit.
func countCells(a *analyze.Analysis, labels []string) [][]string {
	cells := [][]string{{"", "hits", "admitted", "limited", "failed", "unknown", "foretold", "headers"}}
	for i := range a.Limits {
		l := &a.Limits[i]
		foretold := "–"
		if l.Prediction != nil && l.Prediction.Hits > 0 {
			foretold = share(l.Prediction.Correct, l.Prediction.Hits)
		}
		cells = append(cells, []string{
			labels[i], count(l.Hits), count(l.Admitted), count(l.Limited), count(l.Failed), count(l.Unknown),
			foretold, agreement(l.Declared),
		})
	}
	return cells
}

// counts writes the numbers of each limit, and reports whether it had room for
// that.
func (p *page) counts(a *analyze.Analysis, labels []string) bool {
	if len(a.Limits) == 0 {
		return false
	}
	at := p.b.Len()
	p.gap()
	if p.table(countCells(a, labels)) {
		return true
	}
	rest := p.b.String()[:at]
	p.b.Reset()
	p.b.WriteString(rest)
	return false
}

// footer says what was sent, the scope, what else was found, the warnings about the whole run and
// the files.
func footer(a *analyze.Analysis, files []string) []row {
	rows := append([]row(nil), scopeRows(a)...)
	rows = append(rows, costRows(a)...)
	rows = append(rows, row{label: "sent", text: sent(a)}, row{label: "target", text: printable(a.Target)})
	for _, w := range a.Warnings {
		rows = append(rows, row{label: "warning", text: printable(w), paint: yellow})
	}
	return append(rows, fileRows(files)...)
}

// fileRows lists files as they are, so that they can be copied; many files of
// one folder are named behind it.
func fileRows(files []string) []row {
	var rows []row
	if folder, names, ok := oneFolder(files); ok && len(files) > 4 {
		return []row{
			{label: "files", text: printable(folder), whole: true},
			{text: printable(strings.Join(names, ", "))},
		}
	}
	for i, f := range files {
		label := "files"
		if i > 0 {
			label = ""
		}
		rows = append(rows, row{label: label, text: printable(f), whole: true})
	}
	return rows
}

// oneFolder splits files that are all in one folder.
func oneFolder(files []string) (folder string, names []string, ok bool) {
	for i, f := range files {
		dir, name := filepath.Split(f)
		if i > 0 && dir != folder || dir == "" {
			return "", nil, false
		}
		folder, names = dir, append(names, name)
	}
	return folder, names, true
}

func sent(a *analyze.Analysis) string {
	s := &a.Sent
	if s.Requests == 0 && s.Shortfall == 0 {
		return "nothing"
	}
	text := plural(s.Requests, "request", "requests") + " in " + tied(seconds(a.Duration)) +
		", at most " + brief(s.AchievedRate) + " in one second (asked for: " + brief(s.AskedRate) + ")"
	if s.Shortfall == 0 {
		return text + ", none missing"
	}
	return text + "; " + plural(s.Shortfall, "hit was", "hits were") + " asked for but not sent"
}

// A dimension is something by which hits differ, such as their address, and what
// is said when its values have limiters of their own or share one.
type dimension struct {
	verdict                   analyze.ScopeVerdict
	each, all, singular, many string
}

func dimensions(a *analyze.Analysis) []dimension {
	return []dimension{
		{a.Scope.Class, classesSeparate(a.Limits), "all classes share one limiter", "class", "classes"},
		{a.Scope.Source, "each client address has a limiter of its own", "all client addresses share one limiter", "address", "client addresses"},
		{a.Scope.Credential, "each credential has a limiter of its own", "all credentials share one limiter", "credential", "credentials"},
		{a.Scope.Path, "each path has a limiter of its own", "all paths share one limiter", "path", "paths"},
	}
}

// scopeRows says for each dimension whether its values have limiters of their
// own. Dimensions that were not tested share a row.
func scopeRows(a *analyze.Analysis) []row {
	var rows []row
	var untested []string
	for _, d := range dimensions(a) {
		text := ""
		switch d.verdict {
		case analyze.Separate:
			text = d.each
		case analyze.Shared:
			text = d.all
		case analyze.UndeterminedScope:
			text = d.singular + ": the hits do not tell whether limiters are separate or shared"
		default:
			untested = append(untested, d.singular)
			continue
		}
		rows = append(rows, row{text: text})
	}
	if len(untested) > 0 {
		rows = append(rows, row{text: "not tested: separate limiters by " + or(untested)})
	}
	rows[0].label = "scope"
	return rows
}

func classesSeparate(limits []analyze.Limit) string {
	seen := map[string]bool{}
	for i := range limits {
		seen[limits[i].Class] = true
	}
	if len(seen) == 2 && seen["read"] && seen["write"] {
		return "reads and writes are limited separately"
	}
	return "each class has a limiter of its own"
}
