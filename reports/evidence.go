package reports

import (
	"slices"
	"strconv"

	"ratefit/analyze"
)

// ruledOut lists the rejected models, one line each: how many decisions the
// model cannot explain, and the first of them. Of variants that the analysis
// does not tell apart only the one that fails least is shown.
func (p *page) ruledOut(l *analyze.Limit) {
	rejected := ruledOutModels(l)
	if len(rejected) == 0 {
		return
	}
	p.gap()
	cells := [][]string{{"ruled out", "fails on", "first at", "hit", "which was"}}
	for _, a := range rejected {
		r := []string{a.title, count(a.Contradictions), "", "", ""}
		if f := a.First; f != nil {
			r[2], r[3], r[4] = early(f.At), strconv.FormatUint(f.Hit, 10), outcome(f)
		}
		cells = append(cells, r)
	}
	if p.table(cells) {
		return
	}
	var rows []row
	for _, c := range cells[1:] {
		text := c[0] + ": fails on " + c[1]
		if c[3] != "" {
			text += ", first at " + tied(c[2]+" on hit "+c[3]) + ", " + tied(c[4])
		}
		rows = append(rows, row{label: "ruled out", text: text})
	}
	p.rows(2, plain, rows)
}

// longestTitle of a variant still leaves room for the other columns.
const longestTitle = 31

// A rejected is a model that was ruled out, under the name that tells it apart.
type rejected struct {
	analyze.Alternative
	index int // in the limit's list
	title string
}

// ruledOutModels keeps of each model's variants the one that fails least, in the
// order in which the models come.
func ruledOutModels(l *analyze.Limit) []rejected {
	var kept []rejected
	for i, a := range l.Alternatives {
		k := slices.IndexFunc(kept, func(k rejected) bool { return k.Model == a.Model })
		switch {
		case k < 0:
			kept = append(kept, rejected{a, i, modelTitle(a.Model)})
		case a.Contradictions < kept[k].Contradictions:
			kept[k].Alternative, kept[k].index = a, i
		}
	}
	for i := range kept {
		a := &kept[i]
		switch {
		case !slices.Contains(l.Survivors, a.Model):
		case a.Variant != "" && len(a.Variant) <= longestTitle:
			a.title = printable(a.Variant)
		default:
			a.title += ", variants"
		}
	}
	return kept
}

// early formats an instant of a run, to a millisecond in its first two minutes.
func early(at float64) string {
	if at < 120 {
		return strconv.FormatFloat(at, 'f', 3, 64) + " s"
	}
	return seconds(at)
}

// outcome says what became of a hit, and what should have by the model.
func outcome(w *analyze.Witness) string {
	if w.Expected == "delayed" { // a queue admits as others do, but later
		return "not delayed"
	}
	return printable(w.Observed) + ", not " + printable(w.Expected)
}
