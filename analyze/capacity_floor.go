package analyze

import "math"

// A floor is the least that a limiter admits if its model is right: a limiter with
// the worst parameters that explain the trace. Times in seconds.
type floor interface {
	// rate is what is admitted in the long run, per second.
	rate() float64
	// even is the rate at which evenly spaced hits are never limited.
	even() float64
	// fits is how many hits are admitted from rest within a time.
	fits(within float64) float64
	// pace is a token bucket that is never limited if no hit is held up by jitter
	// longer than another.
	pace(jitter float64) (rate, burst float64)
}

// bucketFloor is a bucket of burst tokens that gets refill of them per second, lump at
// once, at any phase. A token bucket that is refilled continuously gets single ones: never
// later than on a grid.
type bucketFloor struct {
	lump, refill float64
	burst        float64
	ready        float64 // so many are answered at once; behind a queue it is less than burst
	grain        float64 // of the limiter's clock
}

func (f bucketFloor) rate() float64 { return f.refill }
func (f bucketFloor) even() float64 { return f.refill }

func (f bucketFloor) fits(within float64) float64 {
	return f.ready + f.lump*steps(within-f.grain, f.lump/f.refill)
}

// pace: burst+n hits of a client's bucket take n/rate at least, less the jitter.
// The limiter has got n tokens by then if the client keeps back of the burst one
// lump, all but a token, and what comes back during the jitter. What the burst
// cannot give the rate has to: each refill is awaited for the rest of the jitter.
func (f bucketFloor) pace(jitter float64) (rate, burst float64) {
	most := math.Floor(f.burst+slack) - (f.lump - 1)
	kept := min(math.Ceil(f.refill*jitter-slack), most-1)
	late := max(0, jitter*f.refill-kept) // tokens
	return f.refill * f.lump / (f.lump + late), most - kept
}

// windowFloor is a window that admits quota hits. A client that begins a window's
// worth of hits only when a whole window has gone by since it began the last never
// finds too many in one, wherever windows begin.
type windowFloor struct {
	quota, window float64
	weighted      bool    // the last window counts by its overlap
	grain         float64 // of the limiter's clock
}

func (f windowFloor) rate() float64 {
	if f.weighted {
		return f.even()
	}
	return f.quota / f.window
}

// even: a window of any length holds at most as many evenly spaced hits as would
// fill it. To a weighted one, the strictest of whose variants count the hit itself,
// that must leave room for one; two windows after any hit it is forgotten.
func (f windowFloor) even() float64 { return f.spaced(f.grain) }

func (f windowFloor) spaced(jitter float64) float64 {
	if f.weighted {
		return max((f.quota-1)/(f.window+jitter), 1/(2*f.window+jitter))
	}
	return f.quota / (f.window + jitter)
}

func (f windowFloor) fits(within float64) float64 {
	if f.weighted {
		return max(f.quota*(1+steps(within-f.grain, 2*f.window)), 1+math.Floor(within*f.even()))
	}
	return f.quota * (1 + steps(within-f.grain, f.window))
}

// burstShare is the part of a window's quota that a client's bucket holds. Whatever
// it may send at once it may send at both ends of a window, so that each hit of the
// burst costs one of the quota in the long run.
const burstShare = 0.1

// pace: within a window, made longer by the jitter, the client's bucket lets through
// fewer than burst + rate·window + 1 hits, which must be no more than the quota and
// one; a weighted window needs burst + rate·window ≤ quota.
func (f windowFloor) pace(jitter float64) (rate, burst float64) {
	burst = 1 + math.Floor(f.quota*burstShare)
	room := f.quota + 1 - burst
	if f.weighted {
		room = f.quota - burst
	}
	if burst == 1 || room <= 0 {
		return f.spaced(jitter), 1
	}
	return room / (f.window + jitter), burst
}

// steps counts the ends of intervals within a time.
func steps(within, interval float64) float64 { return math.Floor(max(0, within) / interval) }

// bothFloor is two limits at once of one kind.
type bothFloor struct{ fast, slow floor }

func (f bothFloor) rate() float64 { return min(f.fast.rate(), f.slow.rate()) }
func (f bothFloor) even() float64 { return min(f.fast.even(), f.slow.even()) }

// fits: two buckets admit what each would. Of two windows the fast one is filled
// again and again until the slow one is full, and when both have gone by it begins
// anew.
func (f bothFloor) fits(within float64) float64 {
	fast, windows := f.fast.(windowFloor)
	slow, _ := f.slow.(windowFloor)
	if !windows {
		return min(f.fast.fits(within), f.slow.fits(within))
	}
	period := max(slow.window, math.Ceil(slow.quota/fast.quota)*fast.window)
	rounds := steps(within-slow.grain, period)
	return rounds*slow.quota + min(slow.quota, fast.fits(within-rounds*period))
}

func (f bothFloor) pace(jitter float64) (rate, burst float64) { return paceAll(jitter, f.fast, f.slow) }

// reserveFloor is a window, and a longer one that takes what exceeds the first.
type reserveFloor struct{ first, reserve windowFloor }

// period is when the reserve has come back at the beginning of a first window.
func (f reserveFloor) period() float64 {
	return math.Ceil(f.reserve.window/f.first.window) * f.first.window
}

func (f reserveFloor) rate() float64 { return f.first.rate() + f.reserve.quota/f.period() }
func (f reserveFloor) even() float64 { return f.first.even() }

func (f reserveFloor) fits(within float64) float64 {
	return f.first.fits(within) + f.reserve.quota*(1+steps(within-f.reserve.grain, f.period()))
}

// pace leaves the reserve alone.
func (f reserveFloor) pace(jitter float64) (rate, burst float64) { return f.first.pace(jitter) }

// severalFloors is one limiter, nobody knows which of some. So that one client does
// for all of them, it sends either what each admits at once, or evenly.
type severalFloors []floor

func (s severalFloors) rate() float64 { return s.even() }

func (s severalFloors) even() float64 {
	least := math.Inf(1)
	for _, f := range s {
		least = min(least, f.even())
	}
	return least
}

func (s severalFloors) fits(within float64) float64 {
	atOnce := math.Inf(1)
	for _, f := range s {
		atOnce = min(atOnce, f.fits(0))
	}
	return max(atOnce, 1+math.Floor(within*s.even()))
}

func (s severalFloors) pace(jitter float64) (rate, burst float64) { return paceAll(jitter, s...) }

// paceAll is the bucket that lets through no more than that of any of some.
func paceAll(jitter float64, floors ...floor) (rate, burst float64) {
	rate, burst = math.Inf(1), math.Inf(1)
	for _, f := range floors {
		r, b := f.pace(jitter)
		rate, burst = min(rate, r), min(burst, b)
	}
	return rate, burst
}
