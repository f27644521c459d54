package profiles

import (
	"fmt"
	"slices"
	"time"

	"ratefit/expect"
)

// Limits on what one profile may ask for. They keep mistakes small: a slip of
// the keyboard must not plan a day of traffic at a million hits per second.
const (
	MaxDuration = 24 * time.Hour // a phase, and all phases of a class together
	MaxHits     = 10_000_000     // all classes together, for one source
	MaxClasses  = 16
	MaxPhases   = 1000   // in one class
	MaxSteps    = 1000   // in one phase
	MaxWorkers  = 10_000 // in one phase

	// MaxListed bounds the kinds that keep every instant in memory: hits of
	// one burst at one instant, expected hits of one poisson phase, instants
	// of one replay.
	MaxListed = 1_000_000
)

// A Profile is traffic planned over time.
type Profile struct {
	Name    string  // letters, digits and ". _ -", at most 64
	About   string  // one sentence: the question the profile answers
	Classes []Class // in the order in which they were written

	// Stagger is by how much each class of each source begins after the one
	// before it; 0 = all together. When one is used up while the next one
	// begins, it shows whether they share a limiter.
	Stagger time.Duration

	// Headers says what response headers of the target mean that follow no
	// convention; see the package comment.
	Headers []Header

	// Expect is what is expected of the target's limiters, nil = nothing.
	Expect *expect.Set

	source string // the text it was loaded from
}

// A Class is one kind of request (read, write, or any name) with the phases
// that are sent one after the other.
type Class struct {
	Name    string // letters, digits and ". _ -", at most 64
	Request string // "METHOD /path", or empty when the command line names it
	Phases  []Phase
}

// A Kind says how the hits of a phase are spread over time.
type Kind string

// The kinds of phases, and the fields of [Phase] that each one uses. Name
// belongs to all; Spacing and Seed to those marked with *; Seed alone to
// Poisson.
const (
	Burst   Kind = "burst"   // Hits at one instant, or evenly over Over
	Hold    Kind = "hold"    // * Rate for Duration
	Ramp    Kind = "ramp"    // * from From to To, linearly, over Duration
	Steps   Kind = "steps"   // * Steps, each a hold of its own
	Pause   Kind = "pause"   // no hits for Duration
	Poisson Kind = "poisson" // independent random gaps of mean 1/Rate for Duration
	Replay  Kind = "replay"  // the instants At, then silence up to Duration

	// Saturate sends as fast as replies come: each of Workers sends its next hit
	// when it has its reply, for Duration, Hits in all at most.
	Saturate Kind = "saturate"
)

// Kinds lists the kinds of phases in the order in which they are explained.
func Kinds() []Kind {
	return []Kind{Burst, Hold, Ramp, Steps, Pause, Poisson, Replay, Saturate}
}

// A Spacing says where in its slot a hit is sent. The slot of hit n of a hold
// at rate r is [n/r, (n+1)/r), cut off at the end of the phase.
type Spacing string

// The spacings. Evenly spaced hits whose rate has a common measure with the
// limiter's rate always ask at the same points between two tokens, and so
// measure nothing: jittered hits ask everywhere.
const (
	Even     Spacing = "even"     // at the start of the slot; also the empty Spacing
	Jittered Spacing = "jittered" // anywhere in the slot, drawn from Seed
)

// A Phase is one stretch of a class. Which fields count depends on Kind; the
// others must be left zero.
type Phase struct {
	Name string // letters, digits, spaces and ". _ -", at most 64; unique in its class
	Kind Kind

	Hits     int           // burst: 1 to 1,000,000; saturate: at most so many, 0 = as many as replies come to
	Workers  int           // saturate: 1 to 10,000, for each source
	Over     time.Duration // burst: 0 = all at one instant
	Rate     Rate          // hold, poisson: above 0
	From, To Rate          // ramp: one of them may be 0
	Steps    []Step        // steps: at least one

	// At holds the instants of a replay, counted from the beginning of the
	// phase, ascending. Equal instants are hits at once.
	At []time.Duration

	Duration time.Duration // hold, ramp, pause, poisson, saturate; replay: 0 = up to the last instant
	Spacing  Spacing       // hold, ramp, steps
	Seed     uint64        // of jittered spacing and of poisson: same seed, same instants
}

// A Step is one level of a steps phase.
type Step struct {
	Rate     Rate // above 0
	Duration time.Duration
}

// Class returns the class of that name. It points into the profile.
func (p *Profile) Class(name string) (*Class, bool) {
	for i := range p.Classes {
		if p.Classes[i].Name == name {
			return &p.Classes[i], true
		}
	}
	return nil, false
}

// Select returns a copy of the profile with only the named classes, in the
// profile's order: a run that sends no writes plans only the reads.
func (p *Profile) Select(names ...string) (*Profile, error) {
	for _, name := range names {
		if _, ok := p.Class(name); !ok {
			return nil, fmt.Errorf("profile %s has no class %s", p.Name, quoted(name))
		}
	}
	selected := *p
	selected.Headers = slices.Clone(p.Headers)
	selected.Classes = nil
	for _, c := range p.Classes {
		if slices.Contains(names, c.Name) {
			c.Phases = slices.Clone(c.Phases)
			selected.Classes = append(selected.Classes, c)
		}
	}
	return &selected, nil
}

// Source returns the text the profile was loaded from, comments included, or
// "" when it was made in code; see [Profile.YAML].
func (p *Profile) Source() string { return p.source }
