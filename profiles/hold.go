package profiles

import (
	"math/big"
	"math/bits"
	"time"
)

// A day in two factors: times [PerDay] hits per day, it is the number of
// nanoseconds that one unit of [Rate] takes for one hit.
const (
	secondsPerDay = 86_400
	nanosPerUnit  = 100_000_000_000_000_000 // 1e9 ns/s × PerDay
)

// hold sends hit n at n/rate: the first at once, each rounded to the nearest
// nanosecond by itself, so that nothing accumulates.
type hold struct {
	hitRate Rate
	length  time.Duration
}

func (h hold) at(n int) time.Duration { return instant(n, h.hitRate) }

func (h hold) end(n int) time.Duration { return min(h.length, instant(n+1, h.hitRate)) }

func (h hold) rate(time.Duration) float64 { return h.hitRate.PerSecond() }

// instant is n/rate, rounded to the nearest nanosecond. The division is exact
// in 128 bits. An instant beyond the range of a Duration gives the largest.
func instant(n int, rate Rate) time.Duration {
	const largest = time.Duration(1<<63 - 1)
	high, low := bits.Mul64(uint64(n)*secondsPerDay, nanosPerUnit)
	low, carry := bits.Add64(low, uint64(rate)/2, 0)
	high += carry
	if high >= uint64(rate) {
		return largest
	}
	q, _ := bits.Div64(high, low, uint64(rate))
	if q > uint64(largest) {
		return largest
	}
	return time.Duration(q)
}

// hitsWithin counts the hits with n/rate < d: 50/s for 10 minutes is 30,000,
// because the hit after the last interval belongs to what follows.
func hitsWithin(rate Rate, d time.Duration) int {
	return ceilDiv(planned(rate, d), nanosPerHit())
}

// planned is rate·d, in units of 1/[nanosPerHit] hits.
func planned(rate Rate, d time.Duration) *big.Int {
	return new(big.Int).Mul(big.NewInt(int64(rate)), big.NewInt(int64(d)))
}

func nanosPerHit() *big.Int {
	return new(big.Int).Mul(big.NewInt(secondsPerDay), big.NewInt(nanosPerUnit))
}

// ceilDiv is a/b rounded up, for a ≥ 0, b > 0 and a quotient that fits.
func ceilDiv(a, b *big.Int) int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return int(q.Int64())
}
