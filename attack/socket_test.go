package attack

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// A target is an HTTP server on a loopback socket that tells in a header when
// it decided about each request, as an offset from zero.
type target struct {
	*httptest.Server
	zero     time.Time
	requests atomic.Int64
	conns    atomic.Int64
}

const decidedHeader = "X-Ratelimit-Decided"

func newTarget(t *testing.T, scheme string, h http.HandlerFunc) *target {
	t.Helper()
	s := &target{zero: time.Now()}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		w.Header().Set(decidedHeader, strconv.FormatInt(int64(time.Since(s.zero)), 10))
		if h != nil {
			h(w, r)
		}
	}))
	s.Config.ErrorLog = quiet()
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.conns.Add(1)
		}
	}
	switch scheme {
	case "http":
		s.Start()
	case "h2":
		s.EnableHTTP2 = true
		s.StartTLS()
	default:
		s.StartTLS()
	}
	t.Cleanup(s.Close)
	return s
}

func (s *target) config(phases ...profiles.Phase) Config {
	return Config{
		Profile: reads(phases...), Zero: s.zero, Insecure: true, Timeout: time.Minute,
		Requests: []Request{{Class: "read", URL: s.URL + "/"}},
	}
}

// run sends c and collects the hits.
func collect(t *testing.T, c Config) (sent []*trace.Hit) {
	t.Helper()
	var hits []*trace.Hit
	end, err := Run(t.Context(), c, func(h *trace.Hit) { hits = append(hits, h) })
	if err != nil {
		t.Fatal(err)
	}
	if end.Reason != "done" {
		t.Errorf("ended because of %s", end.Reason)
	}
	sent, unsent := split(hits)
	if len(unsent) > 0 {
		t.Logf("%d of %d hits were not sent: the machine is busy", len(unsent), len(hits))
	}
	if len(sent) == 0 {
		t.Fatal("nothing was sent")
	}
	return sent
}

// The promise on which every interval rests: Sent ≤ decision ≤ FirstByte.
func TestSocketDecisionIsWithinTheHit(t *testing.T) {
	tests := []struct {
		name, scheme, method string
		body                 string
		http2                bool
	}{
		{"GET", "http", "GET", "", false},
		{"POST", "http", "POST", `{"a":1}`, false},
		{"large POST", "http", "POST", strings.Repeat("x", 100<<10), false},
		{"GET over TLS", "https", "GET", "", false},
		{"POST over TLS", "https", "POST", `{"a":1}`, false},
		{"GET over HTTP/2", "h2", "GET", "", true},
		{"POST over HTTP/2", "h2", "POST", strings.Repeat("x", 10<<10), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var wrong atomic.Value
			s := newTarget(t, test.scheme, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if string(body) != test.body || r.Method != test.method || r.ProtoMajor == 2 != test.http2 {
					wrong.Store(r.Method + " " + r.Proto)
				}
				io.WriteString(w, "ok")
			})
			size := 150
			if test.scheme != "http" {
				size = 20 // handshakes are slow under the race detector
			}
			c := s.config(
				burst("one", size), pause("rest", 100*time.Millisecond),
				burst("two", size), pause("again", 100*time.Millisecond),
				burst("three", size), hold("hold", 500*profiles.PerSecond, 200*time.Millisecond))
			c.Requests[0].Method, c.Requests[0].Body, c.HTTP2 = test.method, []byte(test.body), test.http2
			sent := collect(t, c)
			for _, h := range sent {
				checkDecision(t, h)
				if h.BytesOut != int64(len(test.body)) || h.BytesIn != 2 {
					t.Errorf("%d bytes out, %d in", h.BytesOut, h.BytesIn)
				}
			}
			if w := wrong.Load(); w != nil {
				t.Errorf("request arrived as %s", w)
			}
			if n := s.requests.Load(); n != int64(len(sent)) {
				t.Errorf("%d requests arrived, %d were recorded as sent", n, len(sent))
			}
			t.Logf("%d hits over %d connections", len(sent), s.conns.Load())
		})
	}
}

// One hit at a time needs one connection, over all phases of all classes.
func TestSocketConnectionsAreKept(t *testing.T) {
	for _, scheme := range []string{"http", "https", "h2"} {
		t.Run(scheme, func(t *testing.T) {
			s := newTarget(t, scheme, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "reply") })
			c := s.config(hold("first", 200*profiles.PerSecond, 100*time.Millisecond), pause("rest", 50*time.Millisecond), hold("second", 200*profiles.PerSecond, 100*time.Millisecond))
			c.Profile.Classes = append(c.Profile.Classes, profiles.Class{Name: "write", Phases: []profiles.Phase{pause("wait", 400*time.Millisecond), burst("burst", 1)}})
			c.Requests = append(c.Requests, Request{Class: "write", Method: "POST", URL: s.URL, Body: []byte("{}")})
			c.MaxInFlight, c.HTTP2 = 1, scheme == "h2"
			collect(t, c)
			if n := s.conns.Load(); n != 1 {
				t.Errorf("%d connections, want 1", n)
			}
		})
	}
}

// checkDecision checks the order of a complete hit's instants.
func checkDecision(t *testing.T, h *trace.Hit) {
	t.Helper()
	ns, err := strconv.ParseInt(h.Header.Get(decidedHeader), 10, 64)
	decided := time.Duration(ns)
	switch {
	case err != nil || h.Error != "" || h.Status != 200:
		t.Errorf("incomplete: %+v", h)
	case h.Sent > decided || decided > h.FirstByte || h.FirstByte > h.End || h.Asked > h.Sent || h.Sent <= 0:
		t.Errorf("asked %v, sent %v, decided %v, first byte %v, end %v", h.Asked, h.Sent, decided, h.FirstByte, h.End)
	case h.Written != 0 && h.Written < h.Sent:
		t.Errorf("sent %v, written %v", h.Sent, h.Written)
	}
}

// The server must not have seen a byte of the request before Sent: a limiter
// may decide on the first line, before the application runs.
func TestSocketSentIsBeforeTheFirstByteArrives(t *testing.T) {
	zero := time.Now()
	l := listen(t, func(c net.Conn) {
		buf := make([]byte, 64<<10)
		for {
			n, err := c.Read(buf)
			arrived := time.Since(zero)
			if err != nil {
				return
			}
			for !strings.HasSuffix(string(buf[:n]), "\r\n\r\n") {
				m, err := c.Read(buf[n:])
				if err != nil {
					return
				}
				n += m
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"+decidedHeader+": "+strconv.FormatInt(int64(arrived), 10)+"\r\n\r\n")
		}
	})
	c := Config{
		Profile: reads(hold("hold", 1000*profiles.PerSecond, 500*time.Millisecond)), Zero: zero,
		Requests: []Request{{Class: "read", URL: "http://" + l + "/", Header: http.Header{"X-Long": {strings.Repeat("x", 20<<10)}}}},
	}
	for _, h := range collect(t, c) {
		checkDecision(t, h)
	}
}

// listen serves each connection with f on a loopback socket, until the test
// ends.
func listen(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var conns []net.Conn
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			wg.Go(func() { defer c.Close(); f(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return l.Addr().String()
}

// request reads one request without a body from c. It reports whether there
// was one.
func request(c net.Conn) bool {
	var got []byte
	buf := make([]byte, 4096)
	for !strings.HasSuffix(string(got), "\r\n\r\n") {
		n, err := c.Read(buf)
		if err != nil {
			return false
		}
		got = append(got, buf[:n]...)
	}
	return true
}

// net/http repeats a GET when a kept-alive connection ends without a reply.
// The limiter has counted the first copy, and would count the second.
func TestSocketNothingIsSentTwice(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			var requests atomic.Int64
			addr := listen(t, func(c net.Conn) {
				for n := range 3 { // the third request of a connection gets no reply
					if !request(c) {
						return
					}
					requests.Add(1)
					if n < 2 {
						io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
					}
				}
			})
			c := Config{Profile: reads(hold("hold", 200*profiles.PerSecond, 500*time.Millisecond)), Requests: []Request{{Class: "read", Method: method, URL: "http://" + addr + "/"}}}
			sent := collect(t, c)
			var lost int
			for _, h := range sent {
				if h.Error == trace.ErrReset && h.Status == 0 && h.FirstByte == 0 && h.Sent > 0 {
					lost++
				} else if h.Error != "" {
					t.Errorf("recorded %+v", h)
				}
			}
			if lost == 0 || int(requests.Load()) != len(sent) {
				t.Errorf("%d requests arrived of %d hits, %d of them lost", requests.Load(), len(sent), lost)
			}
		})
	}
}

// checkKind runs c, whose every hit must end with the kind of error and no
// status, and returns the error of the run.
func checkKind(t *testing.T, c Config, kind trace.ErrorKind) error {
	t.Helper()
	var hits []*trace.Hit
	_, err := Run(t.Context(), c, func(h *trace.Hit) { hits = append(hits, h) })
	if len(hits) == 0 {
		t.Fatalf("no hit recorded, error %v", err)
	}
	for _, h := range hits {
		if h.Error != kind || h.Status != 0 || h.FirstByte != 0 || h.Sent <= 0 || h.End < h.Sent {
			t.Errorf("recorded %+v, want error %q", h, kind)
		}
	}
	return err
}
