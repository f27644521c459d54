package bench

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// Options says which traces to make.
type Options struct {
	Seed   uint64
	Only   string   // part of the names of the cases; "" = all
	Noise  []string // names of [Noises], or "all"; empty = one for each case, in turn
	Repeat int      // traces of each case and noise, at least 1
	Quick  bool     // only a few cases of each family
	Folder string   // each trace is kept in it; "" = none is
	// Traffic makes what is sent to the limiters of one trace; nil = [Planned].
	Traffic func(c *Case, r *rand.Rand) (Traffic, error)
	// Progress is told how many traces are done, one call at a time; may be nil.
	Progress func(done, all int)
	// Each is given what became of each trace as it is done, one call at a time;
	// may be nil.
	Each func(trials []Trial)
}

// A Trial is what became of one limiter of one trace.
type Trial struct {
	Case  string `json:"case"`
	Class string `json:"class"`
	Noise string `json:"noise"`
	Run   int    `json:"run"` // from 0
	Truth Truth  `json:"-"`
	Row   string `json:"truth"` // as Truth.Row

	Answer Answer `json:"answer"`
	Naive  Guess  `json:"naive"`
	ICMP   Guess  `json:"icmp_medians"`

	Requests int           `json:"requests"`
	Limited  int           `json:"limited"`
	Lasted   time.Duration `json:"lasted_ns"`
	Scope    []ScopeAnswer `json:"scope,omitempty"` // of the trace, with its first limiter

	Took time.Duration `json:"-"` // to make and analyze the trace, with its first limiter
}

// A job is one trace to be made.
type job struct {
	c     Case
	noise Noise
	run   int
}

// Run makes the traces, on all processors, and analyzes them. The result depends
// on the options alone. The error is a mistake in the options, or that
// of ctx: then the trials are those that were done.
func Run(ctx context.Context, o Options) ([]Trial, error) {
	jobs, err := o.jobs()
	if err != nil {
		return nil, err
	}
	if o.Traffic == nil {
		o.Traffic = Planned
	}
	trials := make([][]Trial, len(jobs))
	faults := make([]error, len(jobs))
	var (
		wait sync.WaitGroup
		lock sync.Mutex
		done int
	)
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				trials[i], faults[i] = jobs[i].try(o)
				lock.Lock()
				done++
				if o.Each != nil {
					o.Each(trials[i])
				}
				if o.Progress != nil {
					o.Progress(done, len(jobs))
				}
				lock.Unlock()
			}
		})
	}
	for i := range jobs {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return slices.Concat(trials...), err
	}
	for i, err := range faults {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", jobs[i].c.Name, err)
		}
	}
	return slices.Concat(trials...), nil
}

// Check finds mistakes in the options.
func (o *Options) Check() error {
	_, err := o.jobs()
	return err
}

// jobs lists the traces that the options ask for.
func (o *Options) jobs() ([]job, error) {
	noises, err := o.noises()
	if err != nil {
		return nil, err
	}
	if o.Repeat < 1 {
		return nil, fmt.Errorf("each case needs at least one trace, not %d", o.Repeat)
	}
	var jobs []job
	taken := 0
	for _, c := range Cases() {
		if !strings.Contains(c.Name, o.Only) || o.Quick && !c.quick() {
			continue
		}
		in := noises
		if len(o.Noise) == 0 {
			in = noises[taken%len(noises):][:1]
			taken++
		}
		for _, n := range in {
			for run := range o.Repeat {
				jobs = append(jobs, job{c, n, run})
			}
		}
	}
	if len(jobs) == 0 {
		return nil, fmt.Errorf("no case has %q in its name", o.Only)
	}
	return jobs, nil
}

func (o *Options) noises() ([]Noise, error) {
	names := o.Noise
	switch {
	case len(names) == 0 && o.Quick:
		names = quickNoises
	case len(names) == 0, slices.Contains(names, "all"):
		return Noises(), nil
	}
	var noises []Noise
	var known []string
	for _, n := range Noises() {
		known = append(known, n.Name)
		if slices.Contains(names, n.Name) {
			noises = append(noises, n)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("there is no noise %q, only %s, all", name, strings.Join(known, ", "))
		}
	}
	return noises, nil
}

// random is seeded from the seed and from what the trace is, so that a trace
// does not depend on which others are made.
func (j *job) random(seed uint64) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\n%s\n%d", j.c.Name, j.noise.Name, j.run)
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// try makes one trace and hands it to the analysis and to the simple methods.
func (j *job) try(o Options) ([]Trial, error) {
	begin := time.Now()
	random := j.random(o.Seed)
	// The client's and the server's wall clocks agree but for some milliseconds.
	started := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(random.Int64N(int64(time.Hour))))
	off := time.Duration(random.NormFloat64() * float64(5*time.Millisecond))
	w := j.c.world(j.noise, Setting{Random: random, Clock: time.Duration(started.UnixNano()) + off})
	traffic, err := o.Traffic(&j.c, random)
	if err != nil {
		return nil, err
	}
	hits := traffic(w)
	meta := trace.Meta{Started: started, Target: target, Tool: "ratefit bench", LimitedStatus: j.c.limitedStatus()}
	if o.Folder != "" {
		if err := j.keep(o.Folder, meta, hits); err != nil {
			return nil, err
		}
	}
	fit := analyze.New(analyze.Options{LimitedStatus: j.c.limitedStatus()})
	for i := range hits {
		fit.Add(&hits[i])
	}
	a := fit.Result(meta)
	var trials []Trial
	for i := range j.c.Parts {
		trials = append(trials, j.trial(&j.c.Parts[i], hits, a))
	}
	trials[0].Scope = j.c.Scope.judge(a)
	trials[0].Took = time.Since(begin)
	return trials, nil
}

// keep writes the trace into a file that is named by what it is.
func (j *job) keep(folder string, meta trace.Meta, hits []trace.Hit) error {
	name := fmt.Sprintf("%s, %s, %d.rft", strings.ReplaceAll(j.c.Name, "/", " per "), j.noise.Name, j.run)
	w, err := trace.Create(filepath.Join(folder, name), meta)
	if err != nil {
		return err
	}
	var end trace.End
	for i := range hits {
		if err := w.Write(&hits[i]); err != nil {
			return errors.Join(err, w.Abandon())
		}
		end.At = max(end.At, hits[i].End)
	}
	end.Wall, end.Reason = meta.Started.Add(end.At), "done"
	return w.Close(end)
}

// trial compares what was found about one limiter with what is known.
func (j *job) trial(p *Part, hits []trace.Hit, a *analyze.Analysis) Trial {
	t := Trial{Case: j.c.Name, Class: p.Class, Noise: j.noise.Name, Run: j.run, Truth: p.Truth, Row: p.Truth.Row()}
	var own []trace.Hit // of the first source
	var end time.Duration
	var begin time.Duration
	if len(hits) > 0 {
		begin = hits[0].Asked
	}
	for i := range hits {
		h := &hits[i]
		if h.Class != p.Class {
			continue
		}
		t.Requests++
		if h.Outcome(j.c.limitedStatus()) == trace.Limited {
			t.Limited++
		}
		end = max(end, h.End)
		if h.Source == j.c.Sources[0] {
			own = append(own, *h)
		}
	}
	t.Lasted = end - begin
	var answers []Answer
	for i := range a.Limits {
		if slices.Contains(strings.Split(a.Limits[i].Class, "+"), p.Class) {
			answers = append(answers, judge(&a.Limits[i], &p.Truth))
		}
	}
	t.Answer = worst(answers)
	t.Naive, t.ICMP = Naive(own, j.c.limitedStatus()), Depletions(own, j.c.limitedStatus())
	return t
}
