package attack

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// A fault is a server that answers one request on a connection as it should not.
type fault struct {
	name   string
	answer func(c net.Conn)
	method string
	body   []byte
	want   []string // what may be recorded: status, error and outcome
}

var outcomes = [...]string{"admitted", "limited", "unknown", "ignored"}

const okHead = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func say(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, text) }
}

// drip says a text one byte at a time, for longer than anybody waits.
func drip(head, text string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = io.WriteString(c, head)
		ticks := time.NewTicker(5 * time.Millisecond)
		defer ticks.Stop()
		for i := 0; ; i++ {
			<-ticks.C
			if _, err := c.Write([]byte{text[i%len(text)]}); err != nil {
				return
			}
		}
	}
}

// flood says a head, and then the same again and again until it is told to stop
// or has said enough bytes.
func flood(head, again string, size int) func(net.Conn) {
	chunk := []byte(strings.Repeat(again, max(1, 64<<10/len(again))))
	return func(c net.Conn) {
		if _, err := io.WriteString(c, head); err != nil {
			return
		}
		for said := 0; said < size; said += len(chunk) {
			if _, err := c.Write(chunk); err != nil {
				return
			}
		}
	}
}

// bomb is a gzip stream that unpacks to a hundred megabytes.
func bomb() string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.Copy(w, io.LimitReader(zeros{}, 100<<20))
	_ = w.Close()
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", b.Len(), b.String())
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func faults(elsewhere string) []fault {
	const (
		cutReply = "200 reset admitted"
		noReply  = "0 reset unknown"
		notHTTP  = "0 protocol unknown"
	)
	return []fault{
		{name: "reset", answer: func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, want: []string{noReply}},
		{name: "reset in the body", answer: func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nx")
			<-time.After(20 * time.Millisecond) // until the client has it: a reset may overtake it
			_ = c.(*net.TCPConn).SetLinger(0)
		}, want: []string{cutReply}},
		{name: "half closed", answer: func(c net.Conn) {
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}, want: []string{noReply}},
		{name: "half closed in the header", answer: func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}, want: []string{noReply}},
		{name: "slow header", answer: drip("HTTP/1.1 200 OK\r\n", "X-A: b\r\n"), want: []string{"0 timeout unknown"}},
		{name: "slow body", answer: drip("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", "x"), want: []string{"200 timeout admitted"}},
		{name: "long body", answer: flood("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n", "x", 100<<20), want: []string{"200  admitted"}},
		{name: "gzip bomb", answer: say(bomb()), want: []string{"200  admitted"}},
		{name: "ten thousand headers", answer: say("HTTP/1.1 200 OK\r\n" + manyHeaders(10_000) + "Content-Length: 0\r\n\r\n"), want: []string{"200  admitted"}},
		{name: "ten megabytes of header", answer: flood("HTTP/1.1 200 OK\r\nX-A: ", "x", 10<<20), want: []string{notHTTP}},
		{name: "header without an end", answer: flood("HTTP/1.1 200 OK\r\n", "X-RateLimit-Limit: 1\r\n", 10<<20), want: []string{notHTTP}},
		{name: "garbage in chunks", answer: say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"), want: []string{"200 protocol admitted"}},
		{name: "chunk of any size", answer: say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"), want: []string{"200 protocol admitted"}},
		{name: "endless trailer", answer: flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n0\r\n", "X-A: b\r\n", 10<<20), want: []string{"200 protocol admitted"}},
		{name: "interim flood", answer: flood("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 10<<20), want: []string{notHTTP}},
		{name: "redirect elsewhere", answer: say("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + elsewhere + "\r\nContent-Length: 0\r\n\r\n"), want: []string{"307  admitted"}},
		{name: "status 99", answer: say("HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n"), want: []string{"99  unknown"}},
		{name: "status 999", answer: say("HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n"), want: []string{"999  unknown"}},
		{name: "status 1000", answer: say("HTTP/1.1 1000 Higher\r\nContent-Length: 0\r\n\r\n"), want: []string{notHTTP}},
		{name: "status -1", answer: say("HTTP/1.1 -12 Low\r\nContent-Length: 0\r\n\r\n"), want: []string{notHTTP}},
		{name: "not HTTP", answer: say("SSH-2.0-OpenSSH_9.6\r\n"), want: []string{notHTTP}},
		{name: "two lengths", answer: say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!"), want: []string{notHTTP}},
		{name: "negative length", answer: say("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n"), want: []string{notHTTP}},
		{name: "another reply while idle", answer: say(okHead + "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"), want: []string{"200  admitted"}},
		{name: "reply before the body was read", method: "POST", body: make([]byte, 4<<20), answer: func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
			<-time.After(50 * time.Millisecond)
		}, want: []string{"413  admitted"}},
		{name: "switching protocols", answer: flood("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", "x", 10<<20), want: []string{"101  admitted"}},
	}
}

func manyHeaders(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "X-RateLimit-%d: 1\r\n", i)
	}
	return b.String()
}

// A server may do what it likes: each hit is recorded as what it was, nothing
// is sent twice or elsewhere, memory is bounded, and nothing stays behind.
func TestSocketFaults(t *testing.T) {
	log.SetOutput(io.Discard) // net/http says what it drops
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	var wandered atomic.Int64
	elsewhere := newTarget(t, "http", func(http.ResponseWriter, *http.Request) { wandered.Add(1) })
	for _, f := range faults(elsewhere.URL) {
		t.Run(f.name, func(t *testing.T) {
			var arrived atomic.Int64
			addr := listen(t, func(c net.Conn) {
				for request1(c) {
					arrived.Add(1)
					f.answer(c)
					if f.name != "another reply while idle" {
						return
					}
				}
			})
			c := Config{
				Profile: reads(hold("hold", 100*profiles.PerSecond, 80*time.Millisecond), pause("rest", 10*time.Millisecond), burst("burst", 4)), GiveUpAfter: -1, EvenRefused: true,
				Timeout: 150 * time.Millisecond, Requests: []Request{{Class: "read", Method: f.method, URL: "http://" + addr + "/", Body: f.body}},
			}
			if len(f.body) > 0 || strings.HasPrefix(f.want[0], "200 reset") || f.want[0] == "200  admitted" || strings.HasSuffix(f.want[0], "protocol unknown") {
				c.Timeout = 10 * time.Second
			}
			files, allocated := descriptors(), totalAlloc()
			var hits []*trace.Hit
			end, err := Run(t.Context(), c, func(h *trace.Hit) { hits = append(hits, h) })
			sent, _ := split(hits)
			for _, h := range sent {
				if got := fmt.Sprintf("%d %s %s", h.Status, h.Error, outcomes[h.Outcome(nil)]); !slices.Contains(f.want, got) {
					t.Errorf("recorded %q, want %q: %+v", got, f.want, h)
				}
				if h.BytesIn > DefaultMaxBody || h.FirstByte != 0 && (h.FirstByte < h.Sent || h.FirstByte > h.End) {
					t.Errorf("recorded %+v", h)
				}
			}
			if n := arrived.Load(); n != int64(len(sent)) || len(sent) == 0 {
				t.Errorf("%d requests arrived of %d, end %q, error %v", n, len(sent), end.Reason, err)
			}
			if more := totalAlloc() - allocated; more > 64<<20 {
				t.Errorf("%d MB were allocated", more>>20)
			}
			settles(t, files)
		})
	}
	if n := wandered.Load(); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}

// request1 reads the header of a request, and leaves its body.
func request1(c net.Conn) bool {
	var got []byte
	buf := make([]byte, 512)
	for !bytes.Contains(got, []byte("\r\n\r\n")) {
		n, err := c.Read(buf)
		if err != nil {
			return false
		}
		got = append(got, buf[:n]...)
	}
	return true
}

func totalAlloc() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// descriptors is how many this process has open; -1 = the system does not say.
func descriptors() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(entries)
}

// settles waits until no goroutine of a run is left, nor more descriptors than
// there were.
func settles(t *testing.T, files int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for remains() != "" || descriptors() > files {
		select {
		case <-ctx.Done():
			t.Fatalf("%d descriptors, %d before; left behind:\n%s", descriptors(), files, remains())
		case <-time.After(2 * time.Millisecond):
		}
	}
}
