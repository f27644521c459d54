package analyze

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// TokenBucketStepped is the token bucket whose tokens come in lumps: refill
// amount tokens at once, every refill interval, on a grid of instants that does
// not depend on the hits. A lump is less than the burst: lumps that fill the
// bucket make it a fixed window, which is another model.
type TokenBucketStepped struct{}

// Name implements [Model].
func (TokenBucketStepped) Name() string { return "token-bucket-stepped" }

// Doc implements [Model].
func (TokenBucketStepped) Doc() Doc {
	return Doc{
		Title:     "token bucket refilled in steps",
		About:     "holds up to burst tokens and gets refill_amount of them at once every refill_interval; a hit takes one token or is limited",
		Signature: "under saturation hits pass in clumps of refill_amount, refill_interval apart",
	}
}

// Fit implements [Model].
//
// On the grid's own clock, which counts its steps, this is a token bucket with
// the rate refill_amount per step. Each stream has a phase of its own: many
// limiters begin a grid with the client's first hit.
//
// Single tokens on a grid differ from continuous refill by less than one hit:
// they are looked for only where that is contradicted, or has to suppose a
// coarse clock or that one token was missing at the start, which a grid would
// explain as well.
func (m TokenBucketStepped) Fit(streams []*Stream, o Options) Fit {
	amounts := stepAmounts(streams)
	f, known := o.earlier[TokenBucket{}.Doc().Title]
	if !known {
		f = TokenBucket{}.Fit(streams, o)
	}
	if f.Consistent && f.Grain <= grains[0] {
		d := f.Params[initialDeficit]
		if d.Low == nil || *d.Low < 0.02 || *d.Low > 1.05 {
			amounts = amounts[1:]
		}
	}
	for _, amount := range amounts {
		if f := m.join(streams, amount, o); f.Consistent {
			return f
		}
	}
	return Fit{}
}

// join fits each stream with a phase of its own and intersects the rest.
func (TokenBucketStepped) join(streams []*Stream, amount int, o Options) Fit {
	var joint Fit
	c := cutOptions{int64(time.Millisecond), o.AtRest}
	for _, s := range streams {
		// More hits only shrink the set: a few of them exclude most amounts.
		if few := s.first(4000); few != s && few.limited > 0 && !newGridSearch(few, amount, c).fit().Consistent {
			return Fit{}
		}
	}
	for i, s := range streams {
		f := newGridSearch(s, amount, c).fit()
		if !f.Consistent || *f.Burst.Low <= float64(amount) {
			return Fit{}
		}
		if i == 0 {
			joint = f
			continue
		}
		news := append(slices.Clip(joint.news), f.news...)
		if !joint.Rate.meet(f.Rate) || !joint.Burst.meet(f.Burst) {
			return Fit{}
		}
		joint.news = news
		joint.Doubt = cmp.Or(joint.Doubt, f.Doubt)
	}
	interval := joint.Rate.scaledInverse(float64(amount))
	joint.Params["refill_interval_s"] = Parameter{Interval: interval}
	return joint
}

// Nearest implements [Model].
func (TokenBucketStepped) Nearest(streams []*Stream, o Options) Fit {
	best := Fit{Contradictions: math.MaxInt}
	var phases []grid // of the best, for each stream
	few := sample(streams)
	guess := max(saturatedRate(few), leastRate)
	for _, amount := range stepAmounts(streams) {
		for k := -3; k <= 3; k++ {
			rate := guess * math.Pow(1.02, float64(k))
			interval := 1e9 * float64(amount) / rate
			burst := popularBurst(few, rate, o.AtRest)
			n, grids := 0, []grid(nil)
			for _, s := range few {
				sn, g := s.bestPhase(interval, float64(amount), burst)
				n, grids = n+sn, append(grids, g)
			}
			if n < best.Contradictions {
				phases = grids
				best = Fit{
					Rate: Interval{Value: rate}, Burst: Interval{Value: burst},
					Params: map[string]Parameter{
						"refill_amount":     {Interval: Interval{Value: float64(amount)}},
						"refill_interval_s": {Interval: Interval{Value: interval * 1e-9}},
					},
					Contradictions: n,
				}
			}
		}
	}
	best.Contradictions = 0
	for i, s := range streams {
		n, w := s.unexplained(&stepped{bucket{rate: best.Params["refill_amount"].Value, burst: best.Burst.Value}, phases[i]})
		best.Contradictions, best.First = best.Contradictions+n, earlier(best.First, w)
	}
	return best
}

// bestPhase tries some phases of a grid and returns the one that leaves the
// fewest decisions unexplained, and how many.
func (s *Stream) bestPhase(interval, amount, burst float64) (n int, best grid) {
	const phases = 12
	n = math.MaxInt
	for i := range phases {
		g := grid{interval, float64(s.from[s.byFrom[0]]) - interval*float64(i)/phases}
		if m, _ := s.unexplained(&stepped{bucket{rate: amount, burst: burst}, g}); m < n {
			n, best = m, g
		}
	}
	return n, best
}

// stepped decides like [bucket] on the grid's clock.
type stepped struct {
	bucket
	grid grid
}

// Admits implements [Limiter].
func (s *stepped) Admits(t time.Duration) bool { return s.bucket.Admits(s.grid.clock(t)) }

// Clone implements [Limiter].
func (s *stepped) Clone() Limiter { c := *s; return &c }

// Observe implements [Limiter].
func (s *stepped) Observe(t time.Duration, admitted bool) {
	s.bucket.Observe(s.grid.clock(t), admitted)
	if !admitted { // levels are whole
		s.level = max(s.level, s.burst)
	}
}

// A grid is the instants phase + m·interval, in nanoseconds.
type grid struct{ interval, phase float64 }

// clock tells the time in steps, each counted as a second.
func (g grid) clock(t time.Duration) time.Duration {
	return time.Duration(math.Floor((float64(t)-g.phase)/g.interval)) * time.Second
}
