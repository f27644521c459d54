package command

import (
	"context"
	"strings"

	"github.com/spf13/pflag"
)

func verifyCommand() command {
	return command{
		name:     "verify",
		synopsis: "[FLAGS] [URL|FOLDER|ANALYSIS|TRACE]",
		about:    "prove that a limiter does what was configured, e.g. in CI",
		args:     "file",
		help: `
Measures the limiter in front of a URL, or of the embedded sandbox, as ratefit run
does, and holds it against what is expected of it. Given the folder of a run, an
analysis, a trace, or - for standard input, it judges that and sends nothing.

An expectation is held only if the whole interval that is guaranteed lies inside
of it, give or take --tolerance; broken only if the whole interval lies outside.
Whatever straddles an end, was not measured, is explained by no model or was
interrupted is undecided, and never a pass.

  --expect read=2/s:30       two a second sustained, thirty at once from rest;
                             also 120/m, 5/h, 100/15m, 0.5/s; the burst may be
                             left out
  --expect read+write=5/s    one limiter for both
  --expect write=unlimited   at least 100 were admitted within one second and
                             none was limited; unlimited:500 asks for 500
  --expect declared          what the response headers declare is true
  --expect-model read=fixed-window, or MODEL for all classes; +block or
                             +limited-hits-count for a limiter that does that
  --expect-param window_s=60, or read=window_s=60
  --expect-scope source=separate

A profile may have expectations, too (expect: in its YAML); flags win over them.

The tolerance is for rates, times and bursts. One percent is enough for what can be
measured, and below a burst of 100 it allows for none: hits come whole.

The exit code is 0 when all expectations are held, 4 when one is broken, 3 when
none is broken and one is undecided, 1 when the target cannot be measured, 2 for
wrong usage, and 130 when interrupted.

examples:
  ratefit verify --expect read=2/s:30 --expect write=2/s:10
  ratefit verify http://127.0.0.1:8080/items --expect read=100/15m --junit limits.xml
  ratefit verify http://127.0.0.1:8080/items --bearer env:TOKEN --expect declared
  ratefit verify ratefit-out/20260102T030405Z --expect read=2/s:30 --tolerance 2%
`,
		setup: func(f *pflag.FlagSet) action {
			o := measuring{flags: f}
			o.gating.add(f)
			o.addAll(f)
			return o.verify
		},
	}
}

// verify judges a recording, or measures first.
func (o *measuring) verify(ctx context.Context, s *streams, args []string) error {
	if err := o.gating.takeFrom(o.profile); err != nil {
		return err
	}
	if err := o.gating.parse(o.flags); err != nil {
		return err
	}
	switch {
	case len(args) > 1:
		return usageFault("try: ratefit verify --help", "verify takes one URL, folder or file")
	case o.set.Empty():
		return usageFault("say it with --expect read=2/s:30, --expect declared, or expect: in a profile", "verify has nothing to hold: there is no expectation")
	case len(args) == 1 && !strings.Contains(args[0], "://"):
		return o.verifyRecorded(ctx, s, args[0])
	}
	return o.run(ctx, s, args)
}

// onlyRecorded are the flags that have a meaning for a recording.
var onlyRecorded = map[string]bool{
	"expect": true, "expect-model": true, "expect-param": true, "expect-scope": true, "tolerance": true, "junit": true, "summary": true,
	"prometheus": true, "github": true, "format": true, "at-rest": true, "limited-status": true, "expect-declared": true, "profile": true, "no-progress": true, "quiet": true,
}

// verifyRecorded judges what was recorded before.
func (o *measuring) verifyRecorded(ctx context.Context, s *streams, name string) error {
	var idle string
	o.flags.Visit(func(f *pflag.Flag) {
		if !onlyRecorded[f.Name] {
			idle = f.Name
		}
	})
	if idle != "" {
		return usageFault("leave it out, or give a URL to measure", "--%s: nothing is sent when a recording is judged", idle)
	}
	if err := checkStatuses(o.sending.limitedStatus); err != nil {
		return err
	}
	o.fitting.limitedStatus, o.statusGiven = o.sending.limitedStatus, o.flags.Changed("limited-status")
	a, err := o.recorded(ctx, s, name)
	if err != nil {
		return err
	}
	o.judge(a)
	told := o.tell(s, a)
	if err := show(s, a, o.format, nil, nil); err != nil {
		return err
	}
	if told != nil {
		return told
	}
	return o.verdict(a)
}
