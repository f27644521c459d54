package command

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/pflag"

	"ratefit/internal/trace"
)

func attackCommand() command {
	return command{
		name:     "attack",
		synopsis: "[FLAGS] URL",
		about:    "send a profile of traffic and write a trace, without analyzing it",
		help: `
Sends a profile of traffic to the URL and records each hit in a trace. It asks
and refuses like ratefit run does, and logs in like it, too. Of several accounts
each address uses one; with --per-source all it sends the profile with each.

examples:
  ratefit attack http://127.0.0.1:8080/items --out monday.jsonl.gz
  ratefit attack http://127.0.0.1:8080/items --out - | ratefit analyze -
`,
		setup: func(f *pflag.FlagSet) action {
			var o sending
			o.add(f)
			out := f.String("out", "", "write the trace to this new `file`, or - for standard output (default ratefit-TIME.jsonl.gz)")
			return func(ctx context.Context, s *streams, args []string) error {
				if len(args) != 1 {
					return usageFault("try: ratefit attack http://127.0.0.1:8080/", "attack takes one URL")
				}
				return o.attack(ctx, s, args[0], *out)
			}
		},
	}
}

func (o *sending) attack(ctx context.Context, s *streams, url, out string) error {
	s.quiet = o.quiet
	if _, toTerminal := terminal(s.out); out == "-" && toTerminal {
		return usageFault("give a file, or pipe it into ratefit analyze -", "--out: a trace is not for terminals")
	}
	if err := checkNew("--out: ", "give another --out", out); err != nil {
		return err
	}
	j, err := o.prepare(ctx, url, nil)
	if err != nil {
		return err
	}
	o.warnBare(s)
	if err := agree(ctx, s, j.plan, j.loopback, o.yes); err != nil {
		return err
	}
	if out == "" {
		out = "ratefit-" + time.Now().UTC().Format(stamp) + ".jsonl.gz"
	}
	done, err := j.send(ctx, s, func(m trace.Meta) (*trace.Writer, error) {
		if out == "-" {
			return trace.NewWriter(struct{ io.Writer }{s.out}, m)
		}
		return trace.Create(out, m)
	})
	if err != nil {
		return err
	}
	done.watched.end()
	if out != "-" {
		s.remarkf("wrote %s\n", out)
	}
	switch {
	case errors.Is(done.stop, context.Canceled):
		return fault{code: Interrupted, text: "interrupted: what was sent until then is in the trace"}
	case aborted(done.stop, "") != nil:
		return aborted(done.stop, "what was sent until then is in the trace")
	case done.stop != nil:
		return failure("", "%v", done.stop)
	}
	return nil
}
