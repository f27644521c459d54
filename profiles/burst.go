package profiles

import (
	"math/bits"
	"time"
)

// burst sends count hits at once or, spread over a span, hit n at n·over/count:
// like a hold of that rate, the first at once and the last one slot before the
// end.
type burst struct {
	count int
	over  time.Duration
}

func (b burst) at(n int) time.Duration {
	high, low := bits.Mul64(uint64(n), uint64(b.over))
	low, carry := bits.Add64(low, uint64(b.count)/2, 0)
	q, _ := bits.Div64(high+carry, low, uint64(b.count))
	return time.Duration(q)
}

func (b burst) end(n int) time.Duration { return b.at(n + 1) }

func (b burst) rate(time.Duration) float64 {
	if b.over == 0 {
		return float64(b.count)
	}
	return float64(b.count) / b.over.Seconds()
}
