package analyze

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratefit/internal/trace"
)

// TestBindingHoldsTheCut: between its rates a binding allows every burst that
// a walk through all hits allows, and at its ends no other.
func TestBindingHoldsTheCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw(t)
		low := w.rate * rapid.Float64Range(0.7, 1.2).Draw(t, "low")
		high := low * rapid.Float64Range(1, 1.5).Draw(t, "wide")
		o := cutOptions{grain: 1000, rest: rapid.Bool().Draw(t, "rest")}
		b := w.s.bind(low, high, o)
		r := low + (high-low)*rapid.Float64Range(0, 1).Draw(t, "r")
		upto := r + (high-r)*rapid.Float64Range(0, 1).Draw(t, "upto")
		const rounding = 1e-9
		for _, at := range [][2]float64{{r, upto}, {low, low}, {high, high}} {
			want, got := w.s.cut(at[0], at[1], o), b.cut(at[0], at[1])
			if got.lo > want.lo+rounding || got.hi < want.hi-rounding {
				t.Fatalf("at %v the binding has %v, all hits %v", at, got, want)
			}
			exact := at[0] == at[1] && (at[0] == low || at[0] == high)
			if exact && o.rest && (got.lo < want.lo-rounding || got.hi > want.hi+rounding) {
				t.Fatalf("at its end %v the binding has %v, all hits %v", at, got, want)
			}
		}
	})
}

// TestEnvelopeIsTheLargest compares it with all lines, however often it was
// reduced in between.
func TestEnvelopeIsTheLargest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := envelope{sign: rapid.SampledFrom([]float64{1, -1}).Draw(t, "sign")}
		var all []line
		for range rapid.IntRange(1, 40).Draw(t, "lines") {
			low := rapid.Float64Range(-50, 50).Draw(t, "low")
			l := line{low, low - rapid.Float64Range(0, 50).Draw(t, "fall")}
			all = append(all, l)
			e.add(l)
			if rapid.IntRange(0, 9).Draw(t, "reduce") == 0 {
				e.reduce()
			}
		}
		kept := e.result()
		for _, part := range []float64{0, 0.1, 0.5, 0.9, 1, rapid.Float64Range(0, 1).Draw(t, "part")} {
			want, got := math.Inf(-1), math.Inf(-1)
			for _, l := range all {
				want = max(want, e.sign*l.at(part))
			}
			for _, l := range kept {
				got = max(got, e.sign*l.at(part))
			}
			if math.Abs(got-want) > 1e-9 {
				t.Fatalf("at %v the envelope is %v, the lines %v", part, got, want)
			}
		}
	})
}

// TestSortedIsSorted: nearly in order, wildly out of order, and without end.
func TestSortedIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		far := rapid.SampledFrom([]int64{0, 3, 100, 1e6}).Draw(t, "far")
		n := rapid.IntRange(0, 300).Draw(t, "n")
		key := make([]int64, n)
		for i := range key {
			key[i] = int64(i) + rapid.Int64Range(0, far).Draw(t, "late")
			if rapid.IntRange(0, 19).Draw(t, "end") == 0 {
				key[i] = never
			}
		}
		want := make([]int32, n)
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortFunc(want, func(a, b int32) int { return cmp.Or(cmp.Compare(key[a], key[b]), cmp.Compare(a, b)) })
		if got := sorted(key); !slices.Equal(got, want) {
			t.Fatalf("%v sorted: %v", key, got)
		}
	})
}

// TestSortedBackwards: what is far out of order must not take forever.
func TestSortedBackwards(t *testing.T) {
	key := make([]int64, 300_000)
	for i := range key {
		key[i] = int64(-i)
	}
	if got := sorted(key); got[0] != 299_999 || got[299_999] != 0 {
		t.Errorf("first %d, last %d", got[0], got[299_999])
	}
}

func TestPeakOfSeveralLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []int64
		lists := make([][]int64, 3)
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			v := rapid.Int64Range(0, 5e9).Draw(t, "at")
			i := rapid.IntRange(0, 2).Draw(t, "list")
			lists[i] = append(lists[i], v)
			all = append(all, v)
		}
		most := 0
		for _, end := range all {
			n := 0
			for _, v := range all {
				if end-1e9 < v && v <= end {
					n++
				}
			}
			most = max(most, n)
		}
		if got := peakOf(lists); got != float64(most) {
			t.Fatalf("peak %v, counted %d", got, most)
		}
	})
}

func TestColumnKeepsItsOrder(t *testing.T) {
	var c column[int64]
	const n = 3*chunk + 1
	for i := range int64(n) {
		c.add(i)
	}
	if c.len() != n {
		t.Errorf("%d values", c.len())
	}
	all := c.all()
	if len(all) != n || all[0] != 0 || all[n-1] != n-1 || !slices.IsSorted(all) {
		t.Errorf("%d values", len(all))
	}
	if c.len() != 0 || len(c.all()) != 0 {
		t.Error("taken twice")
	}
}

// TestManyHitsAreBound: on a trace that is long enough for bindings, both ways
// to the rates agree.
func TestManyHitsAreBound(t *testing.T) {
	s := &Stream{}
	l := bucket{rate: 50, burst: 10}
	for i := range 20_000 {
		at := int64(i)*7e6 + int64(i*i%5e6) + int64(i/4000)*2e9
		o := trace.Limited
		if l.Admits(time.Duration(at)) {
			o = trace.Admitted
		}
		l.Observe(time.Duration(at), o == trace.Admitted)
		s.add(uint32(i), at-1e5, at+2e5, o)
	}
	s.order()
	c := cutOptions{grain: 1e6}
	set, ok := searchRates([]*Stream{s}, c)
	if !ok || s.binding.Load() == nil {
		t.Fatalf("rates %v, %v; binding %v", set, ok, s.binding.Load())
	}
	s.binding.Store(nil)
	slow, ok := shrink(rateSet{set.low * 0.999, set.high * 1.001}, func(low, high float64) cut { return cutOver([]*Stream{s}, low, high, c) })
	if !ok || set.low > 50 || set.high < 50 || set.high-set.low > 1.2*(slow.high-slow.low) {
		t.Errorf("rates %v, by walking through all hits %v", set, slow)
	}
}
