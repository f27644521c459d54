package analyze

import (
	"math"

	"ratefit/internal/trace"
)

// A firstHitWindow is one window as far as it is known. Times in ns.
type firstHitWindow struct {
	begin, begun int64 // it began within [begin, begun]
	since        int64 // an admitted hit sent at since or later surely does not belong to an earlier one
	may          int64 // a hit answered before may surely belongs to an earlier one
	first        bool  // nothing is known of the window before it
}

// firstHitCut is the cut, lo ≤ quota < hi, of a window counter anchored to the
// first hit, over all windows from low to high (ns).
//
// The windows are followed one by one. The beginning of each is known to a
// span, which the lengths widen and what is observed narrows again: an admitted
// hit after a limited one is of a later window. Where the trace begins within a
// window nothing is said until the next one is seen to begin.
func (s *Stream) firstHitCut(low, high float64, o cutOptions) cut {
	// Whoever loses sight of the windows still knows this much.
	c := cut{max(1, math.Ceil(float64(s.densest(int64(low)-o.grain))/2)), s.sparsest(int64(math.Ceil(high))+o.grain) + 1}
	if c.empty() {
		return c
	}
	w := windowWalk{s: s, o: o, short: int64(low), long: int64(math.Ceil(high))}
	if high > 2*low {
		return c // too wide to follow
	}
	win, at, ok := w.anchor(0)
	anchors := 0
	for ok && at < len(s.byFrom) {
		at = w.measure(win, at, &c)
		if c.empty() {
			break
		}
		if win, ok = w.next(win, at); ok && win.begun-win.begin > w.short {
			if anchors++; anchors*len(s.byFrom) > mostAnchored {
				break // such windows are shorter than the times are known
			}
			win, at, ok = w.anchor(at + 1) // lost sight of it
		}
	}
	return c
}

// densest is how many hits were admitted, at least, in some span of time (ns):
// twice the quota at most if that is shorter than a window, wherever the windows
// began.
func (s *Stream) densest(span int64) int {
	most, ended, begun := 0, 0, 0
	next := 0
	for _, first := range s.byFrom {
		if s.outcome[first] != trace.Admitted {
			continue
		}
		for ; next < len(s.byTo) && s.to[s.byTo[next]] < after(s.from[first], span); next++ {
			if s.outcome[s.byTo[next]] == trace.Admitted {
				ended++
			}
		}
		most = max(most, ended-begun)
		begun++
	}
	return most
}

// sparsest is how many hits may have been admitted, at most, in some span of
// time (ns) before a limited one: the quota at least if that is no shorter than
// a window. Limited hits whose window may have begun before the trace do not
// count.
func (s *Stream) sparsest(span int64) float64 {
	least := math.Inf(1)
	begun, ended, next, last := 0, 0, 0, 0
	rest := int64(never) // from when on the trace shows all of a span
	if s.Len() > 0 {
		rest = after(s.from[s.byFrom[0]], span)
	}
	for _, hit := range s.byFrom {
		if s.outcome[hit] != trace.Limited || s.from[hit] < rest {
			continue
		}
		// Where answers overtake each other this counts some too many.
		for ; next < len(s.byFrom) && s.from[s.byFrom[next]] <= s.to[hit]; next++ {
			if s.outcome[s.byFrom[next]] != trace.Limited {
				begun++
			}
		}
		for ; last < len(s.byTo) && s.to[s.byTo[last]] < s.from[hit]-span; last++ {
			if s.outcome[s.byTo[last]] != trace.Limited {
				ended++
			}
		}
		least = min(least, float64(begun-ended))
	}
	return least
}

// mostAnchored bounds the hits gone through to find the windows anew.
const mostAnchored = 500_000

// windowWalk goes through the hits in the order of their sending.
type windowWalk struct {
	s           *Stream
	o           cutOptions
	short, long int64

	exhausted int64 // earliest answer of a limited hit surely within the window
	pending   []pendingHit
	carried   []pendingHit
}

// A pendingHit is a limited hit that may belong to this window or the next.
type pendingHit struct {
	at   int // in byFrom
	most int // hits that may have been counted before it
}

// unbounded: nothing is known of a window that the hit may belong to.
const unbounded = math.MaxInt32

// anchor finds the first window from hit at on whose beginning is seen: the
// first hit of all if the limiter is said to be at rest, else the first one that
// is admitted after a limited one, or sent after a silence as long as the
// window.
func (w *windowWalk) anchor(at int) (firstHitWindow, int, bool) {
	s := w.s
	w.pending = w.pending[:0]
	if at == 0 && w.o.rest {
		return w.begunBy(0, math.MinInt64), 0, true
	}
	k := w.silence(at)
	win, found := w.begunBy(k, math.MinInt64), k < len(s.byFrom)
	s.afterLimited(w.o.grain, func(first int, hit, limited int32) bool {
		if first < at {
			return true
		}
		if first < k {
			win, k = w.begunAfter(limited, hit)
			found = true
		}
		return false
	})
	return win, k, found
}

// begunAfter is the window that began after a limited hit, since an admitted
// one was surely decided after that, and the position in byFrom of the first
// hit that may belong to it. Any hit that is not limited may have begun it that
// may have been decided after the limited one was.
func (w *windowWalk) begunAfter(limited, admitted int32) (firstHitWindow, int) {
	s := w.s
	last, answered := s.from[limited]-w.o.grain, s.to[limited]
	win := firstHitWindow{begin: never, begun: s.to[admitted], since: answered, may: last, first: true}
	at := -1
	for k, hit := range s.byFrom {
		from, to := s.from[hit]-w.o.grain, s.to[hit]
		if from > win.begun {
			break
		}
		if to < last {
			continue
		}
		if at < 0 {
			at = k
		}
		switch s.outcome[hit] {
		case trace.Admitted:
			if from > answered {
				win.begun = min(win.begun, to)
			}
			win.begin = min(win.begin, from)
		case trace.Unknown:
			win.begin = min(win.begin, from)
		}
	}
	win.begin = max(win.begin, last)
	return win, at
}

// silence finds the first hit from at on that was sent longer than a window
// after all before it were answered; the number of hits if there is none.
func (w *windowWalk) silence(at int) int {
	last := int64(math.MinInt64)
	for k, hit := range w.s.byFrom {
		if k > 0 && k >= at && w.s.from[hit]-w.o.grain > after(last, w.long) {
			return k
		}
		last = max(last, w.s.to[hit])
	}
	return len(w.s.byFrom)
}

// begunBy is the window that hit k or one in flight beside it began, knowing
// that an earlier window had ended by then.
func (w *windowWalk) begunBy(k int, since int64) firstHitWindow {
	s := w.s
	if k == len(s.byFrom) {
		return firstHitWindow{}
	}
	win := firstHitWindow{begin: s.from[s.byFrom[k]] - w.o.grain, begun: never, since: since, may: since}
	for _, hit := range s.byFrom[k:] {
		if s.from[hit]-w.o.grain > win.begun {
			break
		}
		if s.outcome[hit] != trace.Unknown {
			win.begun = min(win.begun, s.to[hit])
		}
	}
	if win.since == math.MinInt64 {
		win.since, win.may = win.begin, win.begin
	}
	return win
}

// measure takes the bounds of the quota from the hits of one window, and
// returns the position in byFrom of the first hit that may belong to the next.
func (w *windowWalk) measure(win firstHitWindow, at int, c *cut) int {
	s := w.s
	endLo, endHi := after(win.begin, w.short), after(win.begun, w.long)
	sure, next := 0, len(s.byFrom)
	w.exhausted = never
	w.carried, w.pending = w.pending, w.carried[:0]
	possible, ahead, carry := 0, at, 0
	for k := at; k < len(s.byFrom); k++ {
		hit := s.byFrom[k]
		from, to := s.from[hit]-w.o.grain, s.to[hit]
		if from > endHi {
			next = min(next, k)
			break
		}
		if to >= endLo {
			next = min(next, k)
		}
		switch s.outcome[hit] {
		case trace.Admitted:
			if from >= win.since && to < endLo {
				sure++
			}
		case trace.Limited:
			if to < win.may {
				continue
			}
			before := win.first && from < win.begun // of a window that nothing is known of
			if before && to < endLo {
				continue
			}
			for ; ahead < len(s.byFrom); ahead++ {
				h := s.byFrom[ahead]
				if f := s.from[h] - w.o.grain; f > to || f > endHi {
					break
				}
				if s.outcome[h] != trace.Limited && s.to[h] >= win.may {
					possible++
				}
			}
			most := possible
			for ; carry < len(w.carried) && w.carried[carry].at < k; carry++ {
			}
			if carry < len(w.carried) && w.carried[carry].at == k {
				most = max(most, w.carried[carry].most)
			}
			if before {
				most = unbounded
			}
			if to >= endLo {
				w.pending = append(w.pending, pendingHit{k, most})
				continue
			}
			if from >= win.begun {
				w.exhausted = min(w.exhausted, to)
			}
			if most < unbounded {
				c.hi = min(c.hi, float64(most)+1)
			}
		}
	}
	c.lo = max(c.lo, float64(sure))
	return next
}

// next finds where the window after this one began. at is the first hit that
// may belong to it.
func (w *windowWalk) next(win firstHitWindow, at int) (firstHitWindow, bool) {
	s := w.s
	endLo, endHi := after(win.begin, w.short), after(win.begun, w.long)
	n := firstHitWindow{begin: never, begun: never, since: min(endHi, w.exhausted), may: endLo}
	for _, hit := range s.byFrom[min(at, len(s.byFrom)):] {
		from, to := s.from[hit]-w.o.grain, s.to[hit]
		if from > n.begun && from > endHi {
			break
		}
		if to < endLo {
			continue
		}
		o := s.outcome[hit]
		if o != trace.Limited { // the hit that begins a window is admitted
			n.begin = min(n.begin, from)
		}
		if o == trace.Admitted && from >= n.since || o == trace.Limited && from >= endHi {
			n.begun = min(n.begun, to)
		}
	}
	if n.begun == never {
		return n, false
	}
	n.begin = max(min(n.begin, n.begun), endLo)
	n.begun = max(n.begun, n.begin)
	n.since = min(n.since, n.begun)
	return n, true
}

func after(t, d int64) int64 {
	if t > never-d {
		return never
	}
	return t + d
}
