package analyze

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ratefit/internal/trace"
)

// A drawn is random traffic decided by an exact meter whose instants the
// stream does not know.
type drawn struct {
	s              *Stream
	rate, burst, d float64
}

func draw(t *rapid.T) drawn {
	w := drawn{
		s:     &Stream{},
		rate:  math.Exp(rapid.Float64Range(math.Log(0.5), math.Log(300)).Draw(t, "log rate")),
		burst: float64(rapid.IntRange(1, 12).Draw(t, "burst")),
	}
	if rapid.Bool().Draw(t, "used before") {
		w.d = rapid.Float64Range(0, w.burst).Draw(t, "deficit")
	}
	n := rapid.IntRange(1, 60).Draw(t, "hits")
	var at []int64
	now := int64(0)
	for range n {
		now += int64(rapid.OneOf(rapid.Float64Range(0, 0.2), rapid.Float64Range(0, 3)).Draw(t, "gap") / w.rate * 1e9)
		at = append(at, now)
	}
	blur := rapid.Float64Range(0, 2).Draw(t, "blur") / w.rate * 1e9
	level, last := w.d, int64(0)
	for i, tau := range at {
		level = math.Max(0, level-w.rate*float64(tau-last)*1e-9)
		last = tau
		o := trace.Limited
		if level+1 <= w.burst {
			o = trace.Admitted
			level++
		}
		from := tau - int64(blur*rapid.Float64Range(0, 1).Draw(t, "before"))
		to := tau + int64(blur*rapid.Float64Range(0, 1).Draw(t, "after"))
		switch rapid.IntRange(0, 19).Draw(t, "fate") {
		case 0:
			o = trace.Unknown
		case 1:
			o, to = trace.Unknown, never
		}
		w.s.add(uint32(i), from, to, o)
	}
	w.s.order()
	return w
}

// TestTruthIsNeverExcluded: whatever the traffic, the blur and the first
// level, the true burst lies in the cut at the true rate.
func TestTruthIsNeverExcluded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw(t)
		// The first span may start before the meter's zero: the level there was higher.
		w.d += w.rate * float64(-min(0, w.s.from[w.s.byFrom[0]])) * 1e-9
		if w.d > w.burst {
			t.Skip("no bucket was that short")
		}
		c := w.s.cut(w.rate, w.rate, cutOptions{grain: 1000, rest: w.d == 0 && w.s.from[w.s.byFrom[0]] >= 0})
		if c.lo > w.burst || w.burst >= c.hi {
			t.Fatalf("burst %v at rate %v outside [%v, %v)", w.burst, w.rate, c.lo, c.hi)
		}
	})
}

// TestCutIsTheDefinition compares the sweep with the definition, pair by pair.
func TestCutIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw(t)
		r := w.rate * rapid.Float64Range(0.5, 2).Draw(t, "off")
		lo, hi := slowCut(w.s, r)
		c := w.s.cut(r, r, cutOptions{rest: true})
		if math.Abs(c.lo+slack-lo) > 1e-9 {
			t.Fatalf("lo %v, by definition %v", c.lo+slack, lo)
		}
		if c.hi != hi && math.Abs(c.hi-hi) > 1e-9 {
			t.Fatalf("hi %v, by definition %v", c.hi, hi)
		}
	})
}

// slowCut is the definition in O(n³).
func slowCut(s *Stream, r float64) (lo, hi float64) {
	perNs := r * 1e-9
	lo, hi = math.Inf(-1), math.Inf(1)
	n := s.Len()
	counted := func(i int) bool { return s.outcome[i] != trace.Limited }
	for i := range n {
		switch s.outcome[i] {
		case trace.Admitted:
			for j := range n {
				if s.outcome[j] != trace.Admitted || s.from[j] > s.to[i] {
					continue
				}
				sure := 0
				for k := range n {
					if s.outcome[k] == trace.Admitted && s.from[k] >= s.from[j] && s.to[k] <= s.to[i] {
						sure++
					}
				}
				lo = max(lo, float64(sure)-perNs*float64(s.to[i]-s.from[j]))
			}
		case trace.Limited:
			level := 0.0
			decided := []int64{s.from[i]}
			for j := range n {
				if counted(j) && s.from[j] > s.from[i] && s.from[j] <= s.to[i] {
					decided = append(decided, s.from[j])
				}
			}
			for _, tau := range decided {
				opened := []int64{tau}
				for j := range n {
					if counted(j) && s.to[j] <= tau {
						opened = append(opened, s.to[j])
					}
				}
				for _, u := range opened {
					may := 0
					for k := range n {
						if counted(k) && s.to[k] >= u && s.from[k] <= tau {
							may++
						}
					}
					level = max(level, float64(may)-perNs*float64(tau-u))
				}
			}
			hi = min(hi, level+1)
		}
	}
	return lo, hi
}

func TestMergeKeepsEveryHit(t *testing.T) {
	a, b := &Stream{}, &Stream{}
	a.add(0, 5, 6, trace.Admitted)
	a.add(2, 1, 9, trace.Limited)
	b.add(1, 0, 2, trace.Unknown)
	a.order()
	b.order()
	m := merge([]*Stream{a, b})
	if m.Len() != 3 || m.admitted != 1 || m.limited != 1 {
		t.Fatalf("merged %+v", m)
	}
	if !slices.Equal(m.seq, []uint32{1, 2, 0}) || !slices.Equal(m.byTo, []int32{0, 2, 1}) {
		t.Errorf("order %v %v", m.seq, m.byTo)
	}
}
