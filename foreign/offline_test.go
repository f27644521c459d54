package foreign

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/analyze"
	"ratefit/foreign/measure"
	"ratefit/foreign/truth"
	"ratefit/internal/trace"
	"ratefit/profiles"
)

// A setting is how a token bucket is configured.
type setting struct {
	rate  float64
	burst int
}

func (s setting) truth() truth.Truth {
	return truth.Truth{Model: "token-bucket", Rate: s.rate, Burst: float64(s.burst)}
}

func (s setting) String() string { return fmt.Sprintf("%g/s %d", s.rate, s.burst) }

// settings are pairs for reads and writes. Every bucket fills within the pause
// of the default profile.
var settings = [][2]setting{
	{{2, 30}, {2, 10}},
	{{2.5, 1}, {3, 6}},
	{{5, 8}, {7, 50}},
	{{11, 100}, {13, 2}},
	{{20, 40}, {25, 35}},
	{{30, 45}, {50, 1}},
	{{64, 7}, {90, 60}},
	{{120, 25}, {150, 10}},
	{{200, 100}, {200, 1}},
}

// TestVirtualTime runs each library in virtual time through the default
// profile, with the delays of a loopback connection and of a slow network.
func TestVirtualTime(t *testing.T) {
	networks := map[string]blur{
		"loopback": {way: 100 * time.Microsecond, stalls: 0.01, stall: 2 * time.Millisecond},
		"network":  {way: 3 * time.Millisecond, stalls: 0.01, stall: 20 * time.Millisecond},
	}
	for name, b := range networks {
		t.Run(name, func(t *testing.T) {
			var rows table
			for _, lib := range tokenBuckets() {
				for i, pair := range settings {
					seed := uint64(i + 1)
					var a *analyze.Analysis
					synctest.Test(t, func(t *testing.T) {
						zero := time.Now()
						wait := func(until time.Duration) { time.Sleep(until - time.Since(zero)) }
						a = analysis(t, lib, pair, b, seed, wait)
					})
					rows.add(t, lib.name, pair, a)
				}
			}
			rows.log(t)
		})
	}
}

// TestVirtualRedis does the same with redis_rate, whose time is the server's.
func TestVirtualRedis(t *testing.T) {
	var rows table
	zero := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, pair := range settings[:2] {
		lib, setTime := redisRate(t)
		wait := func(until time.Duration) { setTime(zero.Add(until)) }
		b := blur{way: 100 * time.Microsecond, stalls: 0.01, stall: 2 * time.Millisecond}
		rows.add(t, lib.name, pair, analysis(t, lib, pair, b, uint64(i+1), wait))
	}
	rows.log(t)
}

// analysis measures a library's limiters with the default profile.
func analysis(t *testing.T, lib library, pair [2]setting, b blur, seed uint64, wait func(time.Duration)) *analyze.Analysis {
	t.Helper()
	p, ok := profiles.Builtin(profiles.Default)
	if !ok {
		t.Fatalf("no profile %s", profiles.Default)
	}
	h := split(lib.limit(t, pair[0].rate, pair[0].burst, api), lib.limit(t, pair[1].rate, pair[1].burst, api))
	a := analyze.New(analyze.Options{})
	decide(flights(t, p, b, seed), h, wait, a.Add)
	return a.Result(trace.Meta{Target: "http://limiter.invalid/", Profile: p.Name})
}

// A table collects what was found, and fails the test where that is wrong.
type table struct {
	lines  []string
	widths []float64
	exact  int
	total  int
}

// add checks reads and writes: named with certainty, the configured values
// within the bounds, one limiter for each class and source.
func (rows *table) add(t *testing.T, name string, pair [2]setting, a *analyze.Analysis) {
	t.Helper()
	for i, class := range []string{"read", "write"} {
		want := pair[i].truth()
		label := fmt.Sprintf("%s, %s %v", name, class, pair[i])
		f := truth.Compare(truth.Of(a, class, measure.Sources[0]), want)
		rows.lines = append(rows.lines, fmt.Sprintf("%-34s %s", label, describe(f)))
		rows.total++
		switch {
		case f.Limit == nil:
			t.Errorf("%s: nothing was said", label)
			continue
		case !f.Certain || f.WrongName:
			t.Errorf("%s: %s %s: %s", label, f.Limit.Verdict, f.Limit.Model, f.Limit.Why)
		case !f.Bounded || !f.Contained:
			t.Errorf("%s: rate %s", label, bounds(f.Limit.SustainedRate))
		case !f.Possible:
			t.Errorf("%s: burst %s", label, bounds(f.Limit.Burst))
		}
		if f.Exact {
			rows.exact++
		}
		if f.Bounded {
			rows.widths = append(rows.widths, f.Width)
		}
	}
	if want := truth.Scope(false, false); a.Scope != want {
		t.Errorf("%s %v: scope %+v, want %+v", name, pair, a.Scope, want)
	}
}

func (rows *table) log(t *testing.T) {
	t.Helper()
	if len(rows.widths) == 0 {
		return
	}
	slices.Sort(rows.widths)
	t.Logf("\n%s\nwidth of the rate: median %.3f %%, most %.3f %%; burst exact: %d of %d",
		strings.Join(rows.lines, "\n"), rows.widths[len(rows.widths)/2], rows.widths[len(rows.widths)-1], rows.exact, rows.total)
}

func describe(f truth.Finding) string {
	if f.Limit == nil {
		return "nothing"
	}
	return fmt.Sprintf("%-12s %-13s rate %-22s width %7.4f %%  burst %-14s exact %-5t contained %t",
		f.Limit.Verdict, f.Limit.Model, bounds(f.Limit.SustainedRate), f.Width, bounds(f.Limit.Burst), f.Exact, f.Contained)
}

func bounds(i *analyze.Interval) string {
	if i == nil {
		return "unknown"
	}
	low, high := "-∞", "∞"
	if i.Low != nil {
		low = fmt.Sprintf("%.6g", *i.Low)
	}
	if i.High != nil {
		high = fmt.Sprintf("%.6g", *i.High)
	}
	return low + " to " + high
}
