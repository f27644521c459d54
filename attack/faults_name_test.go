package attack

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// named answers every question about an IPv4 address with what address returns,
// and fails where that is none. It takes the system's place until the test ends.
func named(t *testing.T, address func() (a [4]byte, ok bool)) {
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go answerNames(server, address)
		return client, nil
	}}
}

// answerNames speaks DNS as over TCP: each message after its length.
func answerNames(c net.Conn, address func() ([4]byte, bool)) {
	defer c.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		raw := make([]byte, binary.BigEndian.Uint16(length[:]))
		var m dnsmessage.Message
		if _, err := io.ReadFull(c, raw); err != nil || m.Unpack(raw) != nil || len(m.Questions) == 0 {
			return
		}
		m.Response, m.Additionals = true, nil
		a, ok := address()
		switch q := m.Questions[0]; {
		case !ok:
			m.RCode = dnsmessage.RCodeServerFailure
		case q.Type == dnsmessage.TypeA:
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: a},
			}}
		}
		out, err := m.Pack()
		if err != nil {
			return
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...)); err != nil {
			return
		}
	}
}

// A name may lead elsewhere, and nowhere, while the run lasts: hits go where it
// leads when their connection is made, and those for which it leads nowhere are
// recorded as not sent to anybody.
func TestSocketNameChanges(t *testing.T) {
	var seen [2]atomic.Int64
	var port string
	for i, host := range []string{"127.0.0.1", "127.0.0.2"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, cmp.Or(port, "0")))
		if err != nil {
			t.Skip(err)
		}
		_, port, _ = net.SplitHostPort(l.Addr().String())
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			seen[i].Add(1)
			w.Header().Set("Connection", "close")
		})}
		go func() { _ = srv.Serve(l) }()
		t.Cleanup(func() { _ = srv.Close() })
	}
	named(t, func() ([4]byte, bool) {
		switch all := seen[0].Load() + seen[1].Load(); {
		case all < 20:
			return [4]byte{127, 0, 0, 1}, true
		case all < 40:
			return [4]byte{127, 0, 0, 2}, true
		}
		return [4]byte{}, false
	})
	c := Config{
		Profile:  reads(hold("hold", 100*profiles.PerSecond, 600*time.Millisecond)),
		Requests: []Request{{Class: "read", URL: "http://changing.example.test:" + port + "/"}},
		AbortOn:  []Abort{{Sign: ConnErrors, Limit: 0.2, Hits: 40}},
	}
	count := map[string]int{}
	end, err := Run(t.Context(), c, func(h *trace.Hit) { count[string(h.Error)]++ })
	var aborted *AbortedError
	if !errors.As(err, &aborted) || aborted.Kind != trace.ErrDNS || !strings.Contains(end.Reason, "cannot resolve the name changing.example.test") {
		t.Errorf("end %q, error %v", end.Reason, err)
	}
	if seen[0].Load() < 20 || seen[1].Load() < 20 || count[""] != int(seen[0].Load()+seen[1].Load()) || count["dns"] < 8 {
		t.Errorf("%d and %d requests arrived; recorded: %v", seen[0].Load(), seen[1].Load(), count)
	}
}

// The run gives up on a name that leads nowhere.
func TestSocketNameUnknown(t *testing.T) {
	named(t, func() ([4]byte, bool) { return [4]byte{}, false })
	c := Config{Profile: reads(burst("burst", 3)), Requests: []Request{{Class: "read", URL: "http://nowhere.example.test/"}}}
	if err := checkKind(t, c, trace.ErrDNS); err == nil || !strings.Contains(err.Error(), "cannot resolve the name nowhere.example.test") {
		t.Errorf("error %v", err)
	}
}
