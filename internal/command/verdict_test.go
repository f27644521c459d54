package command

import (
	"testing"

	"ratefit/analyze"
)

// What is not known is never a pass, and only a question about the headers
// makes a wrong declaration an error.
func TestVerdict(t *testing.T) {
	limit := func(v analyze.Verdict, agrees ...bool) analyze.Limit {
		l := analyze.Limit{Verdict: v}
		if len(agrees) > 0 {
			l.Declared = &analyze.Declared{Agrees: &agrees[0]}
		}
		return l
	}
	undecided := limit(analyze.Identified)
	undecided.Declared = &analyze.Declared{}
	tests := []struct {
		name           string
		limits         []analyze.Limit
		plain, expects int // exit code without and with --expect-declared
	}{
		{"no sample", nil, Inconclusive, Inconclusive},
		{"identified", []analyze.Limit{limit(analyze.Identified)}, OK, Inconclusive},
		{"identified, agrees", []analyze.Limit{limit(analyze.Identified, true)}, OK, OK},
		{"identified, headers lie", []analyze.Limit{limit(analyze.Identified, false)}, OK, Broken},
		{"identified, headers undecided", []analyze.Limit{undecided}, OK, Inconclusive},
		{"unlimited", []analyze.Limit{limit(analyze.Unlimited)}, OK, Inconclusive},
		{"undetermined", []analyze.Limit{limit(analyze.Undetermined, true)}, Inconclusive, Inconclusive},
		{"insufficient", []analyze.Limit{limit(analyze.Insufficient)}, Inconclusive, Inconclusive},
		{"contradicted", []analyze.Limit{limit(analyze.Contradicted)}, Inconclusive, Inconclusive},
		{"one of two known", []analyze.Limit{limit(analyze.Identified, true), limit(analyze.Insufficient, true)}, Inconclusive, Inconclusive},
		{"one of two lies", []analyze.Limit{limit(analyze.Insufficient), limit(analyze.Identified, false)}, Inconclusive, Broken},
	}
	for _, test := range tests {
		a := &analyze.Analysis{Limits: test.limits}
		if got := codeOf((&fitting{}).verdict(a)); got != test.plain {
			t.Errorf("%s: exit code %d, want %d", test.name, got, test.plain)
		}
		if got := codeOf((&fitting{expectDeclared: true}).verdict(a)); got != test.expects {
			t.Errorf("%s: exit code %d with --expect-declared, want %d", test.name, got, test.expects)
		}
	}
}
