// Package cells measures and cuts text in the cells of a terminal, and makes
// harmless what comes from the network.
package cells

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// Printable escapes what could move a cursor, colour a terminal or reverse a
// line: control and format characters, line breaks and bytes that are not
// UTF-8.
func Printable(s string) string {
	clean := true
	for _, r := range s {
		clean = clean && r != utf8.RuneError && unicode.IsPrint(r)
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i, n := 0, 0; i < len(s); i += n {
		r, size := utf8.DecodeRuneInString(s[i:])
		n = size
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i])+0x100, 16)[1:])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// Width returns how many cells printable text takes.
func Width(s string) int { return displaywidth.String(s) }

// Cut splits s after the last character that fits into width cells, but takes
// at least one character.
func Cut(s string, width int) (head, tail string) {
	g := displaywidth.StringGraphemes(s)
	for used, at := 0, 0; g.Next(); at += len(g.Value()) {
		if used += g.Width(); used > width && at > 0 {
			return s[:at], s[at:]
		}
	}
	return s, ""
}

// Fit shortens s to width cells, with a mark at its end where something is
// missing, if there is room for it.
func Fit(s string, width int, mark string) string {
	switch {
	case Width(s) <= width:
		return s
	case width < Width(mark):
		mark = ""
	}
	return displaywidth.TruncateString(s, max(width, 0), mark)
}

// Pad fills s up to width cells with spaces behind it, or before it if left.
func Pad(s string, width int, left bool) string {
	fill := strings.Repeat(" ", max(0, width-Width(s)))
	if left {
		return fill + s
	}
	return s + fill
}

// Wrap breaks s at spaces into lines of at most width cells. A word that is
// longer than a line is cut, so that nothing ever runs over.
func Wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) {
		n := Width(word)
		if line != "" && used+1+n <= width {
			line, used = line+" "+word, used+1+n
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for n > width {
			var head string
			head, word = Cut(word, width)
			lines, n = append(lines, head), Width(word)
		}
		line, used = word, n
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}
