package command

import (
	"context"

	"github.com/spf13/pflag"

	"ratefit/analyze/change"
	"ratefit/expect"
	"ratefit/reports"
)

func compareCommand() command {
	return command{
		name:     "compare",
		synopsis: "[FLAGS] BEFORE AFTER",
		about:    "show two analyses side by side, and what changed",
		args:     "file",
		help: `
Reads two runs, each as its folder, its analysis or its trace, and says what changed
between them: verdict, model, rate, burst, parameters, headers, and who shares a
limiter. A number has changed only if the two guaranteed intervals do not overlap. It
is the same if all that is possible on both sides lies within --tolerance. Else it
cannot be told; a longer run makes intervals narrower.

The exit code is 0 whatever is found, since to compare was the job. With
--expect-same it is 0 when all is the same, 4 when something changed, and 3 when
that cannot be told.

examples:
  ratefit compare ratefit-out/20260102T030405Z ratefit-out/20260103T030405Z
  ratefit compare before.json after.json --format markdown
  ratefit compare main/analysis.json branch/analysis.json --expect-same --tolerance 2%
`,
		setup: func(f *pflag.FlagSet) action {
			var o comparing
			choiceVar(f, &o.format, "format", "form of the result", "text", "markdown", "json")
			f.StringVar(&o.tolerance, "tolerance", "", "numbers that lie within this `share` are the same (default 1%)")
			f.BoolVar(&o.expectSame, "expect-same", false, "end with exit code 4 when something changed, 3 when that cannot be told")
			return o.run
		},
	}
}

type comparing struct {
	fitting
	tolerance  string
	expectSame bool
}

func (o *comparing) run(ctx context.Context, s *streams, args []string) error {
	if len(args) != 2 {
		return usageFault("try: ratefit compare ratefit-out/BEFORE ratefit-out/AFTER", "compare takes two runs")
	}
	if args[0] == "-" && args[1] == "-" {
		return usageFault("write one of them to a file first", "standard input can only be read once")
	}
	tolerance := expect.DefaultTolerance
	if o.tolerance != "" {
		var err error
		if tolerance, err = expect.ParseTolerance(o.tolerance); err != nil {
			return expectFault("--tolerance", err)
		}
	}
	before, err := o.recorded(ctx, s, args[0])
	if err != nil {
		return err
	}
	after, err := o.recorded(ctx, s, args[1])
	if err != nil {
		return err
	}
	c := change.Compare(before, after, tolerance)
	switch o.format {
	case "json":
		err = reports.ChangesJSON(s.out, c)
	case "markdown":
		err = reports.ChangesMarkdown(s.out, c)
	default:
		err = reports.Changes(s.out, c, textOptions(s))
	}
	if err != nil {
		return outputFault(err)
	}
	if code := map[change.Answer]int{change.Changed: Broken, change.Unclear: Inconclusive}[c.Result]; o.expectSame && code != OK {
		return fault{code: code}
	}
	return nil
}
