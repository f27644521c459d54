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

// Every status of the documented table, and the undocumented ones that HTTP
// asks for, through a real socket.
func TestStatuses(t *testing.T) {
	run := start(t, Options{ReadBurst: 1000, WriteBurst: 1000, MaxBody: 300})
	c := clientFrom(t, "127.0.0.1")
	credentials := `{"email":"` + DemoEmail + `","password":"` + DemoPassword + `"}`
	in := do(t, c, "POST", run.URL+LoginPath, credentials, asJSON)
	var session struct {
		Bearer string
		Token  string `json:"single_access_token"`
	}
	if err := json.Unmarshal([]byte(in.body), &session); err != nil || in.status != 200 {
		t.Fatalf("login: %d %s %v", in.status, in.body, err)
	}
	auth := http.Header{"Authorization": {"Bearer " + session.Bearer}}
	write := with(auth, "Content-Type", "application/json; charset=utf-8")
	const plainText, jsonText = "text/plain", "application/json"
	message := func(field, description string) string {
		return `{"description":"` + description + `","message":"` + field + ": " + description + `"}`
	}
	for _, test := range []struct {
		name, method, path, body string
		header                   http.Header
		status                   int
		kind, want               string // want "" = any
	}{
		{"read", "GET", ReadPath, "", auth, 200, jsonText, ""},
		{"scheme in lower case", "GET", ReadPath, "", http.Header{"Authorization": {"bearer " + session.Bearer}}, 200, jsonText, ""},
		{"cookie", "GET", ReadPath, "", http.Header{"Cookie": {"user_credentials=" + session.Token}}, 200, jsonText, ""},
		{"head", "HEAD", ReadPath, "", auth, 200, jsonText, ""},
		{"write", "POST", WritePath, WriteBody, write, 201, jsonText, ""},
		{"options", "OPTIONS", "/bookings", "", nil, 204, "", ""},
		{"empty body", "POST", WritePath, "", write, 400, plainText, "Bad Request"},
		{"empty body at login", "POST", LoginPath, "", asJSON, 400, plainText, "Bad Request"},
		{"not JSON", "POST", WritePath, `{"a":`, write, 400, plainText, "unexpected end of JSON input"},
		{"two documents", "POST", WritePath, `{} {}`, write, 400, plainText, "invalid character '{' after top-level value"},
		{"no credentials", "GET", ReadPath, "", nil, 401, plainText, "Unauthorized"},
		{"no credentials for a write", "POST", WritePath, WriteBody, asJSON, 401, plainText, "Unauthorized"},
		{"forged", "GET", ReadPath, "", http.Header{"Authorization": {"Bearer " + session.Bearer[:len(session.Bearer)-4] + "AAAA"}}, 401, plainText, "Unauthorized"},
		{"empty bearer", "GET", ReadPath, "", http.Header{"Authorization": {"Bearer "}}, 401, plainText, "Unauthorized"},
		{"basic", "GET", ReadPath, "", http.Header{"Authorization": {"Basic ZGVtbzpkZW1v"}}, 401, plainText, "Unauthorized"},
		{"wrong cookie", "GET", ReadPath, "", http.Header{"Cookie": {"user_credentials=nobody"}}, 401, plainText, "Unauthorized"},
		{"wrong header and right cookie", "GET", ReadPath, "", http.Header{"Authorization": {"Bearer x"}, "Cookie": {"user_credentials=" + session.Token}}, 401, plainText, "Unauthorized"},
		{"legacy token, off", "GET", ReadPath, "", http.Header{"Authorization": {DemoEmail + ":" + session.Token}}, 401, plainText, "Unauthorized"},
		{"wrong password", "POST", LoginPath, `{"email":"` + DemoEmail + `","password":"x"}`, asJSON, 401, plainText, "Unauthorized"},
		{"nobody", "POST", LoginPath, `{"email":"x","password":"x"}`, asJSON, 401, plainText, "Unauthorized"},
		{"not in the plan", "POST", "/gift-cards", `{}`, write, 403, plainText, "Forbidden"},
		{"nowhere", "GET", "/nowhere", "", auth, 404, plainText, "Not Found"},
		{"wrong method", "DELETE", "/services", "", auth, 405, plainText, "Method Not Allowed"},
		{"no spot", "POST", WritePath, strings.Replace(WriteBody, "T14", "T03", 1), write, 406, plainText, "There is no spot at this time"},
		{"too long", "POST", WritePath, `"` + strings.Repeat("a", 300) + `"`, write, 413, plainText, "Request Entity Too Large"},
		{"no content type", "POST", WritePath, WriteBody, auth, 415, plainText, "Unsupported Media Type"},
		{"other content type", "POST", LoginPath, credentials, http.Header{"Content-Type": {"text/json"}}, 415, plainText, "Unsupported Media Type"},
		{"empty password", "POST", LoginPath, `{"email":"a","password":""}`, asJSON, 422, jsonText, message("password", "String length must be greater than or equal to 1")},
		{"no password", "POST", LoginPath, `{"email":"a"}`, asJSON, 422, jsonText, message("password", "password is required")},
		{"email is a number", "POST", LoginPath, `{"email":1}`, asJSON, 422, jsonText, message("email", "Invalid type. Expected: string, given: number")},
		{"not an object", "POST", LoginPath, `[1]`, asJSON, 422, jsonText, `{"description":"Invalid type. Expected: object, given: array","message":"Invalid type. Expected: object, given: array"}`},
		{"no such service", "POST", WritePath, `{"service_id":9,"service_date":"2015-01-31T14:30"}`, write, 422, jsonText, message("service_id", "There is no such service")},
		{"half a service", "POST", WritePath, `{"service_id":1.5}`, write, 422, jsonText, message("service_id", "Invalid type. Expected: integer, given: number")},
		{"not a date", "POST", WritePath, `{"service_id":1,"service_date":"soon"}`, write, 422, jsonText, message("service_date", "Does not match format 'date-time'")},
		{"not a day", "GET", "/spots?date=2015-02-31", "", auth, 422, jsonText, message("date", "Does not match format 'date'")},
	} {
		got := do(t, c, test.method, run.URL+test.path, test.body, test.header)
		if got.status != test.status || got.kind != test.kind || (test.want != "" && got.body != test.want) {
			t.Errorf("%s: %d %q %q, want %d %q %q", test.name, got.status, got.kind, got.body, test.status, test.kind, test.want)
		}
		if got.header.Get("X-Rate-Limit-Write-Ttl") != "500" || got.header.Get("Date") == "" {
			t.Errorf("%s: headers %v", test.name, got.header)
		}
	}
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
