package attack

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// turn is how long each pacer sends before it is the other's turn: what else runs
// on the machine then meets both alike. It has 250 hits at least, so that the
// first, which waits for its connection, is none of the last hundredth.
func turn(rate int) time.Duration {
	return max(500*time.Millisecond, 250*time.Second/time.Duration(rate))
}

// BenchmarkPacing measures how far the instants at which requests have been
// written lie from the planned ones: this package's pacing, and by turns Vegeta's
// own, over a loopback server. Reported are quantiles of the deviation, how many
// times Vegeta's it is (÷), the share of gaps under a tenth of the nominal gap,
// and the share of hits that were late and left out. Vegeta leaves out none, but
// sends them in a pile.
func BenchmarkPacing(b *testing.B) {
	for _, rate := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprintf("rate=%d", rate), func(b *testing.B) {
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			defer server.Close()
			var ours, theirs pacing
			for b.Loop() {
				ours.add(b, rate, server.URL)
				theirs.addVegeta(b, rate, server.URL)
			}
			ours.report(b, "", rate)
			theirs.report(b, "-vegeta", rate)
			for _, q := range []float64{0.5, 0.99, 1} {
				b.ReportMetric(ours.quantile(q)/theirs.quantile(q), fmt.Sprintf("÷p%g", 100*q))
			}
		})
	}
}

// A pacing is what many hits add up to.
type pacing struct {
	off, gaps []time.Duration
	unsent    int
}

// add sends for one turn.
func (p *pacing) add(b *testing.B, rate int, url string) {
	c := Config{
		Profile:  reads(hold("hold", profiles.Rate(rate)*profiles.PerSecond, turn(rate))),
		Requests: []Request{{Class: "read", URL: url}},
	}
	var at []time.Duration
	if _, err := Run(b.Context(), c, func(h *trace.Hit) {
		if h.Error == trace.ErrUnsent {
			p.unsent++
			return
		}
		at = append(at, h.Written)
		p.off = append(p.off, (h.Written - h.Asked).Abs())
	}); err != nil {
		b.Fatal(err)
	}
	p.addGaps(at)
}

// addVegeta lets Vegeta send for one turn. Its plan is a hit at the end of each
// interval.
func (p *pacing) addVegeta(b *testing.B, rate int, url string) {
	w := &writes{}
	transport := &http.Transport{DialContext: w.dial, MaxIdleConnsPerHost: vegeta.DefaultConnections}
	defer transport.CloseIdleConnections()
	a := vegeta.NewAttacker(vegeta.Client(&http.Client{Transport: transport}))
	targeter := vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: url})
	w.began = time.Now()
	for r := range a.Attack(targeter, vegeta.ConstantPacer{Freq: rate, Per: time.Second}, turn(rate), "") {
		if r.Error != "" {
			b.Fatal(r.Error)
		}
	}
	slices.Sort(w.at)
	for n, at := range w.at {
		p.off = append(p.off, (at - time.Duration(n+1)*time.Second/time.Duration(rate)).Abs())
	}
	p.addGaps(w.at)
}

// writes notes when each write to any of its connections had returned; a small
// request is one.
type writes struct {
	began time.Time
	mu    sync.Mutex
	at    []time.Duration
}

func (w *writes) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, addr)
	return &noted{c, w}, err
}

type noted struct {
	net.Conn
	writes *writes
}

func (c *noted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	at := time.Since(c.writes.began)
	c.writes.mu.Lock()
	defer c.writes.mu.Unlock()
	c.writes.at = append(c.writes.at, at)
	return n, err
}

func (p *pacing) addGaps(at []time.Duration) {
	slices.Sort(at)
	for n := 1; n < len(at); n++ {
		p.gaps = append(p.gaps, at[n]-at[n-1])
	}
}

// quantile of the deviation, in microseconds.
func (p *pacing) quantile(q float64) float64 {
	slices.Sort(p.off)
	return float64(p.off[int(q*float64(len(p.off)-1))]) / float64(time.Microsecond)
}

func (p *pacing) report(b *testing.B, who string, rate int) {
	short := 0
	for _, g := range p.gaps {
		if g < time.Second/time.Duration(10*rate) {
			short++
		}
	}
	for _, q := range []float64{0.5, 0.99, 1} {
		b.ReportMetric(p.quantile(q), fmt.Sprintf("µs-p%g%s", 100*q, who))
	}
	b.ReportMetric(100*float64(short)/float64(max(1, len(p.gaps))), "%gaps<0.1"+who)
	b.ReportMetric(100*float64(p.unsent)/float64(p.unsent+len(p.off)), "%unsent"+who)
}
