package profiles

import (
	"strings"
	"testing"
	"time"
)

const staggered = `
stagger: 2s
phases:
  - {name: all, kind: burst, hits: 10}
  - {name: rest, kind: pause, duration: 1s}
`

// TestStagger: the plan counts the time between the first and the last to
// begin, and that they are not busy together.
func TestStagger(t *testing.T) {
	p, err := Load(strings.NewReader(staggered), "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.Plan(3)
	if err != nil {
		t.Fatal(err)
	}
	if want := 5*2*time.Second + time.Second; plan.Duration != want {
		t.Errorf("duration %s, want %s", plan.Duration, want)
	}
	if plan.Peak != 10 {
		t.Errorf("peak %v of six bursts apart from each other, want 10", plan.Peak)
	}
	if !strings.Contains(plan.String(), "begins 2 s after") {
		t.Errorf("the plan does not tell:\n%s", plan)
	}
	again, err := Load(strings.NewReader(p.YAML()), "again.yaml")
	if err != nil || again.Stagger != p.Stagger {
		t.Errorf("written and read again: %v %v", again, err)
	}
	if _, err := Load(strings.NewReader("stagger: -1s"+staggered[len("\nstagger: 2s"):]), "s.yaml"); err == nil || !strings.Contains(err.Error(), "stagger") {
		t.Errorf("negative stagger: %v", err)
	}
}

// Apart, these two classes are never busy in the same second; staggered, nine
// sources are.
func TestPlanOfManyStaggeredSourcesIsNotTooLow(t *testing.T) {
	p := &Profile{Name: "p", Stagger: ms, Classes: []Class{
		{Name: "a", Phases: []Phase{{Name: "wait", Kind: Pause, Duration: s}, {Name: "burst", Kind: Burst, Hits: 10}}},
		{Name: "b", Phases: []Phase{{Name: "burst", Kind: Burst, Hits: 10}}},
	}}
	for sources, want := range map[int]float64{1: 20, 8: 90, 9: 180} {
		plan, err := p.Plan(sources)
		if err != nil || plan.Peak != want {
			t.Errorf("%d sources: %v, %v; want %v in one second", sources, plan, err, want)
		}
	}
}

func TestPlanRefusesToStaggerForDays(t *testing.T) {
	p := twoClasses()
	p.Stagger = MaxDuration / 4
	if _, err := p.Plan(2); err != nil {
		t.Error(err)
	}
	for sources, written := range map[int]string{3: "3", 65_536: "65,536", 1 << 60: "1,152,921,504,606,846,976"} {
		_, err := p.Plan(sources)
		want := "profile p: with 6 h between them, " + written + " sources would begin over more than 24 h; lower the stagger or name fewer sources"
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
