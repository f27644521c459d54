package attack

import (
	"net"
	"sync/atomic"
)

// A conn notes the instant just before a request's first byte is handed to the
// operating system, which is the latest instant at which it certainly has not
// been seen by anybody.
type conn struct {
	net.Conn
	hit    atomic.Pointer[stamps] // that the next bytes belong to; nil = none
	refuse atomic.Bool            // fail every further write
	closed func(*conn)
}

func (c *conn) Write(b []byte) (int, error) {
	if c.refuse.Load() {
		return 0, errRefused
	}
	s := c.hit.Load()
	if s == nil {
		return c.Conn.Write(b)
	}
	s.hold()
	first := s.beforeWrite()
	n, err := c.Conn.Write(b)
	s.afterWrite(first, n, err)
	return n, err
}

func (c *conn) Close() error {
	c.closed(c)
	return c.Conn.Close()
}
