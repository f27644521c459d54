package profiles

import (
	"strings"
	"testing"
	"time"
	"unicode"
)

// Every mistake gets one line that names the place and says what to write. The
// messages are part of what users see: they change on purpose or not at all.
func TestProblems(t *testing.T) {
	for _, c := range problemCases() {
		p, problems := Check(strings.NewReader(c.text), "surge.yaml")
		var got []string
		for _, problem := range problems {
			got = append(got, problem.Error())
			if strings.ContainsFunc(problem.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("not one printable line: %q", problem)
			}
		}
		want := strings.Split(c.want, "\n")
		for i := range want {
			want[i] = "surge.yaml" + want[i]
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") || p != nil {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", c.text, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if _, err := Load(strings.NewReader(c.text), "surge.yaml"); err == nil || err.Error() != want[0] {
			t.Errorf("%s\nLoad: %v, want %s", c.text, err, want[0])
		}
	}
}

// A request or a field that does not belong here can hold a secret.
func TestProblemsKeepSecrets(t *testing.T) {
	const pause = "phases: [{kind: pause, duration: 1s}]"
	for _, text := range []string{
		"headers: {Authorization: hunter2}\n" + pause,
		"headers: hunter2\n" + pause,
		"classes: {a: {request: 'get /x?key=hunter2', " + pause + "}}",
		"classes: {a: {request: 'GET https://u:hunter2@h/', " + pause + "}}",
		"classes: {a: {request: 'GET /%zz?key=hunter2', " + pause + "}}",
		"classes: {a: {request: 'GET /x?a= &key=hunter2', " + pause + "}}",
		"classes: {a: {request: 'hunter2 hunter2 hunter2', " + pause + "}}",
		"classes: {a: {token: hunter2, " + pause + "}}",
	} {
		_, problems := Check(strings.NewReader(text), "f.yaml")
		if len(problems) == 0 {
			t.Errorf("no problem in %s", text)
		}
		for _, p := range problems {
			if strings.Contains(p.Error(), "hunter2") {
				t.Errorf("shows a secret: %v", p)
			}
		}
	}
}

func TestCheckMadeInCode(t *testing.T) {
	sound := []Phase{{Name: "p", Kind: Pause, Duration: s}}
	for want, p := range map[string]Profile{
		"": {Name: "p", Classes: []Class{{Name: "a", Phases: sound}}},
		"name: is missing; write letters, digits and . _ -":                      {Classes: []Class{{Name: "a", Phases: sound}}},
		"classes: is missing; a profile needs phases for at least one class":     {Name: "p"},
		"classes.a: is there twice":                                              {Name: "p", Classes: []Class{{Name: "a", Phases: sound}, {Name: "a", Phases: sound}}},
		"classes: must be at most 16, are 17":                                    {Name: "p", Classes: make([]Class, 17)},
		"classes.a.phases: is missing; a class needs at least one phase":         {Name: "p", Classes: []Class{{Name: "a"}}},
		"classes.a.phases: must be at most 1000, are 1001":                       {Name: "p", Classes: []Class{{Name: "a", Phases: make([]Phase, 1001)}}},
		"classes.a.phases[0].name: must have at most 64 characters":              {Name: "p", Classes: []Class{{Name: "a", Phases: []Phase{{Name: strings.Repeat("n", 65), Kind: Burst, Hits: 1}}}}},
		"classes.a.phases[0].hits: must be above 0, is -1; " + wholeHint:         {Name: "p", Classes: []Class{{Name: "a", Phases: []Phase{{Name: "p", Kind: Burst, Hits: -1}}}}},
		"about: must be one line of at most 1000 printable characters":           {Name: "p", About: "a\nb", Classes: []Class{{Name: "a", Phases: sound}}},
		"classes.a.phases[0].steps: must be at most 1000, are 1001":              {Name: "p", Classes: []Class{{Name: "a", Phases: []Phase{{Name: "p", Kind: Steps, Steps: make([]Step, 1001)}}}}},
		"classes.a.phases[0].rate: must be above 0, is -5/s; " + rateHint:        {Name: "p", Classes: []Class{{Name: "a", Phases: []Phase{{Name: "p", Kind: Hold, Rate: -5 * PerSecond, Duration: s}}}}},
		"classes.a.phases[0].duration: must be above 0, is -1s; " + durationHint: {Name: "p", Classes: []Class{{Name: "a", Phases: []Phase{{Name: "p", Kind: Pause, Duration: -s}}}}},
	} {
		var got []string
		for _, problem := range p.Check() {
			got = append(got, problem.Error())
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if _, err := p.Plan(1); (err == nil) != (want == "") {
			t.Errorf("%s: Plan: %v", want, err)
		}
	}
}

// Schedule alone refuses what Check refuses.
func TestScheduleErrors(t *testing.T) {
	for want, p := range map[string]Phase{
		"phase x.kind: is missing; write one of burst, hold, ramp, steps, pause, poisson, replay, saturate": {Name: "x"},
		"phase.rate: must be above 0; " + rateHint:                                                          {Kind: Hold, Duration: s},
		"phase.rate: must be at most 1000000/s":                                                             {Kind: Hold, Rate: MaxRate + 1, Duration: s},
		"phase.hits: does not belong to a phase of kind hold, which has rate, duration, spacing, seed":      {Kind: Hold, Rate: 1, Duration: s, Hits: 1},
		"phase.seed: has no effect while spacing is even; leave it out or write spacing: jittered":          {Kind: Hold, Rate: 1, Duration: s, Seed: 1},
		"phase.hits: must be at most 1,000,000, is 1,000,001":                                               {Kind: Burst, Hits: MaxListed + 1},
		"phase.spacing: does not belong to a phase of kind burst, which has hits, over":                     {Kind: Burst, Hits: 1, Spacing: Jittered},
		"phase.at[0]: must not be negative, is -1ns":                                                        {Kind: Replay, At: []time.Duration{-1}},
		"phase.at[0]: must be at most 24 h, is 24h0m1s":                                                     {Kind: Replay, At: []time.Duration{MaxDuration + s}},
		"phase.steps: last longer than 24 h together":                                                       {Kind: Steps, Steps: []Step{{1, MaxDuration}, {1, 1}}},
		"phase.steps: makes 11,000,000 hits, may make 10,000,000 at most; lower the rate or the duration":   {Kind: Steps, Steps: []Step{{MaxRate, 5 * s}, {MaxRate, 6 * s}}},
		"phase.to: makes 11,000,000 hits, may make 10,000,000 at most; lower the rate or the duration":      {Kind: Ramp, To: MaxRate, Duration: 22 * s},
		"phase.from: must be above 0, is -1/s; " + rateHint:                                                 {Kind: Ramp, From: -PerSecond, To: 1, Duration: s},
		"phase.workers: must be above 0; " + wholeHint:                                                      {Kind: Saturate, Duration: s},
		"phase.workers: must be at most 10,000, is 10,001":                                                  {Kind: Saturate, Workers: MaxWorkers + 1, Duration: s},
		"phase.hits: must be above 0, is -1; " + wholeHint:                                                  {Kind: Saturate, Workers: 1, Hits: -1, Duration: s},
		"phase.hits: must be at most 10,000,000, is 10,000,001":                                             {Kind: Saturate, Workers: 1, Hits: MaxHits + 1, Duration: s},
		"phase.rate: makes 1,000,001 hits, may make 1,000,000 at most; lower the rate or the duration":      {Kind: Poisson, Rate: MaxRate, Duration: s + 1},
	} {
		c, err := p.Schedule()
		if err == nil || err.Error() != want || c != nil {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
