package bench

import (
	"math/rand/v2"
	"time"
)

// A Noise is how far a client's instants are from those of the decisions.
type Noise struct {
	Name  string
	Least time.Duration // each way takes at least this
	// Mean is that of an exponential delay on top, each way; Spread that of one
	// between 0 and Spread, all alike.
	Mean, Spread time.Duration
	Spikes       float64       // share of ways on which something stalls
	Spike        time.Duration // for as long as this
}

// Noises returns the known ones, from the quietest to the loudest.
func Noises() []Noise {
	const us, ms = time.Microsecond, time.Millisecond
	return []Noise{
		{Name: "loopback", Mean: 100 * us},
		{Name: "lan", Least: 300 * us, Mean: 700 * us},
		{Name: "wan", Least: 15 * ms, Spread: 10 * ms, Spikes: 0.002, Spike: 200 * ms},
		{Name: "far", Least: 40 * ms, Mean: 2 * ms},
	}
}

// way draws how long one way takes.
func (n Noise) way(r *rand.Rand) time.Duration {
	d := n.Least + exponential(r, n.Mean) + time.Duration(r.Float64()*float64(n.Spread))
	if n.Spikes > 0 && r.Float64() < n.Spikes {
		d += n.Spike
	}
	return d
}

func exponential(r *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(r.ExpFloat64() * float64(mean))
}
