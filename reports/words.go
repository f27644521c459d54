package reports

import (
	"strconv"
	"strings"

	"ratefit/internal/cells"
)

// printable makes harmless what comes from the network, see [cells.Printable].
func printable(s string) string { return cells.Printable(s) }

// columns returns how many terminal columns s takes.
func columns(s string) int { return cells.Width(s) }

// escaped writes a character as Go does: \u202e.
func escaped(r rune) string {
	q := strconv.QuoteRuneToASCII(r)
	return q[1 : len(q)-1]
}

// tied returns s with spaces at which [wrap] does not break; [untied] turns
// them back into plain ones.
func tied(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

func untied(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// wrap breaks s at spaces into lines, see [cells.Wrap].
func wrap(s string, width int) []string { return cells.Wrap(s, width) }

// cut splits s after the last character that fits into width columns, but
// takes at least one character.
func cut(s string, width int) (head, tail string) { return cells.Cut(s, width) }

// and joins names: "a", "a and b", "a, b and c".
func and(names []string) string { return joined(names, "and") }

// or joins names: "a", "a or b", "a, b or c".
func or(names []string) string { return joined(names, "or") }

func joined(names []string, word string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " " + word + " " + names[n-1]
	}
}

// some joins names, at most so many of them: "a, b, c and 9 more".
func some(names []string, at int) string {
	clean := make([]string, 0, len(names))
	for _, n := range names {
		clean = append(clean, printable(n))
	}
	if len(clean) > at {
		rest := count(len(clean)-at+1) + " more"
		clean = append(clean[:at-1:at-1], rest)
	}
	return and(clean)
}

// modelTitle returns a model's name in plain words, from the catalogue.
func modelTitle(name string) string {
	if name == "unlimited" {
		return "no limiter"
	}
	if f, ok := family(name); ok {
		return f.Title
	}
	return printable(strings.ReplaceAll(name, "-", " "))
}

func modelTitlesOf(names []string) []string {
	titles := make([]string, 0, len(names))
	for _, n := range names {
		titles = append(titles, modelTitle(n))
	}
	return titles
}
