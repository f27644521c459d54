package probe

import (
	"fmt"
	"math/rand/v2"
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
}

// plan drives a planner against a world to its end.
func plan(t testing.TB, o Options, w *world) outcome {
	t.Helper()
	if o.Sources == nil {
		o.Sources = []string{"127.0.0.2"}
	}
	if o.Classes == nil {
		o.Classes = []string{"read"}
	}
	w.random = rand.New(rand.NewPCG(o.Seed, 7))
	out := outcome{limited: map[string]int{}, sent: map[string]int{}, planner: New(o)}
	out.hits, out.end = Drive(out.planner, w.send, func(p Probe) { out.probes = append(out.probes, p) })
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
	out.limits, out.scope = r.Limits, r.Scope
	return out
}

func TestExplore(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(string) decider
		rtt  time.Duration
	}{
		{"bucket 20/31", func(string) decider { return newBucket(20, 31) }, 300 * time.Microsecond},
		{"bucket 2/30", func(string) decider { return newBucket(2, 30) }, 300 * time.Microsecond},
		{"bucket 200/100", func(string) decider { return newBucket(200, 100) }, 300 * time.Microsecond},
		{"bucket 5/8", func(string) decider { return newBucket(5, 8) }, 300 * time.Microsecond},
		{"bucket 10/1", func(string) decider { return newBucket(10, 1) }, 300 * time.Microsecond},
		{"bucket 20/31 40 ms", func(string) decider { return newBucket(20, 31) }, 40 * time.Millisecond},
		{"first-hit 60/5s", func(string) decider { return &firstHit{quota: 60, window: 5 * time.Second} }, 300 * time.Microsecond},
		{"log 30/3s", func(string) decider { return &log{quota: 30, window: 3 * time.Second} }, 300 * time.Microsecond},
		{"counting log 30/2s", func(string) decider { return &log{quota: 30, window: 2 * time.Second, all: true} }, 300 * time.Microsecond},
		{"none", func(string) decider { return none{} }, 300 * time.Microsecond},
		{"dead", func(string) decider { return &dead{left: 10} }, 300 * time.Microsecond},
	} {
		began := time.Now()
		out := plan(t, Options{Classes: []string{"read"}}, &world{limiter: each(test.make), rtt: test.rtt, jitter: test.rtt / 3})
		why, _ := out.planner.Finished()
		l := out.limits[0]
		fmt.Printf("%-20s %s: %d hits %d limited %v, %d probes, cpu %v: %s %v burst %v width %.3f%% %v\n", test.name, why, len(out.hits), out.limited["read"], out.end.Round(100*time.Millisecond),
			len(out.probes), time.Since(began).Round(time.Millisecond), l.Verdict, l.Model, l.Burst, 100*width(l.SustainedRate), out.planner.Notes())
		if testing.Verbose() {
			for _, p := range out.probes {
				fmt.Printf("    %8v %4d %s: %s\n", p.At[0].Round(time.Millisecond), len(p.At), p.Name, p.Reason)
			}
		}
	}
}
