package simulate

import (
	"math"
	"time"
)

// A Bucket holds tokens: Rate per second flow in, up to Size, and each admitted
// hit takes one. It is full at the first hit.
type Bucket struct {
	Rate float64
	Size float64

	// Debt: a limited hit takes a token as well, so that the bucket owes some.
	// Who keeps hammering is never admitted again.
	Debt bool
	// Spill: a limited hit takes what is left of a token.
	Spill bool
	// Unit, if not 0, is the least part of a token that the bucket can hold:
	// what flows in between two admitted hits is rounded down to it, so that a
	// little is lost each time.
	Unit float64

	tokens float64
	last   time.Duration
	used   bool
}

// Decide fills the bucket up to the instant and takes a token if there is one.
func (b *Bucket) Decide(at time.Duration, _ int) (bool, time.Duration) {
	if b.Room(at) {
		b.Take(at)
		return true, 0
	}
	switch {
	case b.Debt:
		b.Take(at)
	case b.Spill:
		b.tokens, b.last = 0, at
	}
	return false, 0
}

// Room reports whether there is a whole token.
func (b *Bucket) Room(at time.Duration) bool {
	// Sums of floating point numbers miss a whole token by a little.
	const least = 1e-9
	return b.level(at) >= 1-least
}

// Take takes a token.
func (b *Bucket) Take(at time.Duration) {
	b.tokens = b.level(at) - 1
	b.last, b.used = at, true
}

// level is the number of tokens at this instant.
func (b *Bucket) level(at time.Duration) float64 {
	if !b.used {
		return b.Size
	}
	in := b.Rate * (at - b.last).Seconds()
	if b.Unit > 0 {
		in = math.Floor(in/b.Unit) * b.Unit
	}
	return min(b.Size, b.tokens+in)
}

// A GCRA is the generic cell rate algorithm as a virtual schedule (ITU-T
// I.371): each admitted hit moves the theoretical arrival time of the next one
// by Every, and a hit may be early by as much as Burst−1 of those.
type GCRA struct {
	Every time.Duration
	Burst int

	arrival time.Duration // theoretical, of the next hit
	used    bool
}

// Decide compares the hit with its theoretical arrival time.
func (g *GCRA) Decide(at time.Duration, _ int) (bool, time.Duration) {
	if !g.used {
		g.arrival, g.used = at, true
	}
	early := time.Duration(g.Burst-1) * g.Every
	if at < g.arrival-early {
		return false, 0
	}
	g.arrival = max(at, g.arrival) + g.Every
	return true, 0
}

// A Stepped bucket gets Amount tokens at once at each instant of a grid Every
// apart, up to Size.
type Stepped struct {
	Amount, Size int
	Every        time.Duration
	// Since is the time that has passed on the grid at offset 0.
	Since time.Duration
	// FromFirst lets the grid begin with the first hit instead.
	FromFirst bool

	tokens int
	step   int64
	used   bool
}

// Decide adds the refills that are due and takes a token if there is one.
func (s *Stepped) Decide(at time.Duration, _ int) (bool, time.Duration) { return decide(s, at) }

// Room adds the refills that are due and reports whether there is a token.
func (s *Stepped) Room(at time.Duration) bool {
	if !s.used && s.FromFirst {
		s.Since = -at
	}
	step := floorDiv(at+s.Since, s.Every)
	if !s.used {
		s.tokens, s.step, s.used = s.Size, step, true
	}
	s.tokens = int(min(int64(s.Size), int64(s.tokens)+(step-s.step)*int64(s.Amount)))
	s.step = step
	return s.tokens >= 1
}

// Take takes a token after [Stepped.Room] has found one.
func (s *Stepped) Take(time.Duration) { s.tokens-- }

// floorDiv divides and rounds down, also below zero.
func floorDiv(a, b time.Duration) int64 {
	q := int64(a / b)
	if a%b < 0 {
		q--
	}
	return q
}
