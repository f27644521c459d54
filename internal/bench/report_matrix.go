package bench

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// What the text of a matrix takes of a line: of width columns, a row's name at
// most this many.
const (
	width    = 120
	rowWidth = 48
)

// matrix has a letter for each column, because the names are long.
func (r *Report) matrix(b *strings.Builder) {
	fmt.Fprintf(b, "\nconfusion: truth downwards, answer across; ! = something of it is wrong\n")
	head := "\t"
	var legend []string
	for i, c := range r.Confusion.Columns {
		letter := letters[i%len(letters) : i%len(letters)+1]
		if slices.Contains(unnamed, c) {
			letter = c[:3]
		}
		head += letter + "\t"
		legend = append(legend, letter+" = "+c)
	}
	lines := []string{strings.TrimSuffix(head, "\t")}
	for _, row := range r.Confusion.Rows {
		line := cut(row.Truth, rowWidth)
		for i, n := range row.Counts {
			line += "\t" + count(n)
			if row.wrong[i] {
				line += "!"
			}
		}
		lines = append(lines, line)
	}
	table(b, lines...)
	line := ""
	for _, l := range legend {
		if line != "" && utf8.RuneCountInString(line)+3+len(l) > width {
			fmt.Fprintln(b, line)
			line = ""
		}
		line += "  " + l
	}
	fmt.Fprintln(b, line)
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// count leaves zeros out of sight.
func count(n int) string {
	if n == 0 {
		return "·"
	}
	return fmt.Sprint(n)
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
