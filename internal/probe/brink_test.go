package probe

import (
	"testing"
	"time"

	"ratefit/analyze"
)

// A limiter that blocks shows its window only to hits that go over the limit
// by one at most.
func TestPlanBlocks(t *testing.T) {
	o := Options{}
	out := plan(t, o, &world{limiter: each(func(string) decider {
		return &penalty{quota: 20, window: 2 * time.Second, penalty: 4 * time.Second}
	}), rtt: loopback, jitter: loopback / 3})
	out.keeps(t, o)
	l := out.limits[0]
	why, _ := out.planner.Finished()
	if l.Verdict != analyze.Identified || l.Model != "fixed-window" || len(l.Modifiers) != 1 || l.Modifiers[0] != "block" {
		t.Fatalf("%s %s %q: %s %q", l.Verdict, l.Model, l.Modifiers, l.Why, why)
	}
	if !within(10, l.SustainedRate.Low, l.SustainedRate.High) || width(l.SustainedRate) > 0.03 || !exact(l.Burst) || l.Burst.Value != 20 {
		t.Errorf("rate %v, %.3f %% wide, burst %v, want 10 and 20", l.SustainedRate, 100*width(l.SustainedRate), l.Burst)
	}
	t.Logf("%d hits, %d limited, %v, %d probes, %.3f %%, %q", len(out.hits), out.limited["read"], out.end, len(out.probes), 100*width(l.SustainedRate), why)
}
