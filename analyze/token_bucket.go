package analyze

import (
	"fmt"
	"math"
	"time"
)

// TokenBucket is the token bucket: capacity burst, refilled continuously at the
// sustained rate. GCRA (ITU-T I.371, RFC 2697's meters) and the leaky bucket as
// a meter make the same decisions under other names.
type TokenBucket struct{}

// Name implements [Model].
func (TokenBucket) Name() string { return "token-bucket" }

// Doc implements [Model].
func (TokenBucket) Doc() Doc {
	return Doc{
		Title:     "token bucket",
		About:     "holds up to burst tokens, refilled continuously at the sustained rate; a hit takes one token or is limited (also GCRA and leaky bucket as a meter)",
		Signature: "from rest, burst hits pass at once; under saturation single hits pass, evenly spaced; after a pause of d seconds min(burst, rate·d) pass at once",
	}
}

// grains are the clock resolutions tried, least first: a model that needs a
// coarser clock than another explains less. Most limiters read their clock in
// milliseconds, so nothing finer is supposed: the intervals hold for them too.
var grains = []time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second,
}

// Fit implements [Model].
func (m TokenBucket) Fit(streams []*Stream, o Options) Fit {
	for i, g := range grains {
		if o.within > 0 && g >= o.within {
			break
		}
		f, ok := m.fitGrain(streams, g, o)
		if !ok {
			continue
		}
		if vague(f, g) {
			break
		}
		if i == 0 {
			return f
		}
		// The least clock that explains the trace need not be the limiter's:
		// the intervals are those of one some times coarser.
		if wide, ok := m.fitGrain(streams, grains[min(i+2, len(grains)-1)], o); ok {
			wide.Grain, wide.Params[clockGrain] = g, f.Params[clockGrain]
			f = wide
		}
		if g > 10*time.Millisecond || !f.tight() {
			f.Doubt = fmt.Sprintf("a token bucket explains every decision only if the limiter's clock is coarser than %s, which explains much else as well", grains[i-1])
		}
		return f
	}
	return Fit{}
}

// fitGrain fits with a clock of one resolution.
func (m TokenBucket) fitGrain(streams []*Stream, grain time.Duration, o Options) (Fit, bool) {
	c := cutOptions{grain: int64(grain), rest: o.AtRest}
	set, ok := searchRates(streams, c)
	if !ok {
		return Fit{}, false
	}
	return m.fit(streams, c, set), true
}

// clockGrain names the parameter that tells the resolution of the limiter's
// clock, where it is coarser than a millisecond.
const clockGrain = "clock_grain_s"

// vague reports whether a fit owes its existence to the clock that it supposes:
// one that can misplace half of what the bucket holds explains everything,
// which is no explanation.
func vague(f Fit, grain time.Duration) bool {
	if grain <= grains[0] || f.Rate.Low == nil {
		return grain > grains[0]
	}
	misplaced := *f.Rate.Low * grain.Seconds()
	if f.Burst.High != nil && 2*misplaced >= *f.Burst.High {
		return true
	}
	return misplaced >= 0.25 && !f.tight()
}

// fit describes a consistent set.
func (m TokenBucket) fit(streams []*Stream, o cutOptions, set rateSet) Fit {
	grain := time.Duration(o.grain)
	f := Fit{Consistent: true, Grain: grain, Params: map[string]Parameter{}}
	mid := set.middle()
	middle := cutAt(streams, mid, o)
	value := (middle.lo + middle.hi) / 2
	if math.IsInf(middle.hi, 1) {
		value = middle.lo
		// Hits before the trace may have left the bucket short by any number;
		// the point estimate supposes that there were none.
		if rested := cutAt(streams, mid, cutOptions{grain: o.grain, rest: true}); !rested.empty() && !math.IsInf(rested.hi, 1) {
			value = (rested.lo + rested.hi) / 2
		}
	}
	f.Rate = set.interval()
	var low, high float64
	f.Region, low, high = region(streams, set, o)
	f.Burst = wholeBurst(value, low, high)
	if !o.rest && f.Burst.High != nil {
		f.Params[initialDeficit] = Parameter{Interval: deficits(streams, mid, f.Burst.Value, o)}
	}
	if grain > grains[0] {
		f.Params[clockGrain] = Parameter{Interval: exactly(grain.Seconds())}
	}
	burst := f.Burst.Value
	f.news = []func() Limiter{func() Limiter { return &bucket{rate: mid, burst: burst} }}
	f.corners = bucketCorners(f.Rate, f.Burst)
	return f
}

// bucketCorners are the buckets at the ends of the intervals. Without an upper
// end the next burst stands for all.
func bucketCorners(rate, burst Interval) []func(int) Limiter {
	var out []func(int) Limiter
	for _, r := range ends(rate) {
		for _, b := range ends(burst) {
			out = append(out, func(int) Limiter { return &bucket{rate: r, burst: b} })
		}
	}
	return out
}

// ends are the ends of an interval; twice the value stands for an open upper
// one, half of it for an open lower one.
func ends(iv Interval) []float64 {
	low, high := iv.Value/2, iv.Value*2
	if iv.Low != nil {
		low = *iv.Low
	}
	if iv.High != nil {
		high = *iv.High
	}
	if low == high {
		return []float64{low}
	}
	return []float64{low, high}
}

// initialDeficit names the parameter that tells how many tokens had been used
// before the first hit.
const initialDeficit = "initial_deficit"

// deficits encloses the first levels of all streams.
func deficits(streams []*Stream, r, burst float64, o cutOptions) Interval {
	low, high := math.Inf(1), 0.0
	for _, s := range streams {
		l, h := s.deficit(r, burst, o)
		low, high = min(low, l), max(high, min(h, burst))
	}
	return bounded(low, low, high)
}

// Nearest implements [Model].
func (TokenBucket) Nearest(streams []*Stream, o Options) Fit {
	rate, burst, n, first := leastContradicted(streams, o.AtRest)
	return Fit{
		Rate:           Interval{Value: rate},
		Burst:          Interval{Value: burst},
		Params:         map[string]Parameter{},
		Contradictions: n,
		First:          first,
	}
}

// bucket decides by the meter: level drains at rate, a hit adds 1 and needs
// level ≤ burst afterwards.
type bucket struct {
	rate, burst float64
	level       float64
	at          time.Duration
}

func (b *bucket) levelAt(t time.Duration) float64 {
	return max(0, b.level-b.rate*(t-b.at).Seconds())
}

// Admits implements [Limiter].
func (b *bucket) Admits(t time.Duration) bool { return b.levelAt(t)+1 <= b.burst+slack }

// Clone implements [Limiter].
func (b *bucket) Clone() Limiter { c := *b; return &c }

// Observe implements [Limiter]. What was decided corrects the level where it
// refutes it.
func (b *bucket) Observe(t time.Duration, admitted bool) {
	level := b.levelAt(t)
	if admitted {
		level = min(level+1, b.burst)
	} else {
		level = max(level, b.burst-1)
	}
	b.level, b.at = level, t
}

// wholeBurst gives the burst: hits come whole, so if exactly one whole number
// lies within the bounds it is that one.
func wholeBurst(value, low, high float64) Interval {
	first := math.Ceil(low)
	if math.IsInf(high, 1) {
		v := math.Max(first, math.Round(value))
		return Interval{Value: v, Low: &first}
	}
	last := math.Ceil(high) - 1 // the bound itself is excluded
	switch {
	case first == last:
		return exactly(first)
	case first < last:
		v := math.Min(math.Max(math.Round(value), first), last)
		return Interval{Value: v, Low: &first, High: &last}
	default: // none is whole
		return bounded(value, low, high)
	}
}

// region samples the outline of the consistent set and returns the least and
// the largest burst in it. Both bounds of the burst fall as the rate grows,
// but the hits that an unknown first level explains change with the rate: the upper one
// is taken over each piece as a whole.
func region(streams []*Stream, set rateSet, o cutOptions) (outline []RegionPoint, low, high float64) {
	pieces := 16
	if streams[0].Len() > 200_000 {
		pieces = 4 // each is a walk through all hits
	}
	if math.IsInf(set.high, 1) {
		return nil, cutAt(streams, mostRate, o).lo, math.Inf(1)
	}
	at := func(i int) float64 { return set.low + (set.high-set.low)*float64(i)/float64(pieces) }
	for i := range pieces + 1 {
		c := cutAt(streams, at(i), o)
		p := RegionPoint{Rate: at(i), BurstLow: c.lo}
		if !math.IsInf(c.hi, 1) {
			hi := math.Max(c.hi, c.lo)
			p.BurstHigh = &hi
		}
		outline = append(outline, p)
		low = c.lo
		if i < pieces {
			high = max(high, cutOver(streams, at(i), at(i+1), o).hi)
		}
	}
	return outline, low, high
}
