package reports

import (
	"math"
	"strconv"
	"strings"

	"ratefit/analyze"
)

// Numbers are shown with the digits that their interval supports: the ends
// one place finer than its width, rounded outwards, so that what is printed
// still holds the truth; the value to the last place that is not in doubt.

// most is the finest decimal place ever printed.
const most = 9

// places returns with how many decimals the ends of an interval are shown: a
// unit of the last place is at most a tenth of the width.
func places(width float64) int {
	if width <= 0 {
		return most
	}
	return clamp(int(math.Ceil(-math.Log10(width/10)-1e-9)), 0, most)
}

// decimals returns how many decimals show x with n significant digits.
func decimals(x float64, n int) int {
	if x == 0 {
		return 0
	}
	return clamp(n-1-int(math.Floor(math.Log10(math.Abs(x)))), 0, most)
}

func clamp(n, low, high int) int { return max(low, min(n, high)) }

// number formats x with at most six significant digits, without an exponent
// from a ten-thousandth to a quadrillion.
func number(x float64) string {
	abs := math.Abs(x)
	if abs != 0 && (abs < 1e-4 || abs >= 1e15) {
		return strconv.FormatFloat(x, 'g', 6, 64)
	}
	return trim(strconv.FormatFloat(x, 'f', decimals(x, 6), 64))
}

// trim removes zeros after the last decimal that counts.
func trim(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// rounded formats x with so many decimals, rounded to nearest (0), down (-1)
// or up (+1). A number that is already that short stays as it is.
func rounded(x float64, d, direction int) string {
	s := strconv.FormatFloat(x, 'f', d, 64)
	got, _ := strconv.ParseFloat(s, 64)
	slack := 1e-12 * math.Abs(x)
	switch unit := math.Pow10(-d); {
	case direction < 0 && got > x+slack:
		s = strconv.FormatFloat(got-unit, 'f', d, 64)
	case direction > 0 && got < x-slack:
		s = strconv.FormatFloat(got+unit, 'f', d, 64)
	}
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return s
}

// exact reports whether both ends are there and meet.
func exact(i *analyze.Interval) bool {
	return i.Low != nil && i.High != nil && *i.Low == *i.High
}

// value formats the point of an interval, "at least 31" when its upper side is
// open, "at most 12" when its lower side is; the point follows when it differs.
func value(i *analyze.Interval) string {
	switch {
	case i.Low == nil && i.High == nil:
		return "about " + brief(i.Value)
	case i.High == nil:
		return bound("at least ", atLeast(*i.Low), i.Value)
	case i.Low == nil:
		return bound("at most ", trim(rounded(*i.High, decimals(*i.High, 4), +1)), i.Value)
	}
	return estimate(i)
}

func bound(word, end string, point float64) string {
	if p := brief(point); p != end {
		return word + end + ", best estimate " + p
	}
	return word + end
}

// estimate formats the point of an interval alone.
func estimate(i *analyze.Interval) string {
	switch {
	case i.Low == nil || i.High == nil:
		return brief(i.Value)
	case exact(i):
		return number(i.Value)
	}
	width := *i.High - *i.Low
	for d := max(places(width)-2, 0); d < most; d++ {
		s := rounded(i.Value, d, 0)
		got, _ := strconv.ParseFloat(s, 64)
		if got >= *i.Low && got <= *i.High && (got != 0 || i.Value == 0) {
			return s
		}
	}
	return rounded(i.Value, most, 0)
}

// atLeast formats a lower bound with four significant digits, rounded down.
func atLeast(x float64) string { return trim(rounded(x, decimals(x, 4), -1)) }

// ends formats "low – high" of an interval that has both ends, rounded
// outwards; a last zero that both ends share is left out.
func ends(i *analyze.Interval) string {
	d := places(*i.High - *i.Low)
	if whole(*i.Low) && whole(*i.High) {
		d = 0
	}
	low, high := end(*i.Low, d, -1), end(*i.High, d, +1)
	if shorter := d - 1; shorter >= 0 {
		l, h := end(*i.Low, shorter, -1), end(*i.High, shorter, +1)
		if same(l, low) && same(h, high) {
			low, high = l, h
		}
	}
	return low + " – " + high
}

// same reports whether two texts are the same number.
func same(a, b string) bool {
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	return x == y
}

// end formats one end with d decimals, or more when x needs them to show two
// digits.
func end(x float64, d, direction int) string {
	if x == 0 {
		return "0"
	}
	if two := decimals(x, 2); two > d && !whole(x) {
		return trim(rounded(x, two, direction))
	}
	return rounded(x, d, direction)
}

func whole(x float64) bool { return x == math.Trunc(x) }

// span formats what stands in brackets behind a value: its ends, "exactly", or
// nothing when a side is open.
func span(i *analyze.Interval) string {
	switch {
	case i.Low == nil || i.High == nil:
		return ""
	case exact(i):
		return "exactly"
	}
	return ends(i)
}

// valueSpan formats "2.000 (1.9998 – 2.0003)".
func valueSpan(i *analyze.Interval) string {
	if s := span(i); s != "" {
		return value(i) + " (" + s + ")"
	}
	return value(i)
}

// halfWidth formats the half width of an interval relative to its value, such
// as "± 0.013 %", or "" when a side is open or the interval is exact.
func halfWidth(i *analyze.Interval) string {
	if i.Low == nil || i.High == nil || exact(i) || i.Value <= 0 {
		return ""
	}
	percent := 100 * max(*i.High-i.Value, i.Value-*i.Low) / i.Value
	return "± " + trim(rounded(percent, decimals(percent, 2), +1)) + " %"
}

// slow formats a rate below one per second also per minute, hour or day: at
// the first unit in which it reaches one. It is "" for faster rates.
func slow(rate float64) string {
	if rate <= 0 || rate >= 1 {
		return ""
	}
	for _, u := range []struct {
		seconds float64
		name    string
	}{{60, "minute"}, {3600, "hour"}} {
		if rate*u.seconds >= 1-1e-9 {
			return brief(rate*u.seconds) + " per " + u.name
		}
	}
	return brief(rate*86400) + " per day"
}

// brief formats x with at most four significant digits.
func brief(x float64) string {
	if math.Abs(x) >= 1e9 || math.Abs(x) < 1e-4 {
		return number(x)
	}
	return trim(rounded(x, decimals(x, 4), 0))
}

// count formats n with commas from 10,000.
func count(n int) string {
	s := strconv.Itoa(n)
	if n < 10_000 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural formats a count with its noun: "1 hit", "2 hits".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// requests returns the noun for a number that was formatted as s.
func requests(s string) string {
	if s == "1" {
		return "request"
	}
	return "requests"
}

// seconds formats a time span: "3.2 s", "12.5 min", "30 h", "4 days".
func seconds(s float64) string {
	switch {
	case s < 120:
		return brief(s) + " s"
	case s < 2*3600:
		return brief(s/60) + " min"
	case s < 48*3600:
		return brief(s/3600) + " h"
	}
	return brief(s/86400) + " days"
}

// share formats a part of a whole as a percentage that says 100 % only when
// it is all, and 0 % only when it is none.
func share(part, all int) string {
	p := 100 * float64(part) / float64(all)
	for d := 1; d <= 5; d += 2 {
		s := trim(strconv.FormatFloat(p, 'f', d, 64))
		got, _ := strconv.ParseFloat(s, 64)
		if (got < 100 || part == all) && (got > 0 || part == 0) {
			return s + " %"
		}
	}
	if part > all/2 {
		return "> 99.99999 %"
	}
	return "< 0.00001 %"
}
