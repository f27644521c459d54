package reports

import (
	"slices"
	"strings"

	"ratefit/analyze"
)

// A Param is a number or a word that an analysis says of a model.
type Param struct {
	Name   string // member of params in analysis.json
	Unit   string // "" for a word
	About  string
	models []string // names of the models that have it; nil = any
}

// commonParams are answered by every model, in the same words.
var commonParams = []Param{
	{Name: "sustained_rate", Unit: "requests/s", About: "what is admitted in the long run under saturation"},
	{Name: "burst", Unit: "requests", About: "hits admitted at one instant from rest, the first included"},
}

var windows = []string{"fixed-window", "sliding-window-log", "sliding-window-counter", "tiers"}

// params are the catalogue of what models say beside rate and burst.
var params = []Param{
	{"quota", "requests", "hits that one window admits", windows},
	{"window_s", "s", "length of a window", windows},
	{"anchor", "", "what windows begin with: first-hit (the first hit after the last window), clock (multiples of the window on the wall clock) or timer (any other grid)", []string{"fixed-window", "tiers"}},
	{"refill_amount", "requests", "tokens that come at once", []string{"token-bucket-stepped"}},
	{"refill_interval_s", "s", "time from one refill to the next", []string{"token-bucket-stepped"}},
	{"free", "requests", "hits admitted without delay", []string{"leaky-bucket-queue"}},
	{"queue", "requests", "hits that can wait; no upper end means that none was refused", []string{"leaky-bucket-queue"}},
	{"in_flight", "requests", "most hits that are served at the same time", []string{"concurrency"}},
	{"combine", "", "all: every limit must admit a hit; either: one is enough", []string{"tiers"}},
	{"block_s", "s", "how long nothing is admitted after a limited hit (modifier block)", []string{"token-bucket", "fixed-window", "sliding-window-log"}},
	{"block", "", "fixed: a block ends block_s after the hit that brought it on; renewed: every further hit begins it anew", []string{"token-bucket", "fixed-window", "sliding-window-log"}},
	{"initial_deficit", "requests", "how much of the burst was used up when the trace began", nil},
	{"clock_grain_s", "s", "resolution of the limiter's clock, when it is coarser than a millisecond", nil},
}

// ExpectableParams lists the parameters that somebody can have configured: not those
// that say how a measurement went.
func ExpectableParams() []string {
	var out []string
	for _, p := range params {
		if p.Name != "initial_deficit" && p.Name != "clock_grain_s" {
			out = append(out, p.Name)
		}
	}
	return out
}

// paramsOf returns the parameters that a model can have.
func paramsOf(model string) []Param {
	var out []Param
	for _, p := range params {
		if p.models == nil || slices.Contains(p.models, model) {
			out = append(out, p)
		}
	}
	return out
}

func (p Param) row() row {
	text := p.About
	if p.Unit != "" {
		text = "in " + p.Unit + ": " + text
	}
	return row{label: p.Name, text: text}
}

// paramRows says the parameters that the headline does not say exactly.
func paramRows(l *analyze.Limit) []row {
	var rows []row
	for _, name := range sortedKeys(l.Params) {
		q := l.Params[name]
		switch {
		case slices.Contains(inHeadline, name) && (q.Text != "" || span(&q.Interval) == "exactly" || q.Low == nil || q.High == nil):
			continue // the headline says it all
		case name == "initial_deficit":
			rows = append(rows, row{label: "at first", text: deficit(&q.Interval)})
			continue
		}
		label, text := parameter(name, q)
		rows = append(rows, row{label: label, text: text})
	}
	return rows
}

// inHeadline are the parameters that [behaviour] puts into words.
var inHeadline = []string{"quota", "window_s", "anchor", "refill_amount", "refill_interval_s", "free", "queue", "in_flight", "combine", "block_s", "block"}

// deficit says how much of the limiter was used up when the trace began.
func deficit(i *analyze.Interval) string {
	switch {
	case i.High == nil:
		return "how much of the burst was used up before the trace is not known"
	case *i.High < 0.5:
		return "the limiter was at rest: nothing was used up before the trace"
	case i.Low != nil && *i.Low > 0.5:
		return "at least " + atLeast(*i.Low) + " of the burst was used up before the trace"
	}
	return "up to " + trim(rounded(*i.High, decimals(*i.High, 2), +1)) + " of the burst may have been used up before the trace"
}

// parameter says a model's parameter: "window_s" becomes "window" in seconds.
func parameter(name string, p analyze.Parameter) (label, text string) {
	base, timed := strings.CutSuffix(name, "_s")
	label = printable(strings.ReplaceAll(base, "_", " "))
	if p.Text != "" {
		return label, printable(p.Text)
	}
	text = value(&p.Interval)
	if timed {
		text += " s"
	}
	if s := span(&p.Interval); s != "" {
		text = tied(text) + " " + tied("("+s+")")
	}
	return label, text
}
