package profiles

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func twoClasses() *Profile {
	return &Profile{Name: "p", Classes: []Class{
		{Name: "read", Request: "GET /items?key=hunter2", Phases: []Phase{
			{Name: "a", Kind: Burst, Hits: 10},
			{Name: "b", Kind: Hold, Rate: 4 * PerSecond, Duration: 2 * s},
		}},
		{Name: "write", Phases: []Phase{
			{Name: "c", Kind: Pause, Duration: 1500 * ms},
			{Name: "d", Kind: Burst, Hits: 7},
		}},
	}}
}

func TestPlan(t *testing.T) {
	got, err := twoClasses().Plan(3)
	if err != nil {
		t.Fatal(err)
	}
	want := &Plan{
		Profile: "p", Sources: 3, Requests: 75, Duration: 2 * s,
		// Reads alone have their busiest second first: 10 and 4. Together with
		// the burst of writes it is no busier: 7 and at most 4 around 1.5 s.
		Peak: 3 * 14,
		Classes: []ClassPlan{
			{Class: "read", Request: "GET /items?key=hunter2", Hits: 18, Duration: 2 * s, Peak: 14, Phases: []PhasePlan{
				{"a", Burst, 0, 0, 10, "burst at one instant: 10 hits"},
				{"b", Hold, 0, 2 * s, 8, "hold 4/s for 2 s: 8 hits"},
			}},
			{Class: "write", Hits: 7, Duration: 1500 * ms, Peak: 7, Phases: []PhasePlan{
				{"c", Pause, 0, 1500 * ms, 0, "pause 1.5 s"},
				{"d", Burst, 1500 * ms, 0, 7, "burst at one instant: 7 hits"},
			}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	const text = `p: 75 hits from 3 sources in 2 s, at most 42 in one second
read (GET /items?…): 18 hits from each source in 2 s, at most 14 in one second
  at 0 s, a: burst at one instant: 10 hits
  at 0 s, b: hold 4/s for 2 s: 8 hits
write: 7 hits from each source in 1.5 s, at most 7 in one second
  at 0 s, c: pause 1.5 s
  at 1.5 s, d: burst at one instant: 7 hits
`
	if got.String() != text {
		t.Errorf("got\n%swant\n%s", got, text)
	}
	if _, err := twoClasses().Plan(0); err == nil || err.Error() != "profile p: needs at least one source, has 0" {
		t.Errorf("no source: %v", err)
	}
}

// The busiest second of several classes is not the sum of their busiest ones.
func TestPlanPeakIsAtOneMoment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Profile{Name: "p"}
		var all []time.Duration
		for _, name := range []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, "classes")] {
			c := Class{Name: name}
			var start time.Duration
			var own []time.Duration
			for i := range rapid.IntRange(1, 3).Draw(t, "phases") {
				ph := anyPlaced(t)
				ph.Name = string(rune('a' + i))
				schedule := compileAgain(t, ph)
				if start+schedule.Duration() > MaxDuration {
					t.Skip("too long")
				}
				for _, at := range instants(schedule) {
					own = append(own, start+at)
				}
				start += schedule.Duration()
				c.Phases = append(c.Phases, ph)
			}
			if !slices.IsSorted(own) {
				t.Fatal("phases overlap")
			}
			all = append(all, own...)
			p.Classes = append(p.Classes, c)
		}
		slices.Sort(all)
		plan, err := p.Plan(2)
		if err != nil {
			t.Fatal(err)
		}
		if want := 2 * bruteForcePeak(all); plan.Peak != want || plan.Requests != 2*len(all) {
			t.Fatalf("%d hits, peak %v, by brute force %d, %v", plan.Requests, plan.Peak, 2*len(all), want)
		}
	})
}

func TestSelect(t *testing.T) {
	p := twoClasses()
	reads, err := p.Select("read")
	if err != nil || len(reads.Classes) != 1 || reads.Classes[0].Name != "read" {
		t.Fatalf("%+v, %v", reads, err)
	}
	reads.Classes[0].Phases[0].Hits = 99
	if p.Classes[0].Phases[0].Hits != 10 {
		t.Error("the copy shares its phases with the profile")
	}
	if both, err := p.Select("write", "read"); err != nil || len(both.Classes) != 2 || both.Classes[0].Name != "read" {
		t.Errorf("%+v, %v", both, err)
	}
	if _, err := p.Select("read", "delete"); err == nil || err.Error() != "profile p has no class delete" {
		t.Error(err)
	}
	if c, ok := p.Class("write"); !ok || c != &p.Classes[1] {
		t.Error("Class does not point into the profile")
	}
	if _, ok := p.Class("delete"); ok {
		t.Error("finds a class that is not there")
	}
}

func TestDescribe(t *testing.T) {
	many := make([]Step, 20)
	for i := range many {
		many[i] = Step{Rate(i+1) * PerSecond, s}
	}
	for want, p := range map[string]Phase{
		"burst over 150 ms: 150 hits":                                                      {Kind: Burst, Hits: 150, Over: 150 * ms},
		"burst at one instant: 1 hit":                                                      {Kind: Burst, Hits: 1},
		"hold 25/s for 8 s, jittered: 200 hits":                                            {Kind: Hold, Rate: 25 * PerSecond, Duration: 8 * s, Spacing: Jittered},
		"hold 50/s for 10 min: 30,000 hits":                                                {Kind: Hold, Rate: 50 * PerSecond, Duration: 10 * time.Minute},
		"hold 5/h for 1 h 1 min 1.5 s: 6 hits":                                             {Kind: Hold, Rate: 5 * PerHour, Duration: time.Hour + time.Minute + 1500*ms},
		"ramp from 0/s to 250/s over 20 s: 2,500 hits":                                     {Kind: Ramp, To: 250 * PerSecond, Duration: 20 * s},
		"steps 1/s, 10/min for 6 s each: 7 hits":                                           {Kind: Steps, Steps: []Step{{PerSecond, 6 * s}, {10 * PerMinute, 6 * s}}},
		"steps 1/s for 1 s, 2/s for 2 s: 5 hits":                                           {Kind: Steps, Steps: []Step{{PerSecond, s}, {2 * PerSecond, 2 * s}}},
		"pause 18 s":                                                                       {Kind: Pause, Duration: 18 * s},
		"pause 0.001 ms":                                                                   {Kind: Pause, Duration: time.Microsecond},
		"poisson, 4/s on average for 5 s: 27 hits":                                         {Kind: Poisson, Rate: 4 * PerSecond, Duration: 5 * s, Seed: 3},
		"saturate with 10 workers for 5 s: at most 1,000 hits":                             {Kind: Saturate, Workers: 10, Hits: 1000, Duration: 5 * s},
		"saturate with 1 worker for 5 s: as many hits as they get replies to":              {Kind: Saturate, Workers: 1, Duration: 5 * s},
		"replay of 2 hits within 1.5 s":                                                    {Kind: Replay, At: []time.Duration{0, 1500 * ms}},
		"phase x.rate: must be above 0; " + rateHint:                                       {Name: "x", Kind: Hold, Duration: s},
		"steps 1/s, 2/s, 3/s, 4/s, 5/s, 6/s, 7/s, 8/s, and 12 more for 1 s each: 210 hits": {Kind: Steps, Steps: many},
	} {
		if got := p.Describe(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// What YAML writes, Load reads as the same profile.
func TestYAMLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Profile{Name: "true", About: rapid.SampledFrom([]string{"", `Is "this" the \ question: #1?`, "Größe – 5 µs"}).Draw(t, "about")}
		for _, name := range []string{"null", "1e3"}[:rapid.IntRange(1, 2).Draw(t, "classes")] {
			c := Class{Name: name, Request: rapid.SampledFrom([]string{"", "GET /a:b?c=%20'\"{x}"}).Draw(t, "request")}
			var length time.Duration
			for i := range rapid.IntRange(1, 3).Draw(t, "phases") {
				ph := anyPhase(t)
				ph.Name = strings.Repeat("y", i+1)
				if ph.Spacing == Even {
					ph.Spacing = ""
				}
				if length += compileAgain(t, ph).Duration(); length > MaxDuration {
					t.Skip("too long")
				}
				c.Phases = append(c.Phases, ph)
			}
			p.Classes = append(p.Classes, c)
		}
		got, err := Load(strings.NewReader(p.YAML()), "f.yaml")
		if err != nil {
			t.Fatalf("%v\n%s", err, p.YAML())
		}
		got.source = ""
		if !reflect.DeepEqual(got, p) {
			t.Fatalf("%s\ngot  %+v\nwant %+v", p.YAML(), got, p)
		}
	})
}
