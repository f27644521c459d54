package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// start serves a sandbox on loopback for the duration of a test.
func start(t *testing.T, o Options) *Running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	run, err := mustNew(t, o).Start(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := run.Wait(); err != nil {
			t.Error("Wait:", err)
		}
	})
	return run
}

// clientFrom returns a client that sends from an address.
func clientFrom(t *testing.T, source string) *http.Client {
	dialer := &net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(source), 0))}
	tr := &http.Transport{DialContext: dialer.DialContext}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

type reply struct {
	status int
	kind   string
	body   string
	header http.Header
}

func do(t *testing.T, c *http.Client, method, url, body string, header http.Header) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header.Clone()
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header.Get("Content-Type"), string(b), resp.Header}
}

var asJSON = http.Header{"Content-Type": {"application/json"}}

func with(h http.Header, name, value string) http.Header {
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(name, value)
	return h
}

// Two addresses, two classes, one socket each: what the limiter is there for.
func TestLimitedPerSource(t *testing.T) {
	run := start(t, Options{ReadRate: 0.001, WriteRate: 0.001, ReadBurst: 5, WriteBurst: 3})
	for _, source := range []string{"127.0.0.2", "127.0.0.3"} {
		if ln, err := net.Listen("tcp", source+":0"); err != nil {
			t.Skipf("this system has no %s", source)
		} else {
			ln.Close()
		}
		c := clientFrom(t, source)
		got := map[int]int{}
		for range 10 {
			got[do(t, c, "GET", run.URL+ReadPath, "", nil).status]++
			got[do(t, c, "POST", run.URL+LoginPath, "{}", asJSON).status]++
		}
		if got[401] != 5 || got[422] != 3 || got[429] != 12 {
			t.Errorf("from %s: %v", source, got)
		}
		last := do(t, c, "GET", run.URL+ReadPath, "", nil)
		if last.kind != "text/plain" || last.body != "Too Many Requests" || last.header.Get("X-Rate-Limit-Read-Limit") != "5" {
			t.Errorf("limited: %+v", last)
		}
	}
}

// The token of a login is an ordinary JSON Web Token with the documented
// claims, and works until it expires.
func TestToken(t *testing.T) {
	c := newClock()
	key := bytes.Repeat([]byte("k"), 32)
	s := mustNew(t, Options{Now: c.read, Key: key, TokenLife: 10 * time.Minute, ReadBurst: 1000})
	w := send(s, alice, "POST", LoginPath, "", `{"email":"`+DemoEmail+`","password":"`+DemoPassword+`"}`)
	var session map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &session); err != nil {
		t.Fatal(err)
	}
	bearer := session["bearer"]
	var payload jwt.MapClaims
	token, err := jwt.NewParser(jwt.WithTimeFunc(c.read), jwt.WithValidMethods([]string{"HS256"})).
		ParseWithClaims(bearer, &payload, func(*jwt.Token) (any, error) { return key, nil })
	if err != nil || token.Header["alg"] != "HS256" {
		t.Fatal(err, token.Header)
	}
	if len(payload) != 4 || payload["email"] != DemoEmail || payload["iss"] != "Launch27" ||
		payload["single_access_token"] != session["single_access_token"] || len(session["single_access_token"]) < 20 ||
		payload["exp"] != float64(c.now.Add(10*time.Minute).Unix()) {
		t.Errorf("claims %v", payload)
	}
	if cookie := w.Header().Get("Set-Cookie"); !strings.HasPrefix(cookie, "user_credentials="+session["single_access_token"]+";") {
		t.Errorf("cookie %q", cookie)
	}

	for _, again := range []bool{false, true} { // the second time it has been verified before
		if code := send(s, alice, "GET", ReadPath, bearer, "").Code; code != 200 {
			t.Errorf("valid token, seen before %v: %d", again, code)
		}
	}
	c.now = c.now.Add(10*time.Minute - time.Second)
	if code := send(s, alice, "GET", ReadPath, bearer, "").Code; code != 200 {
		t.Errorf("a second before expiry: %d", code)
	}
	c.now = c.now.Add(time.Second)
	if code := send(s, alice, "GET", ReadPath, bearer, "").Code; code != 401 {
		t.Errorf("at expiry: %d", code)
	}
}

// Tokens that somebody else made are refused, whatever they claim.
func TestForgedTokens(t *testing.T) {
	key := bytes.Repeat([]byte("k"), 32)
	s := mustNew(t, Options{Key: key, Accounts: []Account{{DemoEmail, DemoPassword, "secret"}}})
	good := func() jwt.MapClaims {
		return jwt.MapClaims{"email": DemoEmail, "single_access_token": "secret", "iss": "Launch27", "exp": time.Now().Add(time.Hour).Unix()}
	}
	without := func(name string) jwt.MapClaims { m := good(); delete(m, name); return m }
	but := func(name string, v any) jwt.MapClaims { m := good(); m[name] = v; return m }
	for _, test := range []struct {
		name   string
		method jwt.SigningMethod
		key    any
		claims jwt.MapClaims
		want   int
	}{
		{"as issued", jwt.SigningMethodHS256, key, good(), 200},
		{"unsigned", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good(), 401},
		{"other key", jwt.SigningMethodHS256, []byte("x"), good(), 401},
		{"other algorithm", jwt.SigningMethodHS512, key, good(), 401},
		{"no expiry", jwt.SigningMethodHS256, key, without("exp"), 401},
		{"no issuer", jwt.SigningMethodHS256, key, without("iss"), 401},
		{"other issuer", jwt.SigningMethodHS256, key, but("iss", "launch27"), 401},
		{"nobody", jwt.SigningMethodHS256, key, but("email", "x"), 401},
		{"old access token", jwt.SigningMethodHS256, key, but("single_access_token", "x"), 401},
		{"expired", jwt.SigningMethodHS256, key, but("exp", 1497979745), 401},
	} {
		token, err := jwt.NewWithClaims(test.method, test.claims).SignedString(test.key)
		if err != nil {
			t.Fatal(err)
		}
		if code := send(s, alice, "GET", ReadPath, token, "").Code; code != test.want {
			t.Errorf("%s: %d, want %d", test.name, code, test.want)
		}
	}
}

func TestLegacyToken(t *testing.T) {
	s := mustNew(t, Options{LegacyToken: true, Accounts: []Account{{"a@b", "p", "one"}, {"c@d", "p", "two"}}})
	for auth, want := range map[string]int{
		"a@b:one": 200, "c@d:two": 200, "a@b:two": 401, "a@b": 401, ":one": 401, "a@b:": 401, "x:one": 401,
	} {
		r, _ := http.NewRequest("GET", ReadPath, nil)
		r.Header.Set("Authorization", auth)
		q := s.access.identify(r, time.Now())
		if got := map[bool]int{true: 200, false: 401}[q != nil]; got != want {
			t.Errorf("%q: %d, want %d", auth, got, want)
		}
	}
}

func TestLoginInProcess(t *testing.T) {
	s := mustNew(t, Options{})
	if _, err := s.Login(DemoEmail, "wrong"); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("wrong password: %v", err)
	}
}
