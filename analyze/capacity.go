package analyze

import (
	"fmt"
	"math"
	"time"
)

// A Capacity is what a limiter leaves to those who call the API. Its numbers are
// guaranteed: the worst limiter that still explains the trace gives them, with the
// low ends of all intervals, and where several models explain it the worst of
// those. Nothing of what it says is guaranteed when others draw on the same
// limiter, or when it changes.
type Capacity struct {
	Fits   []FitsIn `json:"fits,omitempty"`   // ascending
	Takes  []Takes  `json:"takes,omitempty"`  // ascending
	Client *Pace    `json:"client,omitempty"` // settings of a client that is never limited
	Why    string   `json:"why,omitempty"`    // what the numbers are not, or why there are none
}

// FitsIn is how many requests are admitted within a time.
//
// From rest means: no request was sent before for as long as the limiter remembers
// any, and then as many at once as it admits, each further one as soon as it is
// certain that there is room for it. Where windows begin on a clock the client need
// not know that: the numbers hold wherever it begins. Behind a queue what counts is
// not what is let in but what is answered.
//
// Sustained is how many follow in as much time, again and again, when the burst is
// used up: the sustained rate times the time, rounded down.
type FitsIn struct {
	Duration  float64 `json:"duration_s"`
	FromRest  int     `json:"from_rest"`
	Sustained int     `json:"sustained"`
}

// Takes is how long it takes at best, from rest, until so many requests are
// admitted, the first of them at 0.
type Takes struct {
	Requests int     `json:"requests"`
	Duration float64 `json:"duration_s"`
}

// A Pace is the settings of a client-side limiter, a token bucket, that the
// limiter never limits as long as the requests of this client are all that it sees
// and none is held up by Jitter longer than another on its way.
type Pace struct {
	Rate        float64 `json:"rate,omitempty"`        // per second; 0 = the limiter has no rate
	Burst       int     `json:"burst,omitempty"`       // the first included; 0 = the limiter has no rate
	Concurrency int     `json:"concurrency,omitempty"` // so many at the same time use up the rate
	Pause       float64 `json:"pause_s,omitempty"`     // between a reply and the request that takes its place
	Jitter      float64 `json:"jitter_s"`              // that is allowed for
	Reply       float64 `json:"reply_s,omitempty"`     // mean time until a reply begins, from which Concurrency is taken
}

// The times and numbers that are told of.
var (
	fitTimes  = []float64{1, 10, 60, 3600, 86400}
	takeCount = []int{10, 100, 1000, 10_000}
)

// capacity tells what the limiter of a pool leaves to its clients; nil if nothing
// was decided.
func (l *Limit) capacity(p pool) *Capacity {
	switch {
	case len(p.streams) == 0:
		return nil
	case l.Verdict == Unlimited:
		return sentCapacity(p.streams)
	}
	floors, most, why := floorsOf(l, p)
	if why != "" {
		return &Capacity{Why: why}
	}
	jitter := jitterOf(p).Seconds()
	pace := &Pace{Jitter: jitter, Reply: meanReply(p.streams).Seconds()}
	if len(floors) == 0 {
		pace.Concurrency, pace.Pause = most, released*1e-9
		return &Capacity{Client: pace, Why: "the limiter has no rate: how many requests fit into a time depends on how long their replies take"}
	}
	var f floor = severalFloors(floors)
	if len(floors) == 1 {
		f = floors[0]
	}
	c := &Capacity{Client: pace}
	for _, d := range fitTimes {
		c.Fits = append(c.Fits, FitsIn{d, whole(f.fits(d)), whole(f.rate() * d)})
	}
	for _, n := range takeCount {
		if d, ok := takes(f, n); ok {
			c.Takes = append(c.Takes, Takes{n, d})
		}
	}
	rate, burst := f.pace(jitter)
	pace.Rate, pace.Burst = rate, whole(burst)
	pace.Concurrency = max(1, int(math.Ceil(min(rate*pace.Reply, mostRate)))) // Little's law
	if most > 0 {
		pace.Concurrency = min(pace.Concurrency, most)
	}
	if len(floors) > 1 {
		c.Why = "several models explain every decision: the numbers hold for each of them"
	}
	return c
}

// whole rounds a number of hits down; what computing took off is given back.
func whole(x float64) int { return int(math.Floor(min(x+slack, math.MaxInt32))) }

// takes is the shortest time (s) from rest in which n requests fit.
func takes(f floor, n int) (float64, bool) {
	fits := func(d float64) bool { return whole(f.fits(d)) >= n }
	if fits(0) {
		return 0, true
	}
	high := 1.0
	for !fits(high) {
		if high *= 2; high > 1e12 {
			return 0, false
		}
	}
	low := 0.0
	for range 80 {
		if mid := (low + high) / 2; fits(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// sentCapacity is what was sent to a limiter that limited nothing.
func sentCapacity(streams []*Stream) *Capacity {
	c := &Capacity{Why: "nothing was limited: these are the requests that were sent, and more may fit"}
	for _, d := range fitTimes {
		most, rate := 0, 0.0
		for _, s := range streams {
			if length := s.length() * 1e-9; length >= d {
				most = max(most, mostSent(s.inOrder(), int64(d*1e9)))
				rate = max(rate, float64(s.Len()-1)/length)
			}
		}
		if most > 0 {
			c.Fits = append(c.Fits, FitsIn{d, most, whole(rate * d)})
		}
	}
	if len(c.Fits) == 0 {
		c.Why = fmt.Sprintf("nothing was limited, but too little was sent: nothing lasted %s", brief(time.Duration(fitTimes[0]*1e9)))
	}
	return c
}

// mostSent is the largest number of instants, in order, within a time (ns).
func mostSent(at []int64, span int64) int {
	most, first := 0, 0
	for i, t := range at {
		for t-at[first] >= span {
			first++
		}
		most = max(most, i+1-first)
	}
	return most
}
