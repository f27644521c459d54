package probe

import (
	"slices"
	"testing"
	"time"

	"ratefit/analyze"
)

// What is told follows the run from beginning to end, and changes nothing of
// it.
func TestTell(t *testing.T) {
	var told []Progress
	o := Options{Classes: []string{"read"}, Sources: []string{"127.0.0.2", "127.0.0.3"}, Scope: true, Checks: []Check{{Class: "read", Variant: "bare", Name: "no credentials"}}}
	limiter := func() *world {
		return &world{rtt: loopback, limiter: each(func(string) decider { return newBucket(20, 10) })}
	}
	silent := plan(t, o, limiter())
	o.Tell = func(p Progress) { told = append(told, p) }
	loud := plan(t, o, limiter())
	if len(silent.probes) != len(loud.probes) || silent.end != loud.end {
		t.Errorf("telling changes the run: %d probes until %s, else %d until %s", len(loud.probes), loud.end, len(silent.probes), silent.end)
	}
	stages := map[Task][]Stage{}
	var last Known
	var costs []time.Duration
	for i, p := range told {
		if s := stages[p.Task]; len(s) == 0 || s[len(s)-1] != p.Stage {
			stages[p.Task] = append(s, p.Stage)
		}
		if p.Known != nil && p.Task == Limits {
			last = *p.Known
		}
		if p.Task == Costs && p.Left > 0 {
			costs = append(costs, p.Left)
		}
		if i > 0 && p.At < told[i-1].At {
			t.Errorf("told at %s after %s", p.At, told[i-1].At)
		}
	}
	want := map[Task][]Stage{
		Limits: {Waiting, Discovering, Recovering, Regaining, Refining, Confirming, Refining, Over},
		Scopes: {Waiting, Asking, Over},
		Costs:  {Waiting, Asking, Over},
	}
	for task, w := range want {
		if !slices.Equal(stages[task], w) {
			t.Errorf("%s: stages %v, want %v", task, stages[task], w)
		}
	}
	if last.Limit.Verdict != analyze.Identified || len(last.Limiters) == 0 {
		t.Errorf("at the end %s is known, with %d limiters", last.Limit.Verdict, len(last.Limiters))
	}
	if len(costs) == 0 || costs[0] < 500*time.Millisecond || costs[0] > 2*time.Second {
		t.Errorf("the cost is said to take %v: eleven tokens take 0.55 s", costs)
	}
	fitting := 0
	for _, p := range told {
		if p.Fitting {
			fitting++
		}
	}
	if end := told[len(told)-1]; fitting == 0 || fitting > len(told)/2 || end.Fitting {
		t.Errorf("of %d times it was said %d times that models are fitted, at the end: %t", len(told), fitting, end.Fitting)
	}
	if end := told[len(told)-1]; end.Stage != Over || end.Why == "" {
		t.Errorf("the last thing told is %+v", end)
	}
}
