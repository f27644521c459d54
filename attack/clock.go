package attack

import (
	"context"
	"time"
)

// A clock tells and awaits instants, as offsets from a zero.
type clock struct {
	zero  time.Time
	spin  time.Duration // busy wait before an instant, at most; 0 = none
	fine  *fineTimer    // nil = none
	timer *time.Timer   // reused; one goroutine at a time
}

// newClock returns a clock for one goroutine that waits. spin is as in
// [Config]. The clock must be closed.
func newClock(zero time.Time, spin time.Duration) *clock {
	c := &clock{zero: zero}
	if spin < 0 {
		return c
	}
	c.fine = newFineTimer()
	c.spin = spin
	if spin == 0 {
		c.spin = defaultSpin
		if c.fine == nil {
			c.spin = coarseSpin
		}
	}
	return c
}

func (c *clock) close() {
	if c.fine != nil {
		c.fine.close()
	}
}

// How long to wait in which way. Go's timers are late by up to about 1 ms on
// Linux, where the runtime's poller counts in whole milliseconds, and a fine
// timer takes over before that. Measured on an idle Linux machine, fine timers
// are late by about 50 µs.
const (
	coarseEnds  = 2 * time.Millisecond   // what the Go timer leaves to the fine one
	defaultSpin = 60 * time.Microsecond  // what the fine timer leaves to the busy wait
	coarseSpin  = 500 * time.Microsecond // the same, without a fine timer
)

func (c *clock) now() time.Duration { return time.Since(c.zero) }

// wait returns at the instant at, or at once if it has passed. It reports
// false, early, when ctx ends.
func (c *clock) wait(ctx context.Context, at time.Duration) bool {
	left := at - c.now()
	early := c.spin
	if c.fine != nil {
		early = coarseEnds
	}
	for left > early {
		if !c.sleep(ctx, left-early) {
			return false
		}
		left = at - c.now()
	}
	if c.fine != nil && left > c.spin {
		c.fine.sleep(left - c.spin)
	}
	for c.spin > 0 && c.now() < at && ctx.Err() == nil {
	}
	return ctx.Err() == nil
}

func (c *clock) sleep(ctx context.Context, d time.Duration) bool {
	if c.timer == nil {
		c.timer = time.NewTimer(d)
	} else {
		c.timer.Reset(d)
	}
	select {
	case <-c.timer.C:
		return true
	case <-ctx.Done():
		c.timer.Stop()
		return false
	}
}
