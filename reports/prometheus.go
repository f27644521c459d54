package reports

import (
	"io"
	"strconv"
	"strings"

	"ratefit/analyze"
)

// Prometheus writes gauges in the text exposition format, for the textfile
// collector of node_exporter. Each limit is told by its place in the analysis,
// its class and its first source. Rates and bursts are those of limiters that are
// identified: what only might be is no measurement.
func Prometheus(w io.Writer, a *analyze.Analysis) error {
	if err := finite(a); err != nil {
		return err
	}
	m := metrics{target: label{"target", a.Target}}
	m.begin("ratefit_run_start_timestamp_seconds", "When the run began, in seconds since 1970.")
	m.sample(float64(a.Started.UnixMilli())/1000, m.target)
	m.begin("ratefit_run_duration_seconds", "How long the run took.")
	m.sample(a.Duration, m.target)
	m.begin("ratefit_run_complete", "1 if the run came to its end, 0 if it was broken off.")
	m.sample(truth(a.Partial == ""), m.target)
	m.limits(a)
	m.expectations(a)
	_, err := io.WriteString(w, m.b.String())
	return err
}

type label struct{ name, value string }

// metrics collects samples under the metric that was begun last; one without
// samples leaves no trace.
type metrics struct {
	b       strings.Builder
	name    string
	pending string // comment lines of a metric that has no sample yet
	target  label
}

func (m *metrics) begin(name, help string) {
	m.name, m.pending = name, "# HELP "+name+" "+help+"\n# TYPE "+name+" gauge\n"
}

func (m *metrics) sample(value float64, labels ...label) {
	m.b.WriteString(m.pending)
	m.pending = ""
	m.b.WriteString(m.name + "{")
	for i, l := range labels {
		if i > 0 {
			m.b.WriteByte(',')
		}
		m.b.WriteString(l.name + `="` + labelEscapes.Replace(printable(l.value)) + `"`)
	}
	m.b.WriteString("} " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (m *metrics) limits(a *analyze.Analysis) {
	of := make([][]label, len(a.Limits))
	for i := range a.Limits {
		l := &a.Limits[i]
		source := ""
		if len(l.Sources) > 0 {
			source = l.Sources[0]
		}
		of[i] = []label{m.target, {"limit", strconv.Itoa(i)}, {"class", l.Class}, {"source", source}}
	}
	with := func(i int, more ...label) []label { return append(of[i][:len(of[i]):len(of[i])], more...) }

	m.begin("ratefit_verdict", "1 for the verdict about a limiter.")
	for i := range a.Limits {
		m.sample(1, with(i, label{"verdict", string(a.Limits[i].Verdict)}, label{"model", a.Limits[i].Model})...)
	}
	m.interval("ratefit_sustained_rate", "Requests per second that are admitted in the long run", a, of, func(l *analyze.Limit) *analyze.Interval { return l.SustainedRate })
	m.interval("ratefit_burst", "Requests that are admitted at one instant from rest", a, of, func(l *analyze.Limit) *analyze.Interval { return l.Burst })
	m.begin("ratefit_hits", "Requests that were sent, by what became of them.")
	for i := range a.Limits {
		l := &a.Limits[i]
		for _, o := range []struct {
			outcome string
			n       int
		}{{"admitted", l.Admitted}, {"limited", l.Limited}, {"failed", l.Failed}, {"unknown", l.Unknown}} {
			m.sample(float64(o.n), with(i, label{"outcome", o.outcome})...)
		}
	}
	m.begin("ratefit_headers_agree", "1 if the limit that headers declare holds, 0 if it does not.")
	for i := range a.Limits {
		if d := a.Limits[i].Declared; d != nil && d.Agrees != nil {
			m.sample(truth(*d.Agrees), of[i]...)
		}
	}
}

// interval writes the value and the ends of a number that limits have. An end
// that is not known is left out.
func (m *metrics) interval(name, help string, a *analyze.Analysis, of [][]label, get func(*analyze.Limit) *analyze.Interval) {
	for _, end := range []struct {
		suffix, help string
		at           func(*analyze.Interval) *float64
	}{
		{"", ".", func(i *analyze.Interval) *float64 { return &i.Value }},
		{"_low", ", at least.", func(i *analyze.Interval) *float64 { return i.Low }},
		{"_high", ", at most.", func(i *analyze.Interval) *float64 { return i.High }},
	} {
		m.begin(name+end.suffix, help+end.help)
		for i := range a.Limits {
			if iv := get(&a.Limits[i]); iv != nil && a.Limits[i].Verdict == analyze.Identified {
				if x := end.at(iv); x != nil {
					m.sample(*x, of[i]...)
				}
			}
		}
	}
}

// expectations writes one gauge for each thing that can become of each.
func (m *metrics) expectations(a *analyze.Analysis) {
	m.begin("ratefit_expectation", "1 for what became of an expectation.")
	for i := range a.Expectations {
		e := &a.Expectations[i]
		for _, v := range []analyze.Held{analyze.IsHeld, analyze.IsBroken, analyze.IsUnknown} {
			m.sample(truth(e.Verdict == v), m.target, label{"id", e.ID}, label{"given", e.Given}, label{"verdict", string(v)})
		}
	}
}
