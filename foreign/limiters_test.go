package foreign

import (
	"math"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/tokenbucket"
	"github.com/didip/tollbooth/v7"
	"github.com/didip/tollbooth/v7/limiter"
	"github.com/juju/ratelimit"
	"github.com/throttled/throttled/v2"
	"github.com/throttled/throttled/v2/store/memstore"
	"github.com/uber/jaeger-client-go/utils"
	"golang.org/x/time/rate"
)

// A library is a token bucket that others wrote. Its limit admits burst
// requests at once and rate per second in the long run, for each client
// address, and answers 429 in place of next to the rest. Where the library has
// HTTP middleware, that is what decides.
type library struct {
	name  string
	limit func(t *testing.T, perSecond float64, burst int, next http.Handler) http.Handler
}

// tokenBuckets lists libraries that refill continuously. They read the time
// from the time package, and so can be run in virtual time.
func tokenBuckets() []library {
	return []library{
		{"x/time/rate", xTime},
		{"throttled", gcra},
		{"tollbooth", middleware},
		{"cockroachdb", cockroach},
	}
}

// relatives lists libraries that have a rate and a burst, but decide in another
// way: their rates must be found, their bursts depend on what was sent before.
func relatives() []library {
	return []library{
		{"juju/ratelimit", ticking},
		{"jaeger-client", credits},
	}
}

// client is the address that a request comes from, without the port.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		panic(err) // net/http and the tests here always give a port
	}
	return host
}

// perClient serves libraries that have no middleware: allow makes the decider
// of one client, called at that client's first request.
func perClient(next http.Handler, allow func() func() bool) http.Handler {
	var (
		mu      sync.Mutex
		clients = map[string]func() bool{}
	)
	of := func(address string) func() bool {
		mu.Lock()
		defer mu.Unlock()
		decide, ok := clients[address]
		if !ok {
			decide = allow()
			clients[address] = decide
		}
		return decide
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !of(client(r))() {
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func xTime(_ *testing.T, perSecond float64, burst int, next http.Handler) http.Handler {
	return perClient(next, func() func() bool { return rate.NewLimiter(rate.Limit(perSecond), burst).Allow })
}

func cockroach(_ *testing.T, perSecond float64, burst int, next http.Handler) http.Handler {
	return perClient(next, func() func() bool {
		var (
			mu sync.Mutex // a TokenBucket has none
			b  tokenbucket.TokenBucket
		)
		b.Init(tokenbucket.TokensPerSecond(perSecond), tokenbucket.Tokens(burst))
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			ok, _ := b.TryToFulfill(1)
			return ok
		}
	})
}

// credits is "based on leaky bucket algorithm", according to its authors. It
// refills only when a request finds it empty, so that what is left from before
// a pause adds to the burst: after one it admits up to twice as many.
func credits(_ *testing.T, perSecond float64, burst int, next http.Handler) http.Handler {
	return perClient(next, func() func() bool {
		l := utils.NewRateLimiter(perSecond, float64(burst))
		return func() bool { return l.CheckCredit(1) }
	})
}

// ticking adds its tokens one at a time on a grid of 1/rate seconds that begins
// with the client's first request: a full bucket can be followed by its next
// token at once.
func ticking(_ *testing.T, perSecond float64, burst int, next http.Handler) http.Handler {
	return perClient(next, func() func() bool {
		b := ratelimit.NewBucketWithRate(perSecond, int64(burst))
		return func() bool { return b.TakeAvailable(1) == 1 }
	})
}

// byClient makes throttled keep the clients apart.
type byClient struct{}

func (byClient) Key(r *http.Request) string { return client(r) }

// gcra admits MaxBurst+1 at once.
func gcra(t *testing.T, perSecond float64, burst int, next http.Handler) http.Handler {
	store, err := memstore.NewCtx(100)
	if err != nil {
		t.Fatal(err)
	}
	per := time.Second
	for perSecond != math.Trunc(perSecond) { // 2.5 per second is 25 per 10 s
		perSecond, per = perSecond*10, per*10
	}
	l, err := throttled.NewGCRARateLimiterCtx(store, throttled.RateQuota{MaxRate: throttled.PerDuration(int(perSecond), per), MaxBurst: burst - 1})
	if err != nil {
		t.Fatal(err)
	}
	h := throttled.HTTPRateLimiterCtx{RateLimiter: l, VaryBy: byClient{}}
	return h.RateLimit(next)
}

func middleware(_ *testing.T, perSecond float64, burst int, next http.Handler) http.Handler {
	l := tollbooth.NewLimiter(perSecond, &limiter.ExpirableOptions{DefaultExpirationTTL: time.Hour}).
		SetBurst(burst).SetIPLookups([]string{"RemoteAddr"})
	return tollbooth.LimitHandler(l, next)
}
