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
	rejected := least(l.Alternatives)
	if len(rejected) == 0 {
		return
	}
	p.gap()
	cells := [][]string{{"ruled out", "fails on", "first at", "hit", "which was"}}
	for i := range rejected {
		a := &rejected[i]
		title := modelTitle(a.Model)
		switch {
		case !slices.Contains(l.Survivors, a.Model):
		case a.Variant != "" && len(a.Variant) <= longestTitle:
			title = a.Variant
		default:
			title += ", variants"
		}
		r := []string{title, count(a.Contradictions), "", "", ""}
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

// least keeps of each model's variants the one that fails least, in the order
// in which the models come.
func least(all []analyze.Alternative) []analyze.Alternative {
	var kept []analyze.Alternative
	for _, a := range all {
		i := slices.IndexFunc(kept, func(k analyze.Alternative) bool { return k.Model == a.Model })
		switch {
		case i < 0:
			kept = append(kept, a)
		case a.Contradictions < kept[i].Contradictions:
			kept[i] = a
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
