package analyze

import (
	"math"
	"sort"
	"time"

	"ratefit/internal/trace"
)

// Concurrency is the concurrency cap: a hit is limited while in_flight others
// are being served. It has no rate: the slower the replies, the more is limited.
type Concurrency struct{}

// Name implements [Model].
func (Concurrency) Name() string { return "concurrency" }

// Doc implements [Model].
func (Concurrency) Doc() Doc {
	return Doc{
		Title:     "concurrency cap",
		About:     "limits a hit while in_flight others are being served, whatever the rate",
		Signature: "in_flight hits sent at once pass; a place comes back when a reply does; a client that waits for each reply is never limited",
	}
}

// Fit implements [Model]. A hit is in flight at the limiter from some instant
// after it was sent until about its reply; how much after and about is taken
// from the limited replies, which nothing holds up.
func (Concurrency) Fit(streams []*Stream, _ Options) Fit {
	margin := replyTime(streams)
	c := cutAll(streams, func(s *Stream) cut { return s.flightCut(margin) })
	if c.empty() || math.IsInf(c.hi, 1) {
		return Fit{}
	}
	low, high := math.Ceil(c.lo), math.Ceil(c.hi)-1
	f := Fit{Consistent: true, Grain: time.Millisecond, Params: map[string]Parameter{}, NoRate: true}
	f.Burst = bounded(low, low, high)
	f.Params["in_flight"] = Parameter{Interval: f.Burst}
	served := servedTime(streams)
	for _, n := range ends(f.Burst) {
		f.corners = append(f.corners, func(int) Limiter { return &inFlight{most: int(n), served: served} })
	}
	f.news = []func() Limiter{func() Limiter { return &inFlight{most: int(low), served: served} }}
	if low != high {
		f.Doubt = "how many may be in flight is not known exactly; send more of them at one instant"
	}
	return f
}

// released (ns) is how long after the first byte of its reply a hit may still
// count as in flight: the handler ends about when it has written the reply.
const released = 2e6

// flightCut is the cut, lo ≤ in_flight < hi. margin (ns) bounds how long after
// sending a hit is counted and how long before or after its reply it is not.
func (s *Stream) flightCut(margin int64) cut {
	c := cut{1, math.Inf(1)}
	var from, to, sureFrom, sureTo []int64
	for hit, o := range s.outcome {
		if o == trace.Limited {
			continue
		}
		from = append(from, s.from[hit])
		to = append(to, after(s.to[hit], released))
		if o == trace.Admitted && s.to[hit]-s.from[hit] > 2*margin {
			sureFrom = append(sureFrom, s.from[hit]+margin)
			sureTo = append(sureTo, s.to[hit]-margin)
		}
	}
	for _, x := range [][]int64{from, to, sureFrom, sureTo} {
		sort.Slice(x, func(i, j int) bool { return x[i] < x[j] })
	}
	upTo := func(x []int64, t int64) int { return sort.Search(len(x), func(i int) bool { return x[i] > t }) }
	for hit, o := range s.outcome {
		a, b := s.from[hit], s.to[hit]
		switch {
		case b == never:
		case o == trace.Limited:
			c.hi = min(c.hi, float64(upTo(from, b)-upTo(to, a-1))+1)
		case o == trace.Admitted:
			// Those in flight all the while that it may have been decided; it
			// was decided within margin.
			b = min(b, a+margin)
			others := upTo(sureFrom, a) - upTo(sureTo, b)
			c.lo = max(c.lo, float64(others)+1)
		}
	}
	return c
}

// servedTime is the median time (ns) that admitted hits took.
func servedTime(streams []*Stream) time.Duration {
	var took []int64
	for _, s := range streams {
		for hit, o := range s.outcome {
			if o == trace.Admitted && s.to[hit] != never {
				took = append(took, s.to[hit]-s.from[hit])
			}
		}
	}
	if len(took) == 0 {
		return 0
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	return time.Duration(took[len(took)/2])
}

// Nearest implements [Model].
func (Concurrency) Nearest(streams []*Stream, o Options) Fit {
	served := servedTime(streams)
	best := Fit{Contradictions: math.MaxInt, NoRate: true}
	for _, most := range quotaGuesses(streams, float64(served)+1) {
		f := Fit{NoRate: true, Burst: Interval{Value: most}, Params: map[string]Parameter{"in_flight": {Interval: Interval{Value: most}}}}
		for _, s := range streams {
			n, w := s.unexplained(&inFlight{most: int(most), served: served})
			f.Contradictions, f.First = f.Contradictions+n, earlier(f.First, w)
		}
		if f.Contradictions < best.Contradictions {
			best = f
		}
	}
	return best
}

// inFlight decides by how many hits are being served, each as long as most
// were.
type inFlight struct {
	most   int
	served time.Duration
	ends   []time.Duration
}

// Admits implements [Limiter].
func (f *inFlight) Admits(t time.Duration) bool { return f.at(t) < f.most }

func (f *inFlight) at(t time.Duration) int {
	n := 0
	for _, end := range f.ends {
		if end > t {
			n++
		}
	}
	return n
}

// Observe implements [Limiter].
func (f *inFlight) Observe(t time.Duration, admitted bool) {
	if !admitted {
		return
	}
	kept := f.ends[:0]
	for _, end := range f.ends {
		if end > t {
			kept = append(kept, end)
		}
	}
	f.ends = append(kept, t+f.served)
}

// Clone implements [Limiter].
func (f *inFlight) Clone() Limiter {
	c := *f
	c.ends = append([]time.Duration(nil), f.ends...)
	return &c
}
