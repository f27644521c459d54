package attack

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// Every error here is a real one, from a socket.
func TestClassifyRealErrors(t *testing.T) {
	reset := func(c net.Conn) {
		request(c)
		c.(*net.TCPConn).SetLinger(0)
	}
	answer := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			request(c)
			io.WriteString(c, text)
		}
	}
	hang := func(c net.Conn) { io.Copy(io.Discard, c) }
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	plainAddr := plain.Listener.Addr().String()

	tests := []struct {
		name string
		url  string
		kind trace.ErrorKind
		says string // in the error that the run ends with
	}{
		{"refused", "http://" + closedPort(t), trace.ErrDial, "connection refused by 127.0.0.1:"},
		{"closed", "http://" + listen(t, func(c net.Conn) { request(c) }), trace.ErrReset, "closes the connection"},
		{"reset", "http://" + listen(t, reset), trace.ErrReset, "closes the connection"},
		{"garbage", "http://" + listen(t, answer("SSH-2.0-OpenSSH_9.6\r\n\r\n")), trace.ErrProtocol, "does not answer in HTTP"},
		{"bad header", "http://" + listen(t, answer("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")), trace.ErrProtocol, "does not answer in HTTP"},
		{"bad status", "http://" + listen(t, answer("HTTP/1.1 abc OK\r\n\r\n")), trace.ErrProtocol, "does not answer in HTTP"},
		{"cut header", "http://" + listen(t, answer("HTTP/1.1 200 OK\r\nA: b\r\n")), trace.ErrReset, "closes the connection"},
		{"huge header", "http://" + listen(t, answer("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 2*maxReplyHeader))), trace.ErrProtocol, "does not answer in HTTP"},
		{"no reply", "http://" + listen(t, hang), trace.ErrTimeout, "in time: raise --timeout"},
		{"no handshake", "https://" + listen(t, hang), trace.ErrDial, "no connection to 127.0.0.1:"},
		{"not TLS", "https://" + plainAddr, trace.ErrTLS, "does not speak TLS on this port"},
		{"not TLS at all", "https://" + listen(t, func(c net.Conn) { io.WriteString(c, strings.Repeat("220 ready\r\n", 100)) }), trace.ErrTLS, "does not speak TLS on this port"},
		{"unknown authority", tlsServer(t, nil), trace.ErrTLS, "unknown authority: use --insecure"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := Config{
				Profile: reads(burst("burst", 2)), Timeout: time.Minute,
				Requests: []Request{{Class: "read", URL: test.url + "/?key=hidden"}},
			}
			if strings.HasPrefix(test.name, "no ") {
				c.Timeout = 200 * time.Millisecond
			}
			err := checkKind(t, c, test.kind)
			var gaveUp *GaveUpError
			if !errors.As(err, &gaveUp) || gaveUp.Kind != test.kind {
				t.Fatalf("error %v", err)
			}
			if text := err.Error(); !strings.Contains(text, test.says) || strings.Contains(text, "hidden") || strings.Contains(text, "\n") {
				t.Errorf("says %q, want %q", text, test.says)
			}
		})
	}
}

func TestClassifyHTTP2Errors(t *testing.T) {
	s := newTarget(t, "h2", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	c := s.config(burst("burst", 3))
	c.HTTP2 = true
	checkKind(t, c, trace.ErrReset)
}

// With TLS 1.3 a client without a certificate is only refused after its
// request has gone out.
func TestClassifyClientCertificate(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		url := tlsServer(t, func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, version })
		err := checkKind(t, Config{Profile: reads(burst("burst", 1)), Insecure: true, Requests: []Request{{Class: "read", URL: url}}}, trace.ErrTLS)
		if err == nil || !strings.Contains(err.Error(), "client certificate") {
			t.Errorf("TLS version %x: error %v", version, err)
		}
	}
}

func TestClassifyUnbindableSource(t *testing.T) {
	addr := netip.MustParseAddr("192.0.2.1") // reserved for documentation
	if CheckSources(t.Context(), []netip.Addr{addr}) == nil {
		t.Skip("this machine can bind any address")
	}
	c := Config{Profile: reads(burst("burst", 1)), Sources: []netip.Addr{addr}, Requests: []Request{{Class: "read", URL: "http://127.0.0.1:9"}}}
	err := checkKind(t, c, trace.ErrDial)
	if runtime.GOOS == "linux" && (err == nil || !strings.Contains(err.Error(), "cannot send from 192.0.2.1")) {
		t.Errorf("error %v", err)
	}
	c.Sources[0] = netip.IPv6Loopback()
	checkKind(t, c, trace.ErrDial) // the families differ
}

// Errors that need a network of their own are taken from a plain transport.
func TestClassifyTransportErrors(t *testing.T) {
	cert, pool := certificate(t, time.Now().Add(-time.Hour))
	expired := tlsServer(t, func(c *tls.Config) { c.Certificates = []tls.Certificate{cert} })
	valid, validPool := certificate(t, time.Now().Add(time.Hour))
	other := tlsServer(t, func(c *tls.Config) { c.Certificates = []tls.Certificate{valid} })
	noServer := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no name server")
	}}
	tests := []struct {
		name      string
		transport *http.Transport
		url       string
		kind      trace.ErrorKind
		says      string
	}{
		{"name", &http.Transport{DialContext: (&net.Dialer{Resolver: noServer}).DialContext}, "http://host.example.test", trace.ErrDNS, "cannot resolve the name host.example.test"},
		{"expired", &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}, expired, trace.ErrTLS, "has expired or is not valid yet: use --insecure"},
		{"other name", &http.Transport{TLSClientConfig: &tls.Config{RootCAs: validPool, ServerName: "other.test"}}, other, trace.ErrTLS, "is for another name: use --insecure"},
		{"version", &http.Transport{TLSClientConfig: &tls.Config{MaxVersion: tls.VersionTLS10, MinVersion: tls.VersionTLS10}}, other, trace.ErrTLS, "TLS handshake with"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Cleanup(test.transport.CloseIdleConnections)
			req, _ := http.NewRequestWithContext(t.Context(), "GET", test.url, nil)
			_, err := test.transport.RoundTrip(req)
			if err == nil {
				t.Fatal("no error")
			}
			for _, r := range []reach{unknown, untouched} {
				if kind := classify(err, nil, instants{reach: r}); kind != test.kind {
					t.Errorf("reach %d: kind %q of %v, want %q", r, kind, err, test.kind)
				}
			}
			text := (&GaveUpError{Class: "read", Kind: test.kind, Hits: 1, Err: err, target: test.url}).Error()
			if !strings.Contains(text, test.says) || !strings.Contains(text, "its only hit failed") {
				t.Errorf("says %q, want %q", text, test.says)
			}
		})
	}
}

// The same error means different things before and after the request went out.
func TestClassifyByReach(t *testing.T) {
	broken := &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
	tests := []struct {
		err, cause error
		reach      reach
		want       trace.ErrorKind
	}{
		{nil, nil, touched, ""},
		{nil, errTimeout, touched, ""}, // the reply was complete when the time was over
		{broken, nil, untouched, trace.ErrDial},
		{broken, nil, touched, trace.ErrReset},
		{broken, nil, unknown, trace.ErrReset},
		{context.Canceled, errStopped, untouched, trace.ErrUnsent},
		{context.Canceled, errStopped, touched, trace.ErrCanceled},
		{context.Canceled, errStopped, unknown, trace.ErrCanceled},
		{context.DeadlineExceeded, errTimeout, untouched, trace.ErrDial},
		{context.DeadlineExceeded, errTimeout, touched, trace.ErrTimeout},
		{context.DeadlineExceeded, nil, touched, trace.ErrTimeout},
		{errRepeated, errRepeated, touched, trace.ErrReset},
		{broken, errRepeated, touched, trace.ErrReset},
		{errors.New("x509: odd"), nil, touched, trace.ErrOther},
		{errors.New("tls: odd"), nil, untouched, trace.ErrTLS},
		{errors.New("stream error: stream ID 3; REFUSED_STREAM"), nil, touched, trace.ErrReset},
		{errors.New("stream error: stream ID 3; PROTOCOL_ERROR"), nil, touched, trace.ErrProtocol},
		{errors.New("http2: server sent GOAWAY and closed the connection"), nil, touched, trace.ErrReset},
		{errors.New("http: server closed idle connection"), nil, touched, trace.ErrReset},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: internal error")}, nil, touched, trace.ErrReset},
		{errors.New("something else"), nil, touched, trace.ErrOther},
	}
	for _, test := range tests {
		if got := classify(test.err, test.cause, instants{reach: test.reach}); got != test.want {
			t.Errorf("%v, cause %v, reach %d: kind %q, want %q", test.err, test.cause, test.reach, got, test.want)
		}
	}
}

func TestGaveUpErrorTexts(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	tests := []struct {
		e    GaveUpError
		want string
	}{
		{GaveUpError{Kind: trace.ErrDial, Err: dial(syscall.EHOSTUNREACH)}, "api.test cannot be reached from 10.0.0.1"},
		{GaveUpError{Kind: trace.ErrDial, Err: dial(syscall.EMFILE)}, "no file descriptor left"},
		{GaveUpError{Kind: trace.ErrDial, Err: errors.New("odd")}, "no connection from 10.0.0.1 to api.test"},
		{GaveUpError{Kind: trace.ErrOther, Err: errors.New("odd")}, "no usable reply from api.test"},
		{GaveUpError{Kind: trace.ErrTLS, Err: x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}}, "is not valid: use --insecure"},
		{GaveUpError{location: "/login?next=hidden"}, "redirected to https://api.test/login:"},
		{GaveUpError{location: "//u:hidden@b.test/x#hidden"}, "redirected to https://b.test/x:"},
		{GaveUpError{location: "https://b.test/%zz?hidden"}, "redirected to a malformed URL:"},
	}
	for _, test := range tests {
		test.e.Class, test.e.Hits, test.e.target, test.e.source = "read", 10, "https://api.test/a", "10.0.0.1"
		if text := test.e.Error(); !strings.Contains(text, test.want) || strings.Contains(text, "hidden") || !strings.HasPrefix(text, "read: ") {
			t.Errorf("says %q, want %q", text, test.want)
		}
		if !errors.Is(&test.e, test.e.Err) && test.e.Err != nil {
			t.Errorf("%v does not unwrap", test.e.Err)
		}
	}
	if got := hostOf("%"); got != "the target" {
		t.Errorf("host of nonsense: %s", got)
	}
}

// closedPort returns an address at which nothing listens.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// tlsServer returns the URL of a server whose TLS is configured by f.
func tlsServer(t *testing.T, f func(*tls.Config)) string {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{}
	if f != nil {
		f(s.TLS)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// certificate returns a certificate for 127.0.0.1 that is its own authority,
// valid until then.
func certificate(t *testing.T, until time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: until.Add(-24 * time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
