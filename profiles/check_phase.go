package profiles

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hints that end messages about missing and bad values.
const (
	durationHint = "write a duration with its unit such as 1.5s or 2m"
	wholeHint    = "write a whole number such as 150"
)

// fieldsOf lists the fields that belong to a kind, in the order in which they
// are explained; nil for an unknown kind.
func fieldsOf(k Kind) []string {
	switch k {
	case Burst:
		return []string{"hits", "over"}
	case Hold:
		return []string{"rate", "duration", "spacing", "seed"}
	case Ramp:
		return []string{"from", "to", "duration", "spacing", "seed"}
	case Steps:
		return []string{"steps", "each", "spacing", "seed"}
	case Pause:
		return []string{"duration"}
	case Poisson:
		return []string{"rate", "duration", "seed"}
	case Replay:
		return []string{"at", "duration"}
	case Saturate:
		return []string{"workers", "duration", "hits"}
	}
	return nil
}

// label names a phase in messages about phases made in code.
func (p *Phase) label() string {
	return strings.TrimSpace("phase " + p.Name)
}

// given lists the fields that are not zero.
func (p *Phase) given() []string {
	var names []string
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"hits", p.Hits != 0},
		{"workers", p.Workers != 0},
		{"over", p.Over != 0},
		{"rate", p.Rate != 0},
		{"from", p.From != 0},
		{"to", p.To != 0},
		{"steps", len(p.Steps) > 0},
		{"at", len(p.At) > 0},
		{"duration", p.Duration != 0},
		{"spacing", p.Spacing != "" && p.Spacing != Even},
		{"seed", p.Seed != 0},
	} {
		if f.set {
			names = append(names, f.name)
		}
	}
	return names
}

// check reports what is wrong with the fields of a phase, its name excepted.
func (p *Phase) check(report reporter) {
	allowed := fieldsOf(p.Kind)
	if allowed == nil {
		report("kind", kindText(p.Kind))
		return
	}
	misplaced := false
	for _, name := range p.given() {
		if !slices.Contains(allowed, name) {
			report(name, misplacedText(p.Kind))
			misplaced = true
		}
	}
	if misplaced {
		return
	}
	switch p.Spacing {
	case "", Even:
		if p.Seed != 0 && p.Kind != Poisson {
			report("seed", "has no effect while spacing is even; leave it out or write spacing: jittered")
		}
	case Jittered:
	default:
		report("spacing", fmt.Sprintf("must be %s or %s, is %s", Even, Jittered, quoted(string(p.Spacing))))
	}
	p.checkKind(report)
}

func (p *Phase) checkKind(report reporter) {
	switch p.Kind {
	case Burst:
		checkWhole("hits", p.Hits, MaxListed, report)
		if p.Over != 0 {
			checkDuration("over", p.Over, report)
		}
	case Hold, Poisson:
		sound := checkRate("rate", p.Rate, report)
		if checkDuration("duration", p.Duration, report) && sound {
			checkCount("rate", hitsWithin(p.Rate, p.Duration), p.listedAtMost(), report)
		}
	case Ramp:
		p.checkRamp(report)
	case Steps:
		p.checkSteps(report)
	case Pause:
		checkDuration("duration", p.Duration, report)
	case Replay:
		p.checkReplay(report)
	case Saturate:
		checkWhole("workers", p.Workers, MaxWorkers, report)
		checkDuration("duration", p.Duration, report)
		if p.Hits != 0 {
			checkWhole("hits", p.Hits, MaxHits, report)
		}
	}
}

// listedAtMost bounds the hits of a hold or poisson phase.
func (p *Phase) listedAtMost() int {
	if p.Kind == Poisson {
		return MaxListed
	}
	return MaxHits
}

func (p *Phase) checkRamp(report reporter) {
	sound := checkDuration("duration", p.Duration, report)
	if p.From == 0 && p.To == 0 {
		report("to", "must be above 0 when from is 0; "+rateHint)
		return
	}
	sound = (p.From == 0 || checkRate("from", p.From, report)) && sound
	sound = (p.To == 0 || checkRate("to", p.To, report)) && sound
	if sound {
		checkCount("to", newRamp(p.From, p.To, p.Duration).hits(), MaxHits, report)
	}
}

func (p *Phase) checkSteps(report reporter) {
	if len(p.Steps) == 0 {
		report("steps", "is missing; write rates such as [10/s, 20/s] with each: 5s")
		return
	}
	if len(p.Steps) > MaxSteps {
		report("steps", fmt.Sprintf("must be at most %d, are %d", MaxSteps, len(p.Steps)))
		return
	}
	hits, length, sound := 0, time.Duration(0), true
	for i, s := range p.Steps {
		path := fmt.Sprintf("steps[%d]", i)
		ok := checkRate(path+".rate", s.Rate, report)
		ok = checkDuration(path+".duration", s.Duration, report) && ok
		if ok {
			hits, length = min(hits+hitsWithin(s.Rate, s.Duration), 2*MaxHits), min(length+s.Duration, 2*MaxDuration)
		}
		sound = sound && ok
	}
	if !sound {
		return
	}
	if length > MaxDuration {
		report("steps", fmt.Sprintf("last longer than %s together", plainDuration(MaxDuration)))
	}
	checkCount("steps", hits, MaxHits, report)
}

func (p *Phase) checkReplay(report reporter) {
	if len(p.At) == 0 {
		report("at", "is missing; write instants such as [0s, 10ms, 1.5s]")
		return
	}
	checkCount("at", len(p.At), MaxListed, report)
	for i, at := range p.At {
		path := fmt.Sprintf("at[%d]", i)
		switch {
		case at < 0:
			report(path, "must not be negative, is "+at.String())
			return
		case at > MaxDuration:
			report(path, fmt.Sprintf("must be at most %s, is %s", plainDuration(MaxDuration), at))
			return
		case i > 0 && at < p.At[i-1]:
			report(path, fmt.Sprintf("must not come before the instant in front of it, %s, is %s", p.At[i-1], at))
			return
		}
	}
	last := p.At[len(p.At)-1]
	if p.Duration != 0 && checkDuration("duration", p.Duration, report) && p.Duration < last {
		report("duration", fmt.Sprintf("must reach the last instant, %s, is %s", last, p.Duration))
	}
}

// size is the number of hits and the length of a sound phase, poisson by its
// mean, and saturate by what it names: without a number the budget of the run
// bounds it.
func (p *Phase) size() (hits int, length time.Duration) {
	switch p.Kind {
	case Burst:
		return p.Hits, p.Over
	case Hold, Poisson:
		return hitsWithin(p.Rate, p.Duration), p.Duration
	case Ramp:
		return newRamp(p.From, p.To, p.Duration).hits(), p.Duration
	case Steps:
		for _, s := range p.Steps {
			hits, length = hits+hitsWithin(s.Rate, s.Duration), length+s.Duration
		}
		return hits, length
	case Replay:
		return len(p.At), max(p.Duration, p.At[len(p.At)-1])
	case Saturate:
		return p.Hits, p.Duration
	}
	return 0, p.Duration
}
