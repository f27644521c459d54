package probe

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// outcome is what became of a planned run.
type outcome struct {
	hits    []trace.Hit
	probes  []Probe
	end     time.Duration
	limits  []analyze.Limit
	scope   analyze.Scope
	limited map[string]int
	sent    map[string]int
	planner *Planner

	analysis *analyze.Analysis
}

// plan drives a planner against a world to its end.
func plan(t testing.TB, o Options, w *world) outcome {
	if testing.Short() {
		t.Skip("fits every model dozens of times")
	}
	t.Helper()
	if o.Sources == nil {
		o.Sources = []string{"127.0.0.2"}
	}
	if o.Classes == nil {
		o.Classes = []string{"read"}
	}
	w.random = rand.New(rand.NewPCG(o.Seed, 7))
	out := outcome{limited: map[string]int{}, sent: map[string]int{}, planner: New(o)}
	out.hits, out.end = Drive(out.planner, w.answer, func(p Probe) { out.probes = append(out.probes, p) })
	if _, ok := out.planner.Finished(); !ok {
		t.Error("nothing is under way, but the planner has not finished")
	}
	a := analyze.New(analyze.Options{LimitedStatus: o.LimitedStatus})
	for i := range out.hits {
		h := &out.hits[i]
		a.Add(h)
		out.sent[h.Class]++
		if h.Outcome(nil) == trace.Limited {
			out.limited[h.Class]++
		}
	}
	r := a.Result(trace.Meta{})
	out.limits, out.scope, out.analysis = r.Limits, r.Scope, r
	return out
}

const loopback = 300 * time.Microsecond

// keeps checks what must hold of every plan.
func (out outcome) keeps(t *testing.T, o Options) {
	t.Helper()
	o = o.withDefaults()
	limited := 0
	at := map[string][]time.Duration{}
	for _, h := range out.hits {
		if h.Outcome(nil) == trace.Limited {
			limited++
		}
		at[h.Class] = append(at[h.Class], h.Asked)
		if h.Asked < o.Start || h.Asked > o.Start+o.MaxDuration {
			t.Fatalf("a hit at %v, the run lasts from %v to %v", h.Asked, o.Start, o.Start+o.MaxDuration)
		}
	}
	if len(out.hits) > o.MaxRequests || limited > o.MaxLimited {
		t.Errorf("%d hits, %d of them limited, the budget is %d and %d", len(out.hits), limited, o.MaxRequests, o.MaxLimited)
	}
	for class, instants := range at {
		if n := busiest(instants); n > o.MaxRate {
			t.Errorf("%s: %d hits in one second, at most %d are allowed", class, n, o.MaxRate)
		}
	}
	for _, p := range out.probes {
		if p.Name == "" || p.Reason == "" || len(p.At) == 0 || !slices.IsSorted(p.At) {
			t.Errorf("probe %+v", p)
		}
	}
}

// Token buckets are identified with few hits, in little time.
func TestPlanBuckets(t *testing.T) {
	for _, test := range []struct {
		rate             float64
		burst            int
		width            float64 // of the rate at most
		hits, limited    int     // at most
		time             time.Duration
		classes, sources int
		polite           bool
	}{
		{rate: 20, burst: 31, width: 0.002, hits: 600, limited: 250, time: 30 * time.Second},
		{rate: 20, burst: 31, width: 0.002, hits: 600, limited: 120, time: 60 * time.Second, polite: true},
		{rate: 2, burst: 30, width: 0.01, hits: 300, limited: 150, time: 75 * time.Second},
		{rate: 200, burst: 100, width: 0.002, hits: 1800, limited: 500, time: 30 * time.Second},
		{rate: 5, burst: 8, width: 0.003, hits: 500, limited: 200, time: 45 * time.Second},
		{rate: 10, burst: 1, width: 0.05, hits: 300, limited: 150, time: 40 * time.Second},
		{rate: 30, burst: 45, width: 0.002, hits: 700, limited: 400, time: 30 * time.Second},
	} {
		t.Run(fmt.Sprintf("%v/s burst %d polite %v", test.rate, test.burst, test.polite), func(t *testing.T) {
			t.Parallel()
			o := Options{Polite: test.polite}
			out := plan(t, o, &world{limiter: each(func(string) decider { return newBucket(test.rate, test.burst) }), rtt: loopback, jitter: loopback / 3})
			out.keeps(t, o)
			l := out.limits[0]
			if l.Verdict != analyze.Identified || l.Model != "token-bucket" {
				why, _ := out.planner.Finished()
				t.Fatalf("%s %s: %s; %q", l.Verdict, l.Model, l.Why, why)
			}
			if !within(test.rate, l.SustainedRate.Low, l.SustainedRate.High) || width(l.SustainedRate) > test.width {
				t.Errorf("rate %v, %.3f %% wide, want %v within %.3f %%", l.SustainedRate, 100*width(l.SustainedRate), test.rate, 100*test.width)
			}
			if !exact(l.Burst) || l.Burst.Value != float64(test.burst) {
				t.Errorf("burst %v, want %d", l.Burst, test.burst)
			}
			if len(out.hits) > test.hits || out.limited["read"] > test.limited || out.end > test.time {
				t.Errorf("%d hits, %d limited, %v, want at most %d, %d, %v", len(out.hits), out.limited["read"], out.end, test.hits, test.limited, test.time)
			}
			why, _ := out.planner.Finished()
			t.Log(why)
			t.Logf("%d hits, %d limited, %v, %d probes, %.3f %%", len(out.hits), out.limited["read"], out.end, len(out.probes), 100*width(l.SustainedRate))
		})
	}
}

// As long as what is asked of a class is not decided, it is measured more closely,
// and no longer than the budgets allow.
func TestPlanUntilDecided(t *testing.T) {
	w := func() *world {
		return &world{limiter: each(func(string) decider { return newBucket(20, 31) }), rtt: loopback, jitter: loopback / 3}
	}
	usual := plan(t, Options{}, w())
	aim := width(usual.limits[0].SustainedRate) / 3
	asked := 0
	o := Options{Decided: func(class string, l *analyze.Limit) bool {
		asked++
		return class == "read" && width(l.SustainedRate) <= aim
	}}
	closer := plan(t, o, w())
	closer.keeps(t, o)
	if got := width(closer.limits[0].SustainedRate); got > aim || asked == 0 {
		t.Errorf("asked %d times for %.3f %%, got %.3f %%", asked, 100*aim, 100*got)
	}
	never := Options{MaxRequests: 2000, Decided: func(string, *analyze.Limit) bool { return false }}
	plan(t, never, w()).keeps(t, never)
}

// Whatever the limiter is, a plan comes to its end within its budgets.
func TestPlanEndsWithinBudgets(t *testing.T) {
	for name, make := range map[string]func() decider{
		"none":         func() decider { return none{} },
		"dead":         func() decider { return &dead{left: 10} },
		"closed":       func() decider { return &dead{} },
		"first hit":    func() decider { return &firstHit{quota: 60, window: 5 * time.Second} },
		"clock":        func() decider { return &clock{quota: 15, window: time.Second} },
		"log":          func() decider { return &log{quota: 30, window: 3 * time.Second} },
		"counting log": func() decider { return &log{quota: 9, window: 2 * time.Second, all: true} },
	} {
		for _, o := range []Options{
			{MaxDuration: 20 * time.Second},
			{MaxDuration: 20 * time.Second, MaxRequests: 100},
			{MaxDuration: 20 * time.Second, MaxLimited: 20},
			{MaxDuration: 5 * time.Second, MaxRate: 40, Polite: true, Start: time.Hour},
			{MaxDuration: 20 * time.Second, MaxRequests: 1},
		} {
			t.Run(fmt.Sprintf("%s %d %d %d", name, o.MaxRequests, o.MaxLimited, o.MaxRate), func(t *testing.T) {
				t.Parallel()
				out := plan(t, o, &world{limiter: each(func(string) decider { return make() }), rtt: loopback, jitter: loopback / 3})
				out.keeps(t, o)
				why, _ := out.planner.Finished()
				if len(why) != 1 || strings.HasSuffix(why[0], ": ") {
					t.Errorf("finished for %q", why)
				}
			})
		}
	}
}

// Nothing limited: said up to the rate that was tried, and not more is sent.
func TestPlanUnlimited(t *testing.T) {
	out := plan(t, Options{}, &world{limiter: each(func(string) decider { return none{} }), rtt: loopback})
	why, _ := out.planner.Finished()
	if len(out.hits) != 1005 || why[0] != "read: nothing was limited up to 500 hits in one second" {
		t.Errorf("%d hits, finished for %q", len(out.hits), why)
	}
}

// A limiter that is too slow is announced, with the time that it would take,
// before the time is spent.
func TestPlanTooSlow(t *testing.T) {
	o := Options{MaxDuration: time.Minute}
	out := plan(t, o, &world{limiter: each(func(string) decider { return &dead{left: 10} }), rtt: loopback})
	if notes := out.planner.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "--max-duration") || out.end > 15*time.Second {
		t.Errorf("after %v: %q", out.end, notes)
	}
	hinted := plan(t, o, &world{limiter: each(func(string) decider { return &dead{left: 10} }), rtt: loopback, header: http.Header{"Retry-After": {"3600"}}})
	if notes := hinted.planner.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "5h") || hinted.end > 8*time.Second {
		t.Errorf("after %v, with a header: %q", hinted.end, notes)
	}
	// A header alone is not believed.
	lying := plan(t, Options{}, &world{limiter: each(func(string) decider { return newBucket(5, 8) }), rtt: loopback, header: http.Header{"Retry-After": {"3600"}}})
	if notes := lying.planner.Notes(); len(notes) != 0 || lying.limits[0].Verdict != analyze.Identified {
		t.Errorf("%s, %q", lying.limits[0].Verdict, notes)
	}
}

// Who shares a limiter: found in all four cases, from a few hits.
func TestPlanScope(t *testing.T) {
	for _, test := range []struct{ class, source analyze.ScopeVerdict }{
		{analyze.Separate, analyze.Separate},
		{analyze.Separate, analyze.Shared},
		{analyze.Shared, analyze.Separate},
		{analyze.Shared, analyze.Shared},
	} {
		t.Run(fmt.Sprintf("%s %s", test.class, test.source), func(t *testing.T) {
			t.Parallel()
			all := map[key]decider{}
			w := &world{rtt: loopback, jitter: loopback / 3, limiter: func(class, source string) decider {
				k := key{class: class, source: source}
				if test.class == analyze.Shared {
					k.class = ""
				}
				if test.source == analyze.Shared {
					k.source = ""
				}
				if all[k] == nil {
					all[k] = newBucket(10, 15)
				}
				return all[k]
			}}
			o := Options{Classes: []string{"read", "write"}, Sources: []string{"127.0.0.2", "127.0.0.3"}, Scope: true}
			out := plan(t, o, w)
			out.keeps(t, o)
			if out.scope.Class != test.class || out.scope.Source != test.source {
				t.Errorf("scope %+v", out.scope)
			}
			for _, l := range out.limits {
				if l.Verdict != analyze.Identified || !within(10, l.SustainedRate.Low, l.SustainedRate.High) || l.Burst.Value != 15 {
					t.Errorf("%s: %s, rate %v, burst %v: %s", l.Class, l.Verdict, l.SustainedRate, l.Burst, l.Why)
				}
			}
			why, _ := out.planner.Finished()
			if taken := why[1] == "write: shares the limiter of read"; taken != (test.class == analyze.Shared) {
				t.Errorf("finished for %q", why)
			}
			t.Logf("%d hits, %v, %v", len(out.hits), out.limited, out.end)
		})
	}
}

// The same seed and the same answers make the same plan.
func TestPlanIsReproducible(t *testing.T) {
	one := plan(t, Options{Seed: 3}, &world{limiter: each(func(string) decider { return newBucket(20, 31) }), rtt: loopback})
	two := plan(t, Options{Seed: 3}, &world{limiter: each(func(string) decider { return newBucket(20, 31) }), rtt: loopback})
	if len(one.probes) != len(two.probes) {
		t.Fatalf("%d and %d probes", len(one.probes), len(two.probes))
	}
	for i, p := range one.probes {
		if q := two.probes[i]; p.Name != q.Name || !slices.Equal(p.At, q.At) {
			t.Fatalf("probe %d: %s at %v and %s at %v", i, p.Name, p.At[0], q.Name, q.At[0])
		}
	}
}

// A planner that is stopped early leaves nothing running.
func TestPlanStop(t *testing.T) {
	p := New(Options{Classes: []string{"read", "write"}, Sources: []string{"127.0.0.2"}, Scope: true})
	if probes := p.Next(0); len(probes) != 1 || probes[0].Class != "read" {
		t.Fatalf("probes %+v", probes)
	}
	p.Stop()
	if _, ok := p.Finished(); !ok {
		t.Error("not finished")
	}
}
