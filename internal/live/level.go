package live

import (
	"slices"
	"time"

	"ratefit/analyze"
	"ratefit/internal/probe"
	"ratefit/internal/trace"
)

// mostLevel is the largest burst whose level is followed: to count it takes its
// time.
const mostLevel = 400

// told is what a fit has shown of the limiter of a class, and what was decided
// since.
type told struct {
	limit    analyze.Limit
	members  []probe.Member
	possible *possible
	pending  []decision
}

type decision struct {
	at                time.Duration
	admitted, refused bool
}

// possible are limiters that are possible. They belong to the goroutine that
// asks for states.
type possible struct {
	limiters []analyze.Limiter
	at       time.Duration // of the last decision
	split    bool          // half of them suppose that refused hits cost nothing
}

func newTold(k *probe.Known) *told {
	return &told{limit: k.Limit, members: k.Members, possible: &possible{limiters: k.Limiters}}
}

// Observe takes a hit after the planner has: what it has fitted to then holds all
// hits before this one.
func (b *Board) Observe(h *trace.Hit) {
	o := h.Outcome(b.limited)
	if h.Login() || o != trace.Admitted && o != trace.Limited {
		return
	}
	from, to, _ := h.Decided()
	d := decision{at: (from + to) / 2, admitted: o == trace.Admitted, refused: o == trace.Admitted && trace.Refused(h.Status)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if d.admitted && !d.refused {
		s := b.source(h.Class, h.Source)
		s.taken = append(s.taken, d.at)
	}
	for _, t := range b.told {
		for _, m := range t.members {
			if m.Class == h.Class && m.Source == h.Source && m.Credential == h.Credential {
				t.pending = append(t.pending, d)
				break
			}
		}
	}
}

// levels returns what sets the levels of a state. That takes its time, and needs
// no lock; to prepare it does.
func (b *Board) levels(class string, t *told, s *State) func() {
	all, pending, members := t.possible, t.pending, t.members
	t.pending = nil
	burst := t.limit.Burst
	taken := make([][]time.Duration, len(b.sources))
	for i, one := range b.sources {
		taken[i] = one.taken
	}
	return func() {
		for _, d := range pending {
			all.observe(d)
		}
		if burst == nil || burst.Value > mostLevel || len(all.limiters) == 0 {
			return
		}
		level := all.level(s.Now, int(burst.Value+0.5))
		for i := range s.Sources {
			one := &s.Sources[i]
			switch {
			case slices.ContainsFunc(members, func(m probe.Member) bool { return m.Class == one.Class && m.Source == one.Address }):
				one.Level = level
			case one.Class == class:
				one.Level = alike(&t.limit, taken[i], s.Now)
			}
		}
	}
}

// alike is the level of another limiter of the same kind, as each address may
// have one; nil if it is no bucket.
func alike(l *analyze.Limit, taken []time.Duration, now time.Duration) *Level {
	if l.Verdict != analyze.Identified || l.Model != "token-bucket" || len(l.Modifiers) > 0 || l.SustainedRate == nil {
		return nil
	}
	rate, burst := l.SustainedRate.Value, l.Burst.Value
	left, at := burst, time.Duration(0)
	refill := func(t time.Duration) {
		left, at = min(burst, left+rate*max(0, t-at).Seconds()), max(at, t)
	}
	for _, t := range taken {
		refill(t)
		left = max(0, left-1)
	}
	refill(now)
	return &Level{Low: int(left), High: int(left), Of: int(burst + 0.5)}
}

// observe takes a decision. Whether a hit that the API refuses costs a token is
// not known: from the first on, both is followed.
func (p *possible) observe(d decision) {
	p.at = max(p.at, d.at)
	if d.refused && !p.split {
		p.split = true
		for _, l := range p.limiters {
			p.limiters = append(p.limiters, l.Clone())
		}
	}
	for i, l := range p.limiters {
		if d.refused && i >= len(p.limiters)/2 {
			continue
		}
		l.Observe(p.at, d.admitted)
	}
}

// level asks every limiter how many hits it would admit at an instant.
func (p *possible) level(now time.Duration, burst int) *Level {
	now = max(now, p.at)
	out := &Level{Low: burst, Of: burst} // what may be beyond the fitted burst is left out
	for _, l := range p.limiters {
		m, n := l.Clone(), 0
		for n < burst && m.Admits(now) {
			m.Observe(now, true)
			n++
		}
		out.Low, out.High = min(out.Low, n), max(out.High, n)
	}
	return out
}
