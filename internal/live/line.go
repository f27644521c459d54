package live

import (
	"strings"

	"ratefit/internal/cells"
)

// A paint is the SGR parameter of an escape sequence; "" leaves text as it is.
// Colours say nothing that the text does not say.
type paint string

const (
	plain  paint = ""
	bold   paint = "1"
	faint  paint = "2"
	red    paint = "31"
	green  paint = "32"
	yellow paint = "33"
	cyan   paint = "36"
)

// A part is printable text of one colour, a line is parts behind each other.
type part struct {
	text  string
	paint paint
}

type line []part

// A Style says what a terminal can show.
type Style struct {
	Color bool
	ASCII bool // nothing else
}

// replacer puts ASCII in place of the signs that views are made of.
var replacer = strings.NewReplacer("█", "#", "▒", "+", "░", ".", "…", "~", "–", "-", " · ", "  ", "±", "+-")

// ascii puts a question mark in each cell of what is left of other signs.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range replacer.Replace(s) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Repeat("?", cells.Width(string(r))))
	}
	return b.String()
}

// string cuts the line to a width.
func (l line) string(width int, style Style) string {
	var b strings.Builder
	for _, p := range l {
		text := p.text
		if style.ASCII {
			text = ascii(text)
		}
		n := cells.Width(text)
		if n > width {
			text = cells.Fit(text, width, style.mark())
			n = width
		}
		width -= n
		if style.Color && p.paint != plain && strings.TrimSpace(text) != "" {
			text = "\x1b[" + string(p.paint) + "m" + text + "\x1b[0m"
		}
		b.WriteString(text)
	}
	return strings.TrimRight(b.String(), " ")
}

func (s Style) mark() string {
	if s.ASCII {
		return "~"
	}
	return "…"
}

// rows are a label and what it says, wrapped into so many lines at most.
func rows(label string, text string, p paint, column, width, most int) []line {
	indent := column + 2
	if indent+16 > width { // no room beside the label
		text, indent = strings.TrimSpace(label+" "+text), 0
	}
	var out []line
	for i, s := range cells.Wrap(text, max(width-indent, 1)) {
		switch {
		case i == most:
			last := &out[most-1][len(out[most-1])-1]
			last.text = strings.TrimRight(cells.Fit(last.text, width-indent-1, ""), " ") + "…"
			return out
		case indent == 0:
			out = append(out, line{{s, p}})
		case i == 0:
			out = append(out, line{{cells.Pad(cells.Fit(label, column, "…"), indent, false), bold}, {s, p}})
		default:
			out = append(out, line{{strings.Repeat(" ", indent), plain}, {s, p}})
		}
	}
	return out
}
