package sandbox

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Stopping closes the listener and ends without an error.
func TestStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	run, err := mustNew(t, Options{}).Start(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimPrefix(run.URL, "http://")
	if !strings.HasPrefix(addr, "127.0.0.1:") {
		t.Errorf("listens on %s", addr)
	}
	if resp, err := http.Get(run.URL + "/"); err != nil || resp.StatusCode != 404 {
		t.Errorf("while running: %v %v", resp, err)
	} else {
		resp.Body.Close()
	}
	cancel()
	if err := run.Wait(); err != nil {
		t.Error("Wait:", err)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("still listening after Wait")
	}
}

func TestStartErrors(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if _, err := mustNew(t, Options{}).Start(t.Context(), ln.Addr().String()); err == nil {
		t.Error("started on a taken port")
	}
}

func TestServeFailingListener(t *testing.T) {
	ln := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	ln.Close()
	if err := mustNew(t, Options{}).Serve(t.Context(), ln); err != net.ErrClosed {
		t.Errorf("got %v", err)
	}
}

// pipeListener hands out in-memory connections, whose deadlines follow virtual
// time.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// Clients that dawdle lose their connection, whatever stage they are at.
func TestSlowClients(t *testing.T) {
	for name, test := range map[string]struct {
		sends string
		reads bool // also takes the answer
		lasts time.Duration
	}{
		"says nothing":    {"", false, 5 * time.Second},
		"half a request":  {"GET /services HT", true, 5 * time.Second},
		"half the body":   {"POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{", true, 10 * time.Second},
		"then is silent":  {"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", true, time.Minute},
		"reads no answer": {"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", false, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				ln := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
				done := make(chan error, 1)
				go func() { done <- mustNew(t, Options{}).Serve(ctx, ln) }()
				mine, theirs := net.Pipe()
				began := time.Now()
				ended := &notifying{Conn: theirs, closed: make(chan struct{})}
				ln.conns <- ended
				if _, err := io.WriteString(mine, test.sends); err != nil {
					t.Fatal(err)
				}
				if test.reads {
					go func() { _, _ = io.Copy(io.Discard, mine) }()
				}
				<-ended.closed
				if took := time.Since(began); took != test.lasts {
					t.Errorf("held for %v, want %v", took, test.lasts)
				}
				mine.Close()
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// notifying tells when the server has closed the connection.
type notifying struct {
	net.Conn
	closed chan struct{}
}

func (c *notifying) Close() error {
	select {
	case <-c.closed:
	default:
		close(c.closed)
	}
	return c.Conn.Close()
}
