package sandbox

import (
	"net/http"
	"time"

	"github.com/go-chi/httprate"
)

// windowCounter is github.com/go-chi/httprate: a sliding window counter whose
// windows are multiples of their length on the clock. It reads the system's
// clock.
type windowCounter struct {
	*httprate.RateLimiter
	length time.Duration
}

// nobody is the key of the only client that such a limiter has.
const nobody = ""

func newWindowCounter(q quota) limiter { return windowCounterOf(q) }

func windowCounterOf(q quota) windowCounter {
	length := q.span()
	return windowCounter{httprate.NewRateLimiter(q.burst, length,
		httprate.WithLimitCounter(httprate.NewLocalLimitCounter(length)), // windows as on the clock
		httprate.WithResponseHeaders(httprate.ResponseHeaders{})), length}
}

func (c windowCounter) decide(time.Time) decision {
	return decision{admitted: !c.OnLimit(nil, &http.Request{}, nobody)}
}

// windowCounterOfAll counts limited requests too: it counts each, then asks.
type windowCounterOfAll struct{ windowCounter }

func newWindowCounterOfAll(q quota) limiter { return windowCounterOfAll{windowCounterOf(q)} }

func (c windowCounterOfAll) decide(time.Time) decision {
	_ = c.Counter().Increment(nobody, time.Now().UTC().Truncate(c.length)) // a counter in memory cannot fail
	admitted, _, _ := c.Status(nobody)
	return decision{admitted: admitted}
}
