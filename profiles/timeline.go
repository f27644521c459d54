package profiles

import "time"

// A timeline walks through the hits of one class in order, but for those that
// replies place.
type timeline struct {
	schedules []*Schedule
	starts    []time.Duration // when each phase begins
	phase, n  int             // the next hit
}

// from returns the timeline begun later.
func (t timeline) from(begin time.Duration) timeline {
	starts := make([]time.Duration, len(t.starts))
	for i, s := range t.starts {
		starts[i] = s + begin
	}
	t.starts = starts
	return t
}

// peek is the instant of the next hit.
func (t *timeline) peek() (at time.Duration, ok bool) {
	for t.phase < len(t.schedules) {
		s := t.schedules[t.phase]
		if at, ok := s.At(t.n); ok && s.workers == 0 {
			return t.starts[t.phase] + at, true
		}
		t.phase, t.n = t.phase+1, 0
	}
	return 0, false
}

// A merged walks through the hits of several classes in order of time. It
// keeps the next instant of each, as instants are dear to calculate.
type merged struct {
	lines []timeline
	next  []time.Duration
	live  []bool
}

func newMerged(lines []timeline) *merged {
	m := &merged{make([]timeline, len(lines)), make([]time.Duration, len(lines)), make([]bool, len(lines))}
	copy(m.lines, lines)
	for i := range m.lines {
		m.next[i], m.live[i] = m.lines[i].peek()
	}
	return m
}

// peek finds the class with the earliest next hit; -1 when none is left.
func (m *merged) peek() (at time.Duration, line int) {
	line = -1
	for i := range m.lines {
		if m.live[i] && (line < 0 || m.next[i] < at) {
			at, line = m.next[i], i
		}
	}
	return at, line
}

func (m *merged) skip(line int) {
	m.lines[line].n++
	m.next[line], m.live[line] = m.lines[line].peek()
}

// busiestSecond is the largest number of hits in any [t, t+1 s). It is enough
// to look at the seconds that begin with a hit.
func busiestSecond(lines []timeline) int {
	first, last := newMerged(lines), newMerged(lines)
	most, within := 0, 0
	for {
		began, line := first.peek()
		if line < 0 {
			return most
		}
		for {
			at, next := last.peek()
			if next < 0 || at >= began+time.Second {
				break
			}
			last.skip(next)
			within++
		}
		most = max(most, within)
		first.skip(line)
		within--
	}
}
