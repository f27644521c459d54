package profiles

import (
	"math"
	"slices"
	"time"
)

// listed keeps every instant: 8 bytes for each hit.
type listed struct {
	instants []time.Duration
	duration time.Duration
	mean     float64 // hits per second
}

func (l listed) at(n int) time.Duration { return l.instants[n] }

func (l listed) end(n int) time.Duration { return l.instants[n] }

func (l listed) rate(time.Duration) float64 { return l.mean }

// newPoisson draws independent exponential gaps of mean 1/rate, the first one
// before the first hit, until the phase is over. So the number of hits is
// random too: it is not brought back to rate·d, which would make the gaps
// depend on each other.
func newPoisson(rate Rate, d time.Duration, seed uint64) listed {
	random := newDraw(seed)
	mean := float64(time.Second) / rate.PerSecond()
	l := listed{duration: d, mean: rate.PerSecond()}
	for at := time.Duration(0); ; {
		gap := -math.Log(random.fraction(len(l.instants))) * mean
		if gap >= float64(d-at) {
			return l
		}
		at += time.Duration(math.Round(gap))
		l.instants = append(l.instants, at)
	}
}

// newReplay copies the instants, so that the schedule stays what it is.
func newReplay(at []time.Duration, d time.Duration) listed {
	l := listed{instants: slices.Clone(at), duration: max(d, at[len(at)-1])}
	l.mean = float64(len(at))
	if l.duration > 0 {
		l.mean /= l.duration.Seconds()
	}
	return l
}
