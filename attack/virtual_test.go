package attack

import (
	"context"
	"errors"
	"io"
	"net/http"
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

// Trap: Stop waits out the pacer's sleep.
func TestVirtualStopIsImmediate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		time.AfterFunc(90*time.Second, cancel)
		hits, end, err := virtual(ctx, Config{Profile: reads(hold("hold", profiles.PerHour, 12*time.Hour))}, at200)
		if err != nil || end.Reason != "interrupted" || len(hits) != 1 {
			t.Errorf("%d hits, end %+v, error %v", len(hits), end, err)
		}
		if d := time.Since(began); d != 90*time.Second {
			t.Errorf("stopped after %v, want 1m30s", d)
		}
	})
}

// Trap: any status outside 200–399 is an error to Vegeta. A 429 is data.
func TestVirtualEveryStatusIsData(t *testing.T) {
	for _, status := range []int{200, 204, 304, 400, 401, 403, 404, 422, 429, 500, 503} {
		synctest.Test(t, func(t *testing.T) {
			c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 2*time.Second))}
			hits, end, err := virtual(t.Context(), c, func(*http.Request) (*http.Response, error) {
				return reply(status, "Retry-After", "3", "Set-Cookie", "secret=1"), nil
			})
			if err != nil || end.Reason != "done" || len(hits) != 20 {
				t.Fatalf("status %d: %d hits, end %+v, error %v", status, len(hits), end, err)
			}
			h := hits[0]
			if h.Status != status || h.Error != "" || h.Header.Get("Retry-After") != "3" || len(h.Header) != 1 || h.BytesIn != 4 {
				t.Errorf("status %d: recorded %+v", status, h)
			}
		})
	}
}

// Trap: redirects would hit other routes.
func TestVirtualRedirectsAreNotFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, time.Second)), LimitedStatus: []int{302}}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			calls.Add(1)
			if r.URL.Path != "/path" {
				t.Errorf("request for %s", r.URL.Path)
			}
			return reply(302, "Location", "/elsewhere"), nil
		})
		if err != nil || len(hits) != 10 || calls.Load() != 10 || hits[0].Status != 302 || hits[0].Error != "" {
			t.Errorf("%d hits, %d calls, error %v", len(hits), calls.Load(), err)
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

func TestVirtualMaxRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		p := reads(burst("burst", 40), hold("hold", 20*profiles.PerSecond, time.Minute))
		p.Classes = append(p.Classes, profiles.Class{Name: "write", Phases: p.Classes[0].Phases})
		c := Config{
			Profile: p, MaxRequests: 101,
			Requests: []Request{readRequest[0], {Class: "write", Method: "POST", URL: "http://example.test/", Body: []byte("{}")}},
		}
		hits, end, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			calls.Add(1)
			return after(r, 3*time.Second) // longer than the grace: they were sent within the budget
		})
		sent, unsent := split(hits)
		if err != nil || end.Reason != "budget: 101 requests" || calls.Load() != 101 || len(sent) != 101 || len(unsent) == 0 || len(unsent) > 2 {
			t.Errorf("%d calls, %d sent, %d unsent, end %+v, error %v", calls.Load(), len(sent), len(unsent), end, err)
		}
		for _, h := range sent {
			if h.Status != 200 {
				t.Fatalf("recorded %+v", h)
			}
		}
	})
}

func TestVirtualExactBudgetIsNoBudgetEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, end, err := virtual(t.Context(), Config{Profile: reads(burst("burst", 40)), MaxRequests: 40}, at200)
		if err != nil || end.Reason != "done" {
			t.Errorf("end %+v, error %v", end, err)
		}
	})
}

func TestVirtualMaxDuration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, time.Hour)), MaxDuration: 1950 * time.Millisecond}
		hits, end, err := virtual(t.Context(), c, at200)
		if err != nil || end.Reason != "budget: 1.95s" || len(hits) != 20 || end.At != DefaultLead+c.MaxDuration {
			t.Errorf("%d hits, end %+v, error %v", len(hits), end, err)
		}
	})
}

// A stop sends nothing more, lets replies arrive within the grace, and gives
// up the rest.
func TestVirtualGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var n atomic.Int32
		var last atomic.Pointer[time.Time]
		c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, time.Hour)), Grace: 700 * time.Millisecond}
		var stopped time.Time
		time.AfterFunc(DefaultLead+950*time.Millisecond, func() { stopped = time.Now(); cancel() })
		hits, end, err := virtual(ctx, c, func(r *http.Request) (*http.Response, error) {
			now := time.Now()
			last.Store(&now)
			if n.Add(1)%2 == 0 {
				return after(r, 5*time.Second)
			}
			return after(r, 500*time.Millisecond)
		})
		if err != nil || end.Reason != "interrupted" || len(hits) != 10 || time.Since(stopped) != c.Grace {
			t.Errorf("%d hits, %v after the stop, end %+v, error %v", len(hits), time.Since(stopped), end, err)
		}
		if last.Load().After(stopped) {
			t.Errorf("a request after the stop")
		}
		var fine, canceled int
		for _, h := range hits {
			switch {
			case h.Status == 200 && h.Error == "":
				fine++
			case h.Error == trace.ErrCanceled && h.Status == 0 && h.FirstByte == 0:
				canceled++
			}
		}
		if fine != 5 || canceled != 5 {
			t.Errorf("%d complete and %d canceled, want 5 and 5", fine, canceled)
		}
	})
}

func TestVirtualRequestAsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{
			Profile: reads(burst("burst", 3)), UserAgent: "ratefit/1.2 (+rate limit measurement)",
			Requests: []Request{{
				Class: "read", Method: "PUT", URL: "http://user:secret@example.test/path?key=hidden",
				Header: http.Header{"x-key": {"a", "b"}, "Host": {"other.test"}}, Body: []byte(`{"a":1}`),
			}},
		}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			body, _ := io.ReadAll(r.Body)
			if r.Method != "PUT" || string(body) != `{"a":1}` || r.Host != "other.test" || r.URL.RawQuery != "key=hidden" {
				t.Errorf("request %s %s, host %s, body %s", r.Method, r.URL, r.Host, body)
			}
			if got := r.Header["X-Key"]; len(got) != 2 || r.UserAgent() != c.UserAgent {
				t.Errorf("header %v", r.Header)
			}
			for name := range r.Header {
				if strings.HasPrefix(name, "X-Vegeta") || strings.HasPrefix(name, "X-Ratefit") {
					t.Errorf("header %s was added", name)
				}
			}
			return reply(201), nil
		})
		if err != nil || len(hits) != 3 {
			t.Fatalf("%d hits, error %v", len(hits), err)
		}
		h := hits[0]
		if h.Class != "read" || h.Source != "local" || h.Phase != "burst" || h.Method != "PUT" || h.BytesOut != 7 {
			t.Errorf("recorded %+v", h)
		}
		if strings.Contains(h.URL, "secret") || strings.Contains(h.URL, "hidden") || !strings.Contains(h.URL, "example.test/path") {
			t.Errorf("URL %s", h.URL)
		}
	})
}

func TestVirtualUserAgentOfTheRequestWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(burst("burst", 1)), Requests: []Request{{Class: "read", URL: "http://example.test/", Header: http.Header{"user-agent": {"mine"}}}}}
		_, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			if r.UserAgent() != "mine" {
				t.Errorf("User-Agent %q", r.UserAgent())
			}
			return reply(200), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// An error whose reply had begun keeps its status: the limiter had decided.
func TestVirtualBrokenBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hits, end, err := virtual(t.Context(), Config{Profile: reads(burst("burst", 20))}, func(*http.Request) (*http.Response, error) {
			r := reply(200)
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader("abc"), broken{}))
			return r, nil
		})
		if err != nil || end.Reason != "done" {
			t.Fatalf("end %+v, error %v", end, err)
		}
		if h := hits[0]; h.Status != 200 || h.Error != trace.ErrReset || h.BytesIn != 3 || h.FirstByte == 0 {
			t.Errorf("recorded %+v", h)
		}
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestVirtualGivesUp(t *testing.T) {
	tests := []struct {
		name  string
		reply fake
		kind  trace.ErrorKind
		text  string
	}{
		{"redirect", func(*http.Request) (*http.Response, error) {
			return reply(301, "Location", "https://u:p@www.example.test/new?token=hidden#x"), nil
		}, "", "read: redirected to https://www.example.test/new: ratefit does not follow redirects; give the final URL (all of the first 10 hits failed alike)"},
		{"timeout", func(r *http.Request) (*http.Response, error) { return after(r, time.Hour) }, trace.ErrTimeout,
			"read: no reply from example.test in time: raise --timeout, or check that the server answers at all (all of the first 10 hits failed alike)"},
		{"reset", func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, trace.ErrReset,
			"read: example.test closes the connection instead of replying: check the scheme (http or https) and the port (all of the first 10 hits failed alike)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, time.Hour))}
				hits, end, err := virtual(t.Context(), c, test.reply)
				var gaveUp *GaveUpError
				if !errors.As(err, &gaveUp) || gaveUp.Kind != test.kind || gaveUp.Class != "read" || gaveUp.Hits != 10 {
					t.Fatalf("error %#v", err)
				}
				if err.Error() != test.text || end.Reason != test.text {
					t.Errorf("error  %s\nreason %s\nwant   %s", err, end.Reason, test.text)
				}
				if len(hits) < 10 {
					t.Errorf("%d hits recorded", len(hits))
				}
			})
		})
	}
}

// One good hit, or a failure of another kind, and the run goes on.
func TestVirtualKeepsGoing(t *testing.T) {
	tests := map[string]func(n int32, r *http.Request) (*http.Response, error){
		"good ninth": func(n int32, _ *http.Request) (*http.Response, error) {
			if n == 9 {
				return reply(200), nil
			}
			return nil, io.EOF
		},
		"mixed": func(n int32, _ *http.Request) (*http.Response, error) {
			if n%2 == 0 {
				return reply(301, "Location", "/x"), nil
			}
			return nil, io.EOF
		},
		"redirect without location": func(int32, *http.Request) (*http.Response, error) { return reply(302), nil },
		"all unauthorized":          func(int32, *http.Request) (*http.Response, error) { return reply(401), nil },
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n atomic.Int32
				c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 10*time.Second))}
				hits, end, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) { return f(n.Add(1), r) })
				if err != nil || end.Reason != "done" || len(hits) != 100 {
					t.Errorf("%d hits, end %+v, error %v", len(hits), end, err)
				}
			})
		})
	}
}

// A class with fewer hits than it takes to give up is hopeless all the same.
func TestVirtualAllOfFewHitsFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hits, end, err := virtual(t.Context(), Config{Profile: reads(burst("burst", 3))}, func(*http.Request) (*http.Response, error) {
			return nil, io.EOF
		})
		var gaveUp *GaveUpError
		if !errors.As(err, &gaveUp) || gaveUp.Hits != 3 || len(hits) != 3 || end.Reason != err.Error() {
			t.Errorf("%d hits, end %+v, error %v", len(hits), end, err)
		}
	})
}
