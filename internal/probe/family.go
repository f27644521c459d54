package probe

import (
	"fmt"
	"time"

	"ratefit/analyze"
)

// A shot is a probe that might be sent.
type shot struct {
	kind         string // of which this is one size: a kind that told nothing becomes less worth
	name, reason string
	at           []time.Duration
	hammers      bool // steady, above the rate
}

// mostHits bounds one probe of the family unless the burst is large, longest its
// length.
const (
	mostHits = 200
	longest  = 20 * time.Second
)

// mostHits is enough to use up what there is, twice, and to see it come back.
func (k known) mostHits() int { return max(mostHits, 3*k.burst) }

// family lists the probes that could be sent next, scaled by what is known.
func (l *lane) family(k known) []shot {
	from := l.earliest()
	fill := time.Duration(float64(k.burst) / k.rate * 1e9) // from used up to full, or a window
	var out []shot
	add := func(s shot) {
		if n := len(s.at); n > 0 && n <= k.mostHits()+k.burst && s.at[n-1]-from <= max(longest, 2*fill) {
			out = append(out, s)
		}
	}
	for _, factor := range []float64{1.2, 1.6, 3} {
		for _, long := range []time.Duration{500 * time.Millisecond, 2 * time.Second, 4 * time.Second, 8 * time.Second, 3 * k.scale} {
			rate := factor * k.rate
			if n := int(rate * long.Seconds()); n >= 8 && !l.silence {
				add(shot{
					kind:    fmt.Sprintf("steady %.1f", factor),
					name:    fmt.Sprintf("steady %.3g/s", rate),
					reason:  fmt.Sprintf("%.1f times the rate for %s: every refill shows", factor, round(long)),
					at:      l.steady(from, rate, min(n, k.mostHits())),
					hammers: true,
				})
			}
		}
	}
	for _, part := range []float64{0.3, 0.8, 1.15} {
		wait := time.Duration(part * float64(fill))
		size := min(int(part*float64(k.burst))+2, k.burst+2)
		add(shot{
			kind:   "clump",
			name:   fmt.Sprintf("clump after %s", round(wait)),
			reason: fmt.Sprintf("how much comes back in %s?", round(wait)),
			at:     clump(from+wait, size),
		})
		add(l.aimed(k, from+wait, 8))
		add(l.aimed(k, from+wait, 16))
	}
	for _, rest := range []float64{0, 1.15} {
		at := from + time.Duration(rest*float64(fill))
		stairs := clump(at, k.burst+1)
		for _, part := range []float64{0.25, 0.6} {
			stairs = append(stairs, clump(at+time.Duration(part*float64(fill)), int(0.35*float64(k.burst))+3)...)
		}
		add(shot{
			kind: "stairs", name: "stairs",
			reason: "a whole burst, and what comes back in a quarter and in more of the time to refill: a bucket gives parts of it, a window nothing",
			at:     stairs,
		})
	}
	add(shot{
		kind:   "halves",
		name:   "halves",
		reason: "half a burst, half the time to refill, then a whole one: tells windows from buckets",
		at: append(append(clump(from+fill*23/20, (k.burst+1)/2), clump(from+fill*33/20, k.burst)...),
			l.steady(from+fill*34/20, 4/max(fill.Seconds(), 0.01), 6)...),
	})
	trickle := l.steady(from, 0.8*k.rate, min(k.mostHits(), max(3, int(0.8*k.rate*fill.Seconds()))))
	add(shot{
		kind:   "trickle",
		name:   "trickle",
		reason: "hits below the rate, then a clump: how much of the burst is left?",
		at:     append(trickle, clump(trickle[len(trickle)-1]+time.Duration(0.5/k.rate*1e9), k.burst+1)...),
	})
	add(l.aimed(k, from, 8))
	return out
}

// pairs are twelve times two hits, the second of which comes when it may or may
// not be admitted: without a burst, what was saved up shows nothing, and only
// the time between two hits tells the rate.
func pairs(k known, from time.Duration) shot {
	const n = 12
	r := k.limit.SustainedRate
	if r == nil || r.Low == nil || r.High == nil || *r.Low <= 0 {
		return shot{}
	}
	short, long := time.Duration(1e9 / *r.High), time.Duration(1e9 / *r.Low)
	s := shot{
		kind: "pairs", name: "pairs",
		reason: fmt.Sprintf("two hits between %s and %s apart: from when on is the second one admitted?", round(short), round(long)),
	}
	at := from + 2*long
	for i := range n {
		s.at = append(s.at, at, at+short+(long-short)*time.Duration(2*i+1)/(2*n))
		at += 4 * long
	}
	return s
}

// aimed uses the limiter up at an instant, as far as all candidates agree that
// it then is, and places hits around the instants at which they differ about
// the next one admitted.
func (l *lane) aimed(k known, at time.Duration, hits int) shot {
	most := 0
	var first, last time.Duration
	var used []analyze.Limiter
	for _, c := range k.candidates {
		m := c.Limiter.Clone()
		n := 0
		for m.Admits(at) && n <= k.burst+1 {
			m.Observe(at, true)
			n++
		}
		most = max(most, n)
		used = append(used, m)
	}
	if len(used) == 0 || most > k.burst+1 {
		return shot{}
	}
	for i, m := range used {
		m.Observe(at, false)
		t := nextAdmission(m, at, at+longest)
		if i == 0 || t < first {
			first = t
		}
		last = max(last, t)
	}
	if last >= at+longest {
		return shot{}
	}
	pad := max((last-first)/8, time.Millisecond)
	hits = min(hits, max(4, int((last-first+2*pad)/closest)+1))
	first, last = max(at+time.Millisecond, first-pad), last+pad
	s := shot{
		kind:   "aimed",
		name:   fmt.Sprintf("aimed after %s", round(at-l.p.now)),
		reason: fmt.Sprintf("the next hit should be admitted within %s: hits around it narrow that down", round(last-first)),
		at:     clump(at, most+1),
	}
	for i := range hits {
		s.at = append(s.at, first+(last-first)*time.Duration(i)/time.Duration(hits-1))
	}
	return s
}

// closest is how far apart aimed hits are at least: closer ones arrive in any
// order, and may be late.
const closest = time.Millisecond

// nextAdmission finds when a limiter that hears nothing meanwhile admits a hit
// again, up to an instant.
func nextAdmission(m analyze.Limiter, from, to time.Duration) time.Duration {
	low, high := from, from+time.Millisecond
	for !m.Admits(high) {
		if high >= to {
			return to
		}
		low, high = high, min(to, from+2*(high-from))
	}
	for high-low > 50*time.Microsecond {
		if mid := (low + high) / 2; m.Admits(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
