package bench

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"ratefit/internal/bench/simulate"
	"ratefit/internal/trace"
)

// A Probe is hits that one source is asked to send.
type Probe struct {
	Class, Source string
	At            []time.Duration // ascending offsets from the start of the trace, at least one
	Name          string          // phase of the hits
	Of            any             // whatever the prober wants to know it by
}

// A Drop is what some replies are lost to, whatever the limiter decided.
type Drop struct {
	Share float64 // of the hits, from 0 to 1
	// Timeouts: the client waits in vain; else it gets a 503.
	Timeouts bool
}

// target is where the hits go.
const target = "http://limiter.invalid/"

// patience is how long the client waits for a reply.
const patience = 5 * time.Second

// A World is limiters and a network between them and the client. Its state goes
// on from one [World.Send] to the next.
type World struct {
	noise   Noise
	random  *rand.Rand
	service time.Duration // mean time to serve an admitted hit
	steady  bool          // each takes the mean, not at random
	drop    Drop
	refusal int // status of limited hits
	limiter func(class, source string) *limited

	seq      uint64
	decided  time.Duration // instant of the last decision
	coming   []arrival     // not decided yet, by their instants
	answered []arrival     // decided, but not returned yet, by the ends of their hits
}

// limited is a limiter with the hits that it has let through.
type limited struct {
	simulate.Limiter
	serving []time.Duration // ends of those admitted
}

// An arrival is one hit on its way.
type arrival struct {
	hit   trace.Hit
	at    time.Duration // at the limiter
	probe *underWay
}

// underWay is a probe with the number of its hits that have not come back.
type underWay struct {
	Probe
	left int
}

// Send sends the hits of all probes and returns them with their replies in the
// order in which they were sent. Instants must not lie before those of the last
// call. A hit that would reach the limiter before one of an earlier call does so
// just after it.
func (w *World) Send(probes ...Probe) []trace.Hit {
	w.Post(probes...)
	var hits []trace.Hit
	for {
		h, _, ok := w.Next()
		if !ok {
			break
		}
		hits = append(hits, h)
	}
	slices.SortFunc(hits, func(a, b trace.Hit) int { return cmp.Compare(a.Seq, b.Seq) })
	return hits
}

// Post sends the hits of all probes without waiting for their replies.
func (w *World) Post(probes ...Probe) {
	var all []arrival
	for _, p := range probes {
		all = append(all, w.arrivals(p)...)
	}
	slices.SortStableFunc(all, func(a, b arrival) int { return cmp.Compare(a.hit.Sent, b.hit.Sent) })
	for i := range all {
		all[i].hit.Seq = w.seq
		w.seq++
	}
	w.coming = append(w.coming, all...)
	slices.SortStableFunc(w.coming, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
}

// Next returns the hit whose reply, or whose end without one, comes next, and
// the probe if it was the last of it; false when none is under way. All hits
// that reach a limiter until then have been decided, so probes that are posted
// now may begin at its End.
func (w *World) Next() (h trace.Hit, last *Probe, ok bool) {
	for len(w.coming) > 0 && (len(w.answered) == 0 || w.coming[0].at <= w.answered[0].hit.End) {
		a := w.coming[0]
		w.coming = w.coming[1:]
		w.decide(&a)
		at, _ := slices.BinarySearchFunc(w.answered, a.hit.End+1, func(d arrival, end time.Duration) int {
			return cmp.Compare(d.hit.End, end)
		})
		w.answered = slices.Insert(w.answered, at, a)
	}
	if len(w.answered) == 0 {
		return trace.Hit{}, nil, false
	}
	a := w.answered[0]
	w.answered = w.answered[1:]
	if a.probe.left--; a.probe.left == 0 {
		last = &a.probe.Probe
	}
	return a.hit, last, true
}

// arrivals puts the hits of a probe on their way.
func (w *World) arrivals(p Probe) []arrival {
	// Clients send a little late, by their timers.
	const lateness = 30 * time.Microsecond
	method := http.MethodGet
	if p.Class == "write" {
		method = http.MethodPost
	}
	of := &underWay{p, len(p.At)}
	all := make([]arrival, len(p.At))
	for i, at := range p.At {
		h := trace.Hit{
			Class: p.Class, Source: p.Source, Phase: p.Name, Method: method, URL: target,
			Asked: at, Sent: at + exponential(w.random, lateness),
		}
		h.Written = h.Sent + exponential(w.random, lateness/3)
		all[i] = arrival{hit: h, at: h.Written + w.noise.way(w.random), probe: of}
	}
	return all
}

// decide lets a limiter decide about a hit and brings the reply back.
func (w *World) decide(a *arrival) {
	h := &a.hit
	a.at = max(a.at, w.decided)
	w.decided = a.at
	l := w.limiter(h.Class, h.Source)
	lost := w.random.Float64() < w.drop.Share
	if lost && w.random.Float64() < 0.5 {
		w.lose(a, a.at) // before it reached the limiter
		return
	}
	l.serving = slices.DeleteFunc(l.serving, func(end time.Duration) bool { return end <= a.at })
	admitted, delay := l.Decide(a.at, len(l.serving))
	end := a.at
	h.Status = w.refusal
	if admitted {
		end += delay + w.serve()
		l.serving = append(l.serving, end)
		h.Status = http.StatusOK
		if h.Class == "write" {
			h.Status = http.StatusCreated
		}
	}
	if lost {
		w.lose(a, end)
		return
	}
	w.reply(a, end)
}

// serve draws how long it takes to serve a hit.
func (w *World) serve() time.Duration {
	if w.steady {
		return w.service
	}
	return exponential(w.random, w.service)
}

func (w *World) reply(a *arrival, from time.Duration) {
	a.hit.FirstByte = from + w.noise.way(w.random)
	a.hit.End = a.hit.FirstByte + exponential(w.random, 10*time.Microsecond)
	if a.hit.End-a.hit.Sent > patience {
		a.hit.FirstByte = 0
		a.giveUp()
	}
}

// lose replaces the reply by what a client sees when it gets lost.
func (w *World) lose(a *arrival, from time.Duration) {
	if !w.drop.Timeouts {
		a.hit.Status = http.StatusServiceUnavailable
		w.reply(a, from)
		return
	}
	a.giveUp()
}

// giveUp is what a client records that has waited long enough.
func (a *arrival) giveUp() {
	a.hit.Status = 0
	a.hit.Error = trace.ErrTimeout
	a.hit.End = a.hit.Sent + patience
}
