package declared

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// largest is the greatest number that is believed: what a structured field can
// hold (RFC 9651, section 3.3.1).
const largest = 999_999_999_999_999

// number reads a decimal number: digits with an optional sign and fraction.
// Commas are thousands separators if there is a fraction too, as in "1,200.00".
// Exponents, hexadecimal digits, "inf" and the like are not numbers here.
func number(s string) (float64, bool) {
	if v, ok := short(s); ok && s != "" {
		return v, true
	}
	s = strings.TrimSpace(s)
	digits, comma, point := 0, false, false
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
		case (c == '-' || c == '+') && i == 0:
		case c == '.' && !point && digits > 0:
			point = true
		case c == ',' && !point && digits > 0:
			comma = true
		default:
			return 0, false
		}
	}
	if digits == 0 || digits > 30 || strings.HasSuffix(s, ".") {
		return 0, false
	}
	if comma {
		if !thousands(s) {
			return 0, false
		}
		s = strings.ReplaceAll(s, ",", "")
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && math.Abs(v) <= largest
}

// short reads a number of few digits without sign and fraction, as most are.
func short(s string) (float64, bool) {
	if len(s) > 15 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return float64(n), true
}

// thousands reports whether the commas in s separate groups of three digits
// before a fraction.
func thousands(s string) bool {
	whole, _, ok := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	if !ok {
		return false
	}
	for i, group := range strings.Split(whole, ",") {
		if len(group) > 3 || len(group) == 0 || i > 0 && len(group) < 3 {
			return false
		}
	}
	return true
}

// span reads a length of time with its unit, as Go writes it ("2m59.56s") or as
// whole days ("1d"), in seconds.
func span(s string) (float64, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, ok := short(days)
		return n * 86400, ok && days != "" && n <= 36500
	}
	if s == "" || s == "0" || s[0] == '+' || len(s) > 64 {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	return micro(d.Seconds()), err == nil && d >= 0
}

// milli rounds to milliseconds, the precision of the decimals that HTTP knows;
// what is finer comes from floating point.
func milli(v float64) float64 { return math.Round(v*1e3) / 1e3 }

// micro rounds to microseconds.
func micro(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// list splits a line of numbers at its commas. Anything else with a comma in
// it, such as a date, is one value.
func list(line string) []string {
	if !strings.Contains(line, ",") {
		return []string{line}
	}
	if _, ok := number(line); ok {
		return []string{line}
	}
	parts := strings.Split(line, ",")
	for _, p := range parts {
		if _, ok := number(p); !ok {
			return []string{line}
		}
	}
	return parts
}
