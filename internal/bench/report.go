package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Schema names the version of the document that [Report] marshals to.
const Schema = "ratefit/bench/v1"

// A Report is everything that a benchmark found.
type Report struct {
	Schema  string `json:"schema"`
	Seed    uint64 `json:"seed"`
	Traffic string `json:"traffic"` // what was sent, in a word

	Score  Score            `json:"score"` // of all trials
	Noises map[string]Score `json:"by_noise"`
	Clean  Score            `json:"clean"`   // of those that nothing spoils
	Spoilt Score            `json:"spoiled"` // of the others

	Confusion Matrix   `json:"confusion"`
	Methods   []Method `json:"methods"`
	Trials    []Trial  `json:"trials"`
}

// NewReport sums up the trials of a run.
func NewReport(seed uint64, traffic string, trials []Trial) *Report {
	r := &Report{
		Schema: Schema, Seed: seed, Traffic: traffic, Noises: map[string]Score{}, Trials: trials,
		Score: Sum(trials), Confusion: Confusion(trials), Methods: Compare(trials),
	}
	of := func(keep func(*Trial) bool) Score {
		var some []Trial
		for i := range trials {
			if keep(&trials[i]) {
				some = append(some, trials[i])
			}
		}
		return Sum(some)
	}
	for _, n := range Noises() {
		if s := of(func(t *Trial) bool { return t.Noise == n.Name }); s.Trials > 0 {
			r.Noises[n.Name] = s
		}
	}
	r.Clean = of(func(t *Trial) bool { return t.Truth.Why == "" })
	r.Spoilt = of(func(t *Trial) bool { return t.Truth.Why != "" })
	return r
}

// JSON writes the report as one document.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// Text writes the report for people; with verbose a line for each trial, else
// only for those with something wrong.
func (r *Report) Text(w io.Writer, verbose bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, %s: %d limiters, %d rightly named, %d declined, %d WRONG\n",
		r.Seed, r.Traffic, r.Score.Trials, r.Score.Right, r.Score.Declined, r.Score.Wrong)
	r.trials(&b, verbose)
	r.matrix(&b)
	r.scores(&b)
	r.methods(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// table lays out lines with tabs between their cells.
func table(b *strings.Builder, lines ...string) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		fmt.Fprintln(t, "  "+line)
	}
	_ = t.Flush() // a Builder takes everything
}

func (r *Report) trials(b *strings.Builder, verbose bool) {
	var lines []string
	for i := range r.Trials {
		t := &r.Trials[i]
		a := &t.Answer
		if !verbose && a.Judgement != Wrong && !a.Lost && len(a.Missed) == 0 {
			continue
		}
		note := string(a.Judgement)
		if a.Lost {
			note += ", not among the survivors"
		}
		if len(a.Missed) > 0 {
			note += ", missed " + strings.Join(a.Missed, " ")
		}
		said := a.Verdict
		if a.Name != "" {
			said += " " + a.Name
		}
		lines = append(lines, strings.Join([]string{t.Case, t.Class, t.Noise, said, note}, "\t"))
	}
	if len(lines) > 0 {
		heading := "wrong, lost or missed"
		if verbose {
			heading = "all limiters"
		}
		fmt.Fprintf(b, "\n%s\n", heading)
		table(b, lines...)
	}
}

// matrix has a letter for each column, because the names are long.
func (r *Report) matrix(b *strings.Builder) {
	fmt.Fprintf(b, "\nconfusion: truth downwards, answer across\n")
	head := "\t"
	var legend []string
	for i, c := range r.Confusion.Columns {
		letter := string(rune('A' + i%26))
		if slices.Contains(unnamed, c) {
			letter = c[:3]
		}
		head += letter + "\t"
		legend = append(legend, letter+" = "+c)
	}
	lines := []string{head + "wrong"}
	for _, row := range r.Confusion.Rows {
		line := row.Truth + "\t"
		for _, n := range row.Counts {
			line += count(n) + "\t"
		}
		lines = append(lines, line+count(row.Wrong))
	}
	table(b, lines...)
	for _, l := range legend {
		fmt.Fprintf(b, "  %s\n", l)
	}
}

// count leaves zeros out of sight.
func count(n int) string {
	if n == 0 {
		return "·"
	}
	return fmt.Sprint(n)
}

func (r *Report) scores(b *strings.Builder) {
	fmt.Fprintf(b, "\nscores; from coverage to predictions, of the rightly named without contamination\n")
	lines := []string{"\tright\tdeclined\twrong\tlost\trate covered\tmedian width\tbursts exact\tvalues missed\tpredicted\trequests\tlimited\tseconds"}
	add := func(name string, s Score) {
		if s.Trials == 0 {
			return
		}
		lines = append(lines, fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%s\t%s\t%s\t%d\t%s\t%d\t%d\t%.1f",
			name, ratio(s.Right, s.Trials), s.Declined, s.Wrong, s.Lost, ratio(s.Covered, s.Bounded), percent(s.Width, s.Bounded),
			ratio(s.Exact, s.Bursts), s.Missed, percent(float64(s.Foretold)/float64(max(1, s.Decided)), s.Decided), s.Requests, s.Limited, s.Seconds))
	}
	for _, n := range Noises() {
		add(n.Name, r.Noises[n.Name])
	}
	add("clean", r.Clean)
	add("contaminated", r.Spoilt)
	add("all", r.Score)
	table(b, lines...)
}

func (r *Report) methods(b *strings.Builder) {
	fmt.Fprintf(b, "\nratefit and simpler methods, without contamination; these call everything a token bucket\n")
	lines := []string{"\tlimiters\twith a rate\tmedian error\t90 % below\tbursts exact\twrong names"}
	for _, m := range r.Methods {
		lines = append(lines, fmt.Sprintf("%s\t%d\t%d\t%s\t%s\t%s\t%d", m.Name, m.Trials, m.Rated,
			percent(m.Median, m.Rated), percent(m.P90, m.Rated), ratio(m.Exact, m.Bursts), m.Wrong))
	}
	table(b, lines...)
}

// ratio is "n of m".
func ratio(n, m int) string {
	if m == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d", n, m)
}

// percent is a share of 1, or a dash if it is of nothing.
func percent(share float64, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.3g %%", 100*share)
}
