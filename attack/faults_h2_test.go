package attack

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// framed serves HTTP/2 frame by frame: answer is called for each request.
func framed(t *testing.T, arrived *atomic.Int64, answer func(f *http2.Framer, c net.Conn, stream uint32) (goOn bool)) string {
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	config := &tls.Config{Certificates: certificate.TLS.Certificates, NextProtos: []string{"h2"}}
	certificate.Close()
	return listen(t, func(raw net.Conn) {
		c := tls.Server(raw, config)
		if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		f := http2.NewFramer(c, c)
		if f.WriteSettings() != nil {
			return
		}
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			switch frame := frame.(type) {
			case *http2.SettingsFrame:
				if !frame.IsAck() {
					_ = f.WriteSettingsAck()
				}
			case *http2.HeadersFrame:
				arrived.Add(1)
				if !answer(f, c, frame.StreamID) {
					return
				}
			}
		}
	})
}

// lines encodes header lines for HTTP/2.
func lines(pairs ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return b.Bytes()
}

// block sends a header block, in as many frames as it takes.
func block(f *http2.Framer, stream uint32, end bool, b []byte) error {
	const most = 16 << 10
	first := b[:min(most, len(b))]
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: first, EndStream: end, EndHeaders: len(b) <= most})
	for b = b[len(first):]; err == nil && len(b) > 0; {
		part := b[:min(most, len(b))]
		b = b[len(part):]
		err = f.WriteContinuation(stream, len(b) == 0, part)
	}
	return err
}

// Over HTTP/2 a server has more ways to misbehave.
func TestSocketFaultsOverHTTP2(t *testing.T) {
	ok := lines(":status", "200")
	var many []string
	for i := range 10_000 {
		many = append(many, fmt.Sprintf("x-ratelimit-%d", i), "1")
	}
	flooded := lines(append([]string{":status", "200"}, many...)...)
	for _, test := range []struct {
		name   string
		answer func(f *http2.Framer, c net.Conn, stream uint32) bool
		want   []string
	}{
		{"GOAWAY, nothing was processed", func(f *http2.Framer, _ net.Conn, _ uint32) bool {
			_ = f.WriteGoAway(0, http2.ErrCodeNo, nil)
			return false
		}, []string{"0 reset unknown"}},
		{"GOAWAY in the middle of a body", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			_ = block(f, stream, false, ok)
			_ = f.WriteData(stream, false, []byte("x"))
			_ = f.WriteGoAway(stream, http2.ErrCodeEnhanceYourCalm, []byte("calm"))
			return false
		}, []string{"200 reset admitted", "0 reset unknown"}},
		{"stream refused", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			return f.WriteRSTStream(stream, http2.ErrCodeRefusedStream) == nil
		}, []string{"0 reset unknown"}},
		{"stream reset in the body", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			_ = block(f, stream, false, ok)
			return f.WriteRSTStream(stream, http2.ErrCodeInternal) == nil
		}, []string{"200 reset admitted", "0 reset unknown"}},
		{"closed", func(*http2.Framer, net.Conn, uint32) bool { return false }, []string{"0 reset unknown"}},
		{"no reply", func(*http2.Framer, net.Conn, uint32) bool { return true }, []string{"0 timeout unknown"}},
		{"no body", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			return block(f, stream, false, ok) == nil
		}, []string{"200 timeout admitted"}},
		{"ten thousand headers", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			return block(f, stream, true, flooded) == nil
		}, []string{"200  admitted", "0 protocol unknown"}},
		{"header without an end", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			junk := bytes.Repeat([]byte{0x40, 1, 'a', 1, 'b'}, 3000)
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: ok})
			for range 1000 {
				if f.WriteContinuation(stream, false, junk) != nil {
					return false
				}
			}
			return true
		}, []string{"0 protocol unknown", "0 reset unknown"}},
		{"no status", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			return block(f, stream, true, lines("x-a", "b")) == nil
		}, []string{"0 protocol unknown"}},
		{"status 1000", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			return block(f, stream, true, lines(":status", "1000")) == nil
		}, []string{"0 protocol unknown"}},
		{"status -1", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			return block(f, stream, true, lines(":status", "-1")) == nil
		}, []string{"0 protocol unknown"}},
		{"interim flood", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			hint := lines(":status", "103")
			for range 2000 {
				if block(f, stream, false, hint) != nil {
					return false
				}
			}
			return true
		}, []string{"0 protocol unknown", "0 reset unknown"}},
		{"garbage", func(_ *http2.Framer, c net.Conn, _ uint32) bool {
			_, _ = io.WriteString(c, strings.Repeat("garbage ", 100))
			return false
		}, []string{"0 protocol unknown", "0 reset unknown"}},
		{"pings and settings", func(f *http2.Framer, _ net.Conn, stream uint32) bool {
			for range 2000 {
				if f.WritePing(false, [8]byte{}) != nil || f.WriteSettings() != nil {
					return false
				}
			}
			return block(f, stream, true, ok) == nil
		}, []string{"200  admitted"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var arrived atomic.Int64
			addr := framed(t, &arrived, test.answer)
			c := Config{
				Profile: reads(hold("hold", 100*profiles.PerSecond, 60*time.Millisecond), pause("rest", 10*time.Millisecond), burst("burst", 4)), GiveUpAfter: -1,
				Timeout: 10 * time.Second, Requests: []Request{{Class: "read", URL: "https://" + addr + "/"}}, Insecure: true, HTTP2: true,
			}
			if strings.Contains(test.want[0], "timeout") {
				c.Timeout = 150 * time.Millisecond
			}
			files, allocated := descriptors(), totalAlloc()
			var hits []*trace.Hit
			end, err := Run(t.Context(), c, func(h *trace.Hit) { hits = append(hits, h) })
			sent := 0
			for _, h := range hits {
				if h.Error.NeverReached() {
					continue
				}
				sent++
				if got := fmt.Sprintf("%d %s %s", h.Status, h.Error, outcomes[h.Outcome(nil)]); !slices.Contains(test.want, got) {
					t.Errorf("recorded %q, want %q: %+v", got, test.want, h)
				}
			}
			// A request whose connection ends may not arrive, though it was written.
			if n := arrived.Load(); n > int64(sent) || n == 0 {
				t.Errorf("%d requests arrived of %d, end %q, error %v", n, sent, end.Reason, err)
			}
			if more := totalAlloc() - allocated; more > 96<<20 {
				t.Errorf("%d MB were allocated", more>>20)
			}
			settles(t, files)
		})
	}
}
