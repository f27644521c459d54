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

	Score    Score            `json:"score"`     // of all trials
	Families []Family         `json:"by_family"` // in the order of the cases
	Noises   map[string]Score `json:"by_noise"`
	Clean    Score            `json:"clean"`   // of those that nothing spoils
	Spoilt   Score            `json:"spoiled"` // of the others

	Scopes map[Judgement]int `json:"scopes"` // what was said about who shares a limiter

	Confusion Matrix   `json:"confusion"`
	Methods   []Method `json:"methods"`
	Trials    []Trial  `json:"trials"`
}

// A Family is the limiters of one model, or those spoiled in one way.
type Family struct {
	Name  string `json:"name"`
	Score Score  `json:"score"`
}

// NewReport sums up the trials of a run.
func NewReport(seed uint64, traffic string, trials []Trial) *Report {
	r := &Report{
		Schema: Schema, Seed: seed, Traffic: traffic, Noises: map[string]Score{}, Scopes: map[Judgement]int{}, Trials: trials,
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
	for i := range trials {
		for _, answer := range trials[i].Scope {
			r.Scopes[answer.Judgement]++
		}
		name := trials[i].Truth.family()
		if !slices.ContainsFunc(r.Families, func(f Family) bool { return f.Name == name }) {
			r.Families = append(r.Families, Family{name, of(func(t *Trial) bool { return t.Truth.family() == name })})
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
	r.scopes(&b)
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
			note += ", lost"
		}
		if len(a.Missed) > 0 {
			note += ", missed " + strings.Join(a.Missed, " ")
		}
		said := a.Verdict
		if a.Name != "" {
			said += " " + a.Name
		}
		lines = append(lines, strings.Join([]string{cut(t.Case, 45), t.Class, t.Noise, cut(said, 36), note}, "\t"))
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

func (r *Report) scopes(b *strings.Builder) {
	counts := r.Scopes
	var wrong []string
	for i := range r.Trials {
		t := &r.Trials[i]
		for _, s := range t.Scope {
			if s.Judgement == Wrong {
				wrong = append(wrong, fmt.Sprintf("%s\t%s\t%s is %s, said to be %s", t.Case, t.Noise, s.Dimension, s.Truth, s.Said))
			}
		}
	}
	if len(counts) == 0 {
		return
	}
	fmt.Fprintf(b, "\nwho shares a limiter: %d right, %d declined, %d WRONG\n", counts[Right], counts[Declined], counts[Wrong])
	table(b, wrong...)
}

func (r *Report) scores(b *strings.Builder) {
	var answers, measures []string
	add := func(name string, s Score) {
		if s.Trials == 0 {
			return
		}
		answers = append(answers, fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f",
			name, s.Trials, s.Right, s.Declined, s.Wrong, s.Lost, s.Requests, s.Limited, s.Seconds))
		if s.Named == 0 {
			return
		}
		measures = append(measures, fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%s", name, ratio(s.Covered, s.Bounded), percent(s.Width, s.Bounded),
			ratio(s.Exact, s.Bursts), s.Missed, percent(float64(s.Foretold)/float64(max(1, s.Decided)), s.Decided)))
	}
	var reasons []string
	for _, f := range r.Families {
		add(f.Name, f.Score)
		if f.Score.Reason != "" {
			reasons = append(reasons, f.Name+"\t"+cut(f.Score.Reason, width-32))
		}
	}
	for _, n := range Noises() {
		add("network "+n.Name, r.Noises[n.Name])
	}
	add("all that nothing spoils", r.Clean)
	add("all", r.Score)
	fmt.Fprintf(b, "\nanswers, and medians of what they cost; lost: the right model was ruled out\n")
	table(b, append([]string{"\ttraces\tright\tdeclined\twrong\tlost\trequests\tlimited\tseconds"}, answers...)...)
	if len(reasons) > 0 {
		fmt.Fprintf(b, "\nwhat is said most often where no name is given\n")
		table(b, reasons...)
	}
	fmt.Fprintf(b, "\nmeasures, of the rightly named that nothing spoils\n")
	table(b, append([]string{"\trate covered\tmedian width\tbursts exact\tvalues missed\tpredicted"}, measures...)...)
}

func (r *Report) methods(b *strings.Builder) {
	fmt.Fprintf(b, "\nratefit and simpler methods, without contamination; these call everything a token bucket\n")
	lines := []string{"\tof\trated\tmedian error\t90 % below\tbursts exact\twrong names"}
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
