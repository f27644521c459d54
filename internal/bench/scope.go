package bench

import "ratefit/analyze"

// A ScopeTruth is what a right analysis says about who shares a limiter:
// "separate" or "shared"; "" = there is only one of them, nothing can be said.
type ScopeTruth struct{ Class, Source string }

// A ScopeAnswer is what was said about one dimension.
type ScopeAnswer struct {
	Dimension string    `json:"dimension"` // class or source
	Truth     string    `json:"truth"`
	Said      string    `json:"said"`
	Judgement Judgement `json:"judgement"`
}

// judge compares the scope of an analysis with the truth.
func (t ScopeTruth) judge(a *analyze.Analysis) []ScopeAnswer {
	var all []ScopeAnswer
	for _, d := range []struct{ name, truth, said string }{
		{"class", t.Class, string(a.Scope.Class)},
		{"source", t.Source, string(a.Scope.Source)},
	} {
		if d.truth == "" {
			continue
		}
		s := ScopeAnswer{Dimension: d.name, Truth: d.truth, Said: d.said, Judgement: Declined}
		switch d.said {
		case d.truth:
			s.Judgement = Right
		case "separate", "shared":
			s.Judgement = Wrong
		}
		all = append(all, s)
	}
	return all
}
