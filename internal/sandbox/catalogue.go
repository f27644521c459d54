package sandbox

import (
	"fmt"
	"time"
)

// A LimiterKind is a limiter that can stand in front of the API. Each is one
// file; [Limiters] lists them.
type LimiterKind struct {
	Name  string // as flags take it
	Title string // as the analysis calls it, "" where that has no name for it
	About string // what it does with the rate and the burst of a class
	By    string // the module that decides; "" = this one

	// SystemClock: the library reads the time itself, not from Options.Now.
	SystemClock bool

	make func(quota) limiter
	// rest is how long a limiter must be left alone until it cannot be told
	// from a new one, in spans of the quota.
	rest float64
	// hold is the longest time that it holds a request back; nil = not at all.
	hold func(quota) time.Duration
	// keeps: its memory grows with the burst.
	keeps bool
	// rateless: the headers would have nothing to declare.
	rateless bool
}

// The modules that decide.
const (
	xTime    = "golang.org/x/time/rate"
	xSync    = "golang.org/x/sync/semaphore"
	juju     = "github.com/juju/ratelimit"
	ululeMod = "github.com/ulule/limiter"
	httpRate = "github.com/go-chi/httprate"
)

// DefaultLimiter is the one of the API that the sandbox stands in for.
const DefaultLimiter = "token-bucket"

// Limiters is the catalogue, the default first. span is burst ÷ rate.
func Limiters() []LimiterKind {
	return []LimiterKind{
		{
			Name: DefaultLimiter, Title: "token bucket", By: xTime, make: newTokenBucket, rest: 1,
			About: "burst tokens, refilled continuously at the rate",
		},
		{
			Name: "token-bucket-single", Title: "token bucket of single tokens", By: juju, make: newSingle, rest: 1,
			About: "burst tokens, one more every 1/rate s on a grid",
		},
		{
			Name: "token-bucket-stepped", Title: "token bucket refilled in steps", By: juju, make: newStepped, rest: 2,
			About: "burst tokens, a third of the burst at once every span/3 on a grid",
		},
		{
			Name: "token-bucket-block", Title: "token bucket that blocks", By: xTime, make: blocking(newTokenBucket, false), rest: 1,
			About: "as token-bucket; a limited request closes it for a span",
		},
		{
			Name: "token-bucket-silence", Title: "token bucket that blocks until silence", By: xTime, make: blocking(newTokenBucket, true), rest: 1,
			About: "as token-bucket; a limited request closes it until a span has passed without any",
		},
		{
			Name: "fixed-window", Title: "fixed window from the first hit", By: ululeMod, SystemClock: true, make: newFirstHit, rest: 1,
			About: "burst requests in a window of a span that begins with a request",
		},
		{
			Name: "fixed-window-clock", Title: "fixed window on a grid", make: newClockWindow, rest: 1,
			About: "burst requests in each span on the clock",
		},
		{
			Name: "fixed-window-block", Title: "fixed window from the first hit that blocks", By: ululeMod, SystemClock: true, make: blocking(newFirstHit, false), rest: 1,
			About: "as fixed-window; a limited request closes it for a span",
		},
		{
			Name: "fixed-window-silence", Title: "fixed window from the first hit that blocks until silence", By: ululeMod, SystemClock: true, make: blocking(newFirstHit, true), rest: 1,
			About: "as fixed-window; a limited request closes it until a span has passed without any",
		},
		{
			Name: "sliding-window-log", Title: "sliding window log", make: newWindowLog, rest: 1, keeps: true,
			About: "burst requests in any span",
		},
		{
			Name: "sliding-window-log-all", Title: "sliding window log of all hits", make: newWindowLogOfAll, rest: 1, keeps: true,
			About: "as sliding-window-log; limited requests count too",
		},
		{
			Name: "sliding-window-log-block", Title: "sliding window log that blocks", make: blocking(newWindowLog, false), rest: 1, keeps: true,
			About: "as sliding-window-log; a limited request closes it for a span",
		},
		{
			Name: "sliding-window-log-silence", Title: "sliding window log that blocks until silence", make: blocking(newWindowLog, true), rest: 1, keeps: true,
			About: "as sliding-window-log; a limited request closes it until a span has passed without any",
		},
		{
			Name: "sliding-window-counter", Title: "sliding window counter", By: httpRate, SystemClock: true, make: newWindowCounter, rest: 2,
			About: "burst requests in a span, the last one's weighted by its overlap; spans on the clock",
		},
		{
			Name: "sliding-window-counter-all", Title: "sliding window counter of all hits", By: httpRate, SystemClock: true, make: newWindowCounterOfAll, rest: 2,
			About: "as sliding-window-counter; limited requests count too",
		},
		{
			Name: "leaky-bucket-queue", Title: "leaky bucket as a queue", By: xTime, make: newQueue, rest: 1, hold: queueing,
			About: "one request every 1/rate s, burst - 1 wait for their turn",
		},
		{
			Name: "concurrency", Title: "concurrency cap", By: xSync, make: newConcurrency, rest: 1, hold: serving, rateless: true,
			About: "burst requests at a time, each takes 1/rate s",
		},
		{
			Name: "tiers", Title: "two token buckets at once", By: xTime, make: newBuckets, rest: tiers,
			About: "a token bucket of 4 × rate and burst, and one of rate and 4 × burst",
		},
		{
			Name: "tiers-log", Title: "two sliding window logs at once", make: newLogs, rest: tiers, keeps: true,
			About: "burst requests in any span/4, and 4 × burst in any 4 spans",
		},
		{
			Name: "tiers-reserve", Title: "a fixed window and a reserve", By: ululeMod, SystemClock: true, make: newReserve, rest: tiers,
			About: "a window for half of the burst; the other half once in four windows",
		},
		{
			Name: "none", make: newUnlimited, rateless: true,
			About: "admits everything",
		},
	}
}

// limiterKind finds a kind by its name.
func limiterKind(name string) (LimiterKind, error) {
	for _, k := range Limiters() {
		if k.Name == name {
			return k, nil
		}
	}
	return LimiterKind{}, fmt.Errorf("there is no limiter %q", name)
}

// What limiters other than a token bucket accept.
const (
	shortestSpan = time.Millisecond
	longestSpan  = 1000 * time.Hour
	longestHold  = time.Hour
	mostKept     = 100_000 // instants of a log
)

// check reports a quota that makes no sense for a kind.
func (k LimiterKind) check(class string, q quota) error {
	if k.Name == DefaultLimiter || k.Name == "none" {
		return nil
	}
	if span := q.span(); span < shortestSpan || span > longestSpan {
		return fmt.Errorf("%s: burst %d ÷ rate %v is %v, outside %v to %v", class, q.burst, q.rate, span, shortestSpan, longestSpan)
	}
	if k.keeps && q.burst > mostKept {
		return fmt.Errorf("%s: a log of %d requests is too long, it holds at most %d", class, q.burst, mostKept)
	}
	if k.hold != nil && k.hold(q) > longestHold {
		return fmt.Errorf("%s: requests would be held back for up to %v, at most %v makes sense", class, k.hold(q), longestHold)
	}
	return nil
}
