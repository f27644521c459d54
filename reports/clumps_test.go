package reports

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratefit/internal/trace"
)

// A sample is a hit as the clumps of a page must remember it.
type sample struct {
	at      time.Duration
	outcome trace.Outcome
}

func samples(t *rapid.T) []sample {
	n := rapid.IntRange(1, 400).Draw(t, "hits")
	gap := rapid.SampledFrom([]int64{10, 2000, 5_000_000}).Draw(t, "gap in µs")
	all := make([]sample, n)
	at := time.Duration(0)
	for i := range all {
		at += time.Duration(rapid.Int64Range(0, gap).Draw(t, "after")) * time.Microsecond
		all[i] = sample{at, trace.Outcome(rapid.SampledFrom([]int{0, 0, 0, 1, 1, 1, 1, 2}).Draw(t, "outcome"))}
	}
	return all
}

func clumpsOf(all []sample, order []int, most int) *clumps {
	c := &clumps{most: most}
	for _, i := range order {
		c.add(&trace.Hit{Seq: uint64(i), Class: "read", Source: "127.0.0.1", Status: 200}, all[i].outcome, all[i].at)
	}
	return c
}

// However few clumps are left, every hit is counted in one that covers its
// instant, and every change between admitted and limited is either between two
// clumps, at the instants at which it was, or inside of one that shows both.
func TestClumpsKeepEveryEdge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := samples(t)
		most := rapid.IntRange(1, 300).Draw(t, "clumps")
		fitted := rapid.Bool().Draw(t, "fitted")
		order := rapid.Permutation(indexes(len(all))).Draw(t, "order")
		c := clumpsOf(all, order, rapid.SampledFrom([]int{16, 1 << 20}).Draw(t, "inside"))
		rate, burst := 0.0, 0.0
		if fitted {
			rate, burst = 2, 30
		}
		c.finish(rate, burst, most)
		back, err := decodeClumps(c.encode(fitted), fitted, c.kinds)
		if err != nil {
			t.Fatal(err)
		}
		if len(back) > most {
			t.Fatalf("%d clumps, at most %d", len(back), most)
		}
		var sum, want [3]int
		for i := range back {
			for o, n := range back[i].n {
				sum[o] += int(n)
			}
			if i > 0 && back[i].at < back[i-1].last {
				t.Fatalf("clump %d begins at %v, before the one ahead of it ends at %v", i, back[i].at, back[i-1].last)
			}
		}
		slices.SortStableFunc(all, func(a, b sample) int { return cmp.Compare(a.at, b.at) })
		for i, s := range all {
			want[s.outcome]++
			k := slices.IndexFunc(back, func(c clump) bool { return c.at <= s.at && s.at <= c.last && c.n[s.outcome] > 0 })
			if k < 0 {
				t.Fatalf("no clump shows the hit of outcome %d at %v", s.outcome, s.at)
			}
			if i == 0 || all[i-1].outcome == s.outcome || all[i-1].at == s.at {
				continue
			}
			before := slices.IndexFunc(back, func(c clump) bool { return c.at <= all[i-1].at && all[i-1].at <= c.last && c.n[all[i-1].outcome] > 0 })
			if before == k {
				continue // one clump shows both
			}
			if back[before].last < all[i-1].at || back[k].at > s.at {
				t.Fatalf("the change between %v and %v has moved", all[i-1].at, s.at)
			}
		}
		if sum != want {
			t.Fatalf("counted %v of %v", sum, want)
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// While the changes fit, they stay exactly where they were.
func TestClumpsKeepChangesExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.IntRange(1, 20).Draw(t, "runs")
		var all []sample
		at := time.Duration(0)
		for r := range runs {
			for range rapid.IntRange(1, 50).Draw(t, "hits") {
				all = append(all, sample{at, trace.Outcome(r % 2)})
				at += time.Microsecond
			}
		}
		all = append(all, sample{10 * time.Second, trace.Admitted}) // runs are short beside the whole
		c := clumpsOf(all, indexes(len(all)), 1<<20)
		c.finish(2, 30, 2*runs+2)
		for i := range c.all {
			if _, pure := c.all[i].pure(); !pure {
				t.Fatalf("clump %d holds several outcomes", i)
			}
		}
		for i := 1; i < len(all); i++ {
			if all[i].outcome == all[i-1].outcome {
				continue
			}
			if !slices.ContainsFunc(c.all, func(c clump) bool { return c.last == all[i-1].at }) ||
				!slices.ContainsFunc(c.all, func(c clump) bool { return c.at == all[i].at }) {
				t.Fatalf("the change between %v and %v has moved", all[i-1].at, all[i].at)
			}
		}
	})
}

// The highest and the lowest level survive, and what was left at the end.
func TestClumpsKeepLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := samples(t)
		whole, few := clumpsOf(all, indexes(len(all)), 1<<20), clumpsOf(all, indexes(len(all)), 1<<20)
		whole.finish(2, 30, 1<<20)
		few.finish(2, 30, rapid.IntRange(1, 100).Draw(t, "clumps"))
		for _, c := range few.all {
			high, low := float32(math.Inf(-1)), float32(math.Inf(1))
			for _, w := range whole.all {
				if c.hit <= w.hit && w.hit < c.hit+uint64(c.hits()) {
					high, low = max(high, w.high), min(low, w.low)
				}
			}
			if c.high != high || c.low != low {
				t.Fatalf("between %v and %v %v to %v are left, kept is %v to %v", c.at, c.last, low, high, c.low, c.high)
			}
		}
		if w, f := whole.all[len(whole.all)-1], few.all[len(few.all)-1]; w.left != f.left {
			t.Fatalf("at the end %v is left, kept is %v", w.left, f.left)
		}
	})
}

// What the script reads is what was written, to a microsecond and a hundredth
// of a token.
func TestClumpsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := samples(t)
		c := clumpsOf(all, indexes(len(all)), 1<<20)
		c.finish(3, 7, rapid.IntRange(1, 400).Draw(t, "clumps"))
		back, err := decodeClumps(c.encode(true), true, c.kinds)
		if err != nil || len(back) != len(c.all) {
			t.Fatal(len(back), err)
		}
		for i, got := range back {
			want := c.all[i]
			near := func(a, b float32) bool { return math.Abs(float64(a-b)) < 0.0051 }
			if got.at != want.at || got.last != want.last || got.hit != want.hit || got.kind != want.kind || got.n != want.n ||
				!near(got.high, want.high) || !near(got.low, want.low) || !near(got.left, want.left) {
				t.Fatalf("read back %+v, want %+v", got, want)
			}
		}
	})
}

// Kinds are told apart as long as there is room, then only their outcomes are.
func TestClumpsKinds(t *testing.T) {
	c := &clumps{most: 1 << 20}
	for i := range 2 * kindsKept {
		c.add(&trace.Hit{Class: "read", Status: i}, trace.Outcome(i%3), time.Duration(i))
	}
	if len(c.kinds) != kindsKept+3 || c.all[5].kind != 5 {
		t.Errorf("%d kinds, hit 5 has kind %d", len(c.kinds), c.all[5].kind)
	}
	for i := range c.all {
		if k := c.kinds[c.all[i].kind]; k.Outcome != outcomeNames[i%3] {
			t.Fatalf("hit %d is of kind %+v", i, k)
		}
	}
}

// decodeClumps reads what [clumps.encode] writes, as the script of a page does.
func decodeClumps(text string, fitted bool, kinds []hitKind) ([]clump, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	var all []clump
	unsigned := func() int64 {
		v, n := binary.Uvarint(b)
		b = b[max(n, 0):]
		return int64(v)
	}
	signed := func() int64 {
		v, n := binary.Varint(b)
		b = b[max(n, 0):]
		return v
	}
	var end, hit, left int64
	for len(b) > 0 {
		var one clump
		at := end + unsigned()
		k := unsigned()
		hit += signed()
		one.kind, one.hit, end = uint16(k/2), uint64(hit), at
		if k%2 == 1 {
			end += unsigned()
			for o := range one.n {
				one.n[o] = uint32(unsigned())
			}
		} else {
			one.n[slices.Index(outcomeNames[:], kinds[one.kind].Outcome)] = 1
		}
		if fitted {
			high := left + signed()
			low := high - unsigned()
			left = low
			if k%2 == 1 {
				left += unsigned()
			}
			one.high, one.low, one.left = float32(high)/100, float32(low)/100, float32(left)/100
		}
		one.at, one.last = time.Duration(at)*time.Microsecond, time.Duration(end)*time.Microsecond
		all = append(all, one)
	}
	return all, nil
}
