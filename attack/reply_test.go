package attack

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// Interim replies can come from in front of the limiter.
func TestSocketInterimReplies(t *testing.T) {
	for _, scheme := range []string{"http", "h2"} {
		t.Run(scheme, func(t *testing.T) {
			zero := time.Now()
			s := newTarget(t, scheme, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Link", "</style.css>")
				w.WriteHeader(http.StatusEarlyHints)
				w.WriteHeader(http.StatusProcessing)
				<-time.After(20 * time.Millisecond) // until the client has them
				w.Header().Set(decidedHeader, strconv.FormatInt(int64(time.Since(zero)), 10))
			})
			s.zero = zero
			c := s.config(burst("burst", 5))
			c.HTTP2 = scheme == "h2"
			for _, h := range collect(t, c) {
				checkDecision(t, h)
			}
		})
	}
}

func TestSocketTooManyInterimReplies(t *testing.T) {
	addr := listen(t, func(c net.Conn) {
		if request(c) {
			io.WriteString(c, strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100)+"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	checkKind(t, Config{Profile: reads(burst("burst", 1)), Requests: []Request{{Class: "read", URL: "http://" + addr}}}, trace.ErrProtocol)
}

func TestSocketContinue(t *testing.T) {
	s := newTarget(t, "http", func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	c := s.config(burst("burst", 5))
	c.Requests[0].Method, c.Requests[0].Body = "POST", []byte("body")
	c.Requests[0].Header = http.Header{"Expect": {"100-continue"}}
	for _, h := range collect(t, c) {
		checkDecision(t, h)
	}
}

func TestSocketBodies(t *testing.T) {
	release := make(chan struct{})
	s := newTarget(t, "http", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		switch r.URL.Path {
		case "/endless":
			for chunk := make([]byte, 64<<10); ; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "/slow":
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}
	})
	t.Cleanup(func() { close(release) })

	c := s.config(burst("burst", 3))
	c.Requests[0].URL += "endless"
	c.MaxBody = 100_000
	for _, h := range collect(t, c) {
		checkDecision(t, h)
		if h.BytesIn != c.MaxBody {
			t.Errorf("%d bytes read, want %d", h.BytesIn, c.MaxBody)
		}
	}

	c = s.config(burst("burst", 3))
	c.Requests[0].URL += "slow"
	c.Timeout = 100 * time.Millisecond
	for _, h := range collect(t, c) {
		if h.Status != 200 || h.Error != trace.ErrTimeout || h.FirstByte == 0 || h.End < h.FirstByte || h.End-h.Sent < 50*time.Millisecond {
			t.Errorf("recorded %+v, want the status and a timeout of the body", h)
		}
	}
}

// A reply that is compressed is counted as it came, not unpacked.
func TestSocketNoDecompression(t *testing.T) {
	s := newTarget(t, "http", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" {
			t.Errorf("Accept-Encoding: %s", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(make([]byte, 33))
	})
	for _, h := range collect(t, s.config(burst("burst", 2))) {
		if h.BytesIn != 33 || h.Error != "" {
			t.Errorf("recorded %+v", h)
		}
	}
}
