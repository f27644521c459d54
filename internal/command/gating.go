package command

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"ratefit/analyze"
	"ratefit/analyze/gate"
	"ratefit/expect"
	"ratefit/reports"
)

// gating is what is expected, and where it is told what became of that.
type gating struct {
	set                            expect.Set
	expects, models, params        []string
	scopes                         []string
	tolerance                      string
	junit, summary, prometheusFile string
	github                         bool
}

func (g *gating) add(f *pflag.FlagSet) {
	f.StringArrayVar(&g.expects, "expect", nil, "`CLASS=RATE[:BURST]` such as read=2/s:30, CLASS=unlimited, or declared: the headers are true; repeatable")
	f.StringArrayVar(&g.models, "expect-model", nil, "`[CLASS=]MODEL[+MODIFIER]` such as token-bucket; repeatable")
	f.StringArrayVar(&g.params, "expect-param", nil, "`[CLASS=]NAME=VALUE` such as window_s=60 or anchor=clock; repeatable")
	f.StringArrayVar(&g.scopes, "expect-scope", nil, "`DIMENSION=ANSWER`: class, source or credential, and separate or shared; repeatable")
	f.StringVar(&g.tolerance, "tolerance", "", "accept numbers that differ by this `share` (default 1%)")
	f.StringVar(&g.junit, "junit", "", "write JUnit XML into this new `file`")
	f.StringVar(&g.summary, "summary", "", "append a summary in Markdown to this `file`")
	f.StringVar(&g.prometheusFile, "prometheus", "", "write metrics into this `file` for node_exporter, in place of what it holds")
	f.BoolVar(&g.github, "github", false, "annotate the job and its summary on GitHub (default: when GITHUB_ACTIONS is true)")
}

// parse takes the flags. They win over what the profile expects of the same.
func (g *gating) parse(f *pflag.FlagSet) error {
	var given expect.Set
	for _, flag := range []struct {
		name  string
		texts []string
		add   func(string) error
	}{
		{"expect", g.expects, given.Add},
		{"expect-model", g.models, given.AddModel},
		{"expect-param", g.params, given.AddParam},
		{"expect-scope", g.scopes, given.AddScope},
	} {
		for _, text := range flag.texts {
			if err := flag.add(text); err != nil {
				return expectFault("--"+flag.name, err)
			}
		}
	}
	g.set = given.Over(g.set)
	if g.tolerance != "" {
		t, err := expect.ParseTolerance(g.tolerance)
		if err != nil {
			return expectFault("--tolerance", err)
		}
		g.set.Tolerance = &t
	}
	if !f.Changed("github") {
		g.github = os.Getenv("GITHUB_ACTIONS") == "true"
	}
	return cmp.Or(checkKnown(&g.set), g.checkFiles())
}

// takeFrom takes what the profile expects.
func (g *gating) takeFrom(profile string) error {
	if profile == "" {
		return nil
	}
	p, err := loadProfile(profile)
	if err != nil {
		return err
	}
	if p.Expect != nil {
		g.set = *p.Expect
	}
	return nil
}

func expectFault(place string, err error) error {
	var m *expect.Mistake
	if errors.As(err, &m) {
		return usageFault(m.Try, "%s: %s", place, m.Text)
	}
	return usageFault("", "%s: %v", place, err)
}

// checkKnown refuses names that no analysis has.
func checkKnown(s *expect.Set) error {
	models := reports.FamilyNames()
	for _, m := range s.Models {
		if !slices.Contains(models, m.Name) {
			return unknownExpected(m.Name, "model", models)
		}
		for _, modifier := range m.Modifiers {
			if !slices.Contains(analyze.Modifiers(), modifier) {
				return unknownExpected(modifier, "modifier", analyze.Modifiers())
			}
		}
	}
	for _, p := range s.Params {
		if names := reports.ExpectableParams(); !slices.Contains(names, p.Name) {
			return unknownExpected(p.Name, "param", names)
		}
	}
	return nil
}

func unknownExpected(name, kind string, known []string) error {
	hint := "one of " + strings.Join(known, ", ")
	if near, ok := closest(name, known); ok {
		hint = "did you mean " + near + "? else " + hint
	}
	return usageFault(hint, "there is no %s %q to expect", kind, name)
}

// checkFiles finds out before anything is sent what could not be written after.
func (g *gating) checkFiles() error {
	if err := checkNew("--junit: ", "give another file", g.junit); err != nil {
		return err
	}
	for _, f := range []struct{ flag, name string }{{"junit", g.junit}, {"summary", g.summary}, {"prometheus", g.prometheusFile}} {
		if f.name == "" {
			continue
		}
		if info, err := os.Stat(filepath.Dir(f.name)); err != nil || !info.IsDir() {
			return usageFault("make the folder first", "--%s: there is no folder %s", f.flag, filepath.Dir(f.name))
		}
		if info, err := os.Stat(f.name); err == nil && !info.Mode().IsRegular() && f.flag != "summary" {
			return usageFault("give a file", "--%s: %s is not a file", f.flag, f.name)
		}
	}
	return nil
}

// decided tells a planner when what is expected is answered.
func (g *gating) decided() func(class string, l *analyze.Limit) bool {
	if g.set.Empty() {
		return nil
	}
	return func(class string, l *analyze.Limit) bool { return gate.Decided(&g.set, class, l) }
}

// judge holds the analysis against what is expected.
func (g *gating) judge(a *analyze.Analysis) {
	if !g.set.Empty() {
		a.Expectations = gate.Judge(&g.set, a)
	}
}

// tell writes the files that were asked for, and annotates.
func (g *gating) tell(s *streams, a *analyze.Analysis) error {
	if g.junit != "" {
		if err := writeFile(g.junit, func(w io.Writer) error { return reports.JUnit(w, a) }); err != nil {
			return err
		}
	}
	summaries := []string{g.summary}
	if g.github {
		// Standard output is the report: GitHub reads commands from either.
		if err := reports.Annotations(s.err, a); err != nil {
			return failure("", "standard error: %v", err)
		}
		summaries = append(summaries, os.Getenv("GITHUB_STEP_SUMMARY"))
	}
	for _, name := range slices.Compact(summaries) {
		if name == "" {
			continue
		}
		if err := appendTo(name, func(w io.Writer) error { return reports.Summary(w, a) }); err != nil {
			return err
		}
	}
	if g.prometheusFile == "" {
		return nil
	}
	return replaceFile(g.prometheusFile, func(w io.Writer) error { return reports.Prometheus(w, a) })
}
