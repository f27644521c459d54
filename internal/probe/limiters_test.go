package probe

import (
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"ratefit/internal/trace"
)

// A decider is a limiter of the tests' own, which shares nothing with the
// models. Instants do not decrease.
type decider interface {
	admit(t time.Duration) bool
}

// bucket is x/time/rate's.
type bucket struct{ l *rate.Limiter }

var epoch = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func newBucket(perSecond float64, burst int) decider {
	return bucket{rate.NewLimiter(rate.Limit(perSecond), burst)}
}

func (b bucket) admit(t time.Duration) bool { return b.l.AllowN(epoch.Add(t), 1) }

// firstHit is a fixed window that begins with the first hit after the last one
// has ended.
type firstHit struct {
	quota  int
	window time.Duration
	ends   time.Duration
	used   int
}

func (f *firstHit) admit(t time.Duration) bool {
	if t >= f.ends {
		f.ends, f.used = t+f.window, 0
	}
	f.used++
	return f.used <= f.quota
}

// clock is a fixed window on a grid.
type clock struct {
	quota  int
	window time.Duration
	number int64
	used   int
}

func (c *clock) admit(t time.Duration) bool {
	if n := int64((t + 300*time.Millisecond) / c.window); n != c.number {
		c.number, c.used = n, 0
	}
	c.used++
	return c.used <= c.quota
}

// log is a sliding window; in some, refused hits count as well.
type log struct {
	quota  int
	window time.Duration
	all    bool
	at     []time.Duration
}

func (l *log) admit(t time.Duration) bool {
	l.at = slices.DeleteFunc(l.at, func(a time.Duration) bool { return a <= t-l.window })
	ok := len(l.at) < l.quota
	if ok || l.all {
		l.at = append(l.at, t)
	}
	return ok
}

// none admits everything.
type none struct{}

func (none) admit(time.Duration) bool { return true }

// dead admits a few hits and then nothing any more.
type dead struct{ left int }

func (d *dead) admit(time.Duration) bool { d.left--; return d.left >= 0 }

// A world is limiters behind a network that takes its time.
type world struct {
	limiter func(class, source string) decider
	rtt     time.Duration // of the fastest
	jitter  time.Duration // more, in the mean
	random  *rand.Rand
	header  http.Header // of limited replies
	last    time.Duration

	byCredential bool // limiter's source has the credential behind it
	checksFirst  bool // what is refused never reaches the limiter
}

// send decides hits in the order in which they arrive, and never one before
// those that arrived earlier.
func (w *world) send(class, source string, at []time.Duration) []trace.Hit {
	type way struct{ sent, decided, back time.Duration }
	ways := make([]way, len(at))
	for i, t := range at {
		sent := t + time.Duration(w.random.ExpFloat64()*50e3) + time.Duration(i)*20*time.Microsecond
		there := w.rtt/2 + time.Duration(w.random.ExpFloat64()*float64(w.jitter)/2)
		back := w.rtt/2 + time.Duration(w.random.ExpFloat64()*float64(w.jitter)/2)
		ways[i] = way{sent, sent + there, back}
	}
	slices.SortFunc(ways, func(a, b way) int { return int(a.decided - b.decided) })
	hits := make([]trace.Hit, len(at))
	for i, y := range ways {
		// A hit that overtakes one that was decided already is decided late.
		w.last = max(w.last, y.decided)
		status, header := 200, http.Header(nil)
		if !w.limiter(class, source).admit(w.last) {
			status, header = 429, w.header
		}
		end := w.last + y.back
		hits[i] = trace.Hit{Asked: at[i], Sent: y.sent, Written: y.sent, FirstByte: end, End: end, Status: status, Header: header, Method: "GET"}
	}
	return hits
}

// each gives every class and source a limiter of its own, made by make.
func each(make func(class string) decider) func(class, source string) decider {
	all := map[key]decider{}
	return func(class, source string) decider {
		k := key{class: class, source: source}
		if all[k] == nil {
			all[k] = make(class)
		}
		return all[k]
	}
}

// busiest is the largest number of instants within one second.
func busiest(at []time.Duration) int {
	at = slices.Sorted(slices.Values(at))
	most, first := 0, 0
	for i, t := range at {
		for t-at[first] >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func within(iv float64, low, high *float64) bool {
	l, h := math.Inf(-1), math.Inf(1)
	if low != nil {
		l = *low
	}
	if high != nil {
		h = *high
	}
	return l <= iv && iv <= h
}

// penalty refuses everything for a while once its window has refused a hit, and
// is at rest afterwards.
type penalty struct {
	quota           int
	window, penalty time.Duration
	inner           *firstHit
	until           time.Duration
}

func (p *penalty) admit(t time.Duration) bool {
	if t < p.until {
		return false
	}
	if p.inner == nil || p.until > 0 {
		p.inner, p.until = &firstHit{quota: p.quota, window: p.window}, 0
	}
	if p.inner.admit(t) {
		return true
	}
	p.until = t + p.penalty
	return false
}
