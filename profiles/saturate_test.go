package profiles

import (
	"strings"
	"testing"
	"time"
)

// Hits that replies place have bounds instead of instants, and the phase after
// them begins when it is planned to.
func TestSaturate(t *testing.T) {
	named := compile(t, Phase{Kind: Saturate, Workers: 10, Hits: 1000, Duration: 5 * s})
	if named.Workers() != 10 || named.Hits() != 1000 || named.Duration() != 5*s || named.Peak() != 1000 || named.Rate(s) != 200 {
		t.Errorf("%+v", named)
	}
	if at, ok := named.At(999); at != 0 || !ok {
		t.Errorf("the last hit at %v, %v: none has to wait", at, ok)
	}
	for elapsed, want := range map[time.Duration]bool{0: false, 5*s - 1: false, 5 * s: true, 6 * s: true} {
		if wait, stop := named.Pace(elapsed, 7); wait != 0 || stop != want {
			t.Errorf("at %v: wait %v, stop %v, want stop %v", elapsed, wait, stop, want)
		}
	}
	if _, stop := named.Pace(0, 1000); !stop {
		t.Error("more hits than it names")
	}
	if open := compile(t, Phase{Kind: Saturate, Workers: 1, Duration: s}); open.Hits() != MaxHits {
		t.Errorf("without a number: %d", open.Hits())
	}
	if hold := compile(t, Phase{Kind: Hold, Rate: PerSecond, Duration: s}); hold.Workers() != 0 {
		t.Errorf("a hold waits for replies")
	}
}

// What is not known beforehand is not announced as if it were.
func TestSaturatePlan(t *testing.T) {
	const text = `name: full
phases:
  - {kind: hold, rate: 5, duration: 2s}
  - {kind: saturate, workers: 3, duration: 4s%s}
  - {kind: saturate, workers: 2, duration: 1s, hits: 7}
`
	for more, want := range map[string]string{
		"": `full: hits from 2 sources in 7 s, as fast as 12 workers get replies
read: hits from each source in 7 s, as fast as 3 workers get replies
  at 0 s, hold: hold 5/s for 2 s: 10 hits
  at 2 s, saturate: saturate with 3 workers for 4 s: as many hits as they get replies to
  at 6 s, saturate-2: saturate with 2 workers for 1 s: at most 7 hits
`,
		", hits: 20": `full: at most 148 hits from 2 sources in 7 s, as fast as 12 workers get replies
read: at most 37 hits from each source in 7 s, as fast as 3 workers get replies
  at 0 s, hold: hold 5/s for 2 s: 10 hits
  at 2 s, saturate: saturate with 3 workers for 4 s: at most 20 hits
  at 6 s, saturate-2: saturate with 2 workers for 1 s: at most 7 hits
`,
	} {
		p, err := Load(strings.NewReader(strings.Replace(text, "%s", more, 1)), "full.yaml")
		if err != nil {
			t.Fatal(err)
		}
		plan, err := p.Plan(2)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.String(); !strings.HasPrefix(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		peak := 2.0 * 2 * (5 + 20 + 7) // all that replies place may come on top of what is planned
		if more == "" {
			peak = 2 * 2 * (5 + MaxHits + 7)
		}
		if plan.Workers != 12 || plan.Open != (more == "") || plan.Peak != peak {
			t.Errorf("%+v, want a peak of %v", plan, peak)
		}
		if again, err := Load(strings.NewReader(p.YAML()), "full.yaml"); err != nil || again.YAML() != p.YAML() {
			t.Errorf("%v\n%s", err, p.YAML())
		}
	}
}
