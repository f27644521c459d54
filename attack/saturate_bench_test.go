package attack

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// BenchmarkSaturate measures what one hit costs at full speed, over loopback and
// without a network, recorded as a compressed trace. The server's part is counted
// too. heap-MB is what lives when all but the last hit have been recorded: it must
// not grow with their number.
func BenchmarkSaturate(b *testing.B) {
	instant := fake(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	for _, hits := range []int{50_000, 500_000} {
		b.Run(fmt.Sprintf("network=none/hits=%d", hits), func(b *testing.B) {
			benchmarkSaturate(b, hits, Config{
				Requests:     readRequest,
				RoundTripper: func(string) http.RoundTripper { return instant },
			})
		})
	}
	b.Run("network=loopback/hits=5000", func(b *testing.B) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X-Ratelimit-Remaining"] = []string{"1"}
		}))
		defer server.Close()
		benchmarkSaturate(b, 5000, Config{Requests: []Request{{Class: "read", URL: server.URL}}})
	})
}

func benchmarkSaturate(b *testing.B, hits int, c Config) {
	c.Profile = reads(saturate("full", 10, hits, time.Hour))
	var before, after, living runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		w, err := trace.NewWriter(io.Discard, trace.Meta{Started: time.Now()})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		end, err := Run(b.Context(), c, func(h *trace.Hit) {
			if n++; n == hits {
				runtime.GC()
				runtime.ReadMemStats(&living)
			}
			if err := w.Write(h); err != nil {
				b.Error(err)
			}
		})
		if err != nil || n != hits {
			b.Fatal(n, err)
		}
		if err := w.Close(end); err != nil {
			b.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	all := float64(b.N * hits)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/all, "ns/hit")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/all, "allocs/hit")
	b.ReportMetric(float64(living.HeapAlloc)/1e6, "heap-MB")
}
