package profiles

import (
	"sort"
	"time"
)

// stairs is one hold after the other. Each begins with a hit of its own, as a
// phase would.
type stairs struct {
	steps  []hold
	starts []time.Duration // when each step begins; one more for the end
	counts []int           // hits before each step; one more for all
}

func newStairs(steps []Step) stairs {
	s := stairs{starts: []time.Duration{0}, counts: []int{0}}
	for i, step := range steps {
		s.steps = append(s.steps, hold{step.Rate, step.Duration})
		s.starts = append(s.starts, s.starts[i]+step.Duration)
		s.counts = append(s.counts, s.counts[i]+hitsWithin(step.Rate, step.Duration))
	}
	return s
}

func (s stairs) hits() int { return s.counts[len(s.steps)] }

func (s stairs) duration() time.Duration { return s.starts[len(s.steps)] }

// step is the index of the step that hit n belongs to. Every step has a hit.
func (s stairs) step(n int) int { return sort.SearchInts(s.counts, n+1) - 1 }

func (s stairs) at(n int) time.Duration {
	i := s.step(n)
	return s.starts[i] + s.steps[i].at(n-s.counts[i])
}

func (s stairs) end(n int) time.Duration {
	i := s.step(n)
	return s.starts[i] + s.steps[i].end(n-s.counts[i])
}

func (s stairs) rate(elapsed time.Duration) float64 {
	i := sort.Search(len(s.steps)-1, func(i int) bool { return s.starts[i+1] > elapsed })
	return s.steps[i].rate(elapsed)
}
