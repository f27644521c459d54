package profiles

import (
	"math"
	"slices"
	"testing"
	"time"
)

// The stream of seed 1234567 in the test of SplitMix64 on Rosetta Code
// ("Pseudo-random numbers/Splitmix64"), which took it from Vigna's C program.
func TestDrawIsSplitMix64(t *testing.T) {
	for n, want := range []uint64{
		6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
	} {
		if got := draw(1234567).number(n); got != want {
			t.Errorf("number %d is %d, want %d", n, got, want)
		}
	}
}

// Other hits than these would be other traffic under the same profile: what a
// seed gives must never change.
func TestSeedsAreForEver(t *testing.T) {
	jittered := compile(t, Phase{Kind: Hold, Rate: 10 * PerSecond, Duration: 500 * ms, Spacing: Jittered, Seed: 1})
	if got, want := instants(jittered), []time.Duration{74_974_824, 137_239_342, 243_828_390, 395_411_671, 420_205_969}; !slices.Equal(got, want) {
		t.Errorf("jittered: %v, want %v", got, want)
	}
	poisson := compile(t, Phase{Kind: Poisson, Rate: 10 * PerSecond, Duration: 500 * ms, Seed: 1})
	if got, want := instants(poisson), []time.Duration{28_801_781, 127_582_221, 210_071_060, 214_767_987, 374_687_197, 426_477_603}; !slices.Equal(got, want) {
		t.Errorf("poisson: %v, want %v", got, want)
	}
	if got := seedOf("read", "hold"); got != 2171841065 {
		t.Errorf("seed of read/hold is %d", got)
	}
}

// Gaps of a Poisson process are exponential and counts have their mean as
// variance. Seeds are fixed, so the test gives the same result every time; the
// bounds are four standard errors.
func TestPoissonIsPoisson(t *testing.T) {
	const runs, mean = 2000, 40.0
	var sum, squares float64
	for seed := range uint64(runs) {
		n := float64(compile(t, Phase{Kind: Poisson, Rate: 4 * PerSecond, Duration: 10 * s, Seed: seed}).Hits())
		sum += n
		squares += (n - mean) * (n - mean)
	}
	if got := sum / runs; math.Abs(got-mean) > 4*math.Sqrt(mean/runs) {
		t.Errorf("mean of %d counts is %v, want %v", runs, got, mean)
	}
	if got := squares / runs; math.Abs(got-mean) > 4*mean*math.Sqrt(2.0/runs) {
		t.Errorf("variance of %d counts is %v, want %v", runs, got, mean)
	}

	all := instants(compile(t, Phase{Kind: Poisson, Rate: 100 * PerSecond, Duration: 100 * s, Seed: 7}))
	gaps := make([]float64, len(all)-1)
	for i := range gaps {
		gaps[i] = 1 - math.Exp(-100*(all[i+1]-all[i]).Seconds())
	}
	checkUniform(t, "gaps", gaps)
	for i := 0; i+1 < len(gaps); i += 2 {
		gaps[i/2] = math.Mod(gaps[i]+gaps[i+1], 1) // uniform only if neighbours are independent
	}
	checkUniform(t, "pairs of gaps", gaps[:len(gaps)/2])
}

func TestJitterIsUniform(t *testing.T) {
	all := instants(compile(t, Phase{Kind: Hold, Rate: 100 * PerSecond, Duration: 100 * s, Spacing: Jittered, Seed: 7}))
	places := make([]float64, len(all))
	for n, at := range all {
		places[n] = float64(at-time.Duration(n)*10*ms) / float64(10*ms)
	}
	checkUniform(t, "places in the slots", places)
}

// checkUniform is the Kolmogorov–Smirnov test at a level of one in ten
// thousand: the critical value is √(ln(2/α)/2n), Smirnov's asymptotic one.
func checkUniform(t *testing.T, what string, values []float64) {
	t.Helper()
	values = slices.Clone(values)
	slices.Sort(values)
	n := float64(len(values))
	worst := 0.0
	for i, v := range values {
		worst = max(worst, v-float64(i)/n, float64(i+1)/n-v)
	}
	if limit := math.Sqrt(math.Log(2/1e-4) / (2 * n)); worst > limit {
		t.Errorf("%s: distance %v from uniform, at most %v expected", what, worst, limit)
	}
}

// Classes that share phases must not ask at the same instants.
func TestSeedsDiffer(t *testing.T) {
	p, _ := Builtin(Default)
	seeds := map[uint64]string{}
	for _, c := range p.Classes {
		for _, ph := range c.Phases {
			if ph.Spacing != Jittered {
				continue
			}
			if other, ok := seeds[ph.Seed]; ok {
				t.Errorf("%s/%s has the seed of %s", c.Name, ph.Name, other)
			}
			seeds[ph.Seed] = c.Name + "/" + ph.Name
		}
	}
	if len(seeds) == 0 {
		t.Error("no phase of the default profile is jittered")
	}
}
