// Package truth compares what ratefit found with how a limiter was configured.
package truth

import (
	"math"
	"slices"

	"ratefit/analyze"
)

// A Truth is how a limiter was configured.
type Truth struct {
	Model     string // as in analysis.json
	Also      string // another name that is as right, if any
	Modifiers []string
	Rate      float64 // sustained, per second
	Burst     float64 // hits admitted at one instant from rest, the first included
}

// A Finding is one entry of an analysis held against the truth.
type Finding struct {
	Limit     *analyze.Limit // nil: nothing was said about this class
	Certain   bool           // the verdict is "identified", or "unlimited"
	Open      bool           // undetermined, the configured model among the survivors and nearest
	WrongName bool           // certain of a model that is not the configured one
	Bounded   bool           // the rate has both bounds
	Contained bool           // no bound of the rate excludes the truth
	Width     float64        // of the rate's interval, in percent of the true rate; NaN if unbounded
	Exact     bool           // the burst is known to be the true one and no other
	Possible  bool           // the burst's bounds do not exclude the true one
}

// named reports whether a limit has the right name, modifiers included.
func (t Truth) named(l *analyze.Limit) bool {
	return l.Model == t.Model && slices.Equal(slices.Sorted(slices.Values(l.Modifiers)), slices.Sorted(slices.Values(t.Modifiers))) ||
		t.Also != "" && l.Model == t.Also
}

// Compare holds a limit against the truth.
func Compare(l *analyze.Limit, t Truth) Finding {
	f := Finding{Limit: l, Width: math.NaN()}
	if l == nil {
		return f
	}
	f.Certain = l.Verdict == analyze.Identified || l.Verdict == analyze.Unlimited
	f.Open = l.Verdict == analyze.Undetermined && t.named(l) && slices.Contains(l.Survivors, l.Model)
	f.WrongName = f.Certain && !t.named(l)
	if r := l.SustainedRate; r != nil {
		f.Contained = within(r, t.Rate)
		f.Bounded = r.Low != nil && r.High != nil
		if f.Bounded {
			f.Width = 100 * (*r.High - *r.Low) / t.Rate
		}
	}
	if b := l.Burst; b != nil {
		f.Possible = within(b, t.Burst)
		f.Exact = b.Low != nil && b.High != nil && *b.Low == t.Burst && *b.High == t.Burst
	}
	return f
}

// Sound reports whether the finding claims nothing false: no wrong name with
// certainty, and, for the right model, no interval that excludes the truth.
func (f Finding) Sound(t Truth) bool {
	switch {
	case f.Limit == nil:
		return true
	case f.WrongName:
		return false
	case f.Limit.Verdict == analyze.Contradicted, !t.named(f.Limit):
		return true // the figures are labelled as not explaining the trace
	}
	return (f.Limit.SustainedRate == nil || f.Contained) && (f.Limit.Burst == nil || f.Possible)
}

// within reports whether an interval, ends included, holds v. Configured rates
// are rounded to whole nanoseconds by many limiters: a relative 1e-7 is
// forgiven.
func within(i *analyze.Interval, v float64) bool {
	slack := 1e-7 * v
	return (i.Low == nil || *i.Low <= v+slack) && (i.High == nil || v-slack <= *i.High)
}

// Of finds the entry for a class and source, in whatever pool it is.
func Of(a *analyze.Analysis, class, source string) *analyze.Limit {
	for i := range a.Limits {
		l := &a.Limits[i]
		if holds(l.Class, class) && has(l.Sources, source) {
			return l
		}
	}
	return nil
}
