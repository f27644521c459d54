// Package simulate holds rate limiters written from the definitions in
// textbooks and manuals, to make traces whose truth is known. It shares nothing
// with the models that explain traces: a mistake in one cannot hide in the
// other.
//
// Instants are offsets from an origin that all limiters of one trace share. No
// limiter reads a clock.
package simulate

import "time"

// A Limiter decides about hits one after the other. It is used by one
// goroutine.
type Limiter interface {
	// Decide says what becomes of a hit that arrives at this instant, which is
	// not before that of any earlier call. inFlight is the number of admitted
	// hits that are still being served. An admitted hit is held back for delay
	// before it is served.
	Decide(at time.Duration, inFlight int) (admitted bool, delay time.Duration)
}

// A Tier is a limiter that can be asked without being charged, as a part of
// several limits at once must be.
type Tier interface {
	Room(at time.Duration) bool // would a hit be admitted?
	Take(at time.Duration)      // charge one that was
}

// decide asks and charges one tier.
func decide(t Tier, at time.Duration) (bool, time.Duration) {
	if !t.Room(at) {
		return false, 0
	}
	t.Take(at)
	return true, 0
}

// None admits everything.
type None struct{}

// Decide admits.
func (None) Decide(time.Duration, int) (bool, time.Duration) { return true, 0 }

// A Cap admits a hit when fewer than Most are being served.
type Cap struct{ Most int }

// Decide compares the hits in flight with the cap.
func (c Cap) Decide(_ time.Duration, inFlight int) (bool, time.Duration) {
	return inFlight < c.Most, 0
}
