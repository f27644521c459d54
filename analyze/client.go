package analyze

import (
	"math"
	"slices"
	"time"
)

// A Client is a kind of client in front of the fitted limiter, at rest at first:
// how far it gets in a minute. It is simulated; nothing is sent.
type Client struct {
	Name     string  `json:"name"`
	Duration float64 `json:"duration_s"`
	Admitted int     `json:"admitted"`
	Limited  int     `json:"limited"`
}

// The clients. Each sends one request after the other.
const (
	ClientIgnores = "ignores the limit"               // goes on at once
	ClientBackoff = "backs off exponentially"         // waits 1 s after a limited response, then 2 s, 4 s …
	ClientObeys   = "obeys the headers"               // waits as long as a limited response asks for
	ClientBucket  = "is paced by a bucket of the fit" // sends only what a [Pace] allows
)

// What the simulation supposes.
const (
	clientTime   = time.Minute
	firstBackoff = time.Second
	mostBackoff  = 64 * time.Second
	mostRequests = 100_000 // a client that is never told to wait ends there
)

// simulateClients lets clients of some kinds meet the limiter.
func (l *Limit) simulateClients(p pool, m *moments) {
	if l.Verdict != Identified || p.fit.news == nil || p.fit.NoRate || l.SustainedRate == nil {
		return
	}
	trip := tripTime(p.streams)
	fresh := func() Limiter { return p.fit.limiter(0) }
	backoff := firstBackoff
	l.Clients = append(l.Clients, oneByOne(ClientIgnores, fresh(), trip, func(Limiter, time.Duration) time.Duration { return 0 }, func() {}))
	l.Clients = append(l.Clients, oneByOne(ClientBackoff, fresh(), trip, func(Limiter, time.Duration) time.Duration {
		wait := backoff
		backoff = min(2*backoff, mostBackoff)
		return wait
	}, func() { backoff = firstBackoff }))
	if wait := m.rule(); wait != nil {
		l.Clients = append(l.Clients, oneByOne(ClientObeys, fresh(), trip, wait, func() {}))
	}
	if c := l.Capacity; c != nil && c.Client != nil && c.Client.Rate > 0 {
		l.Clients = append(l.Clients, paced(fresh(), trip, c.Client.Rate, float64(c.Client.Burst)))
	}
}

// tripTime is what a request and its reply take, at the median of some.
func tripTime(streams []*Stream) time.Duration {
	const most = 1000
	var took []int64
	for _, s := range streams {
		for hit := range s.from {
			if s.to[hit] != never && len(took) < most {
				took = append(took, s.to[hit]-s.from[hit])
			}
		}
	}
	slices.Sort(took)
	if len(took) == 0 {
		return time.Millisecond
	}
	return max(time.Millisecond, time.Duration(took[len(took)/2]))
}

// oneByOne sends one request after the other for a minute; after a limited one it
// waits as told.
func oneByOne(name string, l Limiter, trip time.Duration, wait func(l Limiter, at time.Duration) time.Duration, admitted func()) Client {
	c := Client{Name: name, Duration: clientTime.Seconds()}
	for at := time.Duration(0); at < clientTime && c.Admitted+c.Limited < mostRequests; at += trip {
		ok := l.Admits(at)
		l.Observe(at, ok)
		if ok {
			c.Admitted++
			admitted()
			continue
		}
		c.Limited++
		at += max(0, wait(l, at))
	}
	return c
}

// paced sends only when a token bucket of its own allows it.
func paced(l Limiter, trip time.Duration, rate, burst float64) Client {
	c := Client{Name: ClientBucket, Duration: clientTime.Seconds()}
	own := &bucket{rate: rate, burst: burst}
	for at := time.Duration(0); at < clientTime && c.Admitted+c.Limited < mostRequests; at += trip {
		if !own.Admits(at) {
			at = max(at, earliest(own, at, at+time.Duration(1.001e9/rate)))
		}
		if at >= clientTime {
			break
		}
		own.Observe(at, true)
		ok := l.Admits(at)
		l.Observe(at, ok)
		if ok {
			c.Admitted++
		} else {
			c.Limited++
		}
	}
	return c
}

// rule is what limited responses of the trace ask for, as far as they follow a rule:
// the same always, or the time until a hit is admitted again, rounded in one of the
// ways in use. nil if they ask for nothing, or by no such rule.
func (m *moments) rule() func(Limiter, time.Duration) time.Duration {
	claims := m.waits.list()
	if len(claims) == 0 {
		claims = m.resets.list()
	}
	if len(claims) < fewSayings {
		return nil
	}
	constant := claims[0].said
	rules := []func(need float64) float64{
		func(float64) float64 { return constant },
		func(need float64) float64 { return need },
		math.Ceil, math.Floor, math.Round,
		func(need float64) float64 { return math.Floor(need) + 1 },
	}
	for _, rule := range rules {
		fits := 0
		for _, c := range claims {
			const close = 0.02
			if c.said >= rule(c.low-close)-close && c.said <= rule(c.high+close)+close {
				fits++
			}
		}
		if fits*10 >= len(claims)*9 {
			return func(l Limiter, at time.Duration) time.Duration {
				until := opens(l, at)
				if until < 0 {
					return clientTime
				}
				return time.Duration(rule((until - at).Seconds()) * 1e9)
			}
		}
	}
	return nil
}
