package attack

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/internal/trace"
)

// virtualSession opens a session in virtual time against f.
func virtualSession(t *testing.T, ctx context.Context, c Config, f fake, record func(*trace.Hit)) *Session {
	t.Helper()
	c.RoundTripper = func(string) http.RoundTripper { return f }
	c.Spin = -1
	if c.Requests == nil {
		c.Requests = readRequest
	}
	s, err := Open(ctx, c, record)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func spaced(from time.Duration, n int, by time.Duration) []time.Duration {
	var at []time.Duration
	for i := range n {
		at = append(at, from+time.Duration(i)*by)
	}
	return at
}

// Several schedules, one after the other: every hit at its instant, all
// recorded when Send returns, numbered through.
func TestSessionSendsEveryHitAtItsInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hits []*trace.Hit
		s := virtualSession(t, t.Context(), Config{}, at200, func(h *trace.Hit) { hits = append(hits, h) })
		source := s.Sources()[0]
		var want []time.Duration
		for k := range 5 {
			at := append(spaced(s.Now()+50*time.Millisecond, 4, 0), spaced(s.Now()+80*time.Millisecond, 10, 7*time.Millisecond)...)
			want = append(want, at...)
			if err := s.Send(Lane{Class: "read", Source: source}, strings.Repeat("x", k+1), at); err != nil {
				t.Fatal(err)
			}
			if len(hits) != len(want) {
				t.Fatalf("%d hits recorded after schedule %d, want %d", len(hits), k, len(want))
			}
		}
		end, err := s.Close()
		if err != nil || end.Reason != "done" {
			t.Fatalf("end %+v, error %v", end, err)
		}
		for i, h := range hits {
			if h.Asked != want[i] || h.Sent != want[i] || h.Seq != uint64(i) || h.Phase != strings.Repeat("x", i/14+1) || h.Status != 200 {
				t.Fatalf("hit %d: %+v, want at %v", i, h, want[i])
			}
		}
	})
}

// Classes and sources side by side share one numbering.
func TestSessionSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[string]int{}
		var seqs []uint64
		s := virtualSession(t, t.Context(), Config{
			Requests: []Request{readRequest[0], {Class: "write", Method: "POST", URL: "http://example.test/"}},
			Sources:  []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")},
		}, func(r *http.Request) (*http.Response, error) { return after(r, 5*time.Millisecond) }, func(h *trace.Hit) {
			seen[h.Class+h.Source]++
			seqs = append(seqs, h.Seq)
		})
		if got := s.Sources(); !slices.Equal(got, []string{"127.0.0.2", "127.0.0.3"}) {
			t.Errorf("sources %v", got)
		}
		began := time.Now()
		var wg sync.WaitGroup
		for _, class := range []string{"read", "write"} {
			for _, source := range s.Sources() {
				wg.Go(func() {
					if err := s.Send(Lane{Class: class, Source: source}, "p", spaced(time.Second, 20, 50*time.Millisecond)); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("took %v: one after the other", d)
		}
		s.Close()
		for _, k := range []string{"read127.0.0.2", "read127.0.0.3", "write127.0.0.2", "write127.0.0.3"} {
			if seen[k] != 20 {
				t.Errorf("%s: %d hits", k, seen[k])
			}
		}
		for i, seq := range seqs {
			if seq != uint64(i) {
				t.Fatalf("hit %d has number %d", i, seq)
			}
		}
	})
}

// One budget for all schedules, and no request after it.
func TestSessionBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		s := virtualSession(t, t.Context(), Config{MaxRequests: 25}, func(*http.Request) (*http.Response, error) { calls++; return reply(200), nil }, func(*trace.Hit) {})
		source := s.Sources()[0]
		for range 4 {
			if err := s.Send(Lane{Class: "read", Source: source}, "p", spaced(s.Now()+time.Second, 10, time.Millisecond)); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-s.Stopped():
		default:
			t.Error("not stopped")
		}
		if end, err := s.Close(); err != nil || end.Reason != "budget: 25 requests" || calls != 25 {
			t.Errorf("%d requests, end %+v, error %v", calls, end, err)
		}
	})
}

func TestSessionMaxDuration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hits []*trace.Hit
		began := time.Now()
		s := virtualSession(t, t.Context(), Config{MaxDuration: 2 * time.Second}, at200, func(h *trace.Hit) { hits = append(hits, h) })
		s.Send(Lane{Class: "read", Source: s.Sources()[0]}, "p", spaced(time.Second, 100, 300*time.Millisecond))
		s.Send(Lane{Class: "read", Source: s.Sources()[0]}, "late", spaced(time.Hour, 1, 0))
		end, err := s.Close()
		if err != nil || end.Reason != "budget: 2s" || len(hits) != 4 || time.Since(began) != 2*time.Second {
			t.Errorf("%d hits, %v, end %+v, error %v", len(hits), time.Since(began), end, err)
		}
	})
}

// An interrupt ends waiting at once.
func TestSessionInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := virtualSession(t, ctx, Config{}, at200, func(*trace.Hit) {})
		time.AfterFunc(3*time.Second, cancel)
		began := time.Now()
		s.Send(Lane{Class: "read", Source: s.Sources()[0]}, "p", []time.Duration{time.Hour})
		end, err := s.Close()
		if err != nil || end.Reason != "interrupted" || time.Since(began) != 3*time.Second {
			t.Errorf("%v, end %+v, error %v", time.Since(began), end, err)
		}
	})
}

// Hits that all fail alike end a session as they end a run.
func TestSessionGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := virtualSession(t, t.Context(), Config{}, func(*http.Request) (*http.Response, error) { return reply(302, "Location", "/login"), nil }, func(*trace.Hit) {})
		s.Send(Lane{Class: "read", Source: s.Sources()[0]}, "p", spaced(time.Second, 100, time.Millisecond))
		<-s.Stopped()
		if _, err := s.Close(); err == nil || !strings.Contains(err.Error(), "redirect") {
			t.Errorf("error %v", err)
		}
	})
}

func TestSessionMistakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := virtualSession(t, t.Context(), Config{}, at200, func(*trace.Hit) {})
		for _, test := range []struct {
			class, source string
			at            []time.Duration
		}{
			{"write", s.Sources()[0], spaced(0, 1, 0)},
			{"read", "127.0.0.9", spaced(0, 1, 0)},
			{"read", s.Sources()[0], []time.Duration{2, 1}},
		} {
			if err := s.Send(Lane{Class: test.class, Source: test.source}, "p", test.at); err == nil {
				t.Errorf("%+v was sent", test)
			}
		}
		s.Close()
		if _, err := Open(t.Context(), Config{Requests: []Request{{URL: "http://example.test/"}}}, nil); err == nil {
			t.Error("a request without a class was accepted")
		}
	})
}
