package attack

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

func TestVirtualRequestAsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{
			Profile: reads(burst("burst", 3)), UserAgent: "ratefit/1.2 (+rate limit measurement)",
			Requests: []Request{{
				Class: "read", Method: "PUT", URL: "http://user:secret@example.test/path?key=hidden",
				Header: http.Header{"x-key": {"a", "b"}, "Host": {"other.test"}}, Body: []byte(`{"a":1}`),
			}},
		}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			body, _ := io.ReadAll(r.Body)
			if r.Method != "PUT" || string(body) != `{"a":1}` || r.Host != "other.test" || r.URL.RawQuery != "key=hidden" {
				t.Errorf("request %s %s, host %s, body %s", r.Method, r.URL, r.Host, body)
			}
			if got := r.Header["X-Key"]; len(got) != 2 || r.UserAgent() != c.UserAgent {
				t.Errorf("header %v", r.Header)
			}
			for name := range r.Header {
				if strings.HasPrefix(name, "X-Vegeta") || strings.HasPrefix(name, "X-Ratefit") {
					t.Errorf("header %s was added", name)
				}
			}
			return reply(201), nil
		})
		if err != nil || len(hits) != 3 {
			t.Fatalf("%d hits, error %v", len(hits), err)
		}
		h := hits[0]
		if h.Class != "read" || h.Source != "local" || h.Phase != "burst" || h.Method != "PUT" || h.BytesOut != 7 {
			t.Errorf("recorded %+v", h)
		}
		if strings.Contains(h.URL, "secret") || strings.Contains(h.URL, "hidden") || !strings.Contains(h.URL, "example.test/path") {
			t.Errorf("URL %s", h.URL)
		}
	})
}

func TestVirtualUserAgentOfTheRequestWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(burst("burst", 1)), Requests: []Request{{Class: "read", URL: "http://example.test/", Header: http.Header{"user-agent": {"mine"}}}}}
		_, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			if r.UserAgent() != "mine" {
				t.Errorf("User-Agent %q", r.UserAgent())
			}
			return reply(200), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// An error whose reply had begun keeps its status: the limiter had decided.
func TestVirtualBrokenBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hits, end, err := virtual(t.Context(), Config{Profile: reads(burst("burst", 20))}, func(*http.Request) (*http.Response, error) {
			r := reply(200)
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader("abc"), broken{}))
			return r, nil
		})
		if err != nil || end.Reason != "done" {
			t.Fatalf("end %+v, error %v", end, err)
		}
		if h := hits[0]; h.Status != 200 || h.Error != trace.ErrReset || h.BytesIn != 3 || h.FirstByte == 0 {
			t.Errorf("recorded %+v", h)
		}
	})
}

// Trap: any status outside 200–399 is an error to Vegeta. A 429 is data.
func TestVirtualEveryStatusIsData(t *testing.T) {
	for _, status := range []int{200, 204, 304, 400, 401, 403, 404, 422, 429, 500, 503} {
		synctest.Test(t, func(t *testing.T) {
			c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 2*time.Second)), EvenRefused: true}
			hits, end, err := virtual(t.Context(), c, func(*http.Request) (*http.Response, error) {
				return reply(status, "Retry-After", "3", "Set-Cookie", "secret=1"), nil
			})
			if err != nil || end.Reason != "done" || len(hits) != 20 {
				t.Fatalf("status %d: %d hits, end %+v, error %v", status, len(hits), end, err)
			}
			h := hits[0]
			if h.Status != status || h.Error != "" || h.Header.Get("Retry-After") != "3" || len(h.Header) != 1 || h.BytesIn != 4 {
				t.Errorf("status %d: recorded %+v", status, h)
			}
		})
	}
}

// Trap: redirects would hit other routes.
func TestVirtualRedirectsAreNotFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		c := Config{Profile: reads(burst("burst", 10)), LimitedStatus: []int{302}}
		hits, _, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) {
			calls.Add(1)
			if r.URL.Path != "/path" {
				t.Errorf("request for %s", r.URL.Path)
			}
			return reply(302, "Location", "/elsewhere"), nil
		})
		if err != nil || len(hits) != 10 || calls.Load() != 10 || hits[0].Status != 302 || hits[0].Error != "" {
			t.Errorf("%d hits, %d calls, error %v", len(hits), calls.Load(), err)
		}
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
