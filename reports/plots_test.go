package reports

import (
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"testing"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// A shape is one phase of simulated traffic: so many hits per second for so
// long, or all at once.
type shape struct {
	hits int
	over time.Duration
}

var survey = []shape{{150, 15 * time.Millisecond}, {1200, 3 * time.Second}, {200, 8 * time.Second}, {0, 18 * time.Second}, {150, 15 * time.Millisecond}, {1200, 3 * time.Second}}

// instants lists when the hits of a profile are sent.
func instants(shapes []shape) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		begin := 50 * time.Millisecond
		for _, s := range shapes {
			for i := range s.hits {
				if !yield(begin + s.over*time.Duration(i)/time.Duration(s.hits)) {
					return
				}
			}
			begin += s.over
		}
	}
}

// simulated sends shapes at a token bucket of its own for each source, and
// answers after a millisecond.
func simulated(class string, rate, burst float64, shapes []shape, sources ...string) HitSource {
	return func(yield func(*trace.Hit) bool) error {
		var h trace.Hit
		for _, source := range sources {
			level, last := 0.0, time.Duration(0)
			for at := range instants(shapes) {
				level, last = max(0, level-rate*(at-last).Seconds()), at
				h = trace.Hit{Class: class, Source: source, Sent: at, FirstByte: at + time.Millisecond, Status: 429}
				if level+1 <= burst+1e-9 {
					h.Status = 200
					level++
				}
				if !yield(&h) {
					return nil
				}
			}
		}
		return nil
	}
}

func nginx() analyze.Limit {
	l := readLimit()
	l.Sources = []string{"127.0.0.1"}
	l.SustainedRate, l.Burst, l.Declared = between(199.99, 199.964, 200.018), between(101, 101, 101), nil
	l.Region = []analyze.RegionPoint{
		{Rate: 199.964, BurstLow: 101.152, BurstHigh: new(101.17)},
		{Rate: 199.98, BurstLow: 101.051, BurstHigh: new(101.13)},
		{Rate: 200.00, BurstLow: 100.99, BurstHigh: new(101.05)},
		{Rate: 200.018, BurstLow: 100.961, BurstHigh: new(100.97)},
	}
	return l
}

var nginxTraffic = []shape{{400, 40 * time.Millisecond}, {4800, 4 * time.Second}, {0, time.Second}, {200, 20 * time.Millisecond}, {1600, time.Second}}

// A drawing is an analysis with its hits.
type drawing struct {
	a    *analyze.Analysis
	hits HitSource
}

func drawings() map[string]drawing {
	one := readLimit()
	one.Sources = []string{"127.0.0.2"}
	tiny := readLimit()
	tiny.Sources, tiny.Verdict, tiny.SustainedRate, tiny.Burst = []string{"127.0.0.2"}, analyze.Insufficient, nil, atLeastIs(1)
	tiny.Region = nil
	window := slowWindow()
	window.Limits[0].Declared.SustainedRate = new(1000.0)
	window.Limits[0].Declared.Agrees = new(false)
	open := burstOpen()
	return map[string]drawing{
		"survey":  {analysis(one), simulated("read", 2, 30, survey, "127.0.0.2")},
		"two":     {analysis(readLimit(), writeLimit()), simulated("read", 2, 30, survey, "127.0.0.2", "127.0.0.3")},
		"nginx":   {short(analysis(nginx()), 6.2), simulated("read", 200, 101, nginxTraffic, "127.0.0.1")},
		"twelve":  {twelveSources(), simulated("read", 2, 30, survey, "127.0.0.2", "127.0.0.3")},
		"shared":  {shared(), simulated("read", 2, 30, survey, "127.0.0.2")},
		"one-hit": {short(analysis(tiny), 0.004), simulated("read", 2, 30, []shape{{1, time.Millisecond}}, "127.0.0.2")},
		"window":  {window, simulated("read", 5.0/60, 5, []shape{{40, 400 * time.Second}, {100, 1400 * time.Second}}, "127.0.0.2")},
		"open":    {open, simulated("read", 2, 30, survey, "127.0.0.2", "127.0.0.3")},
		"differ":  {disagreeing(), nil},
		"hostile": {hostile(), nil},
		"unknown": {insufficient(), simulated("read", 2, 30, []shape{{32, 3 * time.Millisecond}}, "127.0.0.2")},
	}
}

func short(a *analyze.Analysis, d float64) *analyze.Analysis {
	a.Duration = d
	return a
}

func TestPlots(t *testing.T) {
	for name, d := range drawings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if keep := os.Getenv("KEEP_PLOTS"); keep != "" {
				dir = filepath.Join(keep, name)
			}
			files, err := Plots(dir, d.a, d.hits)
			if err != nil {
				t.Fatal(err)
			}
			var svgs []string
			for _, f := range files {
				b, err := os.ReadFile(filepath.Join(dir, f))
				if err != nil {
					t.Error(err)
				}
				if filepath.Ext(f) == ".svg" {
					svgs = append(svgs, f)
					golden(t, "plots/"+name+"-"+f, b)
				}
			}
			slices.Sort(svgs)
		})
	}
}
