package command

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ratefit/internal/trace"
)

func convertCommand() command {
	return command{
		name:     "convert",
		synopsis: "[FLAGS] IN OUT",
		about:    "turn a trace into Vegeta's formats, and back",
		args:     "file",
		help: `
Reads a trace in any format that ratefit analyze reads and writes it in another:
native (ratefit's own), or Vegeta's gob, json or csv. Without --to the name of
OUT decides: .jsonl.gz, .gob, .json or .csv. - is standard input or output.
Nothing is overwritten. A trace that was cut off stays marked as such.

What Vegeta has no place for travels in a pseudo header, so that converting back
gives the same trace, except for hits that were planned but never sent.

examples:
  ratefit convert trace.jsonl.gz trace.gob && vegeta report trace.gob
  ratefit convert --to json trace.jsonl.gz - | vegeta plot > plot.html
  ratefit convert results.csv trace.jsonl.gz
`,
		setup: func(f *pflag.FlagSet) action {
			var to string
			choiceVar(f, &to, "to", "format of OUT, auto = by its name", "auto", "native", "gob", "json", "csv")
			return func(ctx context.Context, s *streams, args []string) error {
				if len(args) != 2 {
					return usageFault("try: ratefit convert trace.jsonl.gz trace.gob", "convert takes a trace and what to write")
				}
				return convert(ctx, s, args[0], args[1], to)
			}
		},
	}
}

func convert(ctx context.Context, s *streams, in, out, to string) error {
	if to == "auto" {
		var ok bool
		if to, ok = formatOf(out); !ok {
			return usageFault("name it with --to native, gob, json or csv", "the format of %s is not known", out)
		}
	}
	if _, toTerminal := terminal(s.out); out == "-" && toTerminal && (to == "native" || to == "gob") {
		return usageFault("give a file, or pipe it on", "a trace in binary form is not for terminals")
	}
	if err := checkNew("", "give another name", out); err != nil {
		return err
	}
	r, err := openTrace(s, in)
	if err != nil {
		return failure("", "%v", err)
	}
	defer func() { _ = r.Close() }()
	write := func(w io.Writer) error { return convertTo(ctx, s, w, r, to) }
	if out == "-" {
		return write(s.out)
	}
	return writeFile(out, write)
}

// formatOf tells the format from the name of a file.
func formatOf(name string) (format string, ok bool) {
	base := filepath.Base(name)
	for _, f := range []struct{ suffix, format string }{
		{".jsonl.gz", "native"}, {".jsonl", ""}, {".gob", "gob"}, {".bin", "gob"}, {".json", "json"}, {".csv", "csv"},
	} {
		if strings.HasSuffix(base, f.suffix) {
			return f.format, f.format != ""
		}
	}
	return "", false
}

func convertTo(ctx context.Context, s *streams, w io.Writer, r *trace.Reader, to string) error {
	if to == "native" {
		return copyTrace(ctx, w, r)
	}
	written, skipped, err := trace.WriteVegeta(w, to, r)
	if err != nil {
		return failure("", "%v", err)
	}
	if skipped > 0 {
		s.warnf("%d hits that were planned but never sent are left out", skipped)
	}
	if written == 0 {
		s.warnf("there was no hit to convert")
	}
	if r.Truncated() {
		s.warnf("the trace was cut off: it was read up to its last whole record")
	}
	return nil
}

// copyTrace writes a trace in ratefit's own format.
func copyTrace(ctx context.Context, out io.Writer, r *trace.Reader) error {
	w, err := trace.NewWriter(out, r.Meta())
	if err != nil {
		return failure("", "%v", err)
	}
	var h trace.Hit
	var last time.Duration
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return fault{code: Interrupted, text: "interrupted"}
		}
		err := r.Next(&h)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			last = max(last, h.End)
			err = w.Write(&h)
		}
		if err != nil {
			return failure("", "%v", err)
		}
	}
	e, known := r.End()
	switch {
	case r.Truncated():
		err = w.Abandon()
	case known:
		err = w.Close(e)
	default: // Vegeta's files have no such record
		err = w.Close(trace.End{At: last, Wall: r.Meta().Started.Add(last), Reason: "not known: converted from results of Vegeta"})
	}
	if err != nil {
		return failure("", "%v", err)
	}
	return nil
}
