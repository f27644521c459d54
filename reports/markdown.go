package reports

import (
	"io"
	"strconv"
	"strings"

	"ratefit/analyze"
	"ratefit/reports/snippet"
)

// Markdown writes the analysis as GitHub-flavoured Markdown: the verdicts first,
// then for each limiter what it leaves to clients, what its headers say and the
// evidence, and at the end the settings of client-side limiters.
func Markdown(w io.Writer, a *analyze.Analysis, o TextOptions) error {
	if err := finite(a); err != nil {
		return err
	}
	var b sheetText
	labels := labelsOf(a.Limits)
	b.heading(1, "Rate limits of "+a.Target)
	if len(a.Limits) == 0 {
		b.paragraph("no hits: nothing is known about the limiter")
	}
	for i := range a.Limits {
		b.item(labels[i], headline(&a.Limits[i], &a.Sent))
	}
	if cells := countCells(a, labels); len(cells) > 1 {
		b.table(cells)
	}
	for i := range a.Limits {
		b.limit(&a.Limits[i], labels[i])
	}
	b.clients(a.Limits)
	b.heading(2, "The run")
	b.items(footer(a, o.Files))
	_, err := io.WriteString(w, b.String())
	return err
}

// limit writes the section of one limiter.
func (b *sheetText) limit(l *analyze.Limit, label string) {
	b.heading(2, label+from(l, label))
	if c := l.Capacity; c != nil || len(l.Clients) > 0 {
		b.heading(3, "Capacity")
		if c != nil && len(c.Fits) > 0 {
			b.table(fitCells(c))
		}
		if c != nil {
			b.items(capacityRows(l))
		}
		b.items(clientRows(l))
	}
	b.heading(3, "Headers")
	b.items(declaredRows(l))
	b.heading(3, "Evidence")
	b.items(append(describing(l, true), proving(l)...))
	cells := [][]string{{"ruled out", "fails on", "first at", "hit", "which was"}}
	for _, m := range ruledOutModels(l) {
		r := []string{m.title, count(m.Contradictions), "", "", ""}
		if f := m.First; f != nil {
			r[2], r[3], r[4] = early(f.At), strconv.FormatUint(f.Hit, 10), outcome(f)
		}
		cells = append(cells, r)
	}
	if len(cells) > 1 {
		b.table(cells)
	}
}

// clients writes the snippets, one block for each library.
func (b *sheetText) clients(limits []analyze.Limit) {
	settings := Settings(limits)
	known := false
	for _, s := range settings {
		known = known || s.Rate > 0 || s.Concurrency > 0
	}
	if !known {
		return
	}
	b.heading(2, "Client-side limiters")
	b.block()
	for _, lib := range snippet.Libraries() {
		var code strings.Builder
		for i, s := range settings {
			if i > 0 {
				code.WriteByte('\n')
			}
			code.WriteString(lib.Code(s))
		}
		// Blank lines on both sides: else the block would be HTML too.
		b.WriteString("<details><summary>" + lib.Language + ": " + lib.Title + "</summary>\n\n")
		b.WriteString("```" + lib.Fence + "\n" + code.String() + "```\n\n</details>\n")
	}
}

// Settings are those of client-side limiters for each limit.
func Settings(limits []analyze.Limit) []snippet.Settings {
	all := make([]snippet.Settings, len(limits))
	for i := range limits {
		all[i].Class = limits[i].Class
		if c := limits[i].Capacity; c != nil && c.Client != nil {
			p := c.Client
			all[i].Rate, all[i].Burst, all[i].Concurrency, all[i].Pause, all[i].Jitter = p.Rate, p.Burst, p.Concurrency, p.Pause, p.Jitter
		}
	}
	return all
}

// A sheetText is Markdown in the making. Whatever is handed to it is escaped.
type sheetText struct {
	strings.Builder
	inList bool
}

// block begins something that is no list item.
func (b *sheetText) block() {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.inList = false
}

func (b *sheetText) heading(level int, text string) {
	b.block()
	b.WriteString(strings.Repeat("#", level) + " " + inline(text) + "\n")
}

func (b *sheetText) paragraph(text string) {
	b.block()
	b.WriteString(inline(text) + "\n")
}

func (b *sheetText) item(label, text string) {
	if !b.inList {
		b.block()
		b.inList = true
	}
	switch label {
	case "":
		b.WriteString("- ")
	case "✓", "✗":
		b.WriteString("- " + label + " ")
	default:
		b.WriteString("- **" + inline(label) + "**: ")
	}
	b.WriteString(inline(text) + "\n")
}

func (b *sheetText) items(rows []row) {
	for _, r := range rows {
		b.item(r.label, r.text)
	}
}

// table writes cells; the first column to the left, numbers to the right.
func (b *sheetText) table(cells [][]string) {
	b.block()
	for i, r := range cells {
		for _, c := range r {
			b.WriteString("| " + inline(c) + " ")
		}
		b.WriteString("|\n")
		if i > 0 {
			continue
		}
		for k := range r {
			if k == 0 {
				b.WriteString("|---")
			} else {
				b.WriteString("|--:")
			}
		}
		b.WriteString("|\n")
	}
}

// inline escapes a text for a line of Markdown, in or outside of a table: nothing in
// it is markup, HTML, a link or a mention.
func inline(s string) string {
	var b strings.Builder
	for _, r := range printable(untied(s)) {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '@': // mentions are looked for in what was rendered
			b.WriteString("@<!-- -->")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!', '$', '{', '}':
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	links := strings.NewReplacer("://", ":&#47;&#47;", "www.", "www&#46;")
	return links.Replace(b.String())
}
