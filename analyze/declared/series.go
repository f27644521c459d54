package declared

import (
	"math"
	"net/http"
	"time"
)

// A Series reads the responses that one client gets from one limiter, in their
// order. Over two or more of them it sees what one cannot show: whether a
// reset falls by the second, by the millisecond or by the nanosecond, stays
// where it is as an instant does, or is a constant; whether a limit is a
// bucket's capacity; whether Retry-After is the whole window. From then on all
// responses are read so. The zero Series is ready to use.
type Series struct {
	lessons lessons
	slopes  []slope
	wait    waitSlope
}

// Read returns what the next response declares. at is when it was received, on
// any clock that runs evenly; a response before the last one teaches nothing.
// The Reader may be shared by several Series.
func (s *Series) Read(r *Reader, h http.Header, status int, at time.Duration) Claims {
	c, resets := r.read(h, status, &s.lessons)
	if s.learn(&c, resets, at) {
		s.lessons.version++
		c, _ = r.read(h, status, &s.lessons)
	}
	return c
}

// learn reports whether the response changes how responses are to be read.
func (s *Series) learn(c *Claims, resets []rawReset, at time.Duration) bool {
	changed := false
	for i := range resets {
		if e, ok := s.slopeOf(resets[i].key).observe(at.Seconds(), resets[i].value); ok {
			s.lessons.setEncoding(resets[i].key, e)
			changed = true
		}
	}
	if s.lessons.bucketAdded {
		s.lessons.bucketAdded = false
		changed = true
	}
	if w, ok := s.wait.observe(at.Seconds(), c); ok && w != s.lessons.window {
		s.lessons.window = w
		changed = true
	}
	return changed
}

func (s *Series) slopeOf(key resetKey) *slope {
	for i := range s.slopes {
		if s.slopes[i].key == key {
			return &s.slopes[i]
		}
	}
	if len(s.slopes) == maxPolicies {
		return new(slope)
	}
	s.slopes = append(s.slopes, slope{key: key})
	return &s.slopes[len(s.slopes)-1]
}

// rawReset is the number that a response gives for a reset.
type rawReset struct {
	key   resetKey
	value float64
}

// A slope follows one reset over the responses of one window.
type slope struct {
	key        resetKey
	begun      bool
	from, last float64 // instants of the first and the last response, in seconds
	value, low float64 // at those
	moved      bool    // it was not the same all the time
	encoding   Encoding
}

// Bounds on what a slope needs.
const (
	shortest = 1.0  // seconds over which a fall is measured
	still    = 2.5  // seconds over which what does not move is constant
	jitter   = 0.15 // seconds by which the instants of responses can be wrong
)

// observe takes the next value. ok is true when the encoding is known from now
// on, or another than before. A value that rises begins another window.
func (s *slope) observe(at, value float64) (e Encoding, ok bool) {
	if s.begun && at <= s.last {
		return 0, false
	}
	if !s.begun || value > s.low+overtaken(s.low) {
		s.begun, s.from, s.value, s.moved = true, at, value, false
	}
	s.moved = s.moved || value != s.value
	s.last, s.low = at, value
	e = slopeEncoding(at-s.from, value-s.value, value)
	if s.moved && value == s.value {
		e = 0
	}
	if e == 0 || e == s.encoding {
		return 0, false
	}
	s.encoding = e
	return e, true
}

// overtaken is by how much a value can rise when responses overtake each other:
// nothing if it is in seconds.
func overtaken(value float64) float64 {
	if value < 1000 {
		return 0
	}
	return min(value/500, 1e3*jitter)
}

// slopeEncoding tells what falls by so much in so many seconds; 0 is open.
// Values are whole seconds or finer, so that a change can be one too large.
func slopeEncoding(elapsed, change, value float64) Encoding {
	fits := func(perSecond, rounding float64) bool {
		return math.Abs(change+perSecond*elapsed) <= rounding+perSecond*jitter
	}
	switch {
	case elapsed < shortest:
	case change == 0 && elapsed >= still:
		if value >= 1e11 {
			return EpochMilliseconds
		}
		if value >= 1e8 {
			return EpochSeconds
		}
		return Constant
	case change < 0 && fits(1, 1):
		return Seconds
	case change < 0 && fits(1e3, 1):
		return Milliseconds
	case change < 0 && fits(1e9, 1):
		return Nanoseconds
	}
	return 0
}

// A waitSlope sees whether Retry-After stays the same while the reset falls:
// then it is the whole window and not the time left.
type waitSlope struct {
	begun       bool
	from        float64
	wait, reset float64
}

func (s *waitSlope) observe(at float64, c *Claims) (window float64, ok bool) {
	if c.RetryAfter == nil || len(c.Policies) != 1 || c.Policies[0].Reset == nil {
		return 0, false
	}
	wait, reset := *c.RetryAfter, *c.Policies[0].Reset
	fallen, elapsed := s.reset-reset, at-s.from
	if !s.begun || wait != s.wait || fallen < 0 || elapsed < 0 {
		*s = waitSlope{begun: true, from: at, wait: wait, reset: reset}
		return 0, false
	}
	return wait, elapsed >= still && wait > 0 && reset < wait && math.Abs(fallen-elapsed) <= 1+jitter
}

// lessons are what a Series knows of the responses to come. A nil *lessons
// knows nothing.
type lessons struct {
	version     int
	encodings   []lesson
	buckets     []float64 // limits that are capacities
	bucketAdded bool
	window      float64 // 0 = not known
}

type lesson struct {
	key      resetKey
	encoding Encoding
}

func (l *lessons) setEncoding(key resetKey, e Encoding) {
	for i := range l.encodings {
		if l.encodings[i].key == key {
			l.encodings[i].encoding = e
			return
		}
	}
	l.encodings = append(l.encodings, lesson{key, e})
}

// reset reads a reset whose encoding is known.
func (l *lessons) reset(m *message, key resetKey, v float64, t timing) (instant, bool) {
	var e Encoding
	for i := range l.encodings {
		if l.encodings[i].key == key {
			e = l.encodings[i].encoding
		}
	}
	scale := 1.0
	switch e {
	case 0:
		return instant{}, false
	case Seconds:
	case Milliseconds:
		scale = 1e-3
	case Nanoseconds:
		scale = 1e-9
	default:
		in := m.resetNumber(key.name, v, t)
		if in.by != 0 {
			in.by = BySlope
		}
		if e == Constant && in.in != nil {
			m.note(key.name, "is the same in every response: a constant, no countdown")
			in.encoding = Constant
		}
		return in, true
	}
	if v*scale > near {
		m.note(key.name, "is not a plausible length of time")
		return instant{}, true
	}
	return instant{m.num(milli(v * scale)), e, BySlope}, true
}

func (l *lessons) isBucket(limit float64) bool {
	if l == nil {
		return false
	}
	for _, b := range l.buckets {
		if b == limit {
			return true
		}
	}
	return false
}

func (l *lessons) addBucket(limit float64) {
	if l != nil && len(l.buckets) < maxPolicies && !l.isBucket(limit) {
		l.buckets, l.bucketAdded = append(l.buckets, limit), true
	}
}
