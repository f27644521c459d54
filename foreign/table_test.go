package foreign

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ratefit/analyze"
	"ratefit/foreign/measure"
	"ratefit/foreign/truth"
)

// A table collects what was found, and fails the test where that is wrong.
type table struct {
	lines  []string
	widths []float64
	exact  int
	total  int
	open   int // scopes that were left undetermined
	scopes int
}

// list holds reads and writes against the truth, without judging.
func (rows *table) list(name string, pair [2]setting, a *analyze.Analysis) (found [2]truth.Finding) {
	for i, class := range []string{"read", "write"} {
		f := truth.Compare(truth.Of(a, class, measure.Sources[0]), pair[i].truth())
		rows.lines = append(rows.lines, fmt.Sprintf("%-32s %s", fmt.Sprintf("%s, %s %v", name, class, pair[i]), describe(f)))
		rows.total++
		if f.Exact {
			rows.exact++
		}
		if f.Bounded {
			rows.widths = append(rows.widths, f.Width)
		}
		found[i] = f
	}
	return found
}

// add checks reads and writes: named with certainty, and the configured values
// within the bounds. How narrow these are depends on the machine. One limiter
// for each class and source is the truth; it may be left open, not denied.
func (rows *table) add(t *testing.T, name string, pair [2]setting, a *analyze.Analysis) {
	t.Helper()
	for i, f := range rows.list(name, pair, a) {
		label := fmt.Sprintf("%s, %s %v", name, []string{"read", "write"}[i], pair[i])
		switch {
		case f.Limit == nil:
			t.Errorf("%s: nothing was said", label)
		case !f.Certain && !f.Open || f.WrongName: // a fixed profile need not decide between all models
			t.Errorf("%s: %s %s: %s", label, f.Limit.Verdict, f.Limit.Model, f.Limit.Why)
		case !f.Bounded || !f.Contained:
			t.Errorf("%s: rate %s", label, bounds(f.Limit.SustainedRate))
		case !f.Possible:
			t.Errorf("%s: burst %s", label, bounds(f.Limit.Burst))
		}
	}
	for _, v := range []analyze.ScopeVerdict{a.Scope.Class, a.Scope.Source} {
		rows.scopes++
		switch v {
		case analyze.Separate:
		case analyze.UndeterminedScope:
			rows.open++
		default:
			t.Errorf("%s %v: scope %+v, but each class and source has its own", name, pair, a.Scope)
		}
	}
}

func (rows *table) log(t *testing.T) {
	t.Helper()
	if len(rows.widths) == 0 {
		return
	}
	slices.Sort(rows.widths)
	t.Logf("\n%s\nwidth of the rate: median %.3f %%, most %.3f %%; burst exact: %d of %d; scopes left open: %d of %d",
		strings.Join(rows.lines, "\n"), rows.widths[len(rows.widths)/2], rows.widths[len(rows.widths)-1], rows.exact, rows.total, rows.open, rows.scopes)
}

func describe(f truth.Finding) string {
	if f.Limit == nil {
		return "nothing"
	}
	return fmt.Sprintf("%-12s %-13s rate %-22s width %7.4f %%  burst %-14s exact %-5t contained %t",
		f.Limit.Verdict, f.Limit.Model, bounds(f.Limit.SustainedRate), f.Width, bounds(f.Limit.Burst), f.Exact, f.Contained)
}

func bounds(i *analyze.Interval) string {
	if i == nil {
		return "unknown"
	}
	low, high := "-∞", "∞"
	if i.Low != nil {
		low = fmt.Sprintf("%.6g", *i.Low)
	}
	if i.High != nil {
		high = fmt.Sprintf("%.6g", *i.High)
	}
	return low + " to " + high
}
