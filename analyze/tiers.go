package analyze

import (
	"math"
	"sort"
	"time"

	"ratefit/internal/trace"
)

// Tiers is several limits at once, of which every one must admit a hit
// (params.combine "all"): 10 per second and 100 per minute. Two limits of the
// same kind are told apart, token buckets or sliding window logs.
type Tiers struct {
	// Log: the limits are sliding window logs, else token buckets.
	Log bool
}

// Name implements [Model].
func (Tiers) Name() string { return "tiers" }

// Doc implements [Model].
func (m Tiers) Doc() Doc {
	of := "token buckets"
	if m.Log {
		of = "sliding window logs"
	}
	return Doc{
		Title:     "two " + of + " at once",
		About:     "admits a hit if both of two " + of + " do, a small fast one and a large slow one",
		Signature: "from rest, a burst and then the rate of the one; after some time only the rate of the other",
	}
}

// A tier is one limit as far as it is enclosed: a cell of its free parameter
// and the least capacity that admits what was admitted.
type tier struct {
	low, high float64
	least     float64
	explains  []bool // which limited hits it can explain with that capacity
	count     int
}

// How finely the cells are cut: their number at first, how often the ones that
// are left are cut again, and how many are left at most.
const (
	tierCells  = 64
	tierRounds = 6
	mostTiers  = 400
)

// apartTiers is by what factor two limits differ at least, in rate or window and
// in capacity: those of two that hardly differ explain what neither does.
const apartTiers = 1.5

// Fit implements [Model]. An admitted hit needs both limits, so that each has a
// least capacity of its own at every rate; a limited hit needs one of them, and
// the smaller the capacity the more it explains. So with both least capacities
// every limited hit must be explained by one or the other.
func (m Tiers) Fit(streams []*Stream, o Options) Fit {
	streams = telling(streams)
	c := cutOptions{grain: int64(time.Millisecond), rest: o.AtRest}
	low, high, ok := m.extent(streams, o)
	if !ok {
		return Fit{}
	}
	ratio := math.Pow(high/low, 1.0/tierCells)
	var cells []tier
	for x := low; x < high*0.999; x *= ratio {
		cells = append(cells, m.cell(streams, x, x*ratio, c))
	}
	pairs := m.pairs(cells, cells)
	for range tierRounds {
		if len(pairs) == 0 || len(pairs) > mostTiers {
			return Fit{}
		}
		pairs = m.refine(streams, pairs, c)
	}
	if len(pairs) == 0 {
		return Fit{}
	}
	return m.describe(pairs)
}

// extent bounds the free parameter: rates per second, or windows in ns.
func (m Tiers) extent(streams []*Stream, o Options) (low, high float64, ok bool) {
	shortest, longest, ok := windowRange(streams, o)
	if m.Log {
		return max(shortest, 1e7), longest, ok
	}
	long := saturatedRate(beginning(streams, 20_000))
	if long <= 0 {
		return 0, 0, false
	}
	return long / 40, long * 10, ok
}

// cell is the tier with its parameter between two.
func (m Tiers) cell(streams []*Stream, low, high float64, c cutOptions) tier {
	t := tier{low: low, high: high, least: 1}
	var bounds []float64
	for _, s := range streams {
		before := len(bounds)
		if m.Log {
			lo := s.logCut(false, low, high, cutOptions{grain: c.grain, rest: true}).lo
			t.least = max(t.least, lo)
			bounds = append(bounds, s.logBounds(high, c)...)
			s.excuse(bounds[before:], c)
			continue
		}
		at := map[int32]float64{}
		s.sweep(low, high, c,
			func(_ int32, lo float64) { t.least = max(t.least, lo-slack) },
			func(hit int32, hi, _ float64) { at[hit] = hi })
		for hit, o := range s.outcome {
			if o == trace.Limited {
				hi, known := at[int32(hit)]
				if !known {
					hi = math.Inf(1)
				}
				bounds = append(bounds, hi)
			}
		}
		s.excuse(bounds[before:], c)
	}
	t.least = math.Ceil(t.least)
	t.explains = make([]bool, len(bounds))
	for i, hi := range bounds {
		if t.explains[i] = t.least < hi; t.explains[i] {
			t.count++
		}
	}
	return t
}

// excuse lifts the bounds of limited hits that what was used before the trace
// may explain: those before anything came back.
func (s *Stream) excuse(bounds []float64, c cutOptions) {
	edges := s.edges(c.grain)
	if c.rest || len(edges) == 0 {
		return
	}
	k := 0
	for hit, o := range s.outcome {
		if o != trace.Limited {
			continue
		}
		if float64(s.from[hit]) < edges[0].before {
			bounds[k] = math.Inf(1)
		}
		k++
	}
}

// logBounds are, for each limited hit, the quota that it may have met and one.
func (s *Stream) logBounds(window float64, c cutOptions) []float64 {
	v := s.counted(false)
	var out []float64
	for hit, o := range s.outcome {
		if o != trace.Limited {
			continue
		}
		from, to := s.from[hit]-c.grain, s.to[hit]
		begun := sort.Search(len(v.from), func(k int) bool { return v.from[k]-c.grain > to })
		gone := sort.Search(len(v.to), func(k int) bool { return after(v.to[k], int64(window)) >= from })
		out = append(out, float64(begun-gone)+1)
	}
	return out
}

// A tierPair is two tiers that may explain everything: a is the faster.
type tierPair struct{ a, b tier }

// pairs are the pairs that explain every limited hit, none of them alone.
func (m Tiers) pairs(as, bs []tier) []tierPair {
	var out []tierPair
	for _, a := range as {
		for _, b := range bs {
			if !m.faster(a, b) || apartTiers*a.least > b.least || a.count == len(a.explains) || b.count == len(b.explains) {
				continue
			}
			explained, onlyA, onlyB := true, 0, 0
			for i := range a.explains {
				switch {
				case a.explains[i] && !b.explains[i]:
					onlyA++
				case !a.explains[i] && b.explains[i]:
					onlyB++
				case !a.explains[i]:
					explained = false
				}
			}
			if explained && onlyA >= fewWindows && onlyB >= fewWindows {
				out = append(out, tierPair{a, b})
			}
		}
	}
	return out
}

// faster reports whether a surely refills faster than b.
func (m Tiers) faster(a, b tier) bool {
	if m.Log {
		return apartTiers*a.high < b.low
	}
	return a.low > apartTiers*b.high
}

// refine cuts the cells of the pairs in halves.
func (m Tiers) refine(streams []*Stream, pairs []tierPair, c cutOptions) []tierPair {
	made := map[float64][]tier{}
	halves := func(t tier) []tier {
		if made[t.low] == nil {
			mid := math.Sqrt(t.low * t.high)
			made[t.low] = []tier{m.cell(streams, t.low, mid, c), m.cell(streams, mid, t.high, c)}
		}
		return made[t.low]
	}
	var out []tierPair
	for _, p := range pairs {
		out = append(out, m.pairs(halves(p.a), halves(p.b))...)
	}
	return out
}

// describe turns the pairs into a fit.
func (m Tiers) describe(pairs []tierPair) Fit {
	f := Fit{Consistent: true, Grain: time.Millisecond, Params: map[string]Parameter{"combine": {Text: "all"}}}
	middle := pairs[len(pairs)/2]
	fast := m.part(middle.a, pairs, func(p tierPair) tier { return p.a })
	slow := m.part(middle.b, pairs, func(p tierPair) tier { return p.b })
	f.Tiers = []Tier{fast, slow}
	f.Rate, f.Burst = slow.SustainedRate, fast.Burst
	for _, p := range atMost(pairs, 6) {
		f.corners = append(f.corners, func(int) Limiter { return both{m.limiter(p.a), m.limiter(p.b)} })
	}
	f.news = []func() Limiter{func() Limiter { return both{m.limiter(middle.a), m.limiter(middle.b)} }}
	return f
}

// part describes one limit.
func (m Tiers) part(middle tier, pairs []tierPair, of func(tierPair) tier) Tier {
	extent, least, rate := none(), none(), none()
	for _, p := range pairs {
		t := of(p)
		extent.include(t.low, t.high)
		least.include(t.least, t.least)
		if m.Log {
			rate.include(t.least*1e9/t.high, t.least*1e9/t.low)
		} else {
			rate.include(t.low, t.high)
		}
	}
	out := Tier{Model: TokenBucket{}.Name(), Burst: bounded(middle.least, least.low, least.high), Params: map[string]Parameter{}}
	value := math.Sqrt(middle.low * middle.high)
	if m.Log {
		out.Model = SlidingWindowLog{}.Name()
		out.Params["quota"] = Parameter{Interval: out.Burst}
		out.Params["window_s"] = Parameter{Interval: bounded(value*1e-9, extent.low*1e-9, extent.high*1e-9)}
		value = middle.least * 1e9 / value
	}
	out.SustainedRate = bounded(value, rate.low, rate.high)
	return out
}

func (m Tiers) limiter(t tier) Limiter {
	x := math.Sqrt(t.low * t.high)
	if m.Log {
		return newLog(x, t.least, false)
	}
	return &bucket{rate: x, burst: t.least}
}

// Nearest implements [Model].
func (m Tiers) Nearest(streams []*Stream, o Options) Fit {
	f := TokenBucket{}.Nearest(streams, o)
	f.Params = map[string]Parameter{"combine": {Text: "all"}}
	return f
}

// both admits what two limiters admit.
type both struct{ a, b Limiter }

// Admits implements [Limiter].
func (l both) Admits(t time.Duration) bool { return l.a.Admits(t) && l.b.Admits(t) }

// Observe implements [Limiter]. Which of the two refused a hit is not known
// unless one would not have.
func (l both) Observe(t time.Duration, admitted bool) {
	for _, one := range []Limiter{l.a, l.b} {
		if admitted || !one.Admits(t) {
			one.Observe(t, admitted)
		}
	}
}

// Clone implements [Limiter].
func (l both) Clone() Limiter { return both{l.a.Clone(), l.b.Clone()} }
