package attack

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// BenchmarkPacing measures how far the instants at which hits leave are from
// an even pace, without a network: this package's pacing against Vegeta's own
// pacer. Reported are quantiles of the lateness against the plan, the share of
// gaps under a tenth of the nominal gap, and the hits that were not sent.
func BenchmarkPacing(b *testing.B) {
	instant := fake(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	for _, rate := range []int{100, 1000, 5000} {
		const length = time.Second
		b.Run(fmt.Sprintf("pacer=ratefit/rate=%d", rate), func(b *testing.B) {
			var p pacing
			for b.Loop() {
				c := Config{
					Profile: reads(hold("hold", profiles.Rate(rate)*profiles.PerSecond, length)), Requests: readRequest,
					RoundTripper: func(string) http.RoundTripper { return instant },
				}
				var sent []time.Duration
				if _, err := Run(b.Context(), c, func(h *trace.Hit) {
					if h.Error != trace.ErrUnsent {
						sent = append(sent, h.Sent)
						p.late = append(p.late, h.Sent-h.Asked)
					}
				}); err != nil {
					b.Fatal(err)
				}
				p.unsent += rate - len(sent)
				p.addGaps(sent)
			}
			p.report(b, rate)
		})
		b.Run(fmt.Sprintf("pacer=vegeta/rate=%d", rate), func(b *testing.B) {
			var p pacing
			for b.Loop() {
				a := vegeta.NewAttacker(vegeta.Client(&http.Client{Transport: instant}))
				targeter := vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: "http://example.test/"})
				began := time.Now()
				var sent []time.Duration
				for r := range a.Attack(targeter, vegeta.ConstantPacer{Freq: rate, Per: time.Second}, length, "") {
					sent = append(sent, r.Timestamp.Sub(began))
				}
				slices.Sort(sent)
				for n, at := range sent {
					p.late = append(p.late, at-time.Duration(n+1)*time.Second/time.Duration(rate))
				}
				p.unsent += rate - len(sent)
				p.addGaps(sent)
			}
			p.report(b, rate)
		})
	}
}

// A pacing is what many hits add up to.
type pacing struct {
	late, gaps []time.Duration
	unsent     int
}

func (p *pacing) addGaps(sent []time.Duration) {
	slices.Sort(sent)
	for n := 1; n < len(sent); n++ {
		p.gaps = append(p.gaps, sent[n]-sent[n-1])
	}
}

func (p *pacing) report(b *testing.B, rate int) {
	slices.Sort(p.late)
	quantile := func(q float64) float64 {
		return float64(p.late[int(q*float64(len(p.late)-1))]) / float64(time.Microsecond)
	}
	short := 0
	for _, g := range p.gaps {
		if g < time.Second/time.Duration(10*rate) {
			short++
		}
	}
	b.ReportMetric(quantile(0.5), "µs-late-p50")
	b.ReportMetric(quantile(0.99), "µs-late-p99")
	b.ReportMetric(100*float64(short)/float64(max(1, len(p.gaps))), "%gaps<0.1")
	b.ReportMetric(100*float64(p.unsent)/float64(p.unsent+len(p.late)), "%unsent")
}

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
