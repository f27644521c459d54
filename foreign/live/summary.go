package main

import (
	"fmt"
	"slices"
	"strings"

	"ratefit/analyze"
	"ratefit/foreign/measure"
	"ratefit/foreign/truth"
)

// A summary prints one line for each class of each member and counts.
type summary struct {
	classes    int
	named      int // rightly and with certainty
	rates      int // classes that have a rate
	contained  int
	exact      int
	widths     []float64
	foretold   analyze.Prediction // of those rightly named
	requests   []float64          // per class, at 5/s and more
	seconds    []float64          // likewise
	wrong      []string           // what ratefit was certain of, and is false
	unmeasured int
}

const row = "%-20s %-5s %-12s %-22s %-26s %-19s %8s  %-9s %-6s %-5s %-8s %-8s %7s %6s\n"

func (s *summary) head() {
	fmt.Printf(row, "limiter", "class", "verdict", "model", "truth", "rate", "width %", "burst", "inside", "exact", "classes", "sources", "hits", "s")
}

// add prints and counts what was found about one member.
func (s *summary) add(m *member, r *measure.Run) {
	want := truth.Scope(m.Shared, m.Key == "global")
	for _, name := range []string{"read", "write"} {
		c := m.classes()[name]
		if c == nil {
			continue
		}
		is := m.truth(c)
		f := truth.Compare(truth.Of(r.Analysis, name, measure.Sources[0]), is)
		s.count(m.ID+" "+name, is, f, r)
		s.line(m, name, c, f, r, want)
	}
	for dimension, pair := range map[string][2]analyze.ScopeVerdict{
		"classes": {r.Analysis.Scope.Class, want.Class},
		"sources": {r.Analysis.Scope.Source, want.Source},
	} {
		// An unlimited class shares with nobody, and nothing tells.
		if claimed(pair[0]) && pair[0] != pair[1] && m.isLimited() {
			s.wrong = append(s.wrong, fmt.Sprintf("%s: %s are said to be %s", m.ID, dimension, pair[0]))
		}
	}
}

func (m *member) isLimited() bool {
	for _, c := range m.classes() {
		if c != nil && c.Model == "unlimited" {
			return false
		}
	}
	return true
}

// claimed reports whether the answer says anything.
func claimed(v analyze.ScopeVerdict) bool { return v == analyze.Shared || v == analyze.Separate }

func (s *summary) count(label string, is truth.Truth, f truth.Finding, r *measure.Run) {
	if !f.Sound(is) {
		s.wrong = append(s.wrong, label)
	}
	s.classes++
	if f.Certain && !f.WrongName {
		s.named++
		if p := f.Limit.Prediction; p != nil {
			s.foretold.Hits += p.Hits
			s.foretold.Correct += p.Correct
		}
	}
	if is.Rate == 0 {
		return
	}
	s.rates++
	if f.Bounded && f.Contained {
		s.contained++
		s.widths = append(s.widths, f.Width)
	}
	if f.Exact {
		s.exact++
	}
	if is.Rate >= 5 && f.Limit != nil {
		share := 1.0
		if n := len(strings.Split(f.Limit.Class, "+")); n > 1 {
			share = 1 / float64(n)
		}
		s.requests = append(s.requests, share*float64(f.Limit.Hits))
		s.seconds = append(s.seconds, r.Took.Seconds())
	}
}

func (s *summary) line(m *member, name string, c *class, f truth.Finding, r *measure.Run, want analyze.Scope) {
	verdict, model, rate, width, burst := "nothing", "", "", "", ""
	if l := f.Limit; l != nil {
		verdict, model = string(l.Verdict), l.Model
		rate, burst = bounds(l.SustainedRate, "%.5g"), bounds(l.Burst, "%.4g")
		if f.Bounded {
			width = fmt.Sprintf("%.3f", f.Width)
		}
	}
	fmt.Printf(row, m.ID, name, verdict, model, fmt.Sprintf("%s %g/s %g", c.Model, c.Rate, c.Burst),
		rate, width, burst, yes(f.Contained), yes(f.Exact),
		scope(r.Analysis.Scope.Class, want.Class), scope(r.Analysis.Scope.Source, want.Source),
		fmt.Sprint(r.Analysis.Sent.Requests), fmt.Sprintf("%.1f", r.Took.Seconds()))
}

// scope marks an answer that is not the truth.
func scope(found, want analyze.ScopeVerdict) string {
	if claimed(found) && found != want {
		return "WRONG"
	}
	return short(string(found))
}

func short(s string) string { return s[:min(len(s), 8)] }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// bounds writes an interval; one value if its ends are the same.
func bounds(i *analyze.Interval, format string) string {
	end := func(v *float64, open string) string {
		if v == nil {
			return open
		}
		return fmt.Sprintf(format, *v)
	}
	if i == nil {
		return ""
	}
	low, high := end(i.Low, "-∞"), end(i.High, "∞")
	if low == high {
		return low
	}
	return low + "–" + high
}

// close prints the totals and returns the exit code.
func (s *summary) close() int {
	fmt.Printf("\n%d classes: %d rightly named, %d falsely; of %d rates %d are contained, %d bursts exact\n",
		s.classes, s.named, len(s.wrong), s.rates, s.contained, s.exact)
	if len(s.widths) > 0 {
		fmt.Printf("width of the rate's interval: median %.3f %%, most %.3f %%\n", median(s.widths), slices.Max(s.widths))
	}
	if s.foretold.Hits > 0 {
		fmt.Printf("foretold: %d of %d hits kept out of the fit (%.2f %%)\n", s.foretold.Correct, s.foretold.Hits, 100*float64(s.foretold.Correct)/float64(s.foretold.Hits))
	}
	if len(s.requests) > 0 {
		fmt.Printf("at 5/s and more: median %.0f requests a class; a run of two classes takes %.0f s\n", median(s.requests), median(s.seconds))
	}
	if len(s.wrong) > 0 {
		fmt.Printf("certain and false: %s\n", strings.Join(s.wrong, "; "))
	}
	if len(s.wrong) > 0 || s.unmeasured > 0 {
		return 1
	}
	return 0
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
