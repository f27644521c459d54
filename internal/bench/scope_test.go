package bench

import (
	"testing"

	"ratefit/analyze"
)

func TestScopeJudged(t *testing.T) {
	a := &analyze.Analysis{Scope: analyze.Scope{Class: analyze.Separate, Source: analyze.Shared}}
	for _, test := range []struct {
		truth ScopeTruth
		want  []Judgement
	}{
		{ScopeTruth{}, nil},
		{ScopeTruth{Class: "separate"}, []Judgement{Right}},
		{ScopeTruth{Class: "shared", Source: "shared"}, []Judgement{Wrong, Right}},
	} {
		got := test.truth.judge(a)
		if len(got) != len(test.want) {
			t.Fatalf("%+v: %+v", test.truth, got)
		}
		for i := range got {
			if got[i].Judgement != test.want[i] {
				t.Errorf("%+v: %+v, want %v", test.truth, got[i], test.want[i])
			}
		}
	}
	for _, said := range []analyze.ScopeVerdict{analyze.Untested, analyze.UndeterminedScope} {
		a.Scope.Class = said
		if got := (ScopeTruth{Class: "shared"}).judge(a); got[0].Judgement != Declined {
			t.Errorf("%s is %s", said, got[0].Judgement)
		}
	}
}

// Who shares a limiter in the simulated world is as labelled.
func TestScopesAsLabelled(t *testing.T) {
	label := func(shared bool, several int) string {
		switch {
		case several < 2:
			return ""
		case shared:
			return "shared"
		}
		return "separate"
	}
	n := 0
	for _, c := range Cases() {
		want := ScopeTruth{label(c.OneForClasses, len(c.Parts)), label(c.OneForSources, len(c.Sources))}
		if c.Scope != want {
			t.Errorf("%s: labelled %+v, want %+v", c.Name, c.Scope, want)
		}
		if want != (ScopeTruth{}) {
			n++
		}
	}
	if n < 8 {
		t.Errorf("only %d cases are about who shares a limiter", n)
	}
}

// Every name of the quick cases is that of a case.
func TestQuickCasesExist(t *testing.T) {
	n := 0
	for _, c := range Cases() {
		if c.quick() {
			n++
		}
	}
	if n != len(quick) {
		t.Errorf("%d of %d quick cases exist", n, len(quick))
	}
}

// Each case has its turn in one network, unless networks are named.
func TestNoisesInTurn(t *testing.T) {
	for _, test := range []struct {
		o    Options
		each int // traces of each case
	}{
		{Options{Repeat: 1}, 1}, {Options{Repeat: 3}, 3}, {Options{Repeat: 1, Noise: []string{"all"}}, 4}, {Options{Repeat: 2, Noise: []string{"far", "lan"}}, 4},
	} {
		jobs, err := test.o.jobs()
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, j := range jobs {
			seen[j.noise.Name]++
		}
		if len(jobs) != test.each*len(Cases()) || len(seen) < 2 {
			t.Errorf("%+v: %d traces in %v", test.o, len(jobs), seen)
		}
	}
}
