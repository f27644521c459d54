package profiles

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// quoted shows a value from a file inside a message: short, on one line, and
// without characters that could steer a terminal.
func quoted(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || r == ' ' || r == '"' || r == ';' || r == ',' {
			return strconv.Quote(s)
		}
	}
	if s == "" {
		return "empty"
	}
	return s
}

// plainDuration writes a duration for people: "150 ms", "1.5 s", "2 min",
// "1 min 30 s".
func plainDuration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + plainDuration(-d)
	case d > 0 && d < time.Second:
		return decimalOf(d, time.Millisecond) + " ms"
	case d < time.Minute:
		return decimalOf(d, time.Second) + " s"
	}
	var parts []string
	if h := d / time.Hour; h > 0 {
		parts = append(parts, fmt.Sprintf("%d h", h))
	}
	if m := d % time.Hour / time.Minute; m > 0 {
		parts = append(parts, fmt.Sprintf("%d min", m))
	}
	if s := d % time.Minute; s > 0 {
		parts = append(parts, decimalOf(s, time.Second)+" s")
	}
	return strings.Join(parts, " ")
}

// decimalOf writes d in the unit, exactly.
func decimalOf(d, unit time.Duration) string {
	digits := len(strconv.FormatInt(int64(unit), 10)) - 1
	s := fmt.Sprintf("%d.%0*d", d/unit, digits, d%unit)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// grouped writes a count with its thousands apart: "30,000".
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// countWorkers is the count with its noun.
func countWorkers(n int) string {
	if n == 1 {
		return "1 worker"
	}
	return grouped(n) + " workers"
}

// countHits is the count with its noun: "1 hit", "30,000 hits".
func countHits(n int) string {
	if n == 1 {
		return "1 hit"
	}
	return grouped(n) + " hits"
}
