package simulate

import (
	"math"
	"time"
)

// A Window admits Quota hits in each window of that Length. Windows stand on a
// grid, unless they begin with the first hit.
type Window struct {
	Quota  int
	Length time.Duration
	// Since is the time that has passed on the grid at offset 0: the wall clock
	// of the server, or how long its timer has been running.
	Since time.Duration
	// FromFirst begins a window at the first hit after the one before is over.
	FromFirst bool

	begin time.Duration
	count int
	used  bool
}

// Decide counts the hit if there is room in its window.
func (w *Window) Decide(at time.Duration, _ int) (bool, time.Duration) { return decide(w, at) }

// Room reports whether the quota of the window is not used up.
func (w *Window) Room(at time.Duration) bool { return w.over(at) || w.count < w.Quota }

// Take counts a hit, in a new window if the last one is over.
func (w *Window) Take(at time.Duration) {
	if w.over(at) {
		w.begin, w.count, w.used = w.start(at), 0, true
	}
	w.count++
}

func (w *Window) over(at time.Duration) bool { return !w.used || at >= w.begin+w.Length }

// start is the beginning of a window that a hit at this instant opens.
func (w *Window) start(at time.Duration) time.Duration {
	if w.FromFirst {
		return at
	}
	return time.Duration(floorDiv(at+w.Since, w.Length))*w.Length - w.Since
}

// A Log keeps the instants of the hits of the last Length and admits one while
// there are fewer than Quota.
type Log struct {
	Quota  int
	Length time.Duration
	// Counting: limited hits are kept as well.
	Counting bool

	kept []time.Duration
}

// Decide forgets what is too old and counts the rest.
func (l *Log) Decide(at time.Duration, _ int) (bool, time.Duration) {
	admitted := l.Room(at)
	if admitted || l.Counting {
		l.Take(at)
	}
	return admitted, 0
}

// Room forgets what is too old and reports whether the rest is below the quota.
func (l *Log) Room(at time.Duration) bool {
	for len(l.kept) > 0 && l.kept[0] <= at-l.Length {
		l.kept = l.kept[1:]
	}
	return len(l.kept) < l.Quota
}

// Take keeps the instant of a hit.
func (l *Log) Take(at time.Duration) { l.kept = append(l.kept, at) }

// A Rounding says what a [Counter] does to the weighted count before it
// compares.
type Rounding int

// The roundings that exist.
const (
	Unrounded Rounding = iota
	Floor
	HalfUp
)

// A Counter keeps two counts, of this window of the grid and of the one before,
// and weighs the latter by the part of it that lies within the last Length.
type Counter struct {
	Quota    int
	Length   time.Duration
	Since    time.Duration // as in [Window]
	Rounding Rounding
	// Loose: admits while the weighted count is at most Quota, not below it.
	Loose bool
	// Counting: limited hits are counted as well.
	Counting bool

	number        int64 // of the current window
	current, last int
	used          bool
}

// Decide weighs the two counts.
func (c *Counter) Decide(at time.Duration, _ int) (bool, time.Duration) {
	admitted := c.Room(at)
	if admitted || c.Counting {
		c.Take(at)
	}
	return admitted, 0
}

// Room weighs the two counts and compares.
func (c *Counter) Room(at time.Duration) bool {
	number := floorDiv(at+c.Since, c.Length)
	switch {
	case c.used && number == c.number:
	case c.used && number == c.number+1:
		c.last, c.current = c.current, 0
	default:
		c.last, c.current = 0, 0
	}
	c.number, c.used = number, true

	elapsed := at + c.Since - time.Duration(number)*c.Length
	weight := 1 - elapsed.Seconds()/c.Length.Seconds()
	weighted := float64(c.last)*weight + float64(c.current)
	switch c.Rounding {
	case Floor:
		weighted = math.Floor(weighted)
	case HalfUp:
		weighted = math.Floor(weighted + 0.5)
	}
	return weighted < float64(c.Quota) || c.Loose && weighted == float64(c.Quota)
}

// Take counts a hit in the window of the last [Counter.Room].
func (c *Counter) Take(time.Duration) { c.current++ }
