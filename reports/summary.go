package reports

import (
	"fmt"
	"io"
	"strings"

	"ratefit/analyze"
)

// Summary writes a few lines of Markdown for the page of a build: what became of
// the expectations, then the limits.
func Summary(w io.Writer, a *analyze.Analysis) error {
	if err := finite(a); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("## Rate limits of " + markdown(a.Target) + "\n\n")
	if len(a.Expectations) > 0 {
		b.WriteString(markdown(expectationsLine(a.Expectations)) + "\n\n")
		b.WriteString("| | expected | measured | |\n|---|---|---|---|\n")
		for i := range a.Expectations {
			e := &a.Expectations[i]
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", markdown(subject(e)), markdown(expected(e)), markdown(measured(e)), markdown(heldWord(e.Verdict)))
		}
		b.WriteString("\n")
		for i := range a.Expectations {
			if e := &a.Expectations[i]; e.Verdict != analyze.IsHeld {
				b.WriteString("- " + markdown(heldWord(e.Verdict)) + ": " + markdown(subject(e)) + ": " + markdown(sentence(e)) + "\n")
			}
		}
		if sumOf(a.Expectations) != analyze.IsHeld {
			b.WriteString("\n")
		}
	}
	b.WriteString("| limiter | found | hits | admitted | limited |\n|---|---|--:|--:|--:|\n")
	for i, label := range labelsOf(a.Limits) {
		l := &a.Limits[i]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", markdown(label), markdown(untied(headline(l, &a.Sent))), count(l.Hits), count(l.Admitted), count(l.Limited))
	}
	if len(a.Limits) == 0 {
		b.WriteString("| – | no hits: nothing is known | 0 | 0 | 0 |\n")
	}
	b.WriteString("\n" + markdown(untied(sent(a))) + ".\n")
	for _, warning := range a.Warnings {
		b.WriteString("\n> " + markdown(warning) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown escapes a text for one line of Markdown, in or outside of a table:
// nothing in it is a link, an image, HTML, code or a mention.
func markdown(s string) string {
	s = printable(s)
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '@':
			b.WriteString("&#64;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!', '$':
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "://", ":&#47;&#47;")
}
