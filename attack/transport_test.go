package attack

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

func TestSocketSources(t *testing.T) {
	addrs, err := ExpandSources([]string{"127.0.0.2", "127.0.0.3"})
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckSources(t.Context(), addrs); err != nil {
		t.Skip(err)
	}
	var mu sync.Mutex
	seen := map[string]int{}
	s := newTarget(t, "http", func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		mu.Lock()
		seen[r.Method+" "+host]++
		mu.Unlock()
	})
	c := s.config(burst("burst", 20))
	c.Sources = addrs
	c.Profile.Classes = append(c.Profile.Classes, profiles.Class{Name: "write", Phases: []profiles.Phase{burst("burst", 7)}})
	c.Requests = append(c.Requests, Request{Class: "write", Method: "POST", URL: s.URL + "/", Body: []byte("{}")})
	got := map[string]int{}
	for _, h := range collect(t, c) {
		checkDecision(t, h)
		got[h.Method+" "+h.Source]++
	}
	for key, want := range map[string]int{"GET 127.0.0.2": 20, "GET 127.0.0.3": 20, "POST 127.0.0.2": 7, "POST 127.0.0.3": 7} {
		if got[key] != want || seen[key] != want {
			t.Errorf("%s: %d recorded, %d seen by the server, want %d", key, got[key], seen[key], want)
		}
	}
}

func TestSocketSystemsChoice(t *testing.T) {
	s := newTarget(t, "http", nil)
	for _, h := range collect(t, s.config(burst("burst", 1))) {
		if h.Source != "127.0.0.1" {
			t.Errorf("source %s", h.Source)
		}
	}
}

func TestSocketBudgetIsExact(t *testing.T) {
	s := newTarget(t, "http", nil)
	c := s.config(burst("burst", 200), hold("hold", 500*profiles.PerSecond, 10*time.Second))
	c.Profile.Classes = append(c.Profile.Classes, profiles.Class{Name: "write", Phases: c.Profile.Classes[0].Phases})
	c.Requests = append(c.Requests, Request{Class: "write", Method: "POST", URL: s.URL + "/"})
	c.MaxRequests = 501
	var hits []*trace.Hit
	end, err := Run(t.Context(), c, func(h *trace.Hit) { hits = append(hits, h) })
	sent, _ := split(hits)
	if err != nil || end.Reason != "budget: 501 requests" || len(sent) != 501 || s.requests.Load() != 501 {
		t.Errorf("%d sent, %d arrived, end %+v, error %v", len(sent), s.requests.Load(), end, err)
	}
}

// Nothing goes on after Run has returned, however it ended.
func TestSocketLeavesNothingBehind(t *testing.T) {
	block := make(chan struct{})
	s := newTarget(t, "http", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/block" {
			select {
			case <-block:
			case <-r.Context().Done():
			}
		}
	})
	defer close(block)
	hung := listen(t, func(c net.Conn) { io.Copy(io.Discard, c) }) // never finishes a handshake
	for name, url := range map[string]string{"replies": s.URL, "none": s.URL + "/block", "handshake": "https://" + hung} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			c := s.config(hold("hold", 100*profiles.PerSecond, time.Hour))
			c.Requests[0].URL, c.Grace = url, time.Millisecond
			time.AfterFunc(100*time.Millisecond, cancel)
			var hits []*trace.Hit
			end, err := Run(ctx, c, func(h *trace.Hit) { hits = append(hits, h) })
			if err != nil || end.Reason != "interrupted" || len(hits) == 0 {
				t.Errorf("%d hits, end %+v, error %v", len(hits), end, err)
			}
			if name == "handshake" {
				if sent, _ := split(hits); len(sent) != 0 {
					t.Errorf("%d hits count as sent, although no byte of a request could be written", len(sent))
				}
			}
			deadline := time.After(5 * time.Second)
			for left := remains(); left != ""; left = remains() {
				select {
				case <-deadline:
					t.Fatalf("left behind:\n%s", left)
				case <-time.After(time.Millisecond):
				}
			}
		})
	}
}

// remains returns the stacks of goroutines that a run started.
func remains() string {
	buf := make([]byte, 1<<20)
	var left []string
	for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		for _, f := range []string{"net/http.(*Transport)", "net/http.(*persistConn)", "net/http.(*http2ClientConn)", "vegeta", "ratefit/attack.(*"} {
			if strings.Contains(g, f) && !strings.Contains(g, "remains") {
				left = append(left, g)
				break
			}
		}
	}
	return strings.Join(left, "\n\n")
}

// When the run ends, connections are closed, and those still being made are
// given up.
func TestNetworkEndsItsDials(t *testing.T) {
	n := newNetwork(&Config{Timeout: time.Hour})
	asked := make(chan struct{})
	var once sync.Once
	silent := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		once.Do(func() { close(asked) })
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	done := make(chan error)
	go func() {
		_, err := n.dial(context.Background(), &net.Dialer{Resolver: silent}, "tcp", "host.example.test:80")
		done <- err
	}()
	addr := listen(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	open, err := n.dial(context.Background(), &net.Dialer{}, "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	n.close()
	if _, err := open.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a connection was left open: %v", err)
	}
	select {
	case err := <-done:
		if err == nil {
			t.Error("a connection after the end")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the dial goes on")
	}
	n.life = context.Background() // as if the dial had won the race against the end
	if c, err := n.dial(context.Background(), &net.Dialer{}, "tcp", addr); err == nil {
		c.Close()
		t.Error("a connection after the end")
	}
}

func TestSocketIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler()}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	c := Config{Profile: reads(burst("burst", 3)), Requests: []Request{{Class: "read", URL: "http://" + l.Addr().String()}}, Sources: []netip.Addr{netip.IPv6Loopback()}}
	for _, h := range collect(t, c) {
		if h.Source != "::1" || h.Status != 404 {
			t.Errorf("recorded %+v", h)
		}
	}
}
