package profiles

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestLoad(t *testing.T) {
	const text = `# a comment
name: surge
about: >
  Does a surge of reads
  slow down the writes?
classes:
  write: &w
    request: "POST /items?draft=1"
    phases:
      - {kind: pause, duration: 1.5s}
      - {kind: pause, duration: 2m}
      - kind: steps
        steps: [10, {rate: 20/s, duration: 1s}, 30/min]
        each: 5s
  read:
    phases: [
      {kind: burst, hits: 3, name: first},
      {kind: burst, hits: 30, over: 150ms, name: burst},
      {kind: burst, hits: 1},
      {kind: hold, rate: 120/min, duration: 1m, spacing: jittered, seed: 18446744073709551615},
      {kind: hold, rate: "0.5", duration: 1m, spacing: even},
      {kind: ramp, from: 0, to: 2, duration: 3s},
      {kind: poisson, rate: 4/s, duration: 5s},
      {kind: replay, at: [0, 10ms, {at: 1s, hits: 2}], duration: 2s},
    ]
  other: *w
`
	got, err := Load(strings.NewReader(text), "dir/file.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := []Phase{
		{Name: "pause", Kind: Pause, Duration: 1500 * ms},
		{Name: "pause-2", Kind: Pause, Duration: 2 * time.Minute},
		{Name: "steps", Kind: Steps, Steps: []Step{{10 * PerSecond, 5 * s}, {20 * PerSecond, s}, {30 * PerMinute, 5 * s}}},
	}
	want := &Profile{
		Name:  "surge",
		About: "Does a surge of reads slow down the writes?",
		Classes: []Class{
			{Name: "write", Request: "POST /items?draft=1", Phases: write},
			{Name: "read", Phases: []Phase{
				{Name: "first", Kind: Burst, Hits: 3},
				{Name: "burst", Kind: Burst, Hits: 30, Over: 150 * ms},
				{Name: "burst-2", Kind: Burst, Hits: 1},
				{Name: "hold", Kind: Hold, Rate: 2 * PerSecond, Duration: time.Minute, Spacing: Jittered, Seed: 1<<64 - 1},
				{Name: "hold-2", Kind: Hold, Rate: PerSecond / 2, Duration: time.Minute, Spacing: Even},
				{Name: "ramp", Kind: Ramp, To: 2 * PerSecond, Duration: 3 * s},
				{Name: "poisson", Kind: Poisson, Rate: 4 * PerSecond, Duration: 5 * s, Seed: seedOf("read", "poisson")},
				{Name: "replay", Kind: Replay, At: []time.Duration{0, 10 * ms, s, s}, Duration: 2 * s},
			}},
			{Name: "other", Request: "POST /items?draft=1", Phases: write},
		},
		source: text,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// Short forms of the same few phases.
func TestLoadSharesPhases(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		classes string
	}{
		"read and write":   {"phases: [{kind: pause, duration: 1s}]", "read:pause write:pause"},
		"named classes":    {"phases: [{kind: pause, duration: 1s}]\nclasses: {b: , a: {}}", "b:pause a:pause"},
		"own phases first": {"phases: [{kind: pause, duration: 1s}]\nclasses: {b: , a: {phases: [{kind: burst, hits: 1}]}}", "b:pause a:burst"},
		"classes first":    {"classes: {a: }\nphases: [{kind: pause, duration: 1s}]", "a:pause"},
		"JSON":             {`{"phases": [{"kind": "pause", "duration": "1s"}]}`, "read:pause write:pause"},
		"a marker":         {"---\nphases: [{kind: pause, duration: 1s}]\n...\n", "read:pause write:pause"},
		"Windows lines":    {"phases:\r\n  - kind: pause\r\n    duration: 1s\r\n", "read:pause write:pause"},
		"one anchor":       {"phases: [&p {kind: pause, duration: 1s, name: x}]\nclasses: {a: , b: {phases: [*p]}}", "a:x b:x"},
	} {
		p, err := Load(strings.NewReader(c.text), "-")
		if name == "JSON" || err != nil {
			// "-" is no name for a profile.
			p, err = Load(strings.NewReader(c.text), `C:\profiles\short.v1.yaml`)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var classes []string
		for _, class := range p.Classes {
			classes = append(classes, class.Name+":"+class.Phases[0].Name)
		}
		if got := strings.Join(classes, " "); got != c.classes || p.Name != "short.v1" {
			t.Errorf("%s: %s has %s, want %s", name, p.Name, got, c.classes)
		}
	}
}

func TestLoadFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "quiet.yaml")
	if err := os.WriteFile(file, []byte("phases: [{kind: pause, duration: 1s}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := LoadFile(file); err != nil || p.Name != "quiet" {
		t.Errorf("%v, %v", p, err)
	}
	if _, err := LoadFile(file + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestLoadUnreadable(t *testing.T) {
	_, err := Load(iotest.ErrReader(errors.New("disk on fire")), "f.yaml")
	if err == nil || err.Error() != "f.yaml: cannot be read: disk on fire" {
		t.Error(err)
	}
	_, err = Load(strings.NewReader(strings.Repeat("#", maxSize+1)), "f.yaml")
	if err == nil || err.Error() != "f.yaml: is larger than 1 MiB; a profile is a short text" {
		t.Error(err)
	}
}

// Small texts that would unfold, nest or compare without end. That the test
// returns at all is the test.
func TestBombs(t *testing.T) {
	var keys strings.Builder
	for i := range maxFields + 1 {
		fmt.Fprintf(&keys, "k%d: v\n", i)
	}
	hits := "[" + strings.Repeat("{at: 0s, hits: 1000000},", 50) + "]"
	for name, c := range map[string]struct{ text, want string }{
		"brackets": {strings.Repeat("[", 20_000), "f.yaml:1: is nested deeper than 64 levels"},
		"braces":   {strings.Repeat("{a: ", 20_000), "f.yaml:1: is nested deeper than 64 levels"},
		"dashes":   {strings.Repeat("- ", 20_000), "f.yaml:1: is nested deeper than 64 levels"},
		"tags":     {strings.Repeat("!!a\n", 20_000) + "x", "f.yaml:129: is nested deeper than 64 levels"},
		"keys":     {keys.String(), "f.yaml:10001: has more than 10,000 fields"},
		"instants": {"phases: [{kind: replay, at: " + hits + "}]", "f.yaml:1: phases[0].at[0]: is too much: a profile may have 1,000,000 values"},
		"aliases": {
			"phases:\n- &a {kind: replay, at: [" + strings.Repeat("{at: 1s, hits: 99},", 20) + "]}\n" + strings.Repeat("- *a\n", 999),
			"f.yaml:2: phases[484].at: is too much: a profile may have 1,000,000 values",
		},
		"alias of itself": {"phases: [&a *a]", "f.yaml:1: "},
		"list in itself":  {"phases: [{kind: steps, each: 1s, steps: &a [*a]}]", "f.yaml:1: phases[0].steps[0]: must be a rate, is a list"},
		"problems":        {"phases: [" + strings.Repeat("5,", 999) + "]", "f.yaml:1: phases[0]: must be a mapping with a kind, is a single value"},
	} {
		p, problems := Check(strings.NewReader(c.text), "f.yaml")
		if p != nil || len(problems) == 0 || len(problems) > maxProblems || !strings.HasPrefix(problems[0].Error(), c.want) {
			t.Errorf("%s: %d problems: %.200v, want %s", name, len(problems), problems, c.want)
		}
	}
}
