package attack

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"

	"ratefit/internal/trace"
)

// exchange sends the request, reads the reply to its end, fills in the hit and
// records it. The reply's body is closed.
// What is read of it goes to body. A hit with a head start is written when it is
// asked for, and not before.
func (s *stream) exchange(inflight context.Context, req *http.Request, h *trace.Hit, body io.Writer, start *headStart) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(inflight)
	defer cancel(nil)
	defer time.AfterFunc(s.run.config.Timeout, func() { cancel(errTimeout) }).Stop()

	st := &stamps{state: s.run, cancel: cancel, traced: s.run.traced, sent: s.run.now(), start: start, due: h.Asked}

	reply, err := s.network.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, st.hooks(s.run.config.HTTP2))))
	back := s.run.now()
	var location string
	if err == nil {
		location = reply.Header.Get("Location")
		h.Status = reply.StatusCode
		h.Header = s.run.headers.Kept(reply.Header)
		h.BytesIn, err = s.read(reply, body, &st.body)
	}
	h.End = s.run.now()

	t := st.end(back)
	h.Sent, h.Written = t.sent, t.written
	if h.Status != 0 {
		h.FirstByte = t.first
	}
	if t.reach != untouched && req.ContentLength > 0 {
		h.BytesOut = req.ContentLength
	}
	h.Error = classify(err, context.Cause(ctx), t)
	if t.early || h.Status < 0 || h.Status > 999 { // over HTTP/2 any number can be a status
		h.Status, h.Header, h.FirstByte, h.Error = 0, nil, 0, trace.ErrProtocol
	}
	if h.Error == trace.ErrUnsent {
		h.Sent, h.End = h.Asked, h.Asked
	}
	s.run.settle(h)
	if !s.unwatched {
		s.run.watch.observe(h, err, location)
		s.run.guard.observe(h, err)
	}
	s.run.recorder.put(h)
	return reply, err
}

// read reads the reply's body, at most as much of it as is configured, and
// closes it. A connection with more to come is given up. from is room for the
// reader.
func (s *stream) read(reply *http.Response, to io.Writer, from *io.LimitedReader) (int64, error) {
	defer reply.Body.Close()
	if reply.StatusCode == http.StatusSwitchingProtocols {
		return 0, nil // what follows is not HTTP
	}
	*from = io.LimitedReader{R: reply.Body, N: s.run.config.MaxBody}
	return io.Copy(to, from)
}
