package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// A rough server counts what arrives, and answers each request in one of the ways
// that make clients try again.
func rough(t *testing.T, scheme string, arrived *atomic.Int64) *target {
	return newTarget(t, scheme, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/login") {
			w.WriteHeader(http.StatusNoContent)
			arrived.Add(1)
			return
		}
		switch n := arrived.Add(1); {
		case n%7 == 3:
			panic(http.ErrAbortHandler) // no reply: a reset, of the stream or the connection
		case n%7 == 5:
			w.Header().Set("Connection", "close") // over HTTP/2: GOAWAY
		case n%5 == 1:
			w.WriteHeader(http.StatusTooManyRequests)
		case n%11 == 6:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

// roughly is the same without net/http: connections that end as soon as a
// request has arrived.
func roughly(t *testing.T, arrived *atomic.Int64) string {
	return "http://" + listen(t, func(c net.Conn) {
		for n := 0; request(c); n++ {
			if arrived.Add(1); n%3 == 2 {
				return
			}
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
}

// Whatever the profile, the workers, the sources, the logins, the protocol and
// the replies are: not one request more than the budget reaches the target.
func TestSocketBudgetsAreHard(t *testing.T) {
	urls, arrived := map[string]string{}, map[string]*atomic.Int64{}
	for _, scheme := range []string{"http", "https", "h2", "raw"} {
		arrived[scheme] = new(atomic.Int64)
		if scheme == "raw" {
			urls[scheme] = roughly(t, arrived[scheme])
			continue
		}
		urls[scheme] = rough(t, scheme, arrived[scheme]).URL
	}
	cut := 0
	rapid.Check(t, func(rt *rapid.T) {
		scheme := rapid.SampledFrom([]string{"http", "http", "raw", "h2", "https"}).Draw(rt, "scheme")
		var phases []profiles.Phase
		for i := range rapid.IntRange(1, 3).Draw(rt, "phases") {
			if rapid.Bool().Draw(rt, "burst") {
				phases = append(phases, burst(fmt.Sprint("burst", i), rapid.IntRange(1, 60).Draw(rt, "hits")))
			} else {
				phases = append(phases, hold(fmt.Sprint("hold", i), profiles.Rate(rapid.IntRange(100, 3000).Draw(rt, "rate"))*profiles.PerSecond, 15*time.Millisecond))
			}
		}
		c := Config{
			Profile: reads(phases...), Insecure: true, HTTP2: scheme == "h2", GiveUpAfter: -1, Timeout: 5 * time.Second, EvenRefused: true,
			Requests:    []Request{{Class: "read", URL: urls[scheme] + "/"}},
			MaxRequests: rapid.IntRange(1, 80).Draw(rt, "budget"), MaxInFlight: rapid.IntRange(1, 40).Draw(rt, "workers"),
			MaxLimited: rapid.SampledFrom([]int{0, 1, 5, 20}).Draw(rt, "limited"),
		}
		if rapid.Bool().Draw(rt, "writes") {
			c.Profile.Classes = append(c.Profile.Classes, profiles.Class{Name: "write", Phases: phases})
			c.Requests = append(c.Requests, Request{Class: "write", Method: "POST", URL: urls[scheme] + "/"})
		}
		for i := range rapid.IntRange(0, 3).Draw(rt, "sources") {
			c.Sources = append(c.Sources, netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + i)}))
		}
		for i := range rapid.IntRange(0, 2).Draw(rt, "credentials") {
			c.Credentials = append(c.Credentials, Credential{
				Label: fmt.Sprint("c", i), Login: &Request{Method: "POST", URL: urls[scheme] + "/login"},
				Renew: func(*Reply) (Grant, error) { return Grant{Life: 2 * time.Second}, nil },
			})
		}
		before := arrived[scheme].Load()
		sent, limited := 0, 0
		end, err := Run(t.Context(), c, func(h *trace.Hit) {
			if h.Error != trace.ErrUnsent {
				sent++
			}
			if h.Outcome(nil) == trace.Limited {
				limited++
			}
		})
		var noLogin *LoginError
		if err != nil && !errors.As(err, &noLogin) {
			rt.Fatal(err)
		}
		seen := int(arrived[scheme].Load() - before)
		if seen > c.MaxRequests || sent > c.MaxRequests || seen > sent {
			rt.Errorf("%d requests arrived, %d were sent, the budget is %d", seen, sent, c.MaxRequests)
		}
		if c.MaxLimited > 0 && limited > c.MaxLimited {
			rt.Errorf("%d were limited, the budget is %d", limited, c.MaxLimited)
		}
		if strings.HasPrefix(end.Reason, "budget") {
			cut++
		}
	})
	if cut == 0 {
		t.Error("no run met a budget: the test tests nothing")
	}
}

// The budget of limited hits counts those under way, and logins; it ends a run
// that wants one more.
func TestVirtualMaxLimited(t *testing.T) {
	for _, limit := range []int{1, 7, 30} {
		synctest.Test(t, func(t *testing.T) {
			c := Config{Profile: reads(burst("burst", 40), hold("hold", 20*profiles.PerSecond, time.Minute)), MaxLimited: limit}
			var limited atomic.Int32
			hits, end, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
				if limited.Add(1)%2 == 0 {
					return after(r, 30*time.Millisecond)
				}
				_, err := after(r, 20*time.Millisecond)
				return reply(429), err
			})
			refused := 0
			for _, h := range hits {
				if h.Outcome(nil) == trace.Limited {
					refused++
				}
			}
			if err != nil || refused != limit || end.Reason != fmt.Sprintf("budget: %d limited hits", limit) {
				t.Errorf("%d limited, end %+v, error %v", refused, end, err)
			}
		})
	}
}

// After an interrupt nothing is sent, at the very instant of it in virtual time,
// and what was recorded stays.
func TestVirtualNothingAfterAnInterrupt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		at := time.Duration(rapid.IntRange(0, 400_000).Draw(rt, "µs")) * time.Microsecond
		workers := rapid.IntRange(1, 50).Draw(rt, "workers")
		rate := profiles.Rate(rapid.IntRange(1, 2000).Draw(rt, "rate")) * profiles.PerSecond
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			began := time.Now()
			var calls, late atomic.Int32
			time.AfterFunc(at, cancel)
			hits, end, err := virtual(ctx, Config{Profile: reads(hold("hold", rate, time.Hour)), MaxInFlight: workers}, func(r *http.Request) (*http.Response, error) {
				calls.Add(1)
				if time.Since(began) > at {
					late.Add(1)
				}
				return after(r, 10*time.Millisecond)
			})
			sent, _ := split(hits)
			if err != nil || end.Reason != "interrupted" || late.Load() > 0 || len(sent) != int(calls.Load()) {
				rt.Errorf("%d of %d requests after the interrupt, %d recorded, end %+v, error %v", late.Load(), calls.Load(), len(sent), end, err)
			}
		})
	})
}

// BenchmarkInterrupt measures how long after an interrupt the last request
// arrives at a server, at 2000 requests a second: in µs, the longest of all.
func BenchmarkInterrupt(b *testing.B) {
	var last atomic.Int64
	zero := time.Now()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { last.Store(int64(time.Since(zero))) })}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	var longest time.Duration
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		var stopped time.Duration
		time.AfterFunc(120*time.Millisecond, func() { stopped = time.Since(zero); cancel() })
		c := Config{Profile: reads(hold("hold", 2000*profiles.PerSecond, time.Hour)), Requests: []Request{{Class: "read", URL: "http://" + l.Addr().String()}}}
		if _, err := Run(ctx, c, func(*trace.Hit) {}); err != nil {
			b.Fatal(err)
		}
		longest = max(longest, time.Duration(last.Load())-stopped)
	}
	b.ReportMetric(float64(longest.Microseconds()), "µs-after")
}
