package command

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"ratefit/analyze"
	"ratefit/internal/trace"
	"ratefit/reports"
)

func runCommand() command {
	return command{
		name:     "run",
		synopsis: "[FLAGS] [URL]",
		about:    "measure the limiter in front of a URL, or of the embedded sandbox",
		help: `
Finds the limiter in front of the URL, prints it, and writes a folder with the
trace, analysis.json, manifest.json, report.html and plots. It sends a few hits,
fits, sends the hits whose outcome tells most between the limiters that are still
possible, fits again, and so on, until one is left or a budget is used up:
--max-requests, --max-duration, --max-limited. With --verbose it says each time
what it sends and why. With --profile it sends fixed traffic instead.

Without a URL it starts the embedded sandbox, an API with known limits, logs in
there with two accounts, and measures reads and writes from two addresses of this
machine, and what refused hits cost.

Credentials come from files and the environment: @FILE and env:NAME are taken
for their contents by --bearer, --cookie, --header, --body, --login-body and
--jwt-key. With --login it logs in, with each account of --accounts, and again
before the token expires; logins stand beside the measured hits. With --jwt-key
it mints tokens itself. With two accounts it finds out whether credentials have
limiters of their own, and with --cost-probe what hits cost that the API refuses:
without credentials, or with a body that it does not want.

When the API refuses every hit (400, 401, 403, 406, 415, 422) the run ends at
once and says so, unless --even-refused is given.

Reads are GET of the URL unless --read names another. Writes change things, so
they are only sent when --write names one. Before anything is sent to another
machine the plan is shown and has to be agreed to, or --yes given.

The exit code is 0 when every limiter is identified or nothing was limited, 1
when the target cannot be measured or seemed to suffer (--abort-on), 2 for wrong
usage, 3 when the answer is not certain, 4 with --expect-declared when a declared
limit does not hold, and 130 when interrupted; what was recorded until then is
kept and analyzed. With a profile that has expectations it is that of ratefit
verify.

examples:
  ratefit run
  ratefit run http://127.0.0.1:8080/items
  ratefit run https://api.example.org/items --bearer env:TOKEN --polite --max-limited 100
  ratefit run http://127.0.0.1:8080/items --login 'POST /login' --accounts users.csv
  ratefit run http://127.0.0.1:8080/items --write 'POST /items' --body '{"name":"x"}'
  ratefit run http://127.0.0.1:8080/ --source 127.0.0.2 --source 127.0.0.3 --format json
`,
		setup: func(f *pflag.FlagSet) action {
			o := measuring{flags: f}
			o.addAll(f)
			return func(ctx context.Context, s *streams, args []string) error {
				if err := o.gating.takeFrom(o.profile); err != nil {
					return err
				}
				return o.run(ctx, s, args)
			}
		},
	}
}

// measuring is the flags of run, and of verify, which has those of gating too.
type measuring struct {
	sending
	adaptive
	fitting
	gating
	flags   *pflag.FlagSet
	out     string
	noPlots bool
}

// addAll adds the flags of run.
func (o *measuring) addAll(f *pflag.FlagSet) {
	o.sending.add(f)
	o.adaptive.add(f, &o.sending)
	o.fitting.add(f)
	f.StringVar(&o.out, "out", "", "write into this new `folder` (default ratefit-out/TIME)")
	f.BoolVar(&o.noPlots, "no-plots", false, "draw no plots")
}

func (o *measuring) run(ctx context.Context, s *streams, args []string) error {
	s.quiet = o.quiet
	if err := o.sending.check(); err != nil {
		return err
	}
	if err := o.adaptive.check(); err != nil {
		return err
	}
	if o.profile != "" {
		if err := o.fixed(o.flags); err != nil {
			return err
		}
	}
	o.fitting.limitedStatus, o.statusGiven = o.sending.limitedStatus, true
	switch len(args) {
	case 0:
		return o.runSandbox(ctx, s)
	case 1:
		return o.measure(ctx, s, args[0])
	}
	return usageFault("try: ratefit run --help", "run takes one URL")
}

// measure sends, records, analyzes and reports.
func (o *measuring) measure(ctx context.Context, s *streams, url string) error {
	if err := checkFolder(o.out); err != nil {
		return err
	}
	j, err := o.prepare(ctx, url, &o.adaptive)
	if err != nil {
		return err
	}
	o.warnBare(s)
	if err := agree(ctx, s, j.plan, j.loopback, o.yes); err != nil {
		return err
	}
	j.atRest, j.decided = o.atRest, o.decided()
	folder, err := makeFolder(o.out, time.Now())
	if err != nil {
		return err
	}
	traceName := filepath.Join(folder, traceFile)
	done, err := j.send(ctx, s, func(m trace.Meta) (*trace.Writer, error) { return trace.Create(traceName, m) })
	if err != nil && done == nil {
		return err
	}
	defer done.watched.end()
	done.files = append(done.files, traceName)
	if err != nil { // a full disk, most often: tell what is known, and write nothing more
		ctx = context.WithoutCancel(ctx)
		if a, unread := o.analyzeTraces(ctx, s, done.files); unread == nil {
			_ = show(s, a, o.format, done.files, o.hits(ctx, s, done.files))
		}
		return err
	}
	var early error // why the answer is only what was known until then
	switch {
	case errors.Is(done.stop, context.Canceled):
		early = fault{code: Interrupted, text: "interrupted: this is what was measured until then"}
	case aborted(done.stop, "") != nil:
		early = aborted(done.stop, "this is what was measured until then")
	case done.stop != nil:
		return o.gaveUp(j, done, folder)
	}
	// An interrupt ends the sending, not the report on what was sent.
	ctx = context.WithoutCancel(ctx)
	done.watched.board.Finish("fitting every model to what was sent")
	a, err := o.analyzeTraces(ctx, s, []string{traceName})
	if err != nil {
		return err
	}
	return o.report(ctx, s, j, done, a, folder, early)
}

// report writes the files and shows the analysis.
func (o *measuring) report(ctx context.Context, s *streams, j *job, done *sent, a *analyze.Analysis, folder string, early error) error {
	o.judge(a)
	verdict := o.verdict(a)
	if early != nil {
		verdict = early
	}
	name := filepath.Join(folder, analysisFile)
	if err := writeAnalysis(name, a); err != nil {
		return err
	}
	done.files = append(done.files, name)
	traces := done.files[:1]
	name = filepath.Join(folder, pageFile)
	page := func(w io.Writer) error {
		return reports.HTML(w, a, reports.TextOptions{Hits: o.hits(ctx, s, traces)})
	}
	if err := writeFile(name, page); err != nil {
		s.warnf("%v", err) // the measurement itself is safe
	} else {
		done.files = append(done.files, name)
	}
	if !o.noPlots {
		done.watched.board.Finish("drawing plots")
		plots, err := o.draw(ctx, s, a, traces, folder)
		if err != nil {
			s.warnf("%v", err) // the measurement itself is safe
		}
		done.files = append(done.files, plots...)
	}
	if err := o.writeManifest(j, done, folder, codeOf(verdict)); err != nil {
		return err
	}
	done.watched.end()
	told := o.tell(s, a)
	if err := show(s, a, o.format, done.files, o.hits(ctx, s, traces)); err != nil {
		return err
	}
	if told != nil {
		return told
	}
	return verdict
}

// gaveUp keeps what was recorded of an attack that was pointless to go on with.
func (o *measuring) gaveUp(j *job, done *sent, folder string) error {
	if err := o.writeManifest(j, done, folder, Failed); err != nil {
		return err
	}
	return failure("what was recorded is in "+folder, "%v", done.stop)
}
