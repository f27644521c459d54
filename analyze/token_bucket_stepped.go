package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// TokenBucketStepped is the token bucket whose tokens come in lumps: refill
// amount tokens at once, every refill interval, on a grid of instants that does
// not depend on the hits. A lump is less than the burst: lumps that fill the
// bucket make it a fixed window, which is another model.
type TokenBucketStepped struct {
	// Single: the lumps are single tokens. Such a bucket goes by the name of the
	// one that is refilled continuously, from which it differs by less than one
	// hit at any time: a token may come up to an interval later.
	Single bool
}

// Name implements [Model].
func (m TokenBucketStepped) Name() string {
	if m.Single {
		return TokenBucket{}.Name()
	}
	return "token-bucket-stepped"
}

// Doc implements [Model].
func (m TokenBucketStepped) Doc() Doc {
	if m.Single {
		return Doc{
			Title:     "token bucket of single tokens",
			About:     "holds up to burst tokens and gets one every refill_interval, at instants that do not depend on the hits; a hit takes one token or is limited",
			Signature: "as a token bucket, but under saturation hits pass at the same instants whenever the bucket was last full",
		}
	}
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
func (m TokenBucketStepped) Fit(streams []*Stream, o Options) Fit {
	open, work := "", 0
	for _, amount := range m.amounts(streams) {
		f := m.gradually(streams, amount, o, &work)
		if f.Consistent {
			return f
		}
		open = cmp.Or(open, f.Unresolved)
	}
	if open != "" {
		return unresolved(open)
	}
	return Fit{}
}

// gradually fits the first hits of long streams, then, if that excludes nothing,
// all.
func (m TokenBucketStepped) gradually(streams []*Stream, amount int, o Options, work *int) Fit {
	const growth = 8
	longest := 0
	for _, s := range streams {
		longest = max(longest, s.Len())
	}
	if longest > growth*longStreams {
		few, spent := beginning(streams, longest/growth), 0
		if f := m.gradually(few, amount, o, &spent); !f.possible() {
			return f
		}
	}
	return m.join(streams, amount, o, work)
}

// join fits each stream with a phase of its own and intersects the rest.
func (TokenBucketStepped) join(streams []*Stream, amount int, o Options, work *int) Fit {
	c := cutOptions{grain: int64(time.Millisecond), rest: o.AtRest}
	lumps := float64(amount)
	f := joinGrids(telling(streams), "refill_interval_s", func(s *Stream, within *lengths) Fit {
		first := within == nil
		if first {
			low, high := s.saturatedRates(lumps, c.grain)
			if low <= 0 {
				return Fit{}
			}
			// Refilled on a grid or continuously by a clock that is as coarse:
			// whatever the phase is, it is such a bucket.
			set, ok := searchRates([]*Stream{s}, cutOptions{grain: c.grain + int64(lumps*1e9/low), rest: c.rest})
			if low, high = max(low, set.low), min(high, set.high); !ok || low > high {
				return Fit{}
			}
			within = &lengths{lumps * 1e9 / high, lumps * 1e9 / low}
		}
		g := gridSearch{gridded: &gridLumps{amount: lumps}, interval: "refill_interval_s", least: lumps + 1, o: c, edged: true, work: *work}
		f := g.fit(s, *within)
		*work = g.work
		switch {
		case !first:
		case f.Unresolved != "":
			if n := len(s.edges(c.grain)); n < fewSteps {
				return unresolved(fewSeen(n))
			}
		case f.Consistent:
			if n := s.steps(f.grid, c.grain); n < fewSteps {
				f.Doubt = fewSeen(n)
			}
		}
		return f
	})
	if f.Consistent {
		f.Params["refill_amount"] = Parameter{Interval: exactly(float64(amount))}
	}
	return f
}

func fewSeen(refills int) string {
	return fmt.Sprintf("only %d refills were seen; go on for longer", refills)
}

// fewSteps is the number of refills seen below which a grid is a guess: it has
// an interval, a phase and an amount of its own.
const fewSteps = 5

// A gridLumps is a bucket that gets an amount of tokens at each step of a grid:
// on the grid's own clock, which counts its steps, a token bucket.
type gridLumps struct {
	amount  float64
	clocked Stream // on the grid's clock
}

func (g *gridLumps) perStep(float64) float64 { return g.amount }

func (g *gridLumps) cost(s *Stream, _ box) int { return 20 * s.Len() }

func (g *gridLumps) limiter(at grid, burst float64) Limiter {
	return &stepped{bucket{rate: g.amount, burst: math.Ceil(burst)}, at}
}

// On the grid's clock one step is this long. Time goes on within a step, by
// next to nothing over the whole trace, only to keep the order of the hits: all
// levels on a grid are whole, so what drains meanwhile decides nothing.
const (
	step  = 1e13
	order = 1e7
)

// cut is the cut of the stream on the grid's clock.
func (g *gridLumps) cut(s *Stream, b box, o cutOptions) cut {
	c := &g.clocked
	if n := s.Len(); len(c.from) != n {
		c.from, c.to = make([]int64, n), make([]int64, n)
	}
	c.byFrom, c.byTo, c.outcome = s.byFrom, s.byTo, s.outcome
	start := float64(s.from[s.byFrom[0]] - o.grain)
	perNs := order / (s.length() + float64(o.grain))
	for k := range s.from {
		// The phase lies before every hit: on a grid with a longer interval or
		// a later phase fewer steps have passed.
		t := float64(s.from[k] - o.grain)
		c.from[k] = int64(math.Floor((t-b.late)/b.high))*step + int64((t-start)*perNs)
		c.to[k] = never
		if s.to[k] != never {
			t := float64(s.to[k])
			c.to[k] = int64(math.Floor((t-b.early)/b.low))*step + int64((t-start)*perNs)
		}
	}
	rate := g.amount * 1e9 / step
	all := cutOver([]*Stream{c}, rate, rate, cutOptions{rest: o.rest})
	return cut{math.Ceil(all.lo) - 1, math.Ceil(all.hi) - 1} // whole bursts, from lo to just below hi
}

// Nearest implements [Model].
func (m TokenBucketStepped) Nearest(streams []*Stream, o Options) Fit {
	best := Fit{Contradictions: math.MaxInt}
	var phases []grid // of the best, for each stream
	few := sample(streams)
	guess := max(saturatedRate(few), leastRate)
	for _, amount := range m.amounts(streams) {
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

// amounts guesses how many tokens come at once: the most frequent sizes of the
// clumps of admitted hits between limited ones.
func (m TokenBucketStepped) amounts(streams []*Stream) []int {
	if m.Single {
		return []int{1}
	}
	seen := map[int]int{}
	for _, s := range streams {
		clump := 0
		for _, hit := range s.byTo {
			switch s.outcome[hit] {
			case trace.Admitted:
				clump++
			case trace.Limited:
				seen[clump]++
				clump = 0
			}
		}
	}
	delete(seen, 0)
	delete(seen, 1)
	common := make([]int, 0, len(seen))
	for n := range seen {
		common = append(common, n)
	}
	slices.SortFunc(common, func(a, b int) int {
		if seen[a] != seen[b] {
			return seen[b] - seen[a]
		}
		return a - b
	})
	if len(common) == 0 {
		return []int{2}
	}
	return common[:min(3, len(common))]
}
