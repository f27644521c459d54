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
