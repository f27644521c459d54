package profiles

import (
	"fmt"
	"strings"
)

// Describe is the phase in plain words: "hold 25/s for 8 s, jittered: 200
// hits". Of a phase that does not compile it tells the error.
func (p *Phase) Describe() string {
	s, err := p.Schedule()
	if err != nil {
		return err.Error()
	}
	return p.describe(s)
}

func (p *Phase) describe(s *Schedule) string {
	hits := countHits(s.Hits())
	jittered := ""
	if p.Spacing == Jittered {
		jittered = ", jittered"
	}
	length := plainDuration(s.Duration())
	switch p.Kind {
	case Burst:
		if p.Over == 0 {
			return fmt.Sprintf("burst at one instant: %s", hits)
		}
		return fmt.Sprintf("burst over %s: %s", length, hits)
	case Hold:
		return fmt.Sprintf("hold %s for %s%s: %s", p.Rate, length, jittered, hits)
	case Ramp:
		return fmt.Sprintf("ramp from %s to %s over %s%s: %s", p.From, p.To, length, jittered, hits)
	case Steps:
		return fmt.Sprintf("steps %s%s: %s", describeSteps(p.Steps), jittered, hits)
	case Poisson:
		return fmt.Sprintf("poisson, %s on average for %s: %s", p.Rate, length, hits)
	case Saturate:
		if p.Hits == 0 {
			hits = "as many hits as they get replies to"
		} else {
			hits = "at most " + hits
		}
		return fmt.Sprintf("saturate with %s for %s: %s", countWorkers(p.Workers), length, hits)
	case Replay:
		return fmt.Sprintf("replay of %s within %s", hits, length)
	}
	return "pause " + length
}

// describeSteps tells the first few steps; the length once when all have the
// same.
func describeSteps(steps []Step) string {
	const most = 8
	same := true
	for _, s := range steps {
		same = same && s.Duration == steps[0].Duration
	}
	var parts []string
	for _, s := range steps[:min(most, len(steps))] {
		text := s.Rate.String()
		if !same {
			text += " for " + plainDuration(s.Duration)
		}
		parts = append(parts, text)
	}
	if n := len(steps) - most; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	list := strings.Join(parts, ", ")
	if same {
		list += fmt.Sprintf(" for %s each", plainDuration(steps[0].Duration))
	}
	return list
}
