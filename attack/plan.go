package attack

import (
	"fmt"
	"math"
	"sort"
	"time"

	"ratefit/profiles"
)

// A schedule holds the planned instants of one phase; [profiles.Schedule] is one.
type schedule interface {
	At(n int) (time.Duration, bool) // of hit n since the phase began, non-decreasing; false past the last
	Hits() int
	Duration() time.Duration
}

// A phase is a schedule at its place in the run.
type phase struct {
	name     string
	begin    time.Duration // offset from Config.Zero
	next     time.Duration // when the class plans its first hit after this phase; never = none
	schedule schedule
	workers  int // that wait for replies; 0 = hits are sent at their instants
}

// never is an instant that no run reaches.
const never = time.Duration(math.MaxInt64)

// plan compiles the phases of a class. They still have to be placed.
func plan(class *profiles.Class) ([]phase, error) {
	phases := make([]phase, len(class.Phases))
	for k := range class.Phases {
		s, err := class.Phases[k].Schedule()
		if err != nil {
			return nil, fmt.Errorf("class %s: phase %s: %w", class.Name, class.Phases[k].Name, err)
		}
		phases[k] = phase{name: class.Phases[k].Name, schedule: s, workers: s.Workers()}
	}
	return phases, nil
}

// place puts the phases one after the other, from begin on, and fills in what
// follows each.
func place(phases []phase, begin time.Duration) {
	for k := range phases {
		phases[k].begin = begin
		begin += phases[k].schedule.Duration()
	}
	for k := range phases {
		phases[k].next = firstAfter(phases[k+1:], phases[k].last())
	}
}

// last returns the instant of the phase's last hit, or its beginning.
func (p *phase) last() time.Duration {
	at, _ := p.schedule.At(p.schedule.Hits() - 1)
	return p.begin + at
}

// firstAfter returns the first planned instant after t, or never.
func firstAfter(phases []phase, t time.Duration) time.Duration {
	for _, p := range phases {
		hits := p.schedule.Hits()
		n := sort.Search(hits, func(n int) bool {
			at, _ := p.schedule.At(n)
			return p.begin+at > t
		})
		if n < hits {
			at, _ := p.schedule.At(n)
			return p.begin + at
		}
	}
	return never
}

// atOnce is how many hits the phase needs to have under way at one instant.
func (p *phase) atOnce() int {
	if p.workers > 0 {
		return p.workers
	}
	return largestGroup(p.schedule)
}

// largestGroup returns the largest number of hits that a schedule plans for
// one instant. Groups smaller than DefaultMaxInFlight may be overlooked: they
// do not matter, and looking at every hit of ten million would take a second.
func largestGroup(s schedule) int {
	const stride = DefaultMaxInFlight / 2
	at := func(n int) time.Duration {
		t, _ := s.At(n)
		return t
	}
	largest, hits := min(1, s.Hits()), s.Hits()
	for n := 0; n+stride < hits; n += stride {
		t := at(n)
		if at(n+stride) != t {
			continue
		}
		first := sort.Search(n, func(i int) bool { return at(i) >= t })
		end := n + sort.Search(hits-n, func(i int) bool { return at(n+i) > t })
		largest = max(largest, end-first)
		n = end - stride
	}
	return largest
}
