package profiles

import (
	"strings"
	"testing"
	"time"
	"unicode"
)

// Load never panics. Whatever it accepts compiles, keeps the promises of a
// schedule and survives being written out; whatever it refuses gets one
// printable line.
func FuzzLoad(f *testing.F) {
	for _, p := range Builtins() {
		f.Add(p.Source())
		f.Add(p.YAML())
	}
	for _, c := range problemCases() {
		f.Add(c.text)
	}
	f.Add("phases: [{kind: ramp, from: 1/d, to: 1000000, duration: 19s}, {kind: ramp, from: 1000000, to: 0, duration: 1ns}]")
	f.Add(expecting)
	f.Add("phases: &a [{kind: replay, at: [0, {at: 1s, hits: 9}]}]\nclasses: {a: , b: {phases: *a}}")
	f.Fuzz(func(t *testing.T, text string) {
		p, problems := Check(strings.NewReader(text), "f.yaml")
		for _, problem := range problems {
			if line := problem.Error(); strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("not one printable line: %q", line)
			}
		}
		if (p == nil) == (len(problems) == 0) {
			t.Fatalf("profile %v with problems %v", p, problems)
		}
		if p == nil {
			return
		}
		for _, c := range p.Classes {
			for i := range c.Phases {
				checkSchedule(t, &c.Phases[i])
			}
		}
		again, err := Load(strings.NewReader(p.YAML()), "f.yaml")
		if err != nil || again.YAML() != p.YAML() {
			t.Errorf("%v\n%s", err, p.YAML())
		}
	})
}

// checkSchedule looks at every hit of small schedules and at a few thousand of
// large ones.
func checkSchedule(t *testing.T, p *Phase) {
	c, err := p.Schedule()
	if err != nil {
		t.Fatalf("%+v was accepted: %v", p, err)
	}
	last := time.Duration(0)
	step := 1 + c.Hits()/5000
	for n := 0; n < c.Hits(); n += step {
		for _, n := range []int{n, n + 1, c.Hits() - 1} {
			at, ok := c.At(n)
			if ok != (n < c.Hits()) || at > c.Duration() {
				t.Fatalf("%s: hit %d of %d at %v", p.Describe(), n, c.Hits(), at)
			}
			if n < c.Hits()-1 && at < last {
				t.Fatalf("%s: hit %d at %v comes before the one in front of it, at %v", p.Describe(), n, at, last)
			}
			if n < c.Hits()-1 {
				last = at
			}
		}
	}
	if _, ok := c.At(c.Hits()); ok {
		t.Fatalf("%s: one hit too many", p.Describe())
	}
}

// ParseRate never panics, and what it reads is written and read again as the
// same rate.
func FuzzParseRate(f *testing.F) {
	for _, text := range []string{"50", "120/min", "0.0000000001/s", "-1/d", "1e3", "5/fortnight", ".5", "1000000.0000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRate(text)
		if err != nil {
			return
		}
		if back, err := ParseRate(r.String()); err != nil || back != r {
			t.Errorf("%q is %d, written %s, read again as %d, %v", text, r, r, back, err)
		}
	})
}
