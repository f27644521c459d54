package analyze

import (
	"testing"

	xrate "golang.org/x/time/rate"

	"ratefit/internal/trace"
)

// BenchmarkAnalyze reports the cost per hit of the whole analysis of a run
// with two classes from two sources, hypotheses about sharing included.
func BenchmarkAnalyze(b *testing.B) {
	limiters := map[string]*xrate.Limiter{}
	hits := surveyTrace(1, []string{"read", "write"}, []string{"a", "b"}, func(c, s string) *xrate.Limiter {
		if limiters[c+s] == nil {
			limiters[c+s] = xrate.NewLimiter(10, 20)
		}
		return limiters[c+s]
	})
	for b.Loop() {
		a := New(Options{})
		for i := range hits {
			a.Add(&hits[i])
		}
		a.Result(trace.Meta{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(hits)), "ns/hit")
}
