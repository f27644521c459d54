// Package change compares two analyses, such as those of one API before and after
// it was tuned. It is pure.
//
// Something has changed only if that is certain: if the guaranteed intervals do not
// overlap, or both words are known and differ. It is the same within a tolerance if
// all that is possible on either side lies that close together. Else it cannot be
// told.
package change

import (
	"time"

	"ratefit/analyze"
	"ratefit/expect"
)

// Schema names the version of the document that [Comparison] marshals to.
const Schema = "ratefit/comparison/v1"

// An Answer says whether something changed.
type Answer string

// The answers.
const (
	Changed Answer = "changed"
	Same    Answer = "same"
	Unclear Answer = "unclear" // it cannot be told
	Noted   Answer = "noted"   // it says how good a measurement is, and is no change
)

// A Comparison is all that was compared.
type Comparison struct {
	Schema    string  `json:"schema"`
	Result    Answer  `json:"result"` // changed if anything is, same if all is
	Tolerance float64 `json:"tolerance"`
	Before    Side    `json:"before"`
	After     Side    `json:"after"`
	Limits    []Pair  `json:"limits"`
	Scope     []Row   `json:"scope"`
}

// A Side is one of the analyses.
type Side struct {
	Target  string    `json:"target"`
	Started time.Time `json:"started"`
	Partial string    `json:"partial,omitempty"`
}

// A Pair is a limiter as it was before and after.
type Pair struct {
	Class  string `json:"class"`
	Source string `json:"source,omitempty"` // where several limiters serve the class
	Before *int   `json:"before,omitempty"` // the entry in the analysis; absent if there is none
	After  *int   `json:"after,omitempty"`
	Answer Answer `json:"answer"`
	Rows   []Row  `json:"rows"`
}

// A Row is one thing that was compared.
type Row struct {
	About  string            `json:"about"` // "rate", "param.window_s", "header.reset" …
	Before analyze.Parameter `json:"before,omitzero"`
	After  analyze.Parameter `json:"after,omitzero"`
	Answer Answer            `json:"answer"`
	Within *float64          `json:"within,omitempty"` // of numbers: the share by which they differ at most
}

// Compare holds b, after, against a, before.
func Compare(a, b *analyze.Analysis, tolerance expect.Tolerance) *Comparison {
	c := &Comparison{
		Schema: Schema, Tolerance: float64(tolerance), Before: sideOf(a), After: sideOf(b),
		Limits: pairs(a.Limits, b.Limits), Scope: scope(a.Scope, b.Scope),
	}
	var all []Answer
	for i := range c.Limits {
		p := &c.Limits[i]
		p.compare(a, b, tolerance)
		all = append(all, p.Answer)
	}
	for _, r := range c.Scope {
		all = append(all, r.Answer)
	}
	c.Result = sum(all)
	if c.Result == Same && (len(c.Limits) == 0 || a.Partial != "" || b.Partial != "") {
		c.Result = Unclear
	}
	return c
}

func sideOf(a *analyze.Analysis) Side { return Side{a.Target, a.Started, a.Partial} }

// sum is changed if any is, and same if all are.
func sum(all []Answer) Answer {
	out := Same
	for _, a := range all {
		switch {
		case a == Changed:
			return Changed
		case a == Unclear:
			out = Unclear
		}
	}
	return out
}

// scope compares who shares limiters, in the dimensions that were tested.
func scope(a, b analyze.Scope) []Row {
	rows := []Row{}
	for _, d := range []struct {
		name string
		a, b analyze.ScopeVerdict
	}{
		{"class", a.Class, b.Class},
		{"source", a.Source, b.Source},
		{"credential", a.Credential, b.Credential},
		{"path", a.Path, b.Path},
	} {
		if tested(d.a) == "" && tested(d.b) == "" {
			continue
		}
		r := Row{About: "scope." + d.name, Before: word(string(d.a)), After: word(string(d.b)), Answer: Unclear}
		if known(d.a) && known(d.b) {
			r.Answer = words(string(d.a), string(d.b))
		}
		rows = append(rows, r)
	}
	return rows
}

func tested(v analyze.ScopeVerdict) analyze.ScopeVerdict {
	if v == analyze.Untested {
		return ""
	}
	return v
}

func known(v analyze.ScopeVerdict) bool { return v == analyze.Separate || v == analyze.Shared }

func word(text string) analyze.Parameter { return analyze.Parameter{Text: text} }

// words compares two words that are both known.
func words(a, b string) Answer {
	if a == b {
		return Same
	}
	return Changed
}
