package analyze

import (
	"cmp"
	"math"
	"slices"

	"ratefit/internal/trace"
)

// A binding is what decides the cut of a stream while the rate stays between
// two. What one window demands is linear in the rate; of the millions of such
// lines a few form the envelope of all. With them a cut takes no walk through
// the hits.
//
// The largest of the lines of one hit is convex in the rate. Where it is the
// same line at both rates it is that line between them, too; else it lies
// between those two lines and the chord: bounds from below take the ones,
// bounds from above the other, so that the set can only be too large.
type binding struct {
	low, high float64 // hits per second
	o         cutOptions
	least     []line // the burst is at least each of them
	used      []line // the largest of them is mostUsed
	most      []line // the burst is below each of them
	perhaps   []limitedLine
}

// A line is linear in the rate, given by its values at the ends of a binding.
type line struct{ low, high float64 }

func (l line) at(part float64) float64 { return l.low + part*(l.high-l.low) }

// A limitedLine is what a limited hit demands that an unknown first level may
// explain: the burst is below it at rates where no more was used than elsewhere.
type limitedLine struct{ most, used line }

// bind makes the binding of the stream between two rates.
func (s *Stream) bind(low, high float64, o cutOptions) *binding {
	b := &binding{low: low, high: high, o: o}
	explained := line{math.Inf(1), math.Inf(1)}
	if !o.rest {
		b.bindUsed(s)
		explained = line{b.mostUsed(0), b.mostUsed(1)}
	}
	w := newMeter(low, low)
	v := newMeter(high, high)
	least := envelope{sign: 1}
	most := envelope{sign: -1}
	for e := s.events(o); e.next(); {
		w.take(&e)
		v.take(&e)
		if e.begins {
			continue
		}
		switch e.outcome {
		case trace.Admitted:
			for _, m := range []*meter{&w, &v} {
				n, ns := m.sure.window(e.to)
				least.add(b.line(n, ns))
			}
		case trace.Limited:
			demand := line{w.may.most(e.from) + 1, v.may.most(e.from) + 1}
			used := b.line(float64(w.may.started)+1, e.from)
			switch {
			case used.low <= explained.high:
				most.add(demand)
			case used.high <= explained.low && demand.high <= most.best() && len(b.perhaps) < mostPerhaps:
				// Beyond so many they are left out: the set is only the larger.
				b.perhaps = append(b.perhaps, limitedLine{demand, used})
			}
			oldest := e.oldestLimited()
			w.may.forget(oldest)
			v.may.forget(oldest)
		}
	}
	b.least, b.most = least.result(), most.result()
	b.perhaps = slices.DeleteFunc(b.perhaps, func(p limitedLine) bool { return p.most.high > most.best() })
	return b
}

// mostPerhaps bounds what is kept of limited hits that may be explained.
const mostPerhaps = 50_000

// bindUsed fills b.used.
func (b *binding) bindUsed(s *Stream) {
	start := s.from[s.byFrom[0]] - b.o.grain
	used, count := envelope{sign: 1}, 0.0
	used.add(line{})
	for _, hit := range s.byTo {
		if s.outcome[hit] == trace.Admitted && s.to[hit] != never {
			count++
			used.add(b.line(count, s.to[hit]-start))
		}
	}
	b.used = used.result()
}

// line is n hits less what drains in a time.
func (b *binding) line(n float64, ns int64) line {
	return line{n - b.low*1e-9*float64(ns), n - b.high*1e-9*float64(ns)}
}

func (b *binding) covers(r, upto float64, o cutOptions) bool {
	return b.low <= r && upto <= b.high && b.o == o
}

// part is how far a rate lies from low to high.
func (b *binding) part(rate float64) float64 {
	if b.high == b.low {
		return 0
	}
	return (rate - b.low) / (b.high - b.low)
}

func (b *binding) mostUsed(part float64) float64 {
	most := 0.0
	for _, l := range b.used {
		most = max(most, l.at(part))
	}
	return most
}

func (b *binding) cut(r, upto float64) cut {
	c := cut{lo: math.Inf(-1), hi: math.Inf(1)}
	from, to := b.part(r), b.part(upto)
	for _, l := range b.least {
		c.lo = max(c.lo, l.at(to)-slack)
	}
	for _, l := range b.most {
		c.hi = min(c.hi, l.at(from))
	}
	if len(b.perhaps) > 0 {
		explained := b.mostUsed(to)
		for _, p := range b.perhaps {
			if p.used.at(from) <= explained {
				c.hi = min(c.hi, p.most.at(from))
			}
		}
	}
	return c
}

// An envelope keeps, of lines, those that are the largest (sign 1) or the
// least (sign -1) of all somewhere between both ends.
type envelope struct {
	sign  float64
	lines []line // times sign, so that it always is the largest
	known bool
	floor line // the largest at each end so far
	full  int  // so many lines are reduced
}

func (e *envelope) add(l line) {
	l.low, l.high = e.sign*l.low, e.sign*l.high
	if !e.known {
		e.known, e.floor, e.full = true, l, 1<<12
	}
	if max(l.low, l.high) < min(e.floor.low, e.floor.high) || l.low < e.floor.low && l.high < e.floor.high && e.below(l) {
		return
	}
	e.floor.low, e.floor.high = max(e.floor.low, l.low), max(e.floor.high, l.high)
	if e.lines = append(e.lines, l); len(e.lines) >= e.full {
		e.reduce()
		e.full = max(e.full, 2*len(e.lines))
	}
}

// below reports that the line lies below one of the last that were kept.
func (e *envelope) below(l line) bool {
	for i := len(e.lines) - 1; i >= max(0, len(e.lines)-4); i-- {
		if k := e.lines[i]; l.low <= k.low && l.high <= k.high {
			return true
		}
	}
	return false
}

// best is the least value, over the whole, of the largest at its worse end: no
// line that lies beyond it everywhere matters.
func (e *envelope) best() float64 {
	if !e.known {
		return math.Inf(int(-e.sign))
	}
	return e.sign * min(e.floor.low, e.floor.high)
}

// reduce drops the lines that are nowhere the largest.
func (e *envelope) reduce() {
	slices.SortFunc(e.lines, func(a, b line) int { // from the one that falls most
		return cmp.Or(cmp.Compare(a.high-a.low, b.high-b.low), cmp.Compare(b.low, a.low))
	})
	kept := e.lines[:0]
	for _, l := range e.lines {
		if n := len(kept); n > 0 && l.high <= kept[n-1].high {
			continue // it falls no more than that one, so it is below it everywhere
		}
		for len(kept) > 0 {
			last := kept[len(kept)-1]
			if l.low < last.low && (len(kept) == 1 || meet(last, l) > meet(kept[len(kept)-2], last)) {
				break
			}
			kept = kept[:len(kept)-1]
		}
		kept = append(kept, l)
	}
	e.lines = kept
}

// meet is how far from the low end b comes to exceed a.
func meet(a, b line) float64 { return (a.low - b.low) / ((a.low - b.low) + (b.high - a.high)) }

// result returns the lines.
func (e *envelope) result() []line {
	e.reduce()
	out := make([]line, len(e.lines))
	for i, l := range e.lines {
		out[i] = line{e.sign * l.low, e.sign * l.high}
	}
	return out
}
