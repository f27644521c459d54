package sandbox

import "time"

// windowLog is a sliding window log. It keeps the last instants that count, no
// more than the quota: while the oldest of so many lies within the window, the
// quota is used up.
type windowLog struct {
	quota  int
	length time.Duration
	all    bool // limited requests count too
	hits   []time.Time
	oldest int // of a full log
}

func newWindowLog(q quota) limiter { return windowLogOf(q) }

func newWindowLogOfAll(q quota) limiter {
	l := windowLogOf(q)
	l.all = true
	return l
}

func windowLogOf(q quota) *windowLog { return &windowLog{quota: q.burst, length: q.span()} }

func (l *windowLog) room(now time.Time) bool {
	return len(l.hits) < l.quota || now.Sub(l.hits[l.oldest]) >= l.length
}

func (l *windowLog) decide(now time.Time) decision {
	admitted := l.room(now)
	if admitted || l.all {
		l.add(now)
	}
	return decision{admitted: admitted}
}

func (l *windowLog) add(now time.Time) {
	if len(l.hits) < l.quota {
		l.hits = append(l.hits, now)
		return
	}
	l.hits[l.oldest] = now
	l.oldest = (l.oldest + 1) % l.quota
}
