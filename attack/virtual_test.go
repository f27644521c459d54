package attack

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// fake is a network in virtual time: a function from request to reply.
type fake func(*http.Request) (*http.Response, error)

func (f fake) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// reply makes a reply with a status and header lines.
func reply(status int, header ...string) *http.Response {
	h := make(http.Header)
	for i := 0; i+1 < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("body")), ProtoMajor: 1, ProtoMinor: 1}
}

// after replies when d has passed, or fails when the request ends before.
func after(r *http.Request, d time.Duration) (*http.Response, error) {
	select {
	case <-time.After(d):
		return reply(200), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// reads is a profile with one class.
func reads(phases ...profiles.Phase) *profiles.Profile {
	return &profiles.Profile{Name: "test", Classes: []profiles.Class{{Name: "read", Phases: phases}}}
}

func hold(name string, rate profiles.Rate, d time.Duration) profiles.Phase {
	return profiles.Phase{Name: name, Kind: profiles.Hold, Rate: rate, Duration: d}
}

func burst(name string, hits int) profiles.Phase {
	return profiles.Phase{Name: name, Kind: profiles.Burst, Hits: hits}
}

func saturate(name string, workers, hits int, d time.Duration) profiles.Phase {
	return profiles.Phase{Name: name, Kind: profiles.Saturate, Workers: workers, Hits: hits, Duration: d}
}

func pause(name string, d time.Duration) profiles.Phase {
	return profiles.Phase{Name: name, Kind: profiles.Pause, Duration: d}
}

var readRequest = []Request{{Class: "read", URL: "http://user:secret@example.test/path?key=hidden"}}

// virtual runs c in virtual time against f and returns what was recorded.
func virtual(ctx context.Context, c Config, f fake) (hits []*trace.Hit, end trace.End, err error) {
	c.RoundTripper = func(string) http.RoundTripper { return f }
	c.Spin = -1
	if c.Requests == nil {
		c.Requests = readRequest
	}
	end, err = Run(ctx, c, func(h *trace.Hit) { hits = append(hits, h) })
	return hits, end, err
}

func at200(*http.Request) (*http.Response, error) { return reply(200), nil }

// split separates the hits that were sent.
func split(hits []*trace.Hit) (sent, unsent []*trace.Hit) {
	for _, h := range hits {
		if h.Error == trace.ErrUnsent {
			unsent = append(unsent, h)
		} else {
			sent = append(sent, h)
		}
	}
	return sent, unsent
}

// Trap: the first hit waits a whole interval, and 50/s for ten minutes sends
// one hit too many.
func TestVirtualExactPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		hits, end, err := virtual(t.Context(), Config{Profile: reads(hold("hold", 50*profiles.PerSecond, 10*time.Minute))}, at200)
		if err != nil || end.Reason != "done" {
			t.Fatalf("end %+v, error %v", end, err)
		}
		if len(hits) != 30_000 {
			t.Fatalf("%d hits, want 30,000", len(hits))
		}
		for n, h := range hits {
			want := DefaultLead + time.Duration(n)*20*time.Millisecond
			if h.Asked != want || h.Sent != want || h.FirstByte != want || h.End != want || h.Seq != uint64(n) {
				t.Fatalf("hit %d: %+v, want every instant at %v", n, h, want)
			}
		}
		if d := time.Since(began); d > 10*time.Minute+DefaultLead {
			t.Errorf("took %v", d)
		}
	})
}

// Trap: an attacker is single use. A second phase on the same one would send
// almost nothing.
func TestVirtualEveryPhaseIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(
			burst("first", 30), pause("rest", 5*time.Second),
			hold("second", 10*profiles.PerSecond, time.Second), burst("third", 20))}
		hits, _, err := virtual(t.Context(), c, at200)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, h := range hits {
			got[h.Phase]++
			if h.Sent != h.Asked || h.Error != "" {
				t.Errorf("hit %+v, want sent as asked", h)
			}
		}
		if got["first"] != 30 || got["second"] != 10 || got["third"] != 20 {
			t.Errorf("hits by phase: %v", got)
		}
	})
}

// A slow reply in one phase must not delay the next.
func TestVirtualPhasesOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		c := Config{Profile: reads(burst("slow", 1), hold("fast", 10*profiles.PerSecond, time.Second))}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			if n.Add(1) == 1 {
				return after(r, 5*time.Second)
			}
			return reply(200), nil
		})
		if err != nil || len(hits) != 11 {
			t.Fatalf("%d hits, error %v", len(hits), err)
		}
		for _, h := range hits {
			if h.Sent != h.Asked {
				t.Errorf("%s hit asked at %v was sent at %v", h.Phase, h.Asked, h.Sent)
			}
		}
	})
}

// Trap: after one slow reply a capped pool releases its backlog at one
// instant: a burst that nobody asked for. And the omission is invisible.
func TestVirtualSlowReplyReleasesNoBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 10*time.Second)), MaxInFlight: 1}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			if n.Add(1) == 1 {
				return after(r, 2950*time.Millisecond)
			}
			return reply(200), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		sent, unsent := split(hits)
		if len(unsent) != 29 || len(sent) != 71 {
			t.Errorf("%d sent and %d unsent, want 71 and the 29 of the slow reply", len(sent), len(unsent))
		}
		for _, h := range sent {
			if h.Sent != h.Asked {
				t.Errorf("asked at %v, sent at %v", h.Asked, h.Sent)
			}
		}
		for _, h := range unsent {
			if h.Sent != h.Asked || h.End != h.Asked || h.FirstByte != 0 || h.Written != 0 || h.Status != 0 {
				t.Errorf("unsent hit has instants of its own: %+v", h)
			}
		}
	})
}

// Trap: replies of one second and one worker: asked 10/s, sent 1/s. The
// shortfall must be in the trace.
func TestVirtualShortfallIsRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 20*time.Second)), MaxInFlight: 1}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			return after(r, 950*time.Millisecond)
		})
		if err != nil {
			t.Fatal(err)
		}
		sent, unsent := split(hits)
		if len(sent) != 20 || len(unsent) != 180 {
			t.Errorf("%d sent, %d unsent, want 20 and 180", len(sent), len(unsent))
		}
	})
}

// Trap: a reader of one second per result cut 201 hits to 70.
func TestVirtualSlowRecorder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(hold("hold", 50*profiles.PerSecond, 4*time.Second)), Spin: -1, MaxInFlight: 4}
		c.Requests = readRequest
		c.RoundTripper = func(string) http.RoundTripper { return fake(at200) }
		var seq uint64
		_, err := Run(t.Context(), c, func(h *trace.Hit) {
			time.Sleep(time.Second)
			if h.Sent != h.Asked || h.Error != "" || h.Seq != seq {
				t.Errorf("hit %d: %+v", seq, h)
			}
			seq++
		})
		if err != nil || seq != 200 {
			t.Errorf("%d hits recorded, error %v, want 200", seq, err)
		}
	})
}

// Trap: unbounded workers exhaust file descriptors.
func TestVirtualHitsUnderWayAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		c := Config{Profile: reads(hold("hold", 1000*profiles.PerSecond, 2*time.Second)), MaxInFlight: 50, Timeout: 30 * time.Second, GiveUpAfter: -1}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			<-r.Context().Done()
			mu.Lock()
			now--
			mu.Unlock()
			return nil, r.Context().Err()
		})
		sent, unsent := split(hits)
		if err != nil || most != 50 || len(sent) != 50 || len(unsent) != 1950 {
			t.Errorf("%d at once, %d sent, %d unsent, error %v, want 50, 50, 1950", most, len(sent), len(unsent), err)
		}
		for _, h := range sent {
			if h.Error != trace.ErrTimeout || h.End-h.Sent != 30*time.Second || h.FirstByte != 0 {
				t.Fatalf("recorded %+v", h)
			}
		}
	})
}

// TestStagger: each class of each source begins as much later as planned.
func TestStagger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &profiles.Profile{Name: "test", Stagger: 700 * time.Millisecond, Classes: []profiles.Class{
			{Name: "read", Phases: []profiles.Phase{burst("all", 3)}},
			{Name: "write", Phases: []profiles.Phase{burst("all", 3)}},
		}}
		began := map[string]time.Duration{}
		_, err := Run(context.Background(), Config{
			Profile: p,
			Requests: []Request{
				{Class: "write", Method: "POST", URL: "http://example.test/"},
				{Class: "read", URL: "http://example.test/"},
			},
			Sources: []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")},
			Spin:    -1,
			RoundTripper: func(string) http.RoundTripper {
				return fake(func(r *http.Request) (*http.Response, error) { return after(r, time.Millisecond) })
			},
		}, func(h *trace.Hit) { began[h.Class+h.Source] = h.Asked })
		if err != nil {
			t.Fatal(err)
		}
		for k, stream := range []string{"read127.0.0.2", "write127.0.0.2", "read127.0.0.3", "write127.0.0.3"} {
			if want := DefaultLead + time.Duration(k)*p.Stagger; began[stream] != want {
				t.Errorf("%s began at %s, want %s", stream, began[stream], want)
			}
		}
	})
}
