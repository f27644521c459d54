package command

import (
	"go/doc/comment"
	"strings"
)

// A page is a manual page in the macros of man(7).
type page struct{ strings.Builder }

// line writes a line as it is.
func (p *page) line(s string) { p.WriteString(s + "\n") }

// request writes a macro with its arguments.
func (p *page) request(macro string, args ...string) {
	p.WriteString(macro)
	for _, a := range args {
		p.WriteString(` "` + strings.ReplaceAll(roff(a), `"`, `\(dq`) + `"`)
	}
	p.WriteByte('\n')
}

func (p *page) section(title string) { p.request(".SH", title) }

// text writes running text, in lines that editors and mandoc are content with.
func (p *page) text(s string) {
	const width = 80
	var line string
	for word := range strings.FieldsSeq(s) {
		word = roff(word)
		if line != "" && len(line)+1+len(word) > width {
			p.line(line)
			line = ""
		}
		if line == "" {
			line = guarded(word)
		} else {
			line += " " + word
		}
	}
	if line != "" {
		p.line(line)
	}
}

// prose writes a text in the syntax of Go's doc comments. Headings become
// sections.
func (p *page) prose(text string) {
	var parser comment.Parser
	first := true // a heading is followed by text at once, without .PP
	for _, block := range parser.Parse(text).Content {
		switch b := block.(type) {
		case *comment.Heading:
			p.section(strings.ToUpper(words(b.Text)))
			first = true
			continue
		case *comment.Code:
			p.literal(b.Text, first)
		case *comment.List:
			p.list(b)
		case *comment.Paragraph:
			if !first {
				p.line(".PP")
			}
			p.text(words(b.Text))
		}
		first = false
	}
}

// literal writes indented lines that are not filled.
func (p *page) literal(text string, first bool) {
	if !first {
		p.line(".PP")
	}
	p.line(".RS 4\n.nf")
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		p.line(guarded(roff(strings.TrimRight(line, "\n"))))
	}
	p.line(".fi\n.RE")
}

func (p *page) list(l *comment.List) {
	for _, item := range l.Items {
		p.line(`.IP \(bu 2`)
		for _, block := range item.Content {
			if b, ok := block.(*comment.Paragraph); ok {
				p.text(words(b.Text))
			}
		}
	}
}

// words is the words of a paragraph, without emphasis and links.
func words(text []comment.Text) string {
	var b strings.Builder
	for _, t := range text {
		switch t := t.(type) {
		case comment.Plain:
			b.WriteString(string(t))
		case comment.Italic:
			b.WriteString(string(t))
		case *comment.Link:
			b.WriteString(words(t.Text))
		case *comment.DocLink:
			b.WriteString(words(t.Text))
		}
	}
	return b.String()
}

// roffEscapes keeps what is typed as it is: a plain "-" may be printed as a
// hyphen that no shell takes, and quotes and accents likewise.
var roffEscapes = strings.NewReplacer(
	`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`,
	"…", "...", "–", `\(en`, "→", `\(->`, "÷", `\(di`, "·", `\(pc`, "×", `\(mu`,
)

func roff(s string) string { return roffEscapes.Replace(s) }

// guarded is a line that is text and not a macro, though it begins with a dot.
func guarded(line string) string {
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}
