package replay

import (
	"math"
	"time"
)

// A histogram counts delays in bins that are one percent wide, from a microsecond
// up.
type histogram struct {
	bins    []int
	none    int // not delayed
	delayed int
	most    time.Duration
}

const binsPerE = 100 // one percent: e^(1/100)

func (h *histogram) add(d time.Duration) {
	if d <= 0 {
		h.none++
		return
	}
	i := int(math.Log(max(1, float64(d)/1e3)) * binsPerE)
	for len(h.bins) <= i {
		h.bins = append(h.bins, 0)
	}
	h.bins[i]++
	h.delayed++
	h.most = max(h.most, d)
}

// summary is nil when nothing was delayed.
func (h *histogram) summary() *Delays {
	if h.delayed == 0 {
		return nil
	}
	return &Delays{Delayed: h.delayed, P50: h.quantile(0.5), P99: h.quantile(0.99), Max: h.most.Seconds()}
}

// quantile is the upper end of the bin that holds it, and never above the longest.
func (h *histogram) quantile(q float64) float64 {
	left := int(math.Ceil(q*float64(h.none+h.delayed))) - h.none
	if left <= 0 {
		return 0
	}
	for i, n := range h.bins {
		if left -= n; left <= 0 {
			return min(h.most.Seconds(), math.Exp(float64(i+1)/binsPerE)*1e-6)
		}
	}
	return h.most.Seconds()
}
