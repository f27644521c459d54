package attack

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

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

// Between the pacer and the network, a hit may find that the run was stopped:
// then it is not sent, unless the budget ran out, of which it has its share.
func TestSenderOfAStoppedRun(t *testing.T) {
	for _, cause := range []error{errDuration, context.Canceled, errRequests} {
		calls := 0
		r := &run{recorder: newRecorder(), config: Config{Timeout: time.Second, MaxBody: 1}, zero: time.Now(), watch: &watch{after: -1, classes: map[string]*streak{}}, guard: &guard{}}
		var halt context.CancelCauseFunc
		r.halted, halt = context.WithCancelCause(t.Context())
		r.inflight = t.Context()
		halt(cause)
		due := make(chan *trace.Hit, 1)
		due <- &trace.Hit{Asked: 1}
		s := &sender{due: due, stream: &stream{run: r, network: fake(func(*http.Request) (*http.Response, error) { calls++; return reply(200), nil })}}
		req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://example.test", nil)
		s.RoundTrip(req)
		h := r.recorder.hits[0]
		if want := cause == errRequests; (calls == 1) != want || (h.Error == "") != want {
			t.Errorf("after %v: %d requests, recorded %+v", cause, calls, h)
		}
		if _, err := s.RoundTrip(req); err == nil || len(r.recorder.hits) != 1 || calls > 1 {
			t.Errorf("a request without a hit that is due was sent")
		}
	}
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
