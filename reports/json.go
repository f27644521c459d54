package reports

import (
	"encoding/json"
	"io"
	"slices"

	"ratefit/analyze"
	"ratefit/analyze/declared"
)

// JSON writes the analysis as the contract document: indented by two spaces,
// with [] and {} where the analysis has nil slices and maps. A number that is
// not finite is an error that names the field, and then nothing is written.
func JSON(w io.Writer, a *analyze.Analysis) error {
	if err := finite(a); err != nil {
		return err
	}
	return encode(w, filled(a))
}

// encode writes v indented, and leaves <, > and & readable in URLs.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// filled returns a copy of the analysis without nil slices and maps. A scope
// that was left open was not tested.
func filled(a *analyze.Analysis) *analyze.Analysis {
	d := *a
	if d.Schema == "" {
		d.Schema = analyze.Schema
	}
	d.Warnings = list(d.Warnings)
	d.Limits = list(slices.Clone(d.Limits))
	for i := range d.Limits {
		fill(&d.Limits[i])
	}
	for _, s := range []*analyze.ScopeVerdict{&d.Scope.Class, &d.Scope.Source, &d.Scope.Credential, &d.Scope.Path} {
		if *s == "" {
			*s = analyze.Untested
		}
	}
	return &d
}

func fill(l *analyze.Limit) {
	l.Sources = list(l.Sources)
	l.Survivors = list(l.Survivors)
	l.Modifiers = list(l.Modifiers)
	l.Alternatives = list(l.Alternatives)
	l.Warnings = list(l.Warnings)
	if l.Params == nil {
		l.Params = map[string]analyze.Parameter{}
	}
	if l.LimitedStatuses == nil {
		l.LimitedStatuses = map[string]int{}
	}
	if l.Declared != nil {
		d := *l.Declared
		d.Policies = list[declared.Policy](d.Policies)
		d.Findings = list(d.Findings)
		l.Declared = &d
	}
}

// list returns s, or an empty list for nil, so that JSON shows [].
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
