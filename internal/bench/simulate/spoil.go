package simulate

import (
	"math/rand/v2"
	"time"
)

// Crowded is a limiter that somebody else uses as well: hits at random, Rate
// per second.
type Crowded struct {
	Limiter
	Rate   float64
	Random *rand.Rand

	next  time.Duration
	begun bool
}

// Decide first lets the others' hits in that came before.
func (c *Crowded) Decide(at time.Duration, inFlight int) (bool, time.Duration) {
	if !c.begun {
		c.next, c.begun = at+c.gap(), true
	}
	for c.next <= at {
		c.Limiter.Decide(c.next, inFlight)
		c.next += c.gap()
	}
	return c.Limiter.Decide(at, inFlight)
}

func (c *Crowded) gap() time.Duration {
	return time.Duration(c.Random.ExpFloat64() / c.Rate * float64(time.Second))
}

// Replicas are servers that count for themselves; hits go to each in turn.
type Replicas struct {
	Each []Limiter
	turn int
}

// Decide asks the replica whose turn it is.
func (r *Replicas) Decide(at time.Duration, inFlight int) (bool, time.Duration) {
	l := r.Each[r.turn]
	r.turn = (r.turn + 1) % len(r.Each)
	return l.Decide(at, inFlight)
}

// Changing is a limiter that is replaced by another one at an instant.
type Changing struct {
	Before, After Limiter
	When          time.Duration
}

// Decide asks the limiter of the hour.
func (c Changing) Decide(at time.Duration, inFlight int) (bool, time.Duration) {
	if at < c.When {
		return c.Before.Decide(at, inFlight)
	}
	return c.After.Decide(at, inFlight)
}
