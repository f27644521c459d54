package bench

import (
	"slices"
	"strings"

	"ratefit/analyze"
)

// A Truth is what a right analysis of one limiter says.
type Truth struct {
	Model     string // as in an analysis
	Modifiers []string
	// Anchors are the right values of params.anchor, the most exact first; empty
	// if the model has none.
	Anchors []string
	// Also lists names, with modifiers as in [Truth.Name], that make the same
	// decisions with these parameters.
	Also []string

	// Rate is the sustained rate per second. Where it is not one number, it lies
	// between RateLow and Rate; RateLow 0 = the same. Rate 0 = not judged.
	Rate, RateLow float64
	Burst         float64            // hits admitted at one instant from rest; 0 = not judged
	Params        map[string]float64 // as in an analysis; what it does not name is not judged

	// Nameless: no model is right, so that every name is wrong.
	Nameless bool
	// Why is what spoils the measurement; "" = nothing.
	Why string
}

// Name is the model with its modifiers.
func (t *Truth) Name() string { return joined(t.Model, t.Modifiers) }

// Row is the name with the anchor and with what spoils the measurement.
func (t *Truth) Row() string {
	row := t.Model
	if len(t.Anchors) > 0 {
		row += " (" + t.Anchors[0] + ")"
	}
	row = joined(row, t.Modifiers)
	if t.Why != "" {
		row += ", " + t.Why
	}
	return row
}

func joined(model string, modifiers []string) string {
	modifiers = slices.Sorted(slices.Values(modifiers))
	return strings.Join(append([]string{model}, modifiers...), " + ")
}

// names reports whether this is a right name.
func (t *Truth) names(name string) bool {
	return !t.Nameless && (name == t.Name() || slices.Contains(t.Also, name))
}

// anchored reports whether an anchor is right, if the analysis names one.
func (t *Truth) anchored(l *analyze.Limit) bool {
	anchor := l.Params["anchor"].Text
	return anchor == "" || l.Model != t.Model || slices.Contains(t.Anchors, anchor)
}

// holdsRate reports whether an interval holds the sustained rate.
func (t *Truth) holdsRate(iv *analyze.Interval) bool {
	low := t.Rate
	if t.RateLow > 0 {
		low = t.RateLow
	}
	return iv == nil || t.Rate == 0 || overlaps(*iv, low, t.Rate)
}

// holdsBurst reports whether an interval holds the burst.
func (t *Truth) holdsBurst(iv *analyze.Interval) bool {
	return iv == nil || t.Burst == 0 || overlaps(*iv, t.Burst, t.Burst)
}

// missed lists the parameters whose intervals do not hold the truth.
func (t *Truth) missed(l *analyze.Limit) []string {
	var names []string
	for name, want := range t.Params {
		if p, ok := l.Params[name]; ok && l.Model == t.Model && p.Text == "" && !overlaps(p.Interval, want, want) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// overlaps reports whether an interval and [low, high] have a value in common.
// What floating point loses does not count.
func overlaps(iv analyze.Interval, low, high float64) bool {
	const least = 1e-9
	return (iv.Low == nil || *iv.Low <= high*(1+least)) && (iv.High == nil || *iv.High >= low*(1-least))
}
