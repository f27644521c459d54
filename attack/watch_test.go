package attack

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

func TestVirtualGivesUp(t *testing.T) {
	tests := []struct {
		name  string
		reply fake
		kind  trace.ErrorKind
		text  string
	}{
		{"redirect", func(*http.Request) (*http.Response, error) {
			return reply(301, "Location", "https://u:p@www.example.test/new?token=hidden#x"), nil
		}, "", "read: redirected to https://www.example.test/new: ratefit does not follow redirects; give the final URL (all of the first 10 hits failed alike)"},
		{
			"timeout", func(r *http.Request) (*http.Response, error) { return after(r, time.Hour) }, trace.ErrTimeout,
			"read: no reply from example.test in time: raise --timeout, or check that the server answers at all (all of the first 10 hits failed alike)",
		},
		{
			"reset", func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, trace.ErrReset,
			"read: example.test closes the connection instead of replying: check the scheme (http or https) and the port (all of the first 10 hits failed alike)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, time.Hour))}
				hits, end, err := virtual(t.Context(), c, test.reply)
				var gaveUp *GaveUpError
				if !errors.As(err, &gaveUp) || gaveUp.Kind != test.kind || gaveUp.Class != "read" || gaveUp.Hits != 10 {
					t.Fatalf("error %#v", err)
				}
				if err.Error() != test.text || end.Reason != test.text {
					t.Errorf("error  %s\nreason %s\nwant   %s", err, end.Reason, test.text)
				}
				if len(hits) < 10 {
					t.Errorf("%d hits recorded", len(hits))
				}
			})
		})
	}
}

// One good hit, or a failure of another kind, and the run goes on.
func TestVirtualKeepsGoing(t *testing.T) {
	tests := map[string]func(n int32, r *http.Request) (*http.Response, error){
		"good ninth": func(n int32, _ *http.Request) (*http.Response, error) {
			if n == 9 {
				return reply(200), nil
			}
			return nil, io.EOF
		},
		"mixed": func(n int32, _ *http.Request) (*http.Response, error) {
			if n%2 == 0 {
				return reply(301, "Location", "/x"), nil
			}
			return nil, io.EOF
		},
		"redirect without location": func(int32, *http.Request) (*http.Response, error) { return reply(302), nil },
		"refused, then limited": func(n int32, _ *http.Request) (*http.Response, error) {
			if n > 5 {
				return reply(429), nil
			}
			return reply(401), nil
		},
		"refused in two ways": func(n int32, _ *http.Request) (*http.Response, error) { return reply(401 + 2*int(n%2)), nil },
		"not found":           func(int32, *http.Request) (*http.Response, error) { return reply(404), nil },
		"expired now and then": func(n int32, _ *http.Request) (*http.Response, error) {
			if n%25 == 1 {
				return reply(200), nil
			}
			return reply(401), nil
		},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n atomic.Int32
				c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 10*time.Second))}
				hits, end, err := virtual(t.Context(), c, func(r *http.Request) (*http.Response, error) { return f(n.Add(1), r) })
				if err != nil || end.Reason != "done" || len(hits) != 100 {
					t.Errorf("%d hits, end %+v, error %v", len(hits), end, err)
				}
			})
		})
	}
}

// A class with fewer hits than it takes to give up is hopeless all the same.
func TestVirtualAllOfFewHitsFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hits, end, err := virtual(t.Context(), Config{Profile: reads(burst("burst", 3))}, func(*http.Request) (*http.Response, error) {
			return nil, io.EOF
		})
		var gaveUp *GaveUpError
		if !errors.As(err, &gaveUp) || gaveUp.Hits != 3 || len(hits) != 3 || end.Reason != err.Error() {
			t.Errorf("%d hits, end %+v, error %v", len(hits), end, err)
		}
	})
}

// What the API refuses for what it is ends the run, with the cause; unless that
// is what is to be measured.
func TestVirtualRefused(t *testing.T) {
	for _, status := range []int{400, 401, 403, 406, 415, 422} {
		synctest.Test(t, func(t *testing.T) {
			c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 5*time.Second))}
			refuse := func(*http.Request) (*http.Response, error) { return reply(status), nil }
			hits, end, err := virtual(t.Context(), c, refuse)
			var gaveUp *GaveUpError
			if !errors.As(err, &gaveUp) || gaveUp.Status != status || len(hits) != 10 || end.Reason != err.Error() {
				t.Errorf("%d: %d hits, end %+v, error %v", status, len(hits), end, err)
			}
			c.EvenRefused = true
			if hits, _, err = virtual(t.Context(), c, refuse); err != nil || len(hits) != 50 {
				t.Errorf("%d, even refused: %d hits, error %v", status, len(hits), err)
			}
			c.EvenRefused, c.LimitedStatus = false, []int{status}
			if hits, _, err = virtual(t.Context(), c, refuse); err != nil || len(hits) != 50 {
				t.Errorf("%d means limited: %d hits, error %v", status, len(hits), err)
			}
		})
	}
}

// A credential that is good no more ends the run before the budget does.
func TestVirtualExpiresMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, time.Minute))}
		began := time.Now()
		hits, _, err := virtual(t.Context(), c, func(*http.Request) (*http.Response, error) {
			if time.Since(began) < 5*time.Second {
				return reply(200), nil
			}
			return reply(401), nil
		})
		var gaveUp *GaveUpError
		if !errors.As(err, &gaveUp) || !gaveUp.Later || gaveUp.Hits != 30 || len(hits) != 80 {
			t.Fatalf("%d hits, error %v", len(hits), err)
		}
		const want = "read: every hit is answered 401 Unauthorized: the credentials are valid no more; with --login they are renewed in time (the last 30 hits, after others had been served)"
		if err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
	})
}

// A limiter in front of the check does not hide that everything is refused, and
// what is only limited is no reason to give up.
func TestVirtualRefusedBehindALimiter(t *testing.T) {
	for every, refused := range map[int32]bool{3: true, 1: false} {
		synctest.Test(t, func(t *testing.T) {
			var n atomic.Int32
			c := Config{Profile: reads(hold("hold", 10*profiles.PerSecond, 5*time.Second))}
			_, _, err := virtual(t.Context(), c, func(*http.Request) (*http.Response, error) {
				if n.Add(1)%every == 0 {
					return reply(429), nil
				}
				return reply(401), nil
			})
			var gaveUp *GaveUpError
			if errors.As(err, &gaveUp) != refused || refused && (gaveUp.Status != 401 || gaveUp.Hits != 10) {
				t.Errorf("one in %d limited: %v", every, err)
			}
		})
	}
}
