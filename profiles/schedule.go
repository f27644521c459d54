package profiles

import "time"

// A Schedule is the plan of one phase: at which instants its hits are to be
// sent. It is immutable, safe for concurrent use and knows no clock. It
// satisfies Vegeta's Pacer.
//
// A schedule with [Schedule.Workers] bounds its hits instead of placing them:
// every hit may be sent from the beginning on, and none after the end; between
// these, a worker sends one whenever it has the reply to its last.
type Schedule struct {
	pattern  pattern
	hits     int
	duration time.Duration
	workers  int   // 0 = hits do not wait for replies
	jitter   *draw // nil = even spacing
}

// A pattern spreads hits over a phase. Hit n has the slot [at(n), end(n)), and
// the slots of a phase do not overlap. at does not decrease and at(0) ≥ 0.
type pattern interface {
	at(n int) time.Duration
	end(n int) time.Duration
	rate(elapsed time.Duration) float64 // planned hits per second
}

// Schedule compiles the phase. The error names the field that is wrong.
func (p *Phase) Schedule() (*Schedule, error) {
	var first error
	p.check(func(field, text string) {
		if first == nil {
			first = &Problem{Field: p.label() + "." + field, Text: text}
		}
	})
	if first != nil {
		return nil, first
	}
	s := &Schedule{}
	switch p.Kind {
	case Burst:
		s.pattern, s.hits, s.duration = burst{p.Hits, p.Over}, p.Hits, p.Over
	case Hold:
		s.pattern, s.hits, s.duration = hold{p.Rate, p.Duration}, hitsWithin(p.Rate, p.Duration), p.Duration
	case Ramp:
		r := newRamp(p.From, p.To, p.Duration)
		s.pattern, s.hits, s.duration = r, r.hits(), p.Duration
	case Steps:
		st := newStairs(p.Steps)
		s.pattern, s.hits, s.duration = st, st.hits(), st.duration()
	case Pause:
		s.duration = p.Duration
	case Poisson:
		l := newPoisson(p.Rate, p.Duration, p.Seed)
		s.pattern, s.hits, s.duration = l, len(l.instants), p.Duration
	case Replay:
		l := newReplay(p.At, p.Duration)
		s.pattern, s.hits, s.duration = l, len(l.instants), l.duration
	case Saturate:
		c := newClosed(p.Hits, p.Duration)
		s.pattern, s.hits, s.duration, s.workers = c, c.most, p.Duration, p.Workers
	}
	if p.Spacing == Jittered {
		d := newDraw(p.Seed)
		s.jitter = &d
	}
	return s, nil
}

// At is the instant of hit n, counted from 0, since the phase began. It does
// not decrease with n and never lies past Duration. ok is false when there is
// no such hit. With workers it is the earliest instant.
func (s *Schedule) At(n int) (at time.Duration, ok bool) {
	if n < 0 || n >= s.hits {
		return 0, false
	}
	return s.at(n), true
}

func (s *Schedule) at(n int) time.Duration {
	from := s.pattern.at(n)
	if s.jitter == nil {
		return from
	}
	return from + time.Duration(s.jitter.below(n, uint64(max(0, s.pattern.end(n)-from))))
}

// Hits is the number of hits planned, or with workers the most that are sent.
func (s *Schedule) Hits() int { return s.hits }

// Duration is how long the phase lasts; the next phase begins then.
func (s *Schedule) Duration() time.Duration { return s.duration }

// Workers is how many senders wait for replies, or 0 when hits wait for none.
func (s *Schedule) Workers() int { return s.workers }

// Peak is the largest number of hits in any one second, [t, t+1 s). It looks
// at every hit. With workers it is a bound: all of them.
func (s *Schedule) Peak() float64 {
	if s.workers > 0 {
		return float64(s.hits)
	}
	return float64(busiestSecond([]timeline{{schedules: []*Schedule{s}, starts: []time.Duration{0}}}))
}

// Pace says how long to wait before the next hit, after elapsed time and hits
// already sent; stop is true when all have been sent, or with workers when the
// phase is over. A sender that is late is
// never told to wait: it catches up with the plan at once, so whoever must not
// release a backlog has to compare with [Schedule.At] and leave hits out.
func (s *Schedule) Pace(elapsed time.Duration, hits uint64) (wait time.Duration, stop bool) {
	if hits >= uint64(s.hits) || s.workers > 0 && elapsed >= s.duration {
		return 0, true
	}
	return max(0, s.at(int(hits))-elapsed), false
}

// Rate is the rate planned at that moment, in hits per second; 0 outside the
// phase. Hits at one instant count as if they were spread over one second.
func (s *Schedule) Rate(elapsed time.Duration) float64 {
	if s.pattern == nil || elapsed < 0 || elapsed > s.duration || elapsed == s.duration && s.duration > 0 {
		return 0
	}
	return s.pattern.rate(elapsed)
}
