package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// No request makes the sandbox panic, answer with an undocumented status, or
// leave out the headers.
func FuzzHandler(f *testing.F) {
	for _, seed := range [][5]string{
		{"GET", "/spots", "date=2015-01-31", "", ""},
		{"POST", "/bookings", "", "application/json", WriteBody},
		{"POST", "/bookings", "", "application/json", `{"service_id":1e400}`},
		{"POST", "/login", "", "application/json; charset=x", `{"email":"a","password":""}`},
		{"POST", "/login", "", "text/plain; =", strings.Repeat("[", 20_000)},
		{"PUT", "/gift-cards", "%", "", "{}"},
		{"OPTIONS", "*", "", "", ""},
		{"HEAD", "", "", "\x00", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4], "", true, "127.0.0.1:1")
	}
	f.Add("GET", "/services", "", "", "", "Bearer a.b.c", false, "@")
	f.Add("GET", "/services", "", "", "", "a:b", false, "[::1%lo]:0")
	known := map[int]bool{200: true, 201: true, 204: true, 400: true, 401: true, 403: true, 404: true, 405: true, 406: true, 413: true, 415: true, 422: true, 429: true}
	s := mustNew(f, Options{LegacyToken: true, ReadBurst: 1e9, WriteBurst: 1e9})
	token := mustLogin(f, s)
	f.Fuzz(func(t *testing.T, method, path, query, kind, body, auth string, valid bool, from string) {
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method, r.RemoteAddr = method, from
		r.URL = &url.URL{Path: path, RawQuery: query}
		r.Header = http.Header{"Content-Type": {kind}, "Authorization": {auth}, "Cookie": {"user_credentials=" + auth}}
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
		if body := w.Body.String(); strings.Contains(body, token) {
			t.Error("the token is in the answer")
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
