package analyze

import "ratefit/internal/trace"

// Lengths are a range of intervals or windows, ns.
type lengths struct{ low, high float64 }

// anyPhase leaves out, of the windows between two, those with which a sliding
// window counter explains the stream at no phase, however it would be chosen for
// each hit. That is quick, and leaves little to be searched phase by phase.
func (s *Stream) anyPhase(low, high float64, all bool, o cutOptions) []lengths {
	const (
		first   = 250 // hits
		piece   = 1.06
		closest = 1.01
		coarse  = 6 // cells
		fine    = 24
	)
	var pieces []lengths
	for w := low; w < high; w *= piece {
		pieces = append(pieces, lengths{w, min(high, w*piece)})
	}
	for n := first; ; n *= 4 {
		part := s.first(n)
		var left []lengths
		for len(pieces) > 0 {
			p := pieces[len(pieces)-1]
			pieces = pieces[:len(pieces)-1]
			short := p.high <= closest*p.low
			switch {
			case part.phaseless(p, all, coarse, o).void():
			case !short:
				mid := (p.low + p.high) / 2
				pieces = append(pieces, lengths{p.low, mid}, lengths{mid, p.high})
			case !part.phaseless(p, all, fine, o).void():
				left = append(left, p) // from the longest to the shortest
			}
		}
		pieces = left
		if n >= s.Len() || len(pieces) == 0 {
			break
		}
	}
	// Neighbours are one.
	var out []lengths
	for _, p := range pieces {
		if n := len(out); n > 0 && (out[n-1].low == p.high || out[n-1].high == p.low) {
			out[n-1] = lengths{min(out[n-1].low, p.low), max(out[n-1].high, p.high)}
			continue
		}
		out = append(out, p)
	}
	return out
}

// phaseless is the cut of a sliding window counter, lo < threshold ≤ hi, over
// some windows and all phases. The part of the current window that has elapsed
// is taken apart into cells: within one, hits since its beginning surely are of
// the current window, and those up to a window before it weigh as much as its
// end leaves them, at least; likewise at most.
func (s *Stream) phaseless(w lengths, all bool, cells int, o cutOptions) cut {
	v := s.counted(all)
	type cell struct{ cur, total pointer }
	c := cut{0, never}
	admitted, limited := make([]cell, cells), make([]cell, cells)
	done, begun := 0, 0
	for _, hit := range s.byFrom {
		from, to := s.from[hit]-o.grain, s.to[hit]
		switch {
		case to == never:
		case s.outcome[hit] == trace.Admitted:
			for done < len(v.sure) && v.sure[done] < from {
				done++
			}
			least := float64(never)
			for i := range cells {
				e1, e2 := float64(i)/float64(cells), float64(i+1)/float64(cells)
				a := &admitted[i]
				cur := max(0, done-a.cur.before(v.from, to-int64(e1*w.low)+o.grain))
				total := max(cur, done-a.total.before(v.from, to-int64((1+e1)*w.low)+o.grain))
				least = min(least, float64(cur)+(1-e2)*float64(total-cur))
			}
			c.lo = max(c.lo, least-slack)
		case s.outcome[hit] == trace.Limited:
			if !o.rest && float64(from) <= float64(s.from[s.byFrom[0]]-o.grain)+2*w.high {
				continue
			}
			for begun < len(v.from) && v.from[begun]-o.grain <= to {
				begun++
			}
			most := 0.0
			for i := range cells {
				e1, e2 := float64(i)/float64(cells), float64(i+1)/float64(cells)
				a := &limited[i]
				cur := begun - a.cur.before(v.to, from-int64(e2*w.high))
				total := begun - a.total.before(v.to, from-int64((1+e2)*w.high))
				if all { // not itself
					cur, total = cur-1, total-1
				}
				most = max(most, float64(cur)+(1-e1)*float64(total-cur))
			}
			c.hi = min(c.hi, most+slack)
		}
		if c.void() {
			break
		}
	}
	return c
}

// A pointer follows an instant through sorted ones.
type pointer struct{ n int }

// before is how many of the sorted instants lie before t, which hardly ever is
// earlier than in the last call.
func (p *pointer) before(sorted []int64, t int64) int {
	for p.n > 0 && sorted[p.n-1] >= t {
		p.n--
	}
	for p.n < len(sorted) && sorted[p.n] < t {
		p.n++
	}
	return p.n
}
