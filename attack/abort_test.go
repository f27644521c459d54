package attack

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

func TestParseAbort(t *testing.T) {
	for text, want := range map[string]Abort{
		"5xx=20%":       {Sign: ServerErrors, Limit: 0.2},
		"errors=10%/30": {Sign: ConnErrors, Limit: 0.1, Hits: 30},
		"timeouts=100%": {Sign: Timeouts, Limit: 1},
		"latency=2.5x":  {Sign: Slowness, Limit: 2.5},
		"latency=5x/7":  {Sign: Slowness, Limit: 5, Hits: 7},
	} {
		got, err := ParseAbort(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v (%s), error %v", text, got, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "the signs are", "4xx=10%": "the signs are", "5xx": "a number and %", "5xx=20": "a number and %", "5xx=x%": "a number and %",
		"5xx=0%": "above 0", "5xx=101%": "above 0", "5xx=NaN%": "above 0", "latency=5": "a number and x", "latency=1x": "above 1",
		"latency=Infx": "above 1", "errors=1%/0": "number of hits", "errors=1%/x": "number of hits", "errors=1%/100001": "number of hits",
	} {
		if a, err := ParseAbort(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, error %v", text, a, err)
		}
	}
}

func FuzzParseAbort(f *testing.F) {
	for _, s := range []string{"5xx=20%", "errors=10%/30", "timeouts=1e2%", "latency=2.5x/7", "latency=0x1p4x", "5xx=1e-300%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAbort(text)
		if err != nil {
			return
		}
		if m := a.gauge(); m.most < 1 || m.most > a.hits() {
			t.Fatalf("%s: ends at %d of %d hits", text, m.most, a.hits())
		}
		if again, err := ParseAbort(a.String()); err != nil || again.Sign != a.Sign || again.Hits != a.Hits {
			t.Fatalf("%s: %s is not read back: %+v, error %v", text, a, again, err)
		}
	})
}

// A run ends with the very reply that shows too much of a sign: nothing is sent
// after it, and it says why.
func TestVirtualAborts(t *testing.T) {
	const trip = 30 * time.Millisecond
	tests := []struct {
		name, on string
		reply    func(n int32, r *http.Request) (*http.Response, error)
		ended    int32 // by which request
		text     string
	}{
		{"5xx", "5xx=20%", func(n int32, _ *http.Request) (*http.Response, error) {
			if n > 40 && n%2 == 0 {
				return reply(500), nil
			}
			return reply(200), nil
		}, 60, "read: 10 of the last 50 hits that were not limited were answered 5xx, the last 500 Internal Server Error, and --abort-on is 5xx=20%: look after the target, or send less at once"},
		{"5xx behind a limiter", "5xx=20%/10", func(n int32, _ *http.Request) (*http.Response, error) {
			switch {
			case n%10 != 0:
				return reply(429), nil
			case n > 100:
				return reply(503), nil
			}
			return reply(200), nil
		}, 120, "read: 2 of the last 10 hits that were not limited were answered 5xx, the last 503 Service Unavailable, and --abort-on is 5xx=20%/10: if that is how the limiter refuses, add --limited-status 429,503"},
		{"errors", "errors=10%", func(n int32, _ *http.Request) (*http.Response, error) {
			if n > 30 {
				return nil, io.ErrUnexpectedEOF
			}
			return reply(200), nil
		}, 35, "read: 5 of the last 35 hits failed (example.test closes the connection instead of replying), and --abort-on is errors=10%: look after the target, or send less at once"},
		{"latency", "latency=5x", func(n int32, r *http.Request) (*http.Response, error) {
			if n > 60 {
				return after(r, 4*trip)
			}
			return reply(200), nil
		}, 70, "read: 10 of the last 20 hits that were not limited waited 5 times as long as the first ones (30ms) or longer, and --abort-on is latency=5x: look after the target, or send less at once; a limiter that delays hits looks like this too"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rule, err := ParseAbort(test.on)
				if err != nil {
					t.Fatal(err)
				}
				var n, last atomic.Int32
				began := time.Now()
				var ended time.Time
				c := Config{Profile: reads(hold("hold", 100*profiles.PerSecond, time.Hour)), AbortOn: []Abort{rule}, GiveUpAfter: -1}
				hits, end, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
					k := n.Add(1)
					last.Store(k)
					if _, err := after(r, trip); err != nil {
						return nil, err
					}
					got, err := test.reply(k, r)
					if k == test.ended {
						ended = time.Now()
					}
					return got, err
				})
				var aborted *AbortedError
				if !errors.As(err, &aborted) || err.Error() != test.text || end.Reason != "aborted: "+test.text {
					t.Fatalf("error  %v\nreason %s\nwant   %s", err, end.Reason, test.text)
				}
				for _, h := range hits {
					if h.Error != trace.ErrUnsent && began.Add(h.Sent).After(ended) {
						t.Errorf("a hit was sent %v after the reply that ended the run", began.Add(h.Sent).Sub(ended))
					}
				}
				if under := last.Load() - test.ended; under < 1 || under > int32(5*trip/(10*time.Millisecond)) {
					t.Errorf("%d hits beyond the one that ended the run, which are not those of one round trip", under)
				}
				if sent, _ := split(hits); len(sent) != int(last.Load()) {
					t.Errorf("%d recorded, %d sent", len(sent), last.Load())
				}
			})
		})
	}
}

// What a limiter does is no reason to stop: it refuses, also with 503, and it
// delays hits, until they time out.
func TestVirtualLimitersDoNotAbort(t *testing.T) {
	queue := func() fake { // 20/s, without an end
		var mu sync.Mutex
		var next time.Time
		return func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			if now := time.Now(); next.Before(now) {
				next = now
			}
			next = next.Add(50 * time.Millisecond)
			wait := time.Until(next)
			mu.Unlock()
			return after(r, wait)
		}
	}
	for name, f := range map[string]fake{
		"refuses":          func(*http.Request) (*http.Response, error) { return reply(429), nil },
		"refuses with 503": func(*http.Request) (*http.Response, error) { return reply(503), nil },
		"delays":           queue(),
		"fails now and then": func() fake {
			var n atomic.Int32
			return func(*http.Request) (*http.Response, error) {
				switch n.Add(1) % 12 {
				case 0:
					return nil, io.EOF
				case 6:
					return reply(500), nil
				}
				return reply(200), nil
			}
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := Config{
					Profile: reads(hold("hold", 30*profiles.PerSecond, 10*time.Second)), AbortOn: DefaultAborts(), LimitedStatus: []int{429, 503},
					MaxInFlight: 500, Timeout: 5 * time.Second,
				}
				if name == "delays" {
					f = queue() // its clock is the bubble's
				}
				if hits, end, err := virtual(t.Context(), c, f); err != nil || end.Reason != "done" || len(hits) != 300 {
					t.Errorf("%d hits, end %+v, error %v", len(hits), end, err)
				}
			})
		})
	}
}

// The gauge is the rule: counted anew over the last hits, it says the same.
func TestGaugeCountsTheLastHits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Abort{Sign: ConnErrors, Limit: rapid.Float64Range(0.01, 1).Draw(t, "share"), Hits: rapid.IntRange(1, 30).Draw(t, "hits")}
		shown := rapid.SliceOfN(rapid.Bool(), 1, 100).Draw(t, "shown")
		g := a.gauge()
		for i, s := range shown {
			bad := 0
			for _, b := range shown[max(0, i+1-a.Hits) : i+1] {
				if b {
					bad++
				}
			}
			want := s && float64(bad)+1e-9 >= a.Limit*float64(a.Hits)
			if got := g.add(s, a.Hits); got != want || g.bad != bad {
				t.Fatalf("hit %d: %t with %d, want %t with %d of the last %d", i, got, g.bad, want, bad, a.Hits)
			}
		}
	})
}
