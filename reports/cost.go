package reports

import "ratefit/analyze"

// costRows says what was found about hits that are not served: logins, and what
// the API refuses.
func costRows(a *analyze.Analysis) []row {
	var rows []row
	for _, f := range a.Findings {
		rows = append(rows, row{text: printable(f)})
	}
	if len(a.Cost) == 0 && (a.Logins != nil || len(a.Refused) > 0) {
		rows = append(rows, row{text: "not tested: what hits cost that the API refuses (--cost-probe)"})
	}
	if len(rows) > 0 {
		rows[0].label = "cost"
	}
	return rows
}
