package credential

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"ratefit/attack"
)

func TestRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("SECRET\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("RATEFIT_TEST_TOKEN", "FROM-ENV")
	t.Setenv("RATEFIT_TEST_EMPTY", "")
	for text, want := range map[string]string{"@" + file: "SECRET", "env:RATEFIT_TEST_TOKEN": "FROM-ENV", "bare": "bare"} {
		got, bare, err := ReadLine(text)
		if got != want || bare != (text == "bare") || err != nil {
			t.Errorf("ReadLine(%q) = %q, %v, %v", text, got, bare, err)
		}
	}
	if got, _, err := Read("@" + file); got != "SECRET\r\n" || err != nil {
		t.Errorf("Read keeps line ends: %q, %v", got, err)
	}
	for text, want := range map[string]string{
		"@/nowhere/token":        "no such file",
		"env:RATEFIT_TEST_NONE":  "no variable RATEFIT_TEST_NONE",
		"env:RATEFIT_TEST_EMPTY": "is empty",
		" ":                      "is empty",
		"SEC\nRET":               "control character",
	} {
		if _, _, err := ReadLine(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "SEC") {
			t.Errorf("ReadLine(%q): %v, want %q", text, err, want)
		}
	}
}

func TestAccounts(t *testing.T) {
	got, err := parseAccounts([]byte("\ufeffemail, password\r\n# a comment\r\na@b.c,\"x,\"\"y\"\r\nd@e.f, z\n"))
	want := []Account{{"email": "a@b.c", "password": `x,"y`}, {"email": "d@e.f", "password": "z"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("accounts %v, %v, want %v", got, err, want)
	}
	for text, want := range map[string]string{
		"":                     "no accounts: the first line names",
		"email,password\n":     "no accounts below the first line",
		"email,email\nS,S\n":   "column 2 has the name of an earlier one",
		"e mail\nSECRET\n":     "column 1 has no name",
		"a,b\nSECRET\n":        "line 2: not as many fields",
		"a,b\nx,y\nS\"E,CRET,": "line 3",
	} {
		if _, err := parseAccounts([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v, want %q and no secret", text, err, want)
		}
	}
	if _, err := ReadAccounts("/nowhere/accounts.csv"); err == nil {
		t.Error("a missing file was read")
	}
}

func TestExpandBody(t *testing.T) {
	fields := map[string]string{"email": `a"b@c.d`, "password": "x&y z", "n": "7"}
	for _, test := range []struct{ template, body, kind string }{
		{`{"login":"{{email}}","pw":"{{ password }}","n":{{n}}}`, `{"login":"a\"b@c.d","pw":"x\u0026y z","n":7}`, "application/json"},
		{`email={{email}}&password={{password}}`, `email=a%22b%40c.d&password=x%26y+z`, "application/x-www-form-urlencoded"},
		{`{"fixed":1}`, `{"fixed":1}`, "application/json"},
	} {
		body, kind, err := expandBody(test.template, fields)
		if body != test.body || kind != test.kind || err != nil {
			t.Errorf("%s: %q, %q, %v", test.template, body, kind, err)
		}
	}
	for template, want := range map[string]string{
		"{{who}}":   "no field for the placeholder {{who}}; there are: email, n, password",
		"{{email":   "a placeholder is written {{name}}",
		"{{e mail}": "a placeholder is written {{name}}",
	} {
		if _, _, err := expandBody(template, fields); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", template, err, want)
		}
	}
}

// The examples of RFC 6901, section 5.
func TestPointer(t *testing.T) {
	var document any
	const text = `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}`
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]any{
		"/foo/0": "bar", "/": 0.0, "/a~1b": 1.0, "/c%d": 2.0, "/e^f": 3.0, "/g|h": 4.0, `/i\j`: 5.0, `/k"l`: 6.0, "/ ": 7.0, "/m~0n": 8.0,
		"": document, "/foo": []any{"bar", "baz"},
	} {
		p, err := ParsePointer(pointer)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Find(document); err != nil || !reflect.DeepEqual(got, want) || p.String() != pointer {
			t.Errorf("%q: %v, %v", pointer, got, err)
		}
	}
	for _, pointer := range []string{"/foo/2", "/foo/01", "/foo/-", "/foo/-1", "/foo/0/x", "/nothing", "/foo/99999999999"} {
		p, err := ParsePointer(pointer)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Find(document); err == nil || strings.Contains(err.Error(), "bar") {
			t.Errorf("%q found %v, error %v", pointer, got, err)
		}
	}
	for _, pointer := range []string{"foo", "/~", "/~2", "/a~"} {
		if _, err := ParsePointer(pointer); err == nil {
			t.Errorf("%q is no pointer", pointer)
		}
	}
}

// signed makes a token whose signature nobody checks.
func signed(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// The end of a token is told by the clock of the server, whose seconds may have
// nearly passed.
func TestLife(t *testing.T) {
	server := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	date := http.Header{"Date": {server.Format(http.TimeFormat)}}
	exp := server.Add(time.Minute).Unix()
	for name, test := range map[string]struct {
		token  string
		header http.Header
		want   time.Duration
		told   bool
	}{
		"date":       {signed(t, jwt.MapClaims{"exp": exp}), date, 59 * time.Second, true},
		"iat":        {signed(t, jwt.MapClaims{"exp": exp, "iat": server.Unix()}), nil, 59 * time.Second, true},
		"iat before": {signed(t, jwt.MapClaims{"exp": server.Add(2 * time.Hour).Unix(), "iat": server.Add(-time.Hour).Unix()}), nil, time.Hour, true},
		"neither":    {signed(t, jwt.MapClaims{"exp": exp}), nil, -time.Hour + time.Minute, true},
		"no end":     {signed(t, jwt.MapClaims{"sub": "x"}), date, 0, false},
		"no token":   {"opaque", date, 0, false},
		"for ever":   {signed(t, jwt.MapClaims{"exp": int64(1) << 60}), date, longest, true},
		"long ago":   {signed(t, jwt.MapClaims{"exp": -(int64(1) << 60)}), date, -longest, true},
		"odd claim":  {signed(t, jwt.MapClaims{"exp": "soon"}), date, 0, false},
	} {
		life, told := Life(test.token, test.header, server.Add(time.Hour)) // the local clock is an hour ahead
		if life != test.want || told != test.told {
			t.Errorf("%s: %v, %v, want %v", name, life, told, test.want)
		}
	}
}

func TestLoginGrants(t *testing.T) {
	now := time.Now()
	token := signed(t, jwt.MapClaims{"exp": now.Add(time.Hour).Unix()})
	date := http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}
	pointer, err := ParsePointer("/bearer")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		scheme Scheme
		reply  attack.Reply
		want   http.Header
		life   bool
		err    string
	}{
		"bearer":  {Bearer, attack.Reply{Status: 200, Header: date, Body: []byte(`{"bearer":"` + token + `"}`)}, bearer(token), true, ""},
		"opaque":  {Bearer, attack.Reply{Status: 200, Body: []byte(`{"bearer":"SECRET"}`)}, bearer("SECRET"), false, ""},
		"oauth":   {Bearer, attack.Reply{Status: 200, Body: []byte(`{"bearer":"SECRET","expires_in":60}`)}, bearer("SECRET"), true, ""},
		"legacy":  {Token, attack.Reply{Status: 200, Body: []byte(`{"bearer":"SECRET"}`)}, http.Header{"Authorization": {"a@b.c:SECRET"}}, false, ""},
		"cookie":  {Cookie, attack.Reply{Status: 302, Header: http.Header{"Set-Cookie": {"a=1; Path=/", "b=2; Max-Age=60", "gone=3; Max-Age=-1"}}}, http.Header{"Cookie": {"a=1; b=2"}}, true, ""},
		"none":    {Cookie, attack.Reply{Status: 200}, nil, false, "sets no cookie"},
		"html":    {Bearer, attack.Reply{Status: 200, Body: []byte("<p>SECRET")}, nil, false, "of status 200, is not JSON"},
		"missing": {Bearer, attack.Reply{Status: 200, Body: []byte(`{"token":"SECRET"}`)}, nil, false, "no token at /bearer"},
		"number":  {Bearer, attack.Reply{Status: 200, Body: []byte(`{"bearer":5}`)}, nil, false, "is not a token"},
		"lines":   {Bearer, attack.Reply{Status: 200, Body: []byte(`{"bearer":"SEC\nRET"}`)}, nil, false, "is not a token"},
		"past":    {Bearer, attack.Reply{Status: 200, Header: date, Body: []byte(`{"bearer":"` + signed(t, jwt.MapClaims{"exp": now.Add(-time.Hour).Unix()}) + `"}`)}, nil, false, "expired already"},
	} {
		l := Login{Scheme: test.scheme, Token: pointer, Request: attack.Request{Method: "POST", URL: "http://h/login"}}
		c, err := l.Credential("c1", Account{"email": "a@b.c", "password": `p"w`})
		if err != nil {
			t.Fatal(err)
		}
		if string(c.Login.Body) != `{"email":"a@b.c","password":"p\"w"}` || c.Login.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: login %s, %v", name, c.Login.Body, c.Login.Header)
		}
		g, err := c.Renew(&test.reply)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "SEC") {
				t.Errorf("%s: %v, want %q and no secret", name, err, test.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(g.Header, test.want) || (g.Life > 0) != test.life {
			t.Errorf("%s: %v, %v, %v", name, g.Header, g.Life, err)
		}
	}
	if _, err := (&Login{}).Credential("c1", nil); err == nil {
		t.Error("a login with nothing to send was accepted")
	}
	if _, err := (&Login{Body: "x=1", Scheme: Token}).Credential("c1", nil); err == nil {
		t.Error("the scheme token was accepted without an email")
	}
	if c, err := (&Login{Body: `{"email":"q@r.s"}`, Scheme: Token}).Credential("c1", nil); err != nil || c.Login.Header.Get("Content-Type") == "" {
		t.Errorf("an email in the body: %v", err)
	}
}

func TestGiven(t *testing.T) {
	a := Account{"email": "a@b.c", "bearer": "B", "token": "T", "cookie": "k=v"}
	for scheme, want := range map[Scheme]http.Header{
		Bearer: {"Authorization": {"Bearer B"}}, Token: {"Authorization": {"a@b.c:T"}}, Cookie: {"Cookie": {"k=v"}},
	} {
		if c, err := Given("c1", a, scheme); err != nil || !reflect.DeepEqual(c.Header, want) || c.Renew != nil {
			t.Errorf("%s: %v, %v", scheme, c.Header, err)
		}
		if _, err := Given("c1", Account{"token": "T", "password": "SECRET"}, scheme); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", scheme, err)
		}
	}
}

// keyPEM is a private key in PKCS #8.
func keyPEM(t *testing.T, key any) string {
	t.Helper()
	b, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: b}))
}

// Every kind of key signs tokens that its other half accepts, and only in time.
func TestMint(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	const secret = "0123456789abcdef0123456789abcdef"
	for _, test := range []struct {
		key, alg, want string
		verify         any
	}{
		{secret + "\n", "", "HS256", []byte(secret)},
		{secret, "HS384", "HS384", []byte(secret)},
		{secret, "HS512", "HS512", []byte(secret)},
		{keyPEM(t, rsaKey), "", "RS256", &rsaKey.PublicKey},
		{keyPEM(t, rsaKey), "PS512", "PS512", &rsaKey.PublicKey},
		{keyPEM(t, p256), "", "ES256", &p256.PublicKey},
		{keyPEM(t, p384), "", "ES384", &p384.PublicKey},
		{keyPEM(t, p521), "", "ES512", &p521.PublicKey},
		{keyPEM(t, private), "", "EdDSA", public},
	} {
		m, err := NewMint(test.key, test.alg, `{"sub":"user-{{n}}","n":{{n}},"iss":"x"}`, time.Minute)
		if err != nil {
			t.Fatalf("%s: %v", test.want, err)
		}
		c, err := m.Credential("c1", map[string]string{"n": "1"})
		if err != nil {
			t.Fatal(err)
		}
		g, err := c.Renew(nil)
		if err != nil || g.Life != 59*time.Second {
			t.Fatalf("%s: %v, %v", test.want, g.Life, err)
		}
		var claims jwt.MapClaims
		token, err := jwt.ParseWithClaims(strings.TrimPrefix(g.Header.Get("Authorization"), "Bearer "), &claims,
			func(*jwt.Token) (any, error) { return test.verify, nil }, jwt.WithValidMethods([]string{test.want}), jwt.WithExpirationRequired(), jwt.WithIssuedAt())
		if err != nil || !token.Valid || claims["sub"] != "user-1" || claims["n"] != 1.0 {
			t.Errorf("%s: %v, claims %v", test.want, err, claims)
		}
	}
}

func TestMintMistakes(t *testing.T) {
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	for name, test := range map[string]struct {
		key, alg, claims string
		life             time.Duration
		want             string
	}{
		"empty":       {"\n", "", "{}", time.Minute, "the key is empty"},
		"life":        {"SECRET", "", "{}", time.Millisecond, "at least 2s"},
		"alg":         {"SECRET", "HS1", "{}", time.Minute, `no signature is named "HS1"`},
		"none":        {"SECRET", "none", "{}", time.Minute, "no signature is named"},
		"mismatch":    {"SECRET", "RS256", "{}", time.Minute, "RS256 cannot be made with this key, which suits HS256"},
		"curve":       {keyPEM(t, p256), "ES384", "{}", time.Minute, "ES384 cannot be made with this key, which suits ES256"},
		"PEM":         {"-----BEGIN SECRET", "", "{}", time.Minute, "not PEM"},
		"no key":      {"-----BEGIN X-----\nU0VDUkVU\n-----END X-----\n", "", "{}", time.Minute, "no private key"},
		"claims":      {"SECRET", "", "[1]", time.Minute, "not a JSON object"},
		"null":        {"SECRET", "", "null", time.Minute, "not a JSON object"},
		"more":        {"SECRET", "", "{} {}", time.Minute, "not a JSON object"},
		"placeholder": {"SECRET", "", `{"sub":"{{who}}"}`, time.Minute, "no field for the placeholder {{who}}"},
	} {
		m, err := NewMint(test.key, test.alg, test.claims, test.life)
		if err == nil {
			_, err = m.Credential("c1", map[string]string{"n": "1"})
		}
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "U0VD") {
			t.Errorf("%s: %v, want %q and no secret", name, err, test.want)
		}
	}
}

// A minted credential is renewed while time goes by.
func TestMintRenews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, err := NewMint("0123456789abcdef", "", "{}", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		c, err := m.Credential("c1", nil)
		if err != nil {
			t.Fatal(err)
		}
		first, _ := c.Renew(nil)
		time.Sleep(30 * time.Second)
		second, _ := c.Renew(nil)
		if maps.EqualFunc(first.Header, second.Header, func(a, b []string) bool { return a[0] == b[0] }) {
			t.Error("the same token twice")
		}
	})
}

// No template and no fields make it panic, and what becomes JSON holds the fields
// as they are.
func FuzzExpandBody(f *testing.F) {
	f.Add(`{"a":"{{x}}"}`, "value")
	f.Add(`a={{x}}`, "&\"\\\x00é")
	f.Fuzz(func(t *testing.T, template, value string) {
		body, kind, err := expandBody(template, map[string]string{"x": value})
		if err != nil || kind != "application/json" || template != `{"a":"{{x}}"}` {
			return
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(body), &got); err != nil || got["a"] != strings.ToValidUTF8(value, "\ufffd") && strings.ToValidUTF8(value, "") == value {
			t.Errorf("%q became %q: %v", value, body, err)
		}
	})
}

func FuzzAccounts(f *testing.F) {
	f.Add([]byte("email,password\na,b\n"))
	f.Add([]byte("a\n\"b\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := parseAccounts(b)
		if err == nil && len(all) == 0 {
			t.Error("neither accounts nor an error")
		}
	})
}

func FuzzPointer(f *testing.F) {
	f.Add("/a/0", `{"a":[1]}`)
	f.Fuzz(func(t *testing.T, pointer, text string) {
		p, err := ParsePointer(pointer)
		var document any
		if err != nil || json.Unmarshal([]byte(text), &document) != nil {
			return
		}
		_, _ = p.Find(document)
	})
}

func FuzzLife(f *testing.F) {
	f.Add("eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.", "Fri, 02 Jan 2026 03:04:05 GMT")
	f.Fuzz(func(t *testing.T, token, date string) {
		Life(token, http.Header{"Date": {date}}, time.Unix(0, 0))
	})
}
