package attack

import (
	"net/http"
	"testing"

	"ratefit/internal/trace"
)

// BenchmarkRun measures what one hit costs on this side, without a network.
func BenchmarkRun(b *testing.B) {
	instant := fake(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	const hits = 1000
	b.ReportAllocs()
	for b.Loop() {
		c := Config{
			Profile: reads(burst("burst", hits)), Requests: readRequest, Lead: 0, MaxInFlight: hits,
			RoundTripper: func(string) http.RoundTripper { return instant },
		}
		if _, err := Run(b.Context(), c, func(*trace.Hit) {}); err != nil {
			b.Fatal(err)
		}
	}
}
