package command

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"ratefit/analyze"
	"ratefit/reports"
)

func reportCommand() command {
	return command{
		name:     "report",
		synopsis: "[FLAGS] ANALYSIS|FOLDER",
		about:    "print an analysis again, and draw its plots",
		args:     "file",
		help: `
Prints an analysis that was written before: the file, the folder of a run, or -
for standard input. Nothing is measured or fitted again. --plots needs the trace
beside the analysis, and --format html draws the hits only if it is there. The
exit code is that of ratefit analyze.

--client prints the settings of a client-side limiter that the measured limiters
never limit, as code to paste: of one library, or of all. They are made from the
ends of the fitted intervals that are worst for a client; a comment says what they
keep to and what they lose. --client list names the libraries.

examples:
  ratefit report ratefit-out/20260102T030405Z
  ratefit report ratefit-out/20260102T030405Z --client go
  ratefit report ratefit-out/20260102T030405Z --format markdown > limits.md
  ratefit analyze --format json trace.jsonl.gz | ratefit report -
  ratefit report ratefit-out/20260102T030405Z --plots pictures
  ratefit report ratefit-out/20260102T030405Z --format html > report.html
`,
		setup: func(f *pflag.FlagSet) action {
			var o fitting
			choiceVar(f, &o.format, "format", "form of the result", reports.DocumentNames()...)
			f.BoolVar(&o.expectDeclared, "expect-declared", false, "end with exit code 4 when a declared limit does not hold")
			var client string
			f.Var(&choice{value: &client, words: clientNames()}, "client", "print only settings of this client-side `library`; list names them")
			plots := f.String("plots", "", "also draw plots as SVG, PNG and PDF into this `folder`")
			return func(ctx context.Context, s *streams, args []string) error {
				if client == "list" {
					return listClients(s, args)
				}
				if len(args) != 1 {
					return usageFault("try: ratefit report ratefit-out/TIME", "report takes one analysis or folder")
				}
				if client != "" && (f.Changed("format") || f.Changed("plots")) {
					return usageFault("leave one of them out", "--client prints nothing but settings: no --format, no --plots")
				}
				if client != "" {
					return o.reportClient(s, args[0], client)
				}
				return o.reportAgain(ctx, s, args[0], *plots)
			}
		},
	}
}

func (o *fitting) reportAgain(ctx context.Context, s *streams, name, plots string) error {
	if err := checkPlots(plots); err != nil {
		return err
	}
	name, beside, err := analysisIn(name)
	if err != nil {
		return err
	}
	a, err := readAnalysis(s, name)
	if err != nil {
		return err
	}
	var files []string
	if plots != "" {
		if _, err := os.Stat(beside); err != nil {
			return failure("draw them from the trace: ratefit analyze --plots FOLDER TRACE", "--plots: no %s beside the analysis", traceFile)
		}
		if files, err = o.draw(ctx, s, a, []string{beside}, plots); err != nil {
			return err
		}
	}
	var hits reports.HitSource
	if _, err := os.Stat(beside); err == nil {
		hits = o.hits(ctx, s, []string{beside})
	}
	if err := show(s, a, o.format, files, hits); err != nil {
		return err
	}
	return o.verdict(a)
}

// analysisIn returns the analysis of a folder, or the file itself, and the trace
// beside it, which need not be there.
func analysisIn(name string) (file, beside string, err error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, analysisFile)
	}
	beside = filepath.Join(filepath.Dir(name), traceFile)
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(beside); err == nil {
			return "", "", failure("try: ratefit analyze "+beside, "%s is not there: the run did not end", name)
		}
	}
	return name, beside, nil
}

func readAnalysis(s *streams, name string) (*analyze.Analysis, error) {
	in, shown := s.in, "standard input"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, failure("", "%v", err)
		}
		defer f.Close()
		in, shown = f, name
	}
	var a analyze.Analysis
	if err := json.NewDecoder(in).Decode(&a); err != nil {
		return nil, failure("report reads what ratefit analyze --format json writes", "%s: not an analysis: %v", shown, err)
	}
	if a.Schema != analyze.Schema {
		return nil, failure("report reads what ratefit analyze --format json writes", "%s: not an analysis of schema %s", shown, analyze.Schema)
	}
	return &a, nil
}
