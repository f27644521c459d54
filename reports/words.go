package reports

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable escapes what could move a cursor, colour a terminal or reverse a
// line: control and format characters, line breaks and bytes that are not
// UTF-8. Names and findings can come from the network.
func printable(s string) string {
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

// columns returns how many terminal columns s takes: none for combining
// marks, two for wide East Asian characters and pictures.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < 0x300:
			n++
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide holds the blocks whose characters terminals draw two columns wide,
// after Unicode Standard Annex #11.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // Hangul Jamo
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1}, // CJK radicals, punctuation
		{Lo: 0x3041, Hi: 0xa4cf, Stride: 1}, // Kana to Yi
		{Lo: 0xa960, Hi: 0xa97c, Stride: 1}, // Hangul Jamo extended
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // Hangul syllables
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1}, // CJK compatibility
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, // CJK compatibility forms
		{Lo: 0xff00, Hi: 0xff60, Stride: 1}, // fullwidth forms
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1}, // fullwidth signs
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, // pictographs, emoticons
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1}, // transport
		{Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1}, // supplemental pictographs
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1}, // CJK extensions
	},
}

// tied returns s with spaces at which [wrap] does not break; [untied] turns
// them back into plain ones.
func tied(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

func untied(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// wrap breaks s at spaces into lines of at most width columns. A word that is
// longer than a line is cut, so that nothing ever runs over.
func wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) {
		n := columns(word)
		if line != "" && used+1+n <= width {
			line, used = line+" "+word, used+1+n
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for n > width {
			var head string
			head, word = cut(word, width)
			lines, n = append(lines, head), columns(word)
		}
		line, used = word, n
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut splits s after the last character that fits into width columns, but
// takes at least one character.
func cut(s string, width int) (head, tail string) {
	used := 0
	for i, r := range s {
		used += columns(string(r))
		if used > width && i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

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
