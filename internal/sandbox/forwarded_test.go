package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// Who a request is accounted to. The connection comes from 127.0.0.2.
func TestClientOf(t *testing.T) {
	const proxy = "127.0.0.2"
	for _, test := range []struct {
		trusted Forwarding
		header  []string
		want    string
	}{
		{NotForwarded, []string{"192.0.2.1"}, proxy},
		{XForwardedFor, nil, proxy},
		{XForwardedFor, []string{"192.0.2.1"}, "192.0.2.1"},
		{XForwardedFor, []string{"192.0.2.1:4711"}, "192.0.2.1"},
		{XForwardedFor, []string{"198.51.100.7, 203.0.113.9 ,192.0.2.1"}, "192.0.2.1"},
		{XForwardedFor, []string{"198.51.100.7", "192.0.2.1"}, "192.0.2.1"},
		{XForwardedFor, []string{"2001:db8::1"}, "2001:db8::1"},
		{XForwardedFor, []string{"[2001:db8::1]"}, "2001:db8::1"},
		{XForwardedFor, []string{"[2001:db8::1]:80"}, "2001:db8::1"},
		{XForwardedFor, []string{"fe80::1%eth0"}, "fe80::1"},
		{XForwardedFor, []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		{XForwardedFor, []string{""}, proxy},
		{XForwardedFor, []string{"192.0.2.1,"}, proxy},
		{XForwardedFor, []string{"unknown"}, proxy},
		{XForwardedFor, []string{"192.0.2.1, unknown"}, proxy},
		{XForwardedFor, []string{"192.0.2.999"}, proxy},
		{XForwardedFor, []string{"]["}, proxy},
		{XForwardedFor, []string{strings.Repeat(",", 10_000)}, proxy},
		{Forwarded, []string{"for=192.0.2.1"}, "192.0.2.1"},
		{Forwarded, []string{"for=198.51.100.7, For=\"192.0.2.1:80\";proto=http;by=203.0.113.9"}, "192.0.2.1"},
		{Forwarded, []string{"by=203.0.113.9; for=192.0.2.1"}, "192.0.2.1"},
		{Forwarded, []string{`for="[2001:db8::1]:4711"`}, "2001:db8::1"},
		{Forwarded, []string{`for=192.0.2.1;host="a,for=203.0.113.9"`}, "192.0.2.1"},
		{Forwarded, []string{`for=192.0.2.1;host="a\",for=203.0.113.9;x=\""`}, "192.0.2.1"},
		{Forwarded, []string{`for=_hidden`}, proxy},
		{Forwarded, []string{`for=unknown`}, proxy},
		{Forwarded, []string{`proto=http`}, proxy},
		{Forwarded, []string{``}, proxy},
		{Forwarded, []string{`for`}, proxy},
		{Forwarded, []string{`for="`}, proxy},
		{Forwarded, []string{`for=192.0.2.1, "\`}, proxy},
		// A client that leaves a quotation open does not become who it likes.
		{Forwarded, []string{`for=203.0.113.9;x=", for=192.0.2.1`}, proxy},
		{Forwarded, []string{`for=203.0.113.9;x=", for="[2001:db8::1]";proto="http"`}, proxy},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = proxy + ":40000"
		for name, other := range map[Forwarding]Forwarding{XForwardedFor: Forwarded, Forwarded: XForwardedFor} {
			if test.trusted != name {
				r.Header[http.CanonicalHeaderKey(string(name))] = []string{"203.0.113.66"} // nobody's business
				r.Header[http.CanonicalHeaderKey(string(other))] = test.header
			}
		}
		if got := clientOf(r, test.trusted); got != netip.MustParseAddr(test.want) {
			t.Errorf("%q in %q: %v, want %s", test.header, test.trusted, got, test.want)
		}
	}
}

// Behind a proxy each client has limits of its own.
func TestForwardedClients(t *testing.T) {
	for trusted, want := range map[Forwarding]int{NotForwarded: 2, XForwardedFor: 4, Forwarded: 2} {
		s := mustNew(t, Options{Forwarded: trusted, Now: newClock().read, ReadBurst: 2})
		admitted := 0
		for range 3 {
			for _, client := range []string{"192.0.2.1", "192.0.2.2"} {
				r := httptest.NewRequest("GET", "/", nil)
				r.Header.Set("X-Forwarded-For", "198.51.100.7, "+client)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != http.StatusTooManyRequests {
					admitted++
				}
			}
		}
		if admitted != want {
			t.Errorf("trusting %q: %d admitted, want %d", trusted, admitted, want)
		}
	}
}
