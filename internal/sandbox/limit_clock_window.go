package sandbox

import "time"

// clockWindow is a fixed window at multiples of its length on the clock: the
// hours of an hourly quota. No library in the field does only this.
type clockWindow struct {
	quota  int
	length time.Duration
	began  time.Time
	count  int
}

func newClockWindow(q quota) limiter { return &clockWindow{quota: q.burst, length: q.span()} }

func (w *clockWindow) decide(now time.Time) decision {
	if began := now.Truncate(w.length); !began.Equal(w.began) {
		w.began, w.count = began, 0
	}
	if w.count == w.quota {
		return decision{}
	}
	w.count++
	return decision{admitted: true}
}
