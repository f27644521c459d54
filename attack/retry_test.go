package attack

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"
)

// However long a reply asks to wait, the wait can be added to an instant.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"1", "0", "-1", "99999999999999999999", "2147483647", "1.5", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"} {
		f.Add(s, "Fri, 02 Jan 2026 03:04:05 GMT")
	}
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, after, date string) {
		if d := retryAfter(http.Header{"Retry-After": {after}, "Date": {date}}); d < 0 || d > longestWait {
			t.Fatalf("%q at %q: %v", after, date, d)
		}
	})
}

// A limited login is not asked again at once because the server names a far
// instant.
func TestVirtualLoginWaitsForFarInstants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins := 0
		c := Config{
			Profile:     reads(burst("burst", 1)),
			Credentials: []Credential{{Label: "c1", Login: &Request{Method: "POST", URL: "http://example.test/login"}, Renew: func(*Reply) (Grant, error) { return Grant{}, nil }}},
		}
		_, _, err := virtual(t.Context(), c, func(*http.Request) (*http.Response, error) {
			if logins++; logins > 100 {
				return nil, io.EOF
			}
			return reply(429, "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT", "Date", "Fri, 02 Jan 2026 03:04:05 GMT"), nil
		})
		if err == nil || logins > 20 {
			t.Errorf("%d logins, error %v", logins, err)
		}
	})
}
