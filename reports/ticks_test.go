package reports

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

func labels(ticks []plot.Tick) string {
	var all []string
	for _, t := range ticks {
		if !t.IsMinor() {
			all = append(all, t.Label)
		}
	}
	return strings.Join(all, " ")
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		ticker    plot.Ticker
		low, high float64
		want      string
	}{
		{evenTicks{n: 6}, 0, 31.2, "0 10 20 30"},
		{evenTicks{n: 5}, -3, 34, "0 10 20 30"},
		{evenTicks{n: 6}, 1.9998, 2.0003, "1.9998 1.9999 2.0000 2.0001 2.0002 2.0003"},
		{evenTicks{n: 6, unit: 60}, 0, 1800, "0 5 10 15 20 25 30"},
		{evenTicks{n: 6, whole: true}, 0, 1.1, "0 1"},
		{evenTicks{n: 6}, 5, 5, ""},
		{logTicks{}, 0.05, 1500, "0.1 1 10 100 1000"},
		{logTicks{}, 20, 300, "20 50 100 200"},
		{logTicks{}, 1e-9, 1e9, "1e-09 1e-06 0.001 1 1000 1000000 1e+09"},
	} {
		if got := labels(c.ticker.Ticks(c.low, c.high)); got != c.want {
			t.Errorf("%#v from %v to %v: %q, want %q", c.ticker, c.low, c.high, got, c.want)
		}
	}
}

// Labels say where their tick stands, lie in range, differ, and are few.
func TestEvenTicksAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(-1e6, 1e6).Draw(t, "low")
		span := math.Pow(10, rapid.Float64Range(-4, 7).Draw(t, "log span"))
		ticks := evenTicks{n: 6}.Ticks(low, low+span)
		if len(ticks) < 2 || len(ticks) > 8 {
			t.Fatalf("%d ticks from %v over %v", len(ticks), low, span)
		}
		seen := map[string]bool{}
		for _, k := range ticks {
			v, err := strconv.ParseFloat(k.Label, 64)
			if err != nil || math.Abs(v-k.Value) > 1e-6*span+1e-12*math.Abs(v) || seen[k.Label] {
				t.Fatalf("label %q at %v, from %v over %v", k.Label, k.Value, low, span)
			}
			if k.Value < low-1e-3*span || k.Value > low+1.001*span {
				t.Fatalf("tick %v outside", k.Value)
			}
			seen[k.Label] = true
		}
	})
}

func TestTimeUnit(t *testing.T) {
	for span, want := range map[float64]string{0.004: "ms", 31: "s", 1800: "min", 86400: "h", 1e6: "days"} {
		if got, _ := timeUnit(span); got != want {
			t.Errorf("%v s: %s, want %s", span, got, want)
		}
	}
}

// A thinned line goes through the extremes of every column and keeps its ends.
func TestThinned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ys := rapid.SliceOfN(rapid.Float64Range(0, 100), 1, 500).Draw(t, "y")
		pts := make([]vg.Point, len(ys))
		for i, y := range ys {
			pts[i] = vg.Point{X: vg.Length(i) * 0.05, Y: vg.Length(y)}
		}
		got := thinned(pts)
		if got[0] != pts[0] || got[len(got)-1] != pts[len(pts)-1] {
			t.Fatal("the ends moved")
		}
		columns := int(math.Ceil(float64(pts[len(pts)-1].X/column))) + 1
		if len(got) > 4*columns {
			t.Fatalf("%d points in %d columns", len(got), columns)
		}
		want, have := extremes(pts), extremes(got)
		for k, e := range want {
			if have[k] != e {
				t.Fatalf("column %d: %v became %v", k, e, have[k])
			}
		}
	})
}

func extremes(pts []vg.Point) map[int][2]vg.Length {
	all := map[int][2]vg.Length{}
	for _, p := range pts {
		k := int(math.Floor(float64(p.X / column)))
		e, ok := all[k]
		if !ok {
			e = [2]vg.Length{p.Y, p.Y}
		}
		all[k] = [2]vg.Length{min(e[0], p.Y), max(e[1], p.Y)}
	}
	return all
}
