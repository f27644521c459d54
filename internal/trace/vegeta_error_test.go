package trace

import "testing"

func TestErrorKind(t *testing.T) {
	for _, tc := range []struct {
		status int
		text   string
		want   ErrorKind
	}{
		{200, "", ""},
		{429, "429 Too Many Requests", ""},
		{500, "500 ", ""},
		{200, "unexpected EOF", ErrReset},
		{0, "", ErrOther},
		{0, "no targets to attack", ErrOther},
		{0, `Get "http://127.0.0.1:1/": dial tcp 0.0.0.0:0->127.0.0.1:1: connect: connection refused`, ErrDial},
		{0, `Get "http://h/": dial tcp 10.0.0.1:80: i/o timeout`, ErrDial},
		{0, `Get "http://h/": dial tcp: lookup h: no such host`, ErrDNS},
		{0, `Get "http://h/": dial tcp: lookup h on 127.0.0.53:53: read udp 127.0.0.1:1->127.0.0.53:53: i/o timeout`, ErrDNS},
		{0, `Get "http://h/": dial tcp 127.0.0.2:0->127.0.0.1:80: bind: cannot assign requested address`, ErrDial},
		{0, `Get "http://h/": dial tcp 127.0.0.1:80: socket: too many open files`, ErrDial},
		{0, `Get "https://h/": tls: failed to verify certificate: x509: certificate signed by unknown authority`, ErrTLS},
		{0, `Get "https://h/": net/http: TLS handshake timeout`, ErrTLS},
		{0, `Get "https://h/": http: server gave HTTP response to HTTPS client`, ErrTLS},
		{0, `Get "http://h/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, ErrTimeout},
		{0, `Get "http://h/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)`, ErrTimeout},
		{0, `Get "http://h/": read tcp 127.0.0.1:1->127.0.0.1:2: i/o timeout`, ErrTimeout},
		{0, `Get "http://h/": context canceled`, ErrCanceled},
		{0, `Get "http://h/": EOF`, ErrReset},
		{0, `Post "http://h/": write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe`, ErrReset},
		{0, `Get "http://h/": read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer`, ErrReset},
		{0, `Get "http://h/": http: server closed idle connection`, ErrReset},
		{0, `Get "http://h/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "x"`, ErrProtocol},
		{0, `Get "http://timeout.tls:1/x509/eof?dial tcp": something else`, ErrOther},
		{0, `Get "/": stopped after 10 redirects`, ErrOther},
		{0, "ratefit: dial", ErrDial},
		{0, "ratefit: s3cret", ErrOther},
	} {
		if got := errorKind(tc.status, tc.text); got != tc.want {
			t.Errorf("%d %q: %q, want %q", tc.status, tc.text, got, tc.want)
		}
	}
}
