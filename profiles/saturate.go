package profiles

import "time"

// closed is the pattern of senders that wait for replies: it bounds hits, and
// the replies place them.
type closed struct {
	most   int
	length time.Duration
}

// newClosed bounds the hits by most; 0 = by what any profile may ask for.
func newClosed(most int, length time.Duration) closed {
	if most == 0 {
		most = MaxHits
	}
	return closed{most, length}
}

func (closed) at(int) time.Duration { return 0 }

func (c closed) end(int) time.Duration { return c.length }

// rate is the highest that the bound allows on average.
func (c closed) rate(time.Duration) float64 { return float64(c.most) / c.length.Seconds() }
