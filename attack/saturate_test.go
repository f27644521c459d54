package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"ratefit/internal/trace"
)

// Each worker sends when its last hit has ended, up to the end of the phase; the
// next phase begins as planned.
func TestVirtualSaturate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(saturate("full", 3, 0, time.Second), burst("then", 2))}
		hits, end, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			return after(r, 100*time.Millisecond)
		})
		if err != nil || end.Reason != "done" || len(hits) != 3*10+2 {
			t.Fatalf("%d hits, end %+v, error %v, want 32", len(hits), end, err)
		}
		slices.SortFunc(hits, func(a, b *trace.Hit) int { return int(a.Asked - b.Asked) })
		for n, h := range hits {
			want, phase := DefaultLead+time.Duration(n/3)*100*time.Millisecond, "full"
			if n >= 30 {
				phase = "then"
			}
			if h.Asked != want || h.Sent != want || h.End != want+100*time.Millisecond || h.Phase != phase || h.Error != "" {
				t.Errorf("hit %d: %+v, want it asked and sent at %v", n, h, want)
			}
		}
	})
}

// Whatever the replies do: never more hits under way than workers, never more
// in all than any budget, none asked for outside the phase, and no gap between a
// reply and the worker's next hit.
func TestVirtualSaturateKeepsBudgets(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		workers := rapid.IntRange(1, 20).Draw(rt, "workers")
		c := Config{
			Profile: reads(saturate("full", workers, rapid.IntRange(0, 200).Draw(rt, "hits"),
				time.Duration(rapid.IntRange(1, 3000).Draw(rt, "length"))*time.Millisecond)),
			MaxRequests: rapid.IntRange(0, 200).Draw(rt, "max-requests"),
			Lead:        DefaultLead, Grace: time.Hour,
		}
		if longest := rapid.IntRange(0, 3000).Draw(rt, "max-duration"); longest > 0 { // not together with a reply
			c.MaxDuration = time.Duration(longest)*time.Millisecond - time.Microsecond
		}
		delays := rapid.SliceOfN(rapid.IntRange(1, 400), 1, 10).Draw(rt, "delays")
		var wrong string
		synctest.Test(t, func(*testing.T) { wrong = keepsBudgets(c, workers, delays) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// keepsBudgets runs c against replies after so many milliseconds, and says what
// is wrong with what it sent.
func keepsBudgets(c Config, workers int, delays []int) string {
	var mu sync.Mutex
	now, peak, n := 0, 0, 0
	count := func(by int) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		now += by
		peak = max(peak, now)
		n += max(0, by)
		return time.Duration(delays[n%len(delays)]) * time.Millisecond
	}
	hits, _, err := virtual(context.Background(), c, func(r *http.Request) (*http.Response, error) {
		defer count(-1)
		return after(r, count(1))
	})
	phase := c.Profile.Classes[0].Phases[0]
	if err != nil || peak > workers || phase.Hits > 0 && n > phase.Hits || c.MaxRequests > 0 && n > c.MaxRequests || len(hits) != n {
		return fmt.Sprintf("%d at once, %d sent, %d recorded, error %v", peak, n, len(hits), err)
	}
	last := DefaultLead + phase.Duration
	if c.MaxDuration > 0 {
		last = min(last, DefaultLead+c.MaxDuration)
	}
	free := slices.Repeat([]time.Duration{DefaultLead}, workers)
	for _, h := range hits { // in the order in which they ended
		i := slices.Index(free, h.Asked)
		if i < 0 || h.Asked >= last {
			return fmt.Sprintf("no worker was free at %v, and the last may be asked for before %v", h.Asked, last)
		}
		free[i] = h.End
	}
	for _, f := range free {
		if f < last && n != phase.Hits && n != c.MaxRequests {
			return fmt.Sprintf("a worker stopped at %v, not at %v", f, last)
		}
	}
	return ""
}

// An interrupt ends it at once, and a budget without hits that nobody planned.
func TestVirtualSaturateStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 505*time.Millisecond)
		defer stop()
		began := time.Now()
		c := Config{Profile: reads(saturate("full", 4, 0, time.Hour))}
		hits, end, err := virtual(ctx, c, func(r *http.Request) (*http.Response, error) { return after(r, 10*time.Millisecond) })
		if err != nil || end.Reason != "interrupted" || time.Since(began) > 520*time.Millisecond {
			t.Errorf("%+v after %v, error %v", end, time.Since(began), err)
		}
		if want := 4 * 49; len(hits) != want { // 485 ms from the lead on
			t.Errorf("%d hits, want %d", len(hits), want)
		}
		c.MaxRequests = 7
		hits, end, err = virtual(t.Context(), c, at200)
		if err != nil || end.Reason != "budget: 7 requests" || len(hits) != 7 || slices.ContainsFunc(hits, func(h *trace.Hit) bool { return h.Error != "" }) {
			t.Errorf("%d hits, %+v, error %v, want 7", len(hits), end, err)
		}
	})
}

// A server that is down is not knocked at as fast as it refuses.
func TestVirtualSaturateRestsWithoutReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(saturate("full", 2, 0, time.Second)), GiveUpAfter: -1}
		hits, _, err := virtual(t.Context(), c, func(*http.Request) (*http.Response, error) { return nil, errors.New("down") })
		if want := int(2 * time.Second / unanswered); err != nil || len(hits) != want {
			t.Errorf("%d hits, error %v, want %d", len(hits), err, want)
		}
	})
}

// Who records slowly is waited for: hits that are not recorded yet do not pile up.
func TestVirtualSaturateWaitsForItsRecorder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		recorded, most := int64(0), int64(0)
		c := Config{Profile: reads(saturate("full", 4, 0, 100*time.Second)), Requests: readRequest, Spin: -1}
		c.RoundTripper = func(string) http.RoundTripper {
			return fake(func(r *http.Request) (*http.Response, error) {
				sent.Add(1)
				return after(r, time.Millisecond)
			})
		}
		_, err := Run(t.Context(), c, func(*trace.Hit) {
			time.Sleep(2 * time.Millisecond)
			recorded++
			most = max(most, sent.Load()-recorded)
		})
		if err != nil || recorded != sent.Load() || recorded < 30_000 || most > 2*backlog+8 {
			t.Errorf("%d of %d hits recorded, up to %d behind, error %v", recorded, sent.Load(), most, err)
		}
	})
}

// Every hit has its own body and the credential as it is then.
func TestVirtualSaturateSendsWholeRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := Config{
			Profile:  reads(saturate("full", 5, 50, time.Second)),
			Requests: []Request{{Class: "read", Method: "POST", URL: "http://u:p@example.test/", Body: []byte("whole"), Header: http.Header{"X-A": {"b"}}}},
		}
		var mu sync.Mutex
		check := func(want string) fake {
			return func(r *http.Request) (*http.Response, error) {
				body, err := io.ReadAll(r.Body)
				mu.Lock()
				n++
				mu.Unlock()
				if string(body) != "whole" || err != nil || r.Header.Get("X-A") != "b" || r.Header.Get("Authorization") != want {
					t.Errorf("sent %q, %v, header %v, want Authorization %s", body, err, r.Header, want)
				}
				return after(r, time.Millisecond)
			}
		}
		hits, _, err := virtual(t.Context(), c, check("Basic dTpw"))
		c.Credentials = []Credential{{Label: "c1", Header: http.Header{"Authorization": {"Bearer x"}}}}
		more, _, errToo := virtual(t.Context(), c, check("Bearer x"))
		if err := errors.Join(err, errToo); err != nil || n != 100 || len(hits) != 50 || more[0].Credential != "c1" || hits[0].BytesOut != 5 {
			t.Errorf("%d sent, %d recorded, error %v: %+v", n, len(hits), err, hits[0])
		}
	})
}

// More workers than can have hits under way would wait for nothing.
func TestSaturateNeedsItsWorkers(t *testing.T) {
	c := Config{Profile: reads(saturate("full", 9, 0, time.Second)), MaxInFlight: 8, Requests: readRequest}
	_, err := Run(t.Context(), c, func(*trace.Hit) {})
	if err == nil || err.Error() != "9 workers in each of 1 streams (classes × sources) can have 8 hits under way at most: use fewer, or raise the limits (MaxInFlight, ulimit -n)" {
		t.Error(err)
	}
	synctest.Test(t, func(t *testing.T) {
		const workers = DefaultMaxInFlight + 100
		c := Config{Profile: reads(saturate("full", workers, 0, time.Second))}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) { return after(r, time.Second) })
		if err != nil || len(hits) != workers {
			t.Errorf("%d hits of as many workers as there are slots by themselves, error %v, want %d", len(hits), err, workers)
		}
	})
}
