package command

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"github.com/spf13/pflag"

	"ratefit/internal/bench"
)

func benchCommand() command {
	return command{
		name:     "bench",
		synopsis: "[FLAGS]",
		about:    "try the analysis on simulated limiters whose truth is known",
		help: `
Simulates limiters of every kind, written from textbooks and not from the models
that the analysis uses, behind a network with more or less jitter. Some of them
are spoiled: somebody else draws from the limiter, servers count for themselves,
replies get lost, the limit changes. It measures each as "ratefit run" does, in
virtual time, and compares what is found with what is known.

It prints which answer was given to which limiter; how many intervals hold the
true rate, and how wide they are; how many bursts are exact; how much of the rest
was foretold; and what two simpler methods make of the same traces: the naive one
(the opening run of admitted hits; the rate admitted under saturation), and the
medians between depletions that are used for limiters of ICMP.

Nothing is sent anywhere. The same seed gives the same output on any number of
processors. The exit code is 1 when a limiter was given a wrong name, or where
something spoils the measurement, a wrong rate, and when it was said wrongly who
shares a limiter.

examples:
  ratefit bench
  ratefit bench --only 'fixed window' --noise wan --repeat 5 --verbose
  ratefit bench --quick
  ratefit bench --seed 7 --format json > bench.json
`,
		setup: func(f *pflag.FlagSet) action {
			var (
				o       bench.Options
				traffic string
				format  string
				verbose bool
			)
			f.Uint64Var(&o.Seed, "seed", 1, "`number` that all that is random is drawn from")
			f.StringVar(&o.Only, "only", "", "only limiters with this `text` in their names")
			f.StringSliceVar(&o.Noise, "noise", nil, "`names` of the networks: loopback, lan, wan, far, all (default one for each, in turn)")
			f.IntVar(&o.Repeat, "repeat", 1, "`number` of traces of each limiter in each network")
			f.BoolVar(&verbose, "verbose", false, "a line for each limiter of each trace; what took longest")
			f.StringVar(&o.Folder, "keep", "", "write each trace into this existing `folder`")
			f.BoolVar(&o.Quick, "quick", false, "a few limiters of each kind, in one of two networks")
			choiceVar(f, &traffic, "traffic", "what is sent: probes chosen by what is known, or the default profile", "adaptive", "survey")
			choiceVar(f, &format, "format", "form of the result", "text", "json")
			return func(ctx context.Context, s *streams, args []string) error {
				if err := noArguments("bench", args); err != nil {
					return err
				}
				return runBench(ctx, s, o, traffic, format, verbose)
			}
		},
	}
}

func runBench(ctx context.Context, s *streams, o bench.Options, traffic, format string, verbose bool) error {
	if err := o.Check(); err != nil {
		return usageFault("try: ratefit bench --help", "%v", err)
	}
	o.Traffic = bench.Planned
	if traffic == "survey" {
		o.Traffic = bench.Surveyed
	}
	o.Progress = benchProgress(s)
	trials, err := bench.Run(ctx, o)
	switch {
	case ctx.Err() != nil && len(trials) > 0: // what was done is worth showing
	case ctx.Err() != nil:
		return fault{code: Interrupted, text: "interrupted; there is no result"}
	case err != nil:
		return failure("", "%v", err)
	}
	r := bench.NewReport(o.Seed, traffic, trials)
	if format == "json" {
		err = r.JSON(s.out)
	} else {
		err = r.Text(s.out, verbose)
	}
	if err != nil {
		return outputFault(err)
	}
	if verbose {
		heaviest(s, trials)
	}
	if ctx.Err() != nil {
		return fault{code: Interrupted, text: "interrupted: this is what was done until then"}
	}
	return benchVerdict(r)
}

// benchVerdict is a failure when something was wrong with confidence. What was
// declined is a result.
func benchVerdict(r *bench.Report) error {
	switch {
	case r.Score.Wrong > 0:
		return failure("", "%d of %d limiters were given a wrong name", r.Score.Wrong, r.Score.Trials)
	case r.Scopes[bench.Wrong] > 0:
		return failure("", "%d times it was said wrongly who shares a limiter", r.Scopes[bench.Wrong])
	}
	return nil
}

// heaviest tells which traces took longest to make and analyze.
func heaviest(s *streams, trials []bench.Trial) {
	const most = 10
	all := slices.SortedFunc(slices.Values(trials), func(a, b bench.Trial) int { return cmp.Compare(b.Took, a.Took) })
	for _, t := range all[:min(most, len(all))] {
		s.notef("%6.1f s  %s, %s\n", t.Took.Seconds(), t.Case, t.Noise)
	}
}

// benchProgress tells how far a benchmark is: in one line of a terminal, else in
// a few lines.
func benchProgress(s *streams) func(done, all int) {
	_, live := terminal(s.err)
	return func(done, all int) {
		switch {
		case live && done < all:
			s.notef("\r%d of %d traces", done, all)
		case live:
			s.notef("\r%d traces on %d processors\n", all, runtime.GOMAXPROCS(0))
		case done == all || done%10 == 0:
			s.notef("%d of %d traces\n", done, all)
		}
	}
}
