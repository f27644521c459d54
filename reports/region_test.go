package reports

import (
	"testing"

	"ratefit/analyze"
)

func TestExplained(t *testing.T) {
	falling := []analyze.RegionPoint{
		{Rate: 1.9, BurstLow: 30.2, BurstHigh: new(30.3)},
		{Rate: 2.1, BurstLow: 29.7, BurstHigh: new(29.8)},
	}
	open := []analyze.RegionPoint{{Rate: 1.9, BurstLow: 30.97}, {Rate: 2.1, BurstLow: 30.5}}
	for _, c := range []struct {
		name   string
		region []analyze.RegionPoint
		burst  float64
		want   bool
	}{
		{"at a cut", falling, 30.25, true},
		{"between two cuts", falling, 30, true},
		{"above", falling, 31, false},
		{"below", falling, 29, false},
		{"open above", open, 1000, true},
		{"below an open one", open, 30, false},
		{"no region", nil, 30, false},
	} {
		if got := explained(c.region, c.burst); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// The view holds the region and the fit, with room on every side.
func TestViewOf(t *testing.T) {
	for name, a := range fixtures() {
		for i := range a.Limits {
			l := &a.Limits[i]
			if len(l.Region) == 0 {
				continue
			}
			v := viewOf(l)
			for _, r := range l.Region {
				high := r.BurstLow
				if r.BurstHigh != nil {
					high = *r.BurstHigh
				}
				if r.Rate <= v.x0 || r.Rate >= v.x1 || r.BurstLow <= v.y0 || high >= v.y1 {
					t.Errorf("%s: %+v outside %+v", name, r, v)
				}
			}
		}
	}
	single := analyze.Limit{Region: []analyze.RegionPoint{{Rate: 2, BurstLow: 30, BurstHigh: new(30.0)}}}
	if v := viewOf(&single); !(v.x0 < 2 && 2 < v.x1 && v.y0 < 30 && 30 < v.y1) {
		t.Errorf("a single point: %+v", v)
	}
}

func TestDeclaredPointOutside(t *testing.T) {
	v := view{x0: 1.9, x1: 2.1, y0: 29, y1: 31}
	for _, c := range []struct {
		rate, burst float64
		outside     bool
	}{{2, 30, false}, {2.5, 30, true}, {1, 30, true}, {2, 10, true}, {2, 100, true}, {9, 99, true}} {
		if _, outside := declaredPoint(c.rate, c.burst, v); outside != c.outside {
			t.Errorf("%v/s, burst %v: outside %v", c.rate, c.burst, outside)
		}
	}
}
