package reports

import (
	"io"
	"strings"

	"ratefit/internal/replay"
)

// ReplayMarkdown writes a replay as Markdown, for pages and pull requests.
func ReplayMarkdown(w io.Writer, r *replay.Report) error {
	if err := finite(r); err != nil {
		return err
	}
	v := viewOfReplay(r)
	var b strings.Builder
	b.WriteString("## Replay\n\n")
	rows := func(all []row) {
		b.WriteString("| | |\n|---|---|\n")
		for _, one := range all {
			b.WriteString("| " + cell(one.label) + " | " + cell(one.text) + " |\n")
		}
	}
	rows(v.head())
	for _, t := range v.tables() {
		b.WriteString("\n### " + cell(t.title) + "\n\n")
		for i, c := range t.cells {
			for k := range c {
				b.WriteString("| " + cell(c[k]) + " ")
			}
			b.WriteString("|\n")
			if i == 0 {
				b.WriteString("|---|" + strings.Repeat("--:|", len(c)-1) + "\n")
			}
		}
	}
	b.WriteString("\n### Traffic\n\n")
	rows(v.foot())
	_, err := io.WriteString(w, b.String())
	return err
}

// cell escapes what would be more than text in a cell of a table.
func cell(s string) string {
	var b strings.Builder
	for _, r := range printable(untied(s)) {
		switch r {
		case '|', '\\', '`', '*', '_', '[', ']', '<', '>', '#', '~', '!':
			b.WriteByte('\\')
		case '&':
			b.WriteString("&amp;")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
