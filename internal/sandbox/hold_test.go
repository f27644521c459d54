package sandbox

import (
	"context"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A cap admits as many at a time as the burst, each for 1/rate; who waits for
// each reply is never limited.
func TestConcurrencyCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{Limiter: "concurrency", ReadRate: 4, ReadBurst: 3, MaxClients: 1})
		at := func(delay time.Duration) (status int, took time.Duration) {
			time.Sleep(delay)
			began := time.Now()
			w := send(s, alice, "GET", DescriptionPath, "", "")
			if w.Header().Get("X-Rate-Limit-Read-Limit") != "" {
				t.Error("a cap declares a rate")
			}
			return w.Code, time.Since(began)
		}
		var wg sync.WaitGroup
		for _, test := range []struct {
			at     time.Duration
			status int
		}{
			{0, 200},
			{1, 200},
			{2, 200},
			{3, 429},
			{249 * time.Millisecond, 429},
			{251 * time.Millisecond, 200},
			{251*time.Millisecond + 1, 200},
			{251*time.Millisecond + 2, 200},
			{251*time.Millisecond + 3, 429},
		} {
			wg.Go(func() {
				status, took := at(test.at)
				want := time.Duration(0)
				if test.status == 200 {
					want = 250 * time.Millisecond
				}
				if status != test.status || took != want {
					t.Errorf("at %v: %d after %v, want %d after %v", test.at, status, took, test.status, want)
				}
			})
		}
		wg.Wait()
		for range 10 {
			if status, _ := at(0); status != 200 {
				t.Errorf("one at a time: %d", status)
			}
		}
	})
}

// A client with a request under way is not forgotten, however long that takes.
func TestActiveClientsStay(t *testing.T) {
	table := clientsFor(Options{Limiter: "concurrency", ReadBurst: 2})
	now := newClock().now
	first := table.decide(address(1), false, now)
	table.decide(address(1), false, now)
	now = now.Add(time.Hour)
	table.sweep(now)
	if table.decide(address(1), false, now).admitted {
		t.Error("a third at a time")
	}
	first.leave()
	if !table.decide(address(1), false, now).admitted {
		t.Error("the place of the one that left was not given on")
	}
}

// The replies of a burst come one by one; the instants that they report are
// those at which they were let through.
func TestQueueDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{Limiter: "leaky-bucket-queue", WriteRate: 0.5, WriteBurst: 3})
		token := mustLogin(t, s)
		var mu sync.Mutex
		type reply struct {
			after   time.Duration
			status  int
			created string
		}
		got := map[reply]int{}
		var wg sync.WaitGroup
		began := time.Now()
		for range 5 {
			wg.Go(func() {
				w := send(s, alice, "POST", WritePath, token, WriteBody)
				var made booking
				_ = json.Unmarshal(w.Body.Bytes(), &made) // a 429 has none
				mu.Lock()
				defer mu.Unlock()
				got[reply{time.Since(began).Round(time.Millisecond), w.Code, made.Created}]++
			})
		}
		wg.Wait()
		if want := map[reply]int{
			{0, 201, utc(began)}: 1,
			{2 * time.Second, 201, utc(began.Add(2 * time.Second))}: 1,
			{4 * time.Second, 201, utc(began.Add(4 * time.Second))}: 1,
			{0, 429, ""}: 2,
		}; !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// Who gives up while being held back is let go, and so is everybody when the
// server stops.
func TestHeldBackGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{Limiter: "leaky-bucket-queue", ReadRate: 0.01})
		send(s, alice, "GET", "/", "", "")
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
		r.RemoteAddr = alice
		began := time.Now()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusServiceUnavailable || time.Since(began) != 3*time.Second {
			t.Errorf("%d after %v", w.Code, time.Since(began))
		}
	})
}

func TestStopReleases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		s := mustNew(t, Options{Limiter: "concurrency", WriteRate: 0.01}) // 100 s each
		ln := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		done := make(chan error, 1)
		go func() { done <- s.Serve(ctx, ln) }()
		mine, theirs := net.Pipe()
		defer mine.Close()
		ln.conns <- theirs
		if _, err := mine.Write([]byte("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		stop()
		if err := <-done; err != nil || time.Since(began) > grace {
			t.Errorf("stopped after %v: %v", time.Since(began), err)
		}
		synctest.Wait()
		for i := range s.clients.shards {
			for _, c := range s.clients.shards[i].clients {
				if n := c.active.Load(); n != 0 {
					t.Errorf("%d requests are still held back", n)
				}
			}
		}
	})
}

// The server waits for those whom the limiter holds back.
func TestHoldExtendsTimeouts(t *testing.T) {
	for limiter, want := range map[string]time.Duration{
		DefaultLimiter:       10 * time.Second,
		"leaky-bucket-queue": 24500 * time.Millisecond,
		"concurrency":        10500 * time.Millisecond,
	} {
		srv := mustNew(t, Options{Limiter: limiter}).Server("")
		if srv.ReadTimeout != want || srv.WriteTimeout != want {
			t.Errorf("%s: %v to read, %v to write, want %v", limiter, srv.ReadTimeout, srv.WriteTimeout, want)
		}
	}
}
