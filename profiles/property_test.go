package profiles

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyPhase draws sound phases of every kind with at most a few thousand hits.
func anyPhase(t *rapid.T) Phase { return anyPhaseOf(t, Kinds()) }

// anyPlaced draws phases of the kinds whose hits have planned instants.
func anyPlaced(t *rapid.T) Phase {
	return anyPhaseOf(t, slices.DeleteFunc(Kinds(), func(k Kind) bool { return k == Saturate }))
}

func anyPhaseOf(t *rapid.T, kinds []Kind) Phase {
	p := Phase{Name: "p", Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	if p.Kind == Hold || p.Kind == Ramp || p.Kind == Steps {
		p.Spacing = rapid.SampledFrom([]Spacing{"", Even, Jittered}).Draw(t, "spacing")
	}
	if p.Spacing == Jittered || p.Kind == Poisson {
		p.Seed = rapid.Uint64().Draw(t, "seed")
	}
	switch p.Kind {
	case Burst:
		p.Hits = rapid.IntRange(1, 300).Draw(t, "hits")
		p.Over = rapid.OneOf(rapid.Just(time.Duration(0)), anyDuration()).Draw(t, "over")
	case Hold, Poisson:
		p.Rate, p.Duration = anyRateAndDuration(t)
	case Ramp:
		p.From, p.Duration = anyRateAndDuration(t)
		p.To = Rate(rapid.Int64Range(0, int64(p.From)).Draw(t, "to"))
		if rapid.Bool().Draw(t, "rising") {
			p.From, p.To = p.To, p.From
		}
	case Steps:
		for range rapid.IntRange(1, 5).Draw(t, "steps") {
			r, d := anyRateAndDuration(t)
			p.Steps = append(p.Steps, Step{r, d / 5})
			p.Steps[len(p.Steps)-1].Duration++
		}
	case Pause:
		p.Duration = anyDuration().Draw(t, "duration")
	case Saturate:
		p.Workers, p.Hits = rapid.IntRange(1, MaxWorkers).Draw(t, "workers"), rapid.IntRange(1, 2000).Draw(t, "hits")
		p.Duration = 2 + anyDuration().Draw(t, "duration")/2
	case Replay:
		at := time.Duration(0)
		for range rapid.IntRange(1, 50).Draw(t, "hits") {
			at += rapid.OneOf(rapid.Just(time.Duration(0)), rapid.Map(anyDuration(), func(d time.Duration) time.Duration { return d / 64 })).Draw(t, "gap")
			p.At = append(p.At, at)
		}
		if rapid.Bool().Draw(t, "longer") && at < MaxDuration {
			p.Duration = at + 1
		}
	}
	return p
}

// anyDuration has all sizes from a nanosecond to a day.
func anyDuration() *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		bits := rapid.IntRange(0, 46).Draw(t, "bits")
		return time.Duration(min(int64(MaxDuration), rapid.Int64Range(1, 1<<bits).Draw(t, "ns")))
	})
}

// anyRateAndDuration has round and odd rates, with at most about 2000 hits.
func anyRateAndDuration(t *rapid.T) (Rate, time.Duration) {
	d := anyDuration().Draw(t, "duration")
	most := min(int64(MaxRate), int64(float64(2000)/d.Seconds()*float64(PerSecond)))
	if most < 1 {
		most = 1
	}
	r := Rate(rapid.Int64Range(1, most).Draw(t, "rate"))
	for _, unit := range []Rate{PerSecond, PerMinute, PerHour} {
		if r > unit && rapid.Bool().Draw(t, "round") {
			r -= r % unit
		}
	}
	return r, d
}

// The battery that every kind passes.
func TestEveryKind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPhase(t)
		c, err := p.Schedule()
		if err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		all := instants(c)
		if len(all) != c.Hits() {
			t.Fatalf("At knows %d hits, Hits says %d", len(all), c.Hits())
		}
		last := time.Duration(0)
		for n, at := range all {
			if at < last {
				t.Fatalf("hit %d at %v comes before the one in front of it, at %v", n, at, last)
			}
			last = at
			wait, stop := c.Pace(0, uint64(n))
			if wait != at || stop {
				t.Fatalf("Pace(0, %d) = %v, %v, but At is %v", n, wait, stop, at)
			}
			if wait, stop = c.Pace(at+1, uint64(n)); wait != 0 || stop {
				t.Fatalf("late: Pace(%v, %d) = %v, %v", at+1, n, wait, stop)
			}
		}
		if last > c.Duration() {
			t.Fatalf("last hit at %v, after the end at %v", last, c.Duration())
		}
		if _, stop := c.Pace(last, uint64(len(all))); !stop {
			t.Fatal("goes on after the last hit")
		}
		if got, want := c.Peak(), bruteForcePeak(all); got != want {
			t.Fatalf("peak %v, by brute force %v", got, want)
		}
		if again := instants(compileAgain(t, p)); len(again) != len(all) || len(all) > 0 && again[len(all)/2] != all[len(all)/2] {
			t.Fatal("compiles to other instants the second time")
		}
	})
}

func compileAgain(t *rapid.T, p Phase) *Schedule {
	c, err := p.Schedule()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func bruteForcePeak(all []time.Duration) float64 {
	most := 0
	for i, from := range all {
		n := 0
		for _, at := range all[i:] {
			if at < from+time.Second {
				n++
			}
		}
		most = max(most, n)
	}
	return float64(most)
}

// Every hit of a hold is at n/rate to the nanosecond, in exact arithmetic, and
// the hits are those with n/rate < duration.
func TestHoldExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, d := anyRateAndDuration(t)
		c := compileAgain(t, Phase{Kind: Hold, Rate: r, Duration: d})
		perHit := big.NewRat(int64(PerSecond), int64(r))
		perHit.Mul(perHit, big.NewRat(1e9, 1)) // nanoseconds
		exact := func(n int) *big.Rat { return new(big.Rat).Mul(perHit, big.NewRat(int64(n), 1)) }
		end := big.NewRat(int64(d), 1)
		if n := c.Hits(); exact(n-1).Cmp(end) >= 0 || exact(n).Cmp(end) < 0 {
			t.Fatalf("%s for %v has %d hits: hit %d is planned at %s ns", r, d, n, n, exact(n).FloatString(3))
		}
		for n := range c.Hits() {
			at, _ := c.At(n)
			off := new(big.Rat).Sub(exact(n), big.NewRat(int64(at), 1))
			if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
				t.Fatalf("hit %d of %s at %d ns, exactly at %s ns", n, r, at, exact(n).FloatString(3))
			}
		}
	})
}

// A jittered hit stays in the slot of the evenly spaced one.
func TestJitterStaysInItsSlot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPhase(t)
		if p.Kind != Hold && p.Kind != Ramp && p.Kind != Steps {
			t.Skip("not jittered")
		}
		even := p
		even.Spacing, even.Seed, p.Spacing = Even, 0, Jittered
		slots, hits := compileAgain(t, even), compileAgain(t, p)
		if slots.Hits() != hits.Hits() {
			t.Fatalf("%d hits, %d slots", hits.Hits(), slots.Hits())
		}
		for n := range hits.Hits() {
			from, _ := slots.At(n)
			to, ok := slots.At(n + 1)
			if !ok {
				to = slots.Duration()
			}
			if at, _ := hits.At(n); at < from || at > from && at >= to {
				t.Fatalf("hit %d at %v is outside its slot [%v, %v)", n, at, from, to)
			}
		}
		if end := hits.pattern.end(hits.Hits() - 1); end != hits.Duration() {
			t.Fatalf("the last slot ends at %v, the phase at %v", end, hits.Duration())
		}
	})
}

// The integral of the rate reaches n within the nanosecond of hit n, in exact
// arithmetic, and only the hits before the end are sent.
func TestRampIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPhase(t)
		if p.Kind != Ramp {
			t.Skip("not a ramp")
		}
		p.Spacing, p.Seed = Even, 0
		c := compileAgain(t, p)
		total := integral(p, p.Duration)
		if n := int64(c.Hits()); total.Cmp(big.NewRat(n, 1)) > 0 || total.Cmp(big.NewRat(n-1, 1)) <= 0 {
			t.Fatalf("%d hits, the integral of the rate is %s", n, total.FloatString(12))
		}
		for n := range c.Hits() {
			at, _ := c.At(n)
			hit := big.NewRat(int64(n), 1)
			if at > 0 && integral(p, at-1).Cmp(hit) > 0 || at < p.Duration && integral(p, at+1).Cmp(hit) < 0 {
				t.Fatalf("%s: hit %d at %d ns, where the integral is %s", p.Describe(), n, at, integral(p, at).FloatString(12))
			}
		}
	})
}

// integral is from·t + (to − from)·t²/2T in hits.
func integral(p Phase, d time.Duration) *big.Rat {
	t := big.NewRat(int64(d), 1e9)
	from, to := big.NewRat(int64(p.From), int64(PerSecond)), big.NewRat(int64(p.To), int64(PerSecond))
	slope := to.Sub(to, from)
	slope.Quo(slope, big.NewRat(2*int64(p.Duration), 1e9))
	sum := new(big.Rat).Mul(slope, t)
	return sum.Add(sum, from).Mul(sum, t)
}
