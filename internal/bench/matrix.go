package bench

import (
	"cmp"
	"slices"

	"ratefit/analyze"
)

// A Matrix counts which answer was given to which limiter.
type Matrix struct {
	Columns []string    `json:"columns"` // names that were given, then verdicts without one
	Rows    []MatrixRow `json:"rows"`    // in the order of the cases
}

// A MatrixRow is the answers to one kind of limiter.
type MatrixRow struct {
	Truth  string `json:"truth"`
	Counts []int  `json:"counts"`
	Wrong  int    `json:"wrong"`

	wrong []bool // of each count, whether any of it is
}

// unnamed are the verdicts without a name, in the order of their columns.
var unnamed = []string{
	string(analyze.Undetermined), string(analyze.Insufficient), string(analyze.Contradicted), "none",
}

// column is the name with its anchor, or the verdict, that a trial counts under.
func (a *Answer) column() string {
	switch {
	case a.identified() && a.Anchor != "":
		return a.Name + ", " + a.Anchor
	case a.identified() || a.Verdict == string(analyze.Unlimited):
		return a.Name
	}
	return a.Verdict
}

// Confusion counts the answers to all trials.
func Confusion(trials []Trial) Matrix {
	var m Matrix
	for i := range trials {
		if c := trials[i].Answer.column(); !slices.Contains(m.Columns, c) {
			m.Columns = append(m.Columns, c)
		}
	}
	slices.SortFunc(m.Columns, func(a, b string) int {
		return cmp.Or(cmp.Compare(slices.Index(unnamed, a), slices.Index(unnamed, b)), cmp.Compare(a, b))
	})
	for i := range trials {
		t := &trials[i]
		at := slices.IndexFunc(m.Rows, func(r MatrixRow) bool { return r.Truth == t.Row })
		if at < 0 {
			at = len(m.Rows)
			m.Rows = append(m.Rows, MatrixRow{Truth: t.Row, Counts: make([]int, len(m.Columns)), wrong: make([]bool, len(m.Columns))})
		}
		row := &m.Rows[at]
		at = slices.Index(m.Columns, t.Answer.column())
		row.Counts[at]++
		if t.Answer.Judgement == Wrong {
			row.Wrong++
			row.wrong[at] = true
		}
	}
	return m
}
