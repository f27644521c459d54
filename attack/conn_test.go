package attack

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// A scripted connection accepts what its script says of each write.
type scripted struct {
	net.Conn
	writes []write
}

type write struct {
	n   int
	err error
}

func (s *scripted) Write(b []byte) (int, error) {
	w := s.writes[0]
	s.writes = s.writes[1:]
	return w.n, w.err
}

// scriptedState is a clock that counts its readings, and a run.
type scriptedState struct {
	reading time.Duration
	halted  bool
}

func (s *scriptedState) now() time.Duration { s.reading++; return s.reading }

func (s *scriptedState) stopped() bool { return s.halted }

// newStamps returns stamps whose clock counts its readings.
func newStamps(t *testing.T) (*stamps, context.Context) {
	ctx, cancel := context.WithCancelCause(t.Context())
	t.Cleanup(func() { cancel(nil) })
	return &stamps{traced: true, cancel: cancel, state: &scriptedState{}}, ctx
}

func TestStampsOfOneConnection(t *testing.T) {
	st, ctx := newStamps(t)
	c := &conn{Conn: &scripted{writes: []write{{5, nil}, {5, nil}, {0, nil}}}}
	st.gotConn(httptrace.GotConnInfo{Conn: c}) // 1
	c.Write(nil)                               // 2, 3
	st.wroteRequest(httptrace.WroteRequestInfo{})
	c.Write(nil)      // 4
	st.gotFirstByte() // 5
	got := st.end(9)
	if want := (instants{sent: 2, written: 4, first: 5, reach: touched, fresh: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	c.Write(nil) // belongs to nobody
	if st.state.now() != 6 || ctx.Err() != nil {
		t.Error("the connection still reports to a hit that has ended")
	}
}

// A reply can come before the whole request has gone out.
func TestStampsOfAnIncompleteRequest(t *testing.T) {
	st, _ := newStamps(t)
	c := &conn{Conn: &scripted{writes: []write{{5, nil}}}}
	st.gotConn(httptrace.GotConnInfo{Conn: c})
	c.Write(nil)
	st.gotFirstByte()
	if got := st.end(9); got.written != 0 || got.reach != touched {
		t.Errorf("%+v", got)
	}
}

// A connection that turns out dead before a byte was accepted costs nothing:
// the request may be repeated, and counts from its second attempt.
func TestStampsNothingWritten(t *testing.T) {
	st, ctx := newStamps(t)
	dead := &conn{Conn: &scripted{writes: []write{{0, net.ErrClosed}}}}
	st.gotConn(httptrace.GotConnInfo{Conn: dead, Reused: true}) // 1
	dead.Write(nil)                                             // 2
	if got := st.end(9).reach; got != untouched {
		t.Errorf("reach %d", got)
	}
	c := &conn{Conn: &scripted{writes: []write{{5, nil}}}}
	st.gotConn(httptrace.GotConnInfo{Conn: c}) // 3
	c.Write(nil)                               // 4
	if got := st.end(9); got.sent != 4 || got.reach != touched || ctx.Err() != nil {
		t.Errorf("%+v, context %v", got, ctx.Err())
	}
}

// Once a byte may be out, a second connection is not written to.
func TestStampsRefuseASecondCopy(t *testing.T) {
	for _, first := range []write{{5, nil}, {3, net.ErrClosed}} {
		st, ctx := newStamps(t)
		a := &conn{Conn: &scripted{writes: []write{first}}}
		st.gotConn(httptrace.GotConnInfo{Conn: a, Reused: true})
		a.Write(nil)
		b := &conn{Conn: &scripted{}}
		st.gotConn(httptrace.GotConnInfo{Conn: b, Reused: true})
		if _, err := b.Write(nil); !errors.Is(err, errRefused) || !errors.Is(context.Cause(ctx), errRepeated) {
			t.Errorf("the second copy was written: %v, %v", err, context.Cause(ctx))
		}
		if kind := classify(context.Canceled, context.Cause(ctx), st.end(9)); kind != trace.ErrReset {
			t.Errorf("kind %q", kind)
		}
	}
}

// A hit that gets its connection after the stop is not sent.
func TestStampsRefuseAfterTheStop(t *testing.T) {
	st, ctx := newStamps(t)
	st.state = &scriptedState{halted: true}
	c := &conn{Conn: &scripted{}}
	st.gotConn(httptrace.GotConnInfo{Conn: c})
	if _, err := c.Write(nil); err == nil {
		t.Error("it was written")
	}
	if kind := classify(errRefused, context.Cause(ctx), st.end(9)); kind != trace.ErrUnsent {
		t.Errorf("kind %q", kind)
	}
}

// Over a shared connection the header's encoding is the only notice.
func TestStampsOfASharedConnection(t *testing.T) {
	st, ctx := newStamps(t)
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	st.gotConn(httptrace.GotConnInfo{Conn: a}) // 1
	if got := st.end(9); got.reach != untouched || got.sent != 1 {
		t.Errorf("before the header: %+v", got)
	}
	st.wroteHeaderField(":method", nil) // 2
	st.wroteHeaderField(":path", nil)
	st.wroteRequest(httptrace.WroteRequestInfo{}) // 3
	if got := st.end(9); got.sent != 2 || got.written != 3 || got.reach != touched {
		t.Errorf("after: %+v", got)
	}
	st.gotConn(httptrace.GotConnInfo{Conn: b})
	if !errors.Is(context.Cause(ctx), errRepeated) {
		t.Error("a second copy was not stopped")
	}
}

// Over HTTP/1 the header is encoded into a buffer; the connection decides.
func TestStampsIgnoreTheBuffer(t *testing.T) {
	st, _ := newStamps(t)
	c := &conn{Conn: &scripted{}}
	st.gotConn(httptrace.GotConnInfo{Conn: c})
	st.wroteHeaderField("Host", nil)
	st.wroteRequest(httptrace.WroteRequestInfo{})
	if got := st.end(9); got.reach != untouched || got.written != 0 {
		t.Errorf("%+v", got)
	}
}

func TestStampsInterim(t *testing.T) {
	st, _ := newStamps(t)
	st.gotFirstByte()
	if err := st.gotInterim(103, nil); err != nil {
		t.Fatal(err)
	}
	if got := st.end(9).first; got != 9 {
		t.Errorf("first byte at %d, want 9, when the final header had been read", got)
	}
}

// A server may speak before it is asked.
func TestStampsReplyBeforeTheRequest(t *testing.T) {
	st, _ := newStamps(t)
	c := &conn{Conn: &scripted{writes: []write{{1, nil}}}}
	st.gotConn(httptrace.GotConnInfo{Conn: c})
	st.gotFirstByte()
	c.Write(nil)
	if got := st.end(9); got.sent > got.first || !got.early {
		t.Errorf("%+v", got)
	}
}
