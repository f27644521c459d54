package sandbox

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// No request makes the sandbox panic, answer with an undocumented status, or
// leave out the headers, wherever the limiter stands.
func FuzzHandler(f *testing.F) {
	for _, seed := range [][5]string{
		{"GET", "/spots", "date=2015-01-31", "", ""},
		{"POST", "/bookings", "", "application/json", WriteBody},
		{"POST", "/bookings", "", "application/json", `{"service_id":1e400}`},
		{"POST", "/bookings", "", "application/json", `{"service_id":1,"service_date":"2026-03-08T02:30"}`},
		{"PUT", "/bookings/1", "", "application/json", WriteBody},
		{"DELETE", "/bookings/1", "", "application/json", ""},
		{"GET", "/bookings/9223372036854775807", "", "", ""},
		{"GET", "/bookings/-9223372036854775808", "", "", ""},
		{"POST", "/login", "", "application/json; charset=x", `{"email":"a","password":""}`},
		{"POST", "/login", "", "application/json", `[{"email":{}}]`},
		{"POST", "/login", "", "text/plain; =", strings.Repeat("[", 20_000)},
		{"PUT", "/gift-cards", "%", "", "{}"},
		{"OPTIONS", "*", "", "", ""},
		{"HEAD", "", "", "\x00", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4], "", true, "127.0.0.1:1", "")
	}
	f.Add("GET", "/services", "", "", "", "Bearer a.b.c", false, "@", "192.0.2.1")
	f.Add("GET", "/services", "", "", "", "a:b", false, "[::1%lo]:0", `for="[`)
	known := map[int]bool{200: true, 201: true, 204: true, 400: true, 401: true, 403: true, 404: true, 405: true, 406: true, 413: true, 415: true, 422: true, 429: true}
	var all []*Sandbox
	for i, order := range Orders() {
		s := mustNew(f, Options{
			LegacyToken: true, ReadBurst: 1e9, WriteBurst: 1e9, Zone: zone(f, "America/New_York"),
			Order: order, Forwarded: []Forwarding{NotForwarded, XForwardedFor, Forwarded}[i], Key: bytes.Repeat([]byte("k"), minKey),
			Accounts: []Account{{DemoEmail, DemoPassword, "0123456789abcdef0123"}},
		})
		s.book.add(booking{email: DemoEmail})
		all = append(all, s)
	}
	token := mustLogin(f, all[0]) // good for all
	f.Fuzz(func(t *testing.T, method, path, query, kind, body, auth string, valid bool, from, forwarded string) {
		for _, s := range all {
			r := httptest.NewRequest("GET", "/", strings.NewReader(body))
			r.Method, r.RemoteAddr = method, from
			r.URL = &url.URL{Path: path, RawQuery: query}
			r.Header = http.Header{
				"Content-Type": {kind}, "Authorization": {auth}, "Cookie": {"user_credentials=" + auth},
				"X-Forwarded-For": {forwarded}, "Forwarded": {forwarded},
			}
			if valid {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if !known[w.Code] {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
			for _, line := range s.headers {
				if got := w.Header()[line.name]; len(got) != 1 || got[0] != line.values[0] {
					t.Errorf("%s is %q", line.name, got)
				}
			}
			if answer := w.Body.String(); strings.Contains(answer, token) || strings.Contains(answer, unworded) {
				t.Errorf("answer %s", answer)
			}
		}
	})
}

// A header that names clients is an address or nothing, never a panic.
func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{"192.0.2.1", "a, [::1]:80", `for=192.0.2.1;by="x,y", for="[::1]"`, `for="\`, ",;=\"", "[", "for=["} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, trusted := range Forwardings() {
			h := http.Header{}
			h.Set(string(trusted), line)
			if addr, ok := trusted.last(h); ok && (!addr.IsValid() || addr.Zone() != "" || addr.Is4In6()) {
				t.Errorf("%q: %v", line, addr)
			}
			// Whatever a client sends, what a proxy appends decides, or nothing does.
			appended := ", 192.0.2.7"
			if trusted == Forwarded {
				appended = `, for="192.0.2.7:80"`
			}
			h.Set(string(trusted), line+appended)
			if addr, ok := trusted.last(h); ok && addr.String() != "192.0.2.7" {
				t.Errorf("%q passes for %v", line, addr)
			}
		}
	})
}

// A date that is taken is returned as the same instant.
func FuzzInstant(f *testing.F) {
	for _, seed := range []string{"2015-01-31T14:30", "2015-01-31T14:30:00.5Z", "2026-03-08T02:30", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59-23:59"} {
		f.Add(seed)
	}
	z := zone(f, "America/New_York")
	f.Fuzz(func(t *testing.T, text string) {
		instant, well, exists := parseInstant(text, z)
		if !well || !exists {
			return
		}
		again, well, exists := parseInstant(utc(instant), z)
		if !well || !exists || !again.Equal(instant.Truncate(time.Second)) {
			t.Errorf("%q is %v, then %v", text, instant, again)
		}
	})
}

func BenchmarkServe(b *testing.B) {
	s := mustNew(b, Options{ReadRate: 1e9, ReadBurst: 1e9})
	token := mustLogin(b, s)
	for name, auth := range map[string]string{"read": "Bearer " + token, "refused": ""} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", ReadPath, nil)
			if auth != "" {
				r.Header.Set("Authorization", auth)
			}
			b.ReportAllocs()
			for b.Loop() {
				s.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
