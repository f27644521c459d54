package analyze

import (
	"testing"

	"pgregory.net/rapid"
)

// TestFitHoldsTheTruth: from rest or not, blurred or not, the fit exists and
// its intervals hold the parameters that made the trace.
func TestFitHoldsTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw(t)
		w.d += w.rate * float64(-min(0, w.s.from[w.s.byFrom[0]])) * 1e-9
		if w.d > w.burst {
			t.Skip("no bucket was that short")
		}
		f := TokenBucket{}.Fit([]*Stream{w.s}, Options{})
		if !f.Consistent {
			t.Fatalf("rate %v burst %v: no fit", w.rate, w.burst)
		}
		if f.Rate.Low != nil && *f.Rate.Low > w.rate || f.Rate.High != nil && *f.Rate.High < w.rate {
			t.Fatalf("rate %v outside %v – %v", w.rate, f.Rate.Low, f.Rate.High)
		}
		if *f.Burst.Low > w.burst || f.Burst.High != nil && *f.Burst.High < w.burst {
			t.Fatalf("burst %v outside %v – %v", w.burst, *f.Burst.Low, f.Burst.High)
		}
	})
}
