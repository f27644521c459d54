package simulate

import "time"

// All admits a hit when each of its tiers has room, and charges all of them
// then. A limited hit is charged to none.
type All []Tier

// Decide asks every tier before it charges one.
func (a All) Decide(at time.Duration, _ int) (bool, time.Duration) {
	for _, t := range a {
		if !t.Room(at) {
			return false, 0
		}
	}
	for _, t := range a {
		t.Take(at)
	}
	return true, 0
}

// Either charges the first of its tiers that has room: what is too much for one
// draws on the next.
type Either []Tier

// Decide asks one tier after the other.
func (e Either) Decide(at time.Duration, _ int) (bool, time.Duration) {
	for _, t := range e {
		if admitted, _ := decide(t, at); admitted {
			return true, 0
		}
	}
	return false, 0
}

// A Block refuses everything for For after a hit that was too much for the
// limiter behind it.
type Block struct {
	Limiter
	For time.Duration
	// Renewed: each hit during a block begins it anew.
	Renewed bool

	until   time.Duration
	blocked bool
}

// Decide asks the limiter behind it when no block lasts.
func (b *Block) Decide(at time.Duration, inFlight int) (bool, time.Duration) {
	if b.blocked && at < b.until {
		if b.Renewed {
			b.until = at + b.For
		}
		return false, 0
	}
	admitted, delay := b.Limiter.Decide(at, inFlight)
	if b.blocked = !admitted; b.blocked {
		b.until = at + b.For
	}
	return admitted, delay
}

// A Coarse limiter reads a clock that only shows multiples of Grain.
type Coarse struct {
	Limiter
	Grain time.Duration
	Since time.Duration // what the clock shows at offset 0
}

// Decide rounds the instant down.
func (c Coarse) Decide(at time.Duration, inFlight int) (bool, time.Duration) {
	shown := time.Duration(floorDiv(at+c.Since, c.Grain)) * c.Grain
	return c.Limiter.Decide(shown-c.Since, inFlight)
}
