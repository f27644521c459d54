package change

import (
	"slices"

	"ratefit/analyze"
)

// pairs matches limiters: of the same class and, where several serve it, with a
// source in common. Who has no counterpart stands alone.
func pairs(a, b []analyze.Limit) []Pair {
	out := []Pair{}
	taken := make([]bool, len(b))
	for i := range a {
		p := Pair{Class: a[i].Class, Before: &i, Source: several(a, &a[i])}
		if k := counterpart(&a[i], b, taken, count(a, a[i].Class)); k >= 0 {
			taken[k] = true
			p.After = &k
			if p.Source == "" {
				p.Source = several(b, &b[k])
			}
		}
		out = append(out, p)
	}
	for k := range b {
		if !taken[k] {
			out = append(out, Pair{Class: b[k].Class, After: &k, Source: several(b, &b[k])})
		}
	}
	return out
}

// counterpart finds the limiter in b that serves the same; -1 if there is none. n is
// how many serve the class on the other side.
func counterpart(l *analyze.Limit, b []analyze.Limit, taken []bool, n int) int {
	alone := n == 1 && count(b, l.Class) == 1
	for k := range b {
		if taken[k] || b[k].Class != l.Class {
			continue
		}
		if alone || slices.ContainsFunc(b[k].Sources, func(s string) bool { return slices.Contains(l.Sources, s) }) {
			return k
		}
	}
	return -1
}

func count(limits []analyze.Limit, class string) int {
	n := 0
	for i := range limits {
		if limits[i].Class == class {
			n++
		}
	}
	return n
}

// several is the first source of a limit whose class others serve as well.
func several(limits []analyze.Limit, l *analyze.Limit) string {
	if count(limits, l.Class) > 1 && len(l.Sources) > 0 {
		return l.Sources[0]
	}
	return ""
}
