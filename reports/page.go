package reports

import "strings"

// A page lays out the text report: rows of a label and wrapped text, and a
// table of numbers, inside a fixed width.
type page struct {
	b     strings.Builder
	width int
	color bool
	ascii bool
}

// A paint is the SGR parameter of an ANSI escape sequence; "" leaves text as it is.
type paint string

const (
	plain  paint = ""
	bold   paint = "1"
	red    paint = "31"
	green  paint = "32"
	yellow paint = "33"
	cyan   paint = "36"
)

func (p *page) painted(s string, c paint) string {
	if !p.color || c == plain || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + "\x1b[0m"
}

// A row is a label and what it says.
type row struct {
	label string
	text  string
	paint paint // of the text
	whole bool  // never wrapped: file names are copied
}

// rows writes labels in a column of their own, texts beside them. Labels are
// cut when they would take more than a third of the width.
func (p *page) rows(indent int, labels paint, rows []row) {
	column := 0
	for _, r := range rows {
		column = max(column, columns(r.label))
	}
	column = min(column, p.width/3)
	left := indent + column + 2
	for _, r := range rows {
		label := r.label
		if columns(label) > column {
			label, _ = cut(label, column-1)
			label += "…"
		}
		pad := strings.Repeat(" ", column-columns(label)+2)
		lines := []string{r.text}
		if !r.whole {
			lines = wrap(r.text, p.width-left)
		}
		for i, line := range lines {
			if i == 0 {
				p.b.WriteString(strings.Repeat(" ", indent) + p.painted(label, labels) + pad)
			} else {
				p.b.WriteString(strings.Repeat(" ", left))
			}
			p.b.WriteString(p.painted(untied(line), r.paint) + "\n")
		}
	}
}

// line writes wrapped text over the whole width.
func (p *page) line(s string, c paint) {
	for _, l := range wrap(s, p.width) {
		p.b.WriteString(p.painted(untied(l), c) + "\n")
	}
}

func (p *page) gap() { p.b.WriteString("\n") }

// table writes cells in aligned columns: the first to the left, the last to
// the left, numbers between them to the right. It writes nothing and returns
// false when the table is wider than the page.
func (p *page) table(cells [][]string) bool {
	var widths []int
	for _, r := range cells {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(c))
		}
	}
	total := 2 * len(widths)
	for _, w := range widths {
		total += w
	}
	if total > p.width {
		return false
	}
	for n, r := range cells {
		var b strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", widths[i]-columns(c))
			if i == 0 || i == len(r)-1 {
				b.WriteString("  " + c + pad)
			} else {
				b.WriteString("  " + pad + c)
			}
		}
		c := plain
		if n == 0 {
			c = bold
		}
		p.b.WriteString(p.painted(untied(strings.TrimRight(b.String(), " ")), c) + "\n")
	}
	return true
}
