package command

import (
	"context"
	"errors"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/spf13/pflag"

	"ratefit/analyze"
	"ratefit/analyze/declared"
	"ratefit/analyze/gate"
	"ratefit/internal/trace"
	"ratefit/reports"
)

func analyzeCommand() command {
	return command{
		name:     "analyze",
		synopsis: "[FLAGS] TRACE…",
		about:    "find the limiter that explains recorded traffic",
		args:     "file",
		help: `
Reads traces and says which limiter explains them. A trace is a file that
ratefit wrote, or Vegeta's results as gob, JSON or CSV, packed with gzip or not:
they are told apart by content. - is standard input.

Several traces are taken as one: the same target, measured at the same time by
several senders. Their hits are put on one time line by the wall clocks of the
senders, so these must agree.

The exit code is 0 when every limiter is identified, or nothing was limited; 3
when one is not; 4 with --expect-declared when the response headers declare a
limit that certainly does not hold.

examples:
  ratefit analyze ratefit-out/20260102T030405Z/trace.jsonl.gz
  vegeta attack -rate 50 -duration 30s -targets t.txt | ratefit analyze --format json -
`,
		setup: func(f *pflag.FlagSet) action {
			var o fitting
			o.add(f)
			f.IntSliceVar(&o.limitedStatus, "limited-status", nil, "`statuses` that mean the limiter refused (default what the trace says, else 429)")
			plots := f.String("plots", "", "also draw plots as SVG, PNG and PDF into this `folder`")
			return func(ctx context.Context, s *streams, args []string) error {
				o.statusGiven = f.Changed("limited-status")
				return o.analyzeFiles(ctx, s, args, *plots)
			}
		},
	}
}

// fitting is the flags of the commands that analyze.
type fitting struct {
	format         string
	atRest         bool
	expectDeclared bool
	limitedStatus  []int
	statusGiven    bool // else the trace says what "limited" means
}

func (o *fitting) add(f *pflag.FlagSet) {
	choiceVar(f, &o.format, "format", "form of the result", reports.DocumentNames()...)
	f.BoolVar(&o.atRest, "at-rest", false, "nobody had used the limiters before: their buckets were full")
	f.BoolVar(&o.expectDeclared, "expect-declared", false, "end with exit code 4 when a declared limit does not hold")
}

func (o *fitting) analyzeFiles(ctx context.Context, s *streams, names []string, plots string) error {
	if len(names) == 0 {
		return usageFault("try: ratefit analyze trace.jsonl.gz, or - for standard input", "analyze needs a trace")
	}
	if err := checkStatuses(o.limitedStatus); err != nil {
		return err
	}
	if plots != "" && slices.Contains(names, "-") {
		return usageFault("write the trace to a file first", "--plots: standard input can only be read once")
	}
	if err := checkPlots(plots); err != nil {
		return err
	}
	a, err := o.analyzeTraces(ctx, s, names)
	if err != nil {
		return err
	}
	var files []string
	if plots != "" {
		if files, err = o.draw(ctx, s, a, names, plots); err != nil {
			return err
		}
	}
	var hits reports.HitSource
	if !slices.Contains(names, "-") {
		hits = o.hits(ctx, s, names)
	}
	if err := show(s, a, o.format, files, hits); err != nil {
		return err
	}
	return o.verdict(a)
}

// tightMemory is the share of garbage (percent of what is in use) at which it
// is collected while traces are analyzed. What is in use is columns of numbers,
// which cost the collector nothing: it can run often.
const tightMemory = 30

// describedBy is what the user said of headers that follow no convention.
func describedBy(m trace.Meta) []declared.Header {
	var out []declared.Header
	for _, h := range m.Headers {
		out = append(out, declared.Header(h))
	}
	return out
}

// analyzeTraces fits the models to recorded traffic.
func (o *fitting) analyzeTraces(ctx context.Context, s *streams, names []string) (*analyze.Analysis, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(tightMemory))
	r, err := openTraces(s, names, o.statusGiven)
	if err != nil {
		return nil, err
	}
	limited := r.meta.LimitedStatus
	if o.statusGiven {
		limited = o.limitedStatus
	}
	fit := analyze.New(analyze.Options{LimitedStatus: limited, AtRest: o.atRest})
	fit.Describe(describedBy(r.meta))
	warnings, err := r.each(ctx, fit.Add)
	if err != nil {
		return nil, err
	}
	if err := fit.Err(); err != nil {
		return nil, failure("", "%v", err)
	}
	// The fit is pure and takes no context: when it is not waited for any more
	// it comes to nothing.
	done := make(chan *analyze.Analysis, 1)
	go func() { done <- fit.Result(r.meta) }()
	select {
	case a := <-done:
		a.Warnings = append(a.Warnings, warnings...)
		a.Partial = r.partial
		return a, nil
	case <-ctx.Done():
		return nil, fault{code: Interrupted, text: "interrupted: nothing was analyzed"}
	}
}

// hits reads the traces once more, for what is drawn.
func (o *fitting) hits(ctx context.Context, s *streams, names []string) reports.HitSource {
	return func(yield func(*trace.Hit) bool) error {
		r, err := openTraces(s, names, o.statusGiven)
		if err != nil {
			return err
		}
		on := true
		_, err = r.each(ctx, func(h *trace.Hit) { on = on && yield(h) })
		return err
	}
}

// draw draws the plots of the traces.
func (o *fitting) draw(ctx context.Context, s *streams, a *analyze.Analysis, names []string, folder string) ([]string, error) {
	files, err := reports.Plots(folder, a, o.hits(ctx, s, names))
	var known fault
	switch {
	case errors.As(err, &known):
		return nil, known
	case err != nil:
		return nil, failure("", "plots: %v", err)
	}
	for i, name := range files {
		files[i] = filepath.Join(folder, name)
	}
	return files, nil
}

// heldCode is the exit code by what became of all expectations.
var heldCode = map[analyze.Held]int{analyze.IsHeld: OK, analyze.IsBroken: Broken, analyze.IsUnknown: Inconclusive}

// verdict turns an analysis into an exit code: what is not known is never a
// pass, and a declared limit that does not hold is one that was asked about. Where
// there are expectations, they alone were asked about.
func (o *fitting) verdict(a *analyze.Analysis) error {
	code := OK
	if len(a.Limits) == 0 {
		code = Inconclusive
	}
	for _, l := range a.Limits {
		if l.Verdict != analyze.Identified && l.Verdict != analyze.Unlimited {
			code = Inconclusive
		}
	}
	if len(a.Expectations) > 0 {
		code = heldCode[gate.Sum(a.Expectations)]
	}
	if o.expectDeclared {
		code = declaredCode(a, code)
	}
	if code == OK {
		return nil
	}
	return fault{code: code}
}

// declaredCode tightens an exit code by what the headers declare: a limit that
// is contradicted by the fit is broken, one that was not declared or cannot be
// judged is inconclusive.
func declaredCode(a *analyze.Analysis, code int) int {
	for _, l := range a.Limits {
		switch {
		case l.Declared == nil || l.Declared.Agrees == nil:
			code = max(code, Inconclusive)
		case !*l.Declared.Agrees:
			return Broken
		}
	}
	return code
}
