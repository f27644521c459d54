package attack

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// idleTimeout is how long an unused connection is kept. It is less than
	// the shortest usual time after which servers close theirs (5 s), so that
	// few requests are lost on a connection that is just being closed.
	idleTimeout = 4 * time.Second
	// maxReplyHeader bounds a reply's header, in bytes.
	maxReplyHeader = 256 << 10
)

var errClosed = errors.New("the run is over")

// A network makes transports and knows every connection that they open, so
// that none outlives the run.
type network struct {
	timeout         time.Duration
	insecure, http2 bool

	life context.Context
	end  context.CancelFunc

	mu         sync.Mutex
	conns      map[*conn]struct{} // nil = closed
	transports []*http.Transport
}

func newNetwork(c *Config) *network {
	n := &network{timeout: c.Timeout, insecure: c.Insecure, http2: c.HTTP2, conns: make(map[*conn]struct{})}
	n.life, n.end = context.WithCancel(context.Background())
	return n
}

// transport returns a transport that sends from the address source, or from
// any if source is not valid, over at most conns connections to one host.
func (n *network) transport(source netip.Addr, conns int) *http.Transport {
	dialer := &net.Dialer{Timeout: n.timeout}
	if source.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(source, 0))
	}
	t := &http.Transport{
		Proxy: nil, // the limiter would see the proxy's address
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return n.dial(ctx, dialer, network, addr)
		},
		TLSClientConfig: &tls.Config{
			InsecureSkipVerify: n.insecure,
			ClientSessionCache: tls.NewLRUClientSessionCache(0),
		},
		TLSHandshakeTimeout:    n.timeout + time.Second, // so that the hit's own timeout comes first
		MaxIdleConns:           0,                       // no limit of its own
		MaxIdleConnsPerHost:    conns,
		MaxConnsPerHost:        conns,
		IdleConnTimeout:        idleTimeout,
		ExpectContinueTimeout:  time.Second,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxReplyHeader,
		ForceAttemptHTTP2:      n.http2,
		Protocols:              new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	t.Protocols.SetHTTP2(n.http2)
	n.mu.Lock()
	n.transports = append(n.transports, t)
	n.mu.Unlock()
	return t
}

// dial is given up when the run ends, even if no request waits for it any more.
func (n *network) dial(ctx context.Context, d *net.Dialer, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(n.life, cancel)()
	raw, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, closed: n.forget}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.conns == nil {
		_ = raw.Close()
		return nil, errClosed
	}
	n.conns[c] = struct{}{}
	return c, nil
}

func (n *network) forget(c *conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
}

// close ends every connection.
func (n *network) close() {
	n.end()
	n.mu.Lock()
	conns, transports := n.conns, n.transports
	n.conns, n.transports = nil, nil
	n.mu.Unlock()
	for _, t := range transports {
		t.CloseIdleConnections()
	}
	for c := range conns {
		_ = c.Conn.Close()
	}
}
