package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"ratefit/analyze"
	"ratefit/internal/command"
)

// misbehaves is what a target does instead of answering as it decided.
var misbehaves = map[string]func(w http.ResponseWriter, decided int){
	"resets": func(w http.ResponseWriter, _ int) {
		c := hijacked(w)
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	},
	"closes": func(w http.ResponseWriter, _ int) { _ = hijacked(w).Close() },
	"half a reply": func(w http.ResponseWriter, decided int) {
		raw(w, "HTTP/1.1 %d X\r\nContent-Length: 9\r\n\r\nx", decided)
	},
	"no HTTP":    func(w http.ResponseWriter, _ int) { raw(w, "220 ready\r\n") },
	"status 99":  func(w http.ResponseWriter, _ int) { raw(w, "HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n") },
	"status 500": func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusInternalServerError) },
	"status 503": func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusServiceUnavailable) },
	"early hints": func(w http.ResponseWriter, decided int) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(decided)
	},
	"bad chunks": func(w http.ResponseWriter, decided int) {
		raw(w, "HTTP/1.1 %d X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", decided)
	},
	"header flood": func(w http.ResponseWriter, decided int) {
		raw(w, "HTTP/1.1 %d X\r\n%sContent-Length: 0\r\n\r\n", decided, strings.Repeat("X-RateLimit-Limit: 7\r\n", 5000))
	},
	"lying headers": func(w http.ResponseWriter, decided int) {
		w.Header().Set("X-RateLimit-Limit", "99999999999999999999")
		w.Header().Set("X-RateLimit-Remaining", "-1")
		w.Header().Set("Retry-After", "1e309")
		w.Header().Set("RateLimit-Policy", `"x";q=0;w=0`)
		w.WriteHeader(decided)
	},
	"another reply": func(w http.ResponseWriter, decided int) {
		raw(w, "HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\nHTTP/1.1 429 X\r\nContent-Length: 0\r\n\r\n", decided)
	},
	"long body": func(w http.ResponseWriter, decided int) {
		w.WriteHeader(decided)
		_, _ = io.CopyN(w, endlessly{}, 20<<20)
	},
	"late": func(w http.ResponseWriter, _ int) { <-time.After(1500 * time.Millisecond) },
}

type endlessly struct{}

func (endlessly) Read(p []byte) (int, error) { return len(p), nil }

func hijacked(w http.ResponseWriter) net.Conn {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return c
}

func raw(w http.ResponseWriter, format string, args ...any) {
	c := hijacked(w)
	if !strings.Contains(format, "%d") {
		args = nil
	}
	_, _ = fmt.Fprintf(c, format, args...)
	_ = c.Close()
}

// holds reports whether a value lies in what is said of it.
func holds(i *analyze.Interval, value float64) bool {
	return i == nil || (i.Low == nil || *i.Low <= value) && (i.High == nil || *i.High >= value)
}

// TestFaultsFoolNobody measures a limiter whose target misbehaves in one of eight
// replies, in each of many ways. It may find out less, or be stopped, but nothing
// that it says for certain is wrong.
func TestFaultsFoolNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("measures for some seconds each")
	}
	log.SetOutput(io.Discard) // as main does
	const truth, burst, every = 40.0, 10, 8
	for name, fault := range misbehaves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucket := rate.NewLimiter(truth, burst)
			var n atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				decided := http.StatusOK
				if !bucket.Allow() {
					decided = http.StatusTooManyRequests
				}
				if n.Add(1)%every == 0 {
					fault(w, decided)
					return
				}
				w.WriteHeader(decided)
			}))
			defer server.Close()
			out := filepath.Join(t.TempDir(), "out")
			var said, failed bytes.Buffer
			code := command.Run(t.Context(), source, []string{
				"run", "--no-progress", "--no-plots", "--max-duration", "4s", "--timeout", "1s", "--format", "json", "--out", out, server.URL,
			}, strings.NewReader(""), &said, &failed)
			var a analyze.Analysis
			if code != command.Failed {
				if err := json.Unmarshal(said.Bytes(), &a); err != nil {
					t.Fatalf("exit code %d, %v\n%s", code, err, failed.String())
				}
			}
			switch code {
			case command.OK, command.Inconclusive, command.Failed:
			default:
				t.Errorf("exit code %d\n%s", code, failed.String())
			}
			for _, l := range a.Limits {
				if l.Verdict == analyze.Unlimited {
					t.Errorf("it is called unlimited")
				}
				if l.Verdict != analyze.Identified {
					continue
				}
				if !strings.HasPrefix(l.Model, "token-bucket") || !holds(l.SustainedRate, truth) || !holds(l.Burst, burst) {
					t.Errorf("%s with rate %v and burst %v; it is a token bucket of %v/s and %d", l.Model, l.SustainedRate, l.Burst, truth, burst)
				}
			}
			if len(a.Limits) > 0 {
				t.Logf("exit code %d, %s %s, rate %v, burst %v", code, a.Limits[0].Verdict, a.Limits[0].Model, a.Limits[0].SustainedRate, a.Limits[0].Burst)
			} else {
				t.Logf("exit code %d, %s", code, strings.TrimSpace(failed.String()))
			}
		})
	}
}
