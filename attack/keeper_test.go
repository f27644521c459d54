package attack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// issuer is an API with logins: its tokens are the instants at which they
// expire. Requests without a valid one are answered 401.
type issuer struct {
	life   time.Duration
	refuse func(n int) *http.Response // the nth login, from 1; nil = let it in

	mu     sync.Mutex
	logins int
}

func (s *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/login" {
		s.logins++
		if s.refuse != nil {
			if no := s.refuse(s.logins); no != nil {
				return no, nil
			}
		}
		return reply(200, "Token", time.Now().Add(s.life).Format(time.RFC3339Nano)), nil
	}
	until, err := time.Parse(time.RFC3339Nano, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if err != nil || !time.Now().Before(until) {
		return reply(401), nil
	}
	return reply(200), nil
}

// asked is how often somebody has logged in.
func (s *issuer) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// credential logs in at the issuer.
func (s *issuer) credential(label string) Credential {
	return Credential{
		Label: label, Login: &Request{Method: "POST", URL: "http://example.test/login?key=hidden", Body: []byte("password")},
		Renew: func(r *Reply) (Grant, error) {
			return Grant{Header: http.Header{"Authorization": {"Bearer " + r.Header.Get("Token")}}, Life: s.life}, nil
		},
	}
}

// count splits the hits into logins and those of the profile.
func count(hits []*trace.Hit) (logins, measured []*trace.Hit) {
	for _, h := range hits {
		if h.Login() {
			logins = append(logins, h)
		} else {
			measured = append(measured, h)
		}
	}
	return logins, measured
}

// Ten minutes with tokens that live for one: no hit is refused, and none waits
// for a token.
func TestVirtualRenewsWithoutAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{life: time.Minute}
		c := Config{Profile: reads(hold("hold", 20*profiles.PerSecond, 10*time.Minute)), Credentials: []Credential{s.credential("c1")}}
		hits, end, err := virtual(t.Context(), c, s.RoundTrip)
		if err != nil || end.Reason != "done" {
			t.Fatalf("end %+v, error %v", end, err)
		}
		logins, measured := count(hits)
		if len(measured) != 12_000 {
			t.Errorf("%d hits measured, want 12,000", len(measured))
		}
		for _, h := range measured {
			if h.Status != 200 || h.Sent != h.Asked || h.Credential != "c1" {
				t.Fatalf("hit %+v", h)
			}
		}
		if len(logins) != 15 { // at 0, 40 s, 80 s … 560 s
			t.Errorf("%d logins, want 15", len(logins))
		}
		for _, h := range logins {
			if h.Class != "login" || h.Phase != "login" || h.Credential != "c1" || h.Source != "local" || h.Method != "POST" || h.BytesOut != 8 || h.URL != "http://example.test/login?key=REDACTED" {
				t.Errorf("login %+v", h)
			}
		}
	})
}

// A limited login waits for as long as it is told to, before the first hit.
func TestVirtualLoginIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{life: time.Hour, refuse: func(n int) *http.Response {
			if n <= 2 {
				return reply(429, "Retry-After", "7")
			}
			return nil
		}}
		c := Config{Profile: reads(burst("burst", 3)), Credentials: []Credential{s.credential("c1")}, MaxDuration: time.Second}
		hits, _, err := virtual(t.Context(), c, s.RoundTrip)
		logins, measured := count(hits)
		if err != nil || len(logins) != 3 || len(measured) != 3 {
			t.Fatalf("%d logins, %d hits, error %v", len(logins), len(measured), err)
		}
		if logins[2].Sent != 14*time.Second || measured[0].Asked != 14*time.Second+DefaultLead {
			t.Errorf("third login at %v, first hit at %v", logins[2].Sent, measured[0].Asked)
		}
	})
}

// Without a Retry-After it backs off; after a minute it gives up.
func TestVirtualLoginStaysLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{refuse: func(int) *http.Response { return reply(429) }}
		c := Config{Profile: reads(burst("burst", 3)), Credentials: []Credential{s.credential("c1")}}
		began := time.Now()
		hits, end, err := virtual(t.Context(), c, s.RoundTrip)
		var failed *LoginError
		if !errors.As(err, &failed) || end.Reason != err.Error() || time.Since(began) != time.Minute || len(hits) < tries || len(hits) > 2*tries {
			t.Errorf("%d logins in %v, end %+v, error %v", len(hits), time.Since(began), end, err)
		}
		const want = "login as c1: limited (429) for 1m0s: logins are limited like other requests: use fewer accounts, or tokens that live longer"
		if err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
	})
}

// Wrong credentials cost one request.
func TestVirtualLoginIsRefused(t *testing.T) {
	tests := map[string]struct {
		renew func(*Reply) (Grant, error)
		reply fake
		want  string
	}{
		"401": {
			nil, func(*http.Request) (*http.Response, error) { return reply(401), nil },
			"login as c1: answered 401 Unauthorized: check the account's fields, --login and --login-body",
		},
		"closed": {
			nil, func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset: EOF") },
			"login as c1: no usable reply from example.test: check the URL with another client first",
		},
		"no token": {
			func(*Reply) (Grant, error) { return Grant{}, errors.New("no token at /bearer") }, at200,
			"login as c1: no token at /bearer: check --login, --login-token and --scheme",
		},
		"short": {
			func(*Reply) (Grant, error) { return Grant{Life: 500 * time.Millisecond}, nil }, at200,
			"login as c1: its token is only sure to live for 500ms: that is too short to be renewed in time; have tokens that live for 2 s or longer",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := (&issuer{}).credential("c1")
				if test.renew != nil {
					k.Renew = test.renew
				}
				hits, end, err := virtual(t.Context(), Config{Profile: reads(burst("burst", 3)), Credentials: []Credential{k}}, test.reply)
				if err == nil || err.Error() != test.want || end.Reason != test.want || len(hits) != 1 {
					t.Errorf("%d hits, end %+v\ngot  %v\nwant %s", len(hits), end, err, test.want)
				}
			})
		})
	}
}

// A renewal that fails is tried again while the old token lives; if it cannot be
// had the run ends when that one does, not before.
func TestVirtualRenewalFails(t *testing.T) {
	for _, until := range []int{6, 1 << 30} {
		synctest.Test(t, func(t *testing.T) {
			s := &issuer{life: time.Minute, refuse: func(n int) *http.Response {
				if n > 1 && n < until {
					return reply(500)
				}
				return nil
			}}
			c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 2*time.Minute)), Credentials: []Credential{s.credential("c1")}}
			hits, end, err := virtual(t.Context(), c, s.RoundTrip)
			_, measured := count(hits)
			for _, h := range measured {
				if h.Status == 401 {
					t.Fatalf("hit %+v", h)
				}
			}
			if until == 6 {
				if err != nil || len(measured) != 1200 {
					t.Errorf("%d hits, end %+v, error %v", len(measured), end, err)
				}
				return
			}
			const want = "login as c1: answered 500 Internal Server Error, and the one before has expired: check the account's fields, --login and --login-body"
			if err == nil || err.Error() != want || end.At.Truncate(time.Second) != time.Minute || len(measured) < 599 {
				t.Errorf("%d hits, end %+v\ngot  %v\nwant %s", len(measured), end, err, want)
			}
		})
	}
}

// A credential that nobody needs any more may expire: the run goes on.
func TestVirtualLosesWhatNobodyNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{life: time.Minute}
		second := s.credential("c2")
		second.Login.URL = "http://example.test/login?second"
		session := virtualSession(t, t.Context(), Config{
			Credentials: []Credential{s.credential("c1"), second},
		}, func(r *http.Request) (*http.Response, error) {
			if r.URL.RawQuery == "second" && s.asked() > 2 {
				return reply(500), nil
			}
			return s.RoundTrip(r)
		}, func(*trace.Hit) {})
		source := session.Sources()[0]
		if err := session.Send(Lane{Class: "read", Source: source, Credential: "c1"}, "p", spaced(session.Now(), 100, 2*time.Second)); err != nil {
			t.Fatal(err)
		}
		select {
		case <-session.Stopped():
			t.Error("the run has ended though nobody needs c2")
		default:
		}
		_ = session.Send(Lane{Class: "read", Source: source, Credential: "c2"}, "p", spaced(session.Now(), 1, 0))
		end, err := session.Close()
		var failed *LoginError
		if !errors.As(err, &failed) || failed.Label != "c2" || end.Reason != err.Error() {
			t.Errorf("end %+v, error %v", end, err)
		}
	})
}

// What was lost meanwhile can be had again later, and used.
func TestVirtualRegains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{life: time.Minute}
		began := time.Now()
		s.refuse = func(n int) *http.Response {
			if n > 1 && time.Since(began) < 3*time.Minute {
				return reply(500)
			}
			return nil
		}
		var last *trace.Hit
		session := virtualSession(t, t.Context(), Config{Credentials: []Credential{s.credential("c1")}}, s.RoundTrip, func(h *trace.Hit) { last = h })
		session.Send(Lane{Class: "read", Source: "local"}, "p", spaced(4*time.Minute, 1, 0))
		if end, err := session.Close(); err != nil || last.Status != 200 || last.Login() {
			t.Errorf("last hit %+v, end %+v, error %v", last, end, err)
		}
	})
}

// A login on demand renews at its instant, and nothing twice.
func TestSessionLogIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{life: time.Minute}
		var logins []time.Duration
		session := virtualSession(t, t.Context(), Config{Credentials: []Credential{s.credential("c1")}}, s.RoundTrip, func(h *trace.Hit) {
			if h.Login() {
				logins = append(logins, h.Sent)
			}
		})
		if err := session.LogIn("c1", 30*time.Second); err != nil {
			t.Fatal(err)
		}
		if err := session.LogIn("c2", 0); err == nil {
			t.Error("an unknown credential was logged in for")
		}
		session.Send(Lane{Class: "read", Source: "local"}, "p", spaced(80*time.Second, 1, 0))
		session.Close()
		if want := []time.Duration{0, 30 * time.Second, 70 * time.Second}; !slices.Equal(logins, want) {
			t.Errorf("logins at %v, want %v", logins, want)
		}
	})
}

// Logins count towards the budget.
func TestVirtualLoginsCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{life: time.Minute}
		c := Config{Profile: reads(hold("hold", profiles.PerSecond, 10*time.Minute)), MaxRequests: 100, Credentials: []Credential{s.credential("c1")}}
		hits, end, err := virtual(t.Context(), c, s.RoundTrip)
		sent, _ := split(hits)
		if err != nil || len(sent) != 100 || end.Reason != "budget: 100 requests" {
			t.Errorf("%d sent, end %+v, error %v", len(sent), end, err)
		}
	})
}

// Each source its own credential, or each of them all.
func TestVirtualWhoUsesWhat(t *testing.T) {
	for one, want := range map[bool][]string{
		true:  {"127.0.0.2 c1", "127.0.0.3 c2", "127.0.0.4 c1"},
		false: {"127.0.0.2 c1", "127.0.0.2 c2", "127.0.0.3 c1", "127.0.0.3 c2", "127.0.0.4 c1", "127.0.0.4 c2"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &issuer{life: time.Hour}
			c := Config{Profile: reads(burst("burst", 2)), OnePerSource: one, Credentials: []Credential{s.credential("c1"), s.credential("c2")}}
			for i := range 3 {
				c.Sources = append(c.Sources, netip.MustParseAddr(fmt.Sprintf("127.0.0.%d", i+2)))
			}
			hits, _, err := virtual(t.Context(), c, s.RoundTrip)
			if err != nil {
				t.Fatal(err)
			}
			logins, measured := count(hits)
			seen := map[string]int{}
			for _, h := range measured {
				seen[h.Source+" "+h.Credential]++
			}
			var got []string
			for k, n := range seen {
				if got = append(got, k); n != 2 {
					t.Errorf("%s: %d hits", k, n)
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) || len(logins) != 2 {
				t.Errorf("one per source %v: %d logins, hits from %v, want %v", one, len(logins), got, want)
			}
		})
	}
}

// A session gets its credentials before it opens, and sends variants bare.
func TestSessionCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{life: time.Minute}
		var hits []*trace.Hit
		session := virtualSession(t, t.Context(), Config{
			Credentials: []Credential{s.credential("c1"), s.credential("c2")},
			Requests:    []Request{readRequest[0], {Class: "read", Variant: "bare", URL: "http://example.test/", Bare: true}},
		}, s.RoundTrip, func(h *trace.Hit) { hits = append(hits, h) })
		source := session.Sources()[0]
		if got := session.Credentials(source); !slices.Equal(got, []string{"c1", "c2"}) {
			t.Errorf("credentials %v", got)
		}
		for _, l := range []Lane{{Class: "read"}, {Class: "read", Credential: "c2"}, {Class: "read", Variant: "bare"}} {
			l.Source = source
			if err := session.Send(l, "p", spaced(session.Now()+2*time.Minute, 20, 0)); err != nil {
				t.Fatal(err)
			}
		}
		end, err := session.Close()
		_, measured := count(hits)
		got := map[string]int{}
		for _, h := range measured {
			got[fmt.Sprint(h.Credential, h.Status)]++
		}
		if err != nil || end.Reason != "done" || len(got) != 3 || got["c1200"] != 20 || got["c2200"] != 20 || got["c1401"] != 20 {
			t.Errorf("hits %v, end %+v, error %v", got, end, err)
		}
	})
}

// A session whose login fails does not open, but has recorded the login.
func TestSessionLoginFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &issuer{refuse: func(int) *http.Response { return reply(401) }}
		n := 0
		c := Config{Credentials: []Credential{s.credential("c1")}, Requests: readRequest, Spin: -1}
		c.RoundTripper = func(string) http.RoundTripper { return s }
		_, err := Open(t.Context(), c, func(*trace.Hit) { n++ })
		var failed *LoginError
		if !errors.As(err, &failed) || n != 1 {
			t.Errorf("%d hits, error %v", n, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Open(ctx, c, func(*trace.Hit) {}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}

// A credential's lines replace those of the request; cookies are added to them.
func TestSign(t *testing.T) {
	k := &keeper{}
	k.lines.Store(&http.Header{"Authorization": {"new"}, "Cookie": {"a=1"}})
	h := http.Header{"Authorization": {"old"}, "Cookie": {"b=2"}}
	k.sign(h)
	if h.Get("Authorization") != "new" || h.Get("Cookie") != "b=2; a=1" || len(h["Cookie"]) != 1 {
		t.Errorf("header %v", h)
	}
}

func TestRetryAfter(t *testing.T) {
	const now = "Fri, 02 Jan 2026 03:04:05 GMT"
	for _, test := range []struct {
		after, date string
		want        time.Duration
	}{
		{"12", "", 12 * time.Second},
		{"Fri, 02 Jan 2026 03:04:25 GMT", now, 20 * time.Second},
		{"Fri, 02 Jan 2026 03:04:01 GMT", now, 0},
		{"Fri, 02 Jan 2026 03:04:25 GMT", "", 0},
		{"-5", now, 0},
		{"soon", now, 0},
		{"99999999999", now, 0},
	} {
		if got := retryAfter(http.Header{"Retry-After": {test.after}, "Date": {test.date}}); got != test.want {
			t.Errorf("Retry-After %q: %v, want %v", test.after, got, test.want)
		}
	}
}
