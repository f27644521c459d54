package profiles

import (
	"math"
	"math/big"
	"time"
)

// ramp changes the rate linearly. Hit n is sent where the integral of the rate
// reaches n:
//
//	rate                        hits so far at time t:
//	  to |              /       H(t) = from·t + (to − from)·t²/2T
//	     |          /   |
//	from |      /       |       H(t) = n  ⇒  t = 2n / (from + √(from² + 2kn)),
//	     |      |       |                    k = (to − from)/T
//	     +------+-------+-- t
//	            0       T
//
// This form of the root loses no digits while the rate grows. A falling ramp
// is therefore read from its end, as a rising one with T − t and the hits that
// are left, which are known exactly.
type ramp struct {
	low, slope float64       // hits/s at the slow end, hits/s² (≥ 0)
	length     time.Duration // T
	whole      int           // H(T) without its fraction
	fraction   float64       // the fraction, in [0, 1)
	falling    bool
}

func newRamp(from, to Rate, length time.Duration) ramp {
	low, high := min(from, to), max(from, to)
	total := planned(low, length)
	total.Add(total, planned(high, length)) // twice H(T), in units of 1/nanosPerHit
	twice := nanosPerHit()
	twice.Lsh(twice, 1)
	whole, rest := new(big.Int).QuoRem(total, twice, new(big.Int))
	fraction, _ := new(big.Rat).SetFrac(rest, twice).Float64()
	if rest.Sign() > 0 {
		// A rest too small to see must still make its hit.
		fraction = max(fraction, math.SmallestNonzeroFloat64)
	}
	return ramp{
		low:      low.PerSecond(),
		slope:    (high - low).PerSecond() / length.Seconds(),
		length:   length,
		whole:    int(whole.Int64()),
		fraction: fraction,
		falling:  from > to,
	}
}

// hits counts the n with H⁻¹(n) < T, which is n < H(T).
func (r ramp) hits() int {
	if r.fraction > 0 {
		return r.whole + 1
	}
	return r.whole
}

func (r ramp) at(n int) time.Duration {
	if !r.falling {
		return min(r.length, r.reach(float64(n)))
	}
	return max(0, r.length-r.reach(float64(r.whole-n)+r.fraction))
}

func (r ramp) end(n int) time.Duration {
	if n+1 >= r.hits() {
		return r.length
	}
	return r.at(n + 1)
}

// reach is the time in which a rising ramp sends n hits. The conversion keeps
// the compiler from fusing multiplication and addition, which would give other
// instants on other processors.
func (r ramp) reach(n float64) time.Duration {
	if n <= 0 {
		return 0
	}
	root := math.Sqrt(float64(r.low*r.low) + float64(2*r.slope*n))
	return time.Duration(math.Round(float64(2*n/(r.low+root)) * 1e9))
}

func (r ramp) rate(elapsed time.Duration) float64 {
	if r.falling {
		elapsed = r.length - elapsed
	}
	return r.low + float64(r.slope*elapsed.Seconds())
}
