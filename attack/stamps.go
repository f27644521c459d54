package attack

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"time"
)

// maxInterim is how many interim (1xx) replies one hit accepts.
const maxInterim = 16

var errInterim = errors.New("too many interim replies")

// stamps collects the instants of one hit. The transport's goroutines report
// them, some even after the reply is there.
type stamps struct {
	state  state
	cancel context.CancelCauseFunc // of the request
	trace  httptrace.ClientTrace
	body   io.LimitedReader // of the reply
	start  *headStart       // nil = not held back
	due    time.Duration    // held back until then

	mu       sync.Mutex
	traced   bool          // the transport reports here: wrote is known
	conn     *conn         // that the request is written to, if it is ours and not shared
	fresh    bool          // the connection had carried no other request
	sent     time.Duration // the latest instant known to lie before the first byte went out
	wrote    bool          // a byte may have gone out
	written  time.Duration // when the last write so far had returned
	complete bool          // the transport has no more to write
	first    time.Duration // first byte of a reply, interim or not
	interims int
}

// state is what stamps asks its run.
type state interface {
	now() time.Duration
	stopped() bool // no request may begin any more
}

// hooks are what the transport reports to. Over HTTP/1 it would report each
// header field for nothing.
func (s *stamps) hooks(http2 bool) *httptrace.ClientTrace {
	s.trace = httptrace.ClientTrace{
		GotConn:              s.gotConn,
		WroteRequest:         s.wroteRequest,
		GotFirstResponseByte: s.gotFirstByte,
		Got1xxResponse:       s.gotInterim,
	}
	if http2 {
		s.trace.WroteHeaderField = s.wroteHeaderField
	}
	return &s.trace
}

// gotConn runs when the transport has chosen a connection, and before the
// request is written. A second connection for one request means that the
// transport repeats the request. That is harmless if nothing of it had gone
// out, else it is stopped: the new connection refuses to write, and the
// request ends. So does one that waited for its connection until the run was
// stopped.
func (s *stamps) gotConn(info httptrace.GotConnInfo) {
	c := ours(info)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = !info.Reused
	if why := s.forbidden(); why != nil {
		if c != nil {
			c.refuse.Store(true)
		}
		s.cancel(why)
		return
	}
	s.detach()
	s.sent = s.state.now()
	if c != nil {
		s.conn = c
		c.hit.Store(s)
	}
}

// forbidden returns why the request must not be written now. The caller holds
// mu.
func (s *stamps) forbidden() error {
	switch {
	case s.wrote:
		return errRepeated
	case s.state.stopped():
		return errStopped
	}
	return nil
}

// ours returns the connection beneath info if it carries one request at a
// time and this package dialed it.
func ours(info httptrace.GotConnInfo) *conn {
	raw := info.Conn
	if t, ok := raw.(*tls.Conn); ok {
		if t.ConnectionState().NegotiatedProtocol == "h2" {
			return nil
		}
		raw = t.NetConn()
	}
	c, _ := raw.(*conn)
	return c
}

// wroteHeaderField runs before the field goes out: over HTTP/2 when the header
// block is encoded, which is the only notice there.
func (s *stamps) wroteHeaderField(string, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil && !s.wrote {
		s.sent, s.wrote = s.state.now(), true
	}
}

// hold waits for the instant of a hit that set out early: busily, for that is how
// soon it is. Later writes find that it has passed.
func (s *stamps) hold() {
	if s.start == nil {
		return
	}
	now := s.state.now()
	s.start.learn(now > s.due)
	for now < s.due && s.due-now <= longestStart {
		now = s.state.now()
	}
}

// beforeWrite runs before bytes go out on the request's own connection. It
// reports whether they are the first.
func (s *stamps) beforeWrite() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrote {
		return false
	}
	s.sent, s.wrote = s.state.now(), true
	return true
}

// afterWrite runs when the write that beforeWrite announced has returned. If
// it was the first and the system accepted nothing, it did not count.
func (s *stamps) afterWrite(first bool, n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.written = s.state.now()
	case first && n == 0:
		s.wrote = false
	}
}

// wroteRequest runs when the request has been written, but over HTTP/1 only to
// a buffer: the connection knows better when that went out.
func (s *stamps) wroteRequest(info httptrace.WroteRequestInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.complete = info.Err == nil
	if s.conn == nil && s.complete {
		s.written = s.state.now()
	}
}

func (s *stamps) gotFirstByte() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first = s.state.now()
}

func (s *stamps) gotInterim(int, textproto.MIMEHeader) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.interims++; s.interims > maxInterim {
		return errInterim
	}
	return nil
}

// detach stops the connection's reports. The caller holds mu.
func (s *stamps) detach() {
	if s.conn != nil {
		s.conn.hit.CompareAndSwap(s, nil)
		s.conn = nil
	}
}

// end returns what is known now; later reports are ignored by the caller.
// back is when the reply's header had been read.
func (s *stamps) end(back time.Duration) instants {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.detach()
	t := instants{sent: s.sent, first: back, fresh: s.fresh}
	if s.complete {
		t.written = s.written
	}
	switch {
	case s.wrote:
		t.reach = touched
	case s.traced:
		t.reach = untouched
	}
	if s.first > 0 && s.interims == 0 {
		t.first = s.first
	}
	// A server may speak before it is asked, when it gives up an idle
	// connection for example. That is no reply.
	t.early = s.conn != nil && s.wrote && s.first > 0 && s.first < s.sent
	t.sent = min(t.sent, t.first)
	return t
}

// instants is what stamps adds up to.
type instants struct {
	sent, written, first time.Duration
	reach                reach
	fresh                bool
	early                bool // what was taken for the reply came before the request
}

// reach says whether anything of a request went out.
type reach uint8

const (
	unknown   reach = iota // the transport does not say
	untouched              // nothing, for certain
	touched                // perhaps
)
