package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"sync"

	"ratefit/internal/accesslog"
	"ratefit/internal/replay"
)

// A replayJob is what is to be replayed, and how.
type replayJob struct {
	limits       []replay.Limit
	by           []replay.Dimension
	bound        replay.Bound
	reading      accesslog.Options
	limited      []int
	admittedOnly bool
	anonymize    bool
	warnings     []string
}

func (j *replayJob) replay(ctx context.Context, s *streams, names []string) (*replay.Report, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(tightMemory))
	durations := slices.ContainsFunc(j.limits, func(l replay.Limit) bool { return l.Model == "concurrency" })
	t := replay.NewTraffic(j.by, durations)
	r := &replay.Report{By: j.by}
	for _, name := range names {
		one, err := j.read(ctx, s, name, t)
		if err != nil {
			return nil, err
		}
		r.Logs = append(r.Logs, one)
	}
	if durations && t.Requests() > 0 && t.Undurable == t.Requests() {
		return nil, failure("nginx writes it as $request_time; in JSON name the field: --log-fields duration=NAME", "concurrency: the log does not say how long requests took")
	}
	t.Seal()
	if j.anonymize {
		t.Anonymize()
	}
	// Nothing here waits for anything, and an interrupt has nothing to keep.
	done := make(chan struct{})
	go func() {
		defer close(done)
		j.fill(r, t)
	}()
	select {
	case <-done:
		return r, nil
	case <-ctx.Done():
		return nil, fault{code: Interrupted, text: "interrupted: nothing was replayed"}
	}
}

// fill replays the traffic, after the search for what is to be searched for.
func (j *replayJob) fill(r *replay.Report, t *replay.Traffic) {
	r.Traffic = t.Summarize()
	r.Traffic.LeftOut = j.admittedOnly
	r.Limits = replay.Propose(j.limits)
	j.warn(t)
	r.Warnings = j.warnings
	if t.Requests() == 0 {
		r.Bound = j.bound.Expect(replay.Uncertain)
		return
	}
	limits, verdict := j.search(r, t)
	if limits == nil {
		r.Bound = j.bound.Expect(verdict)
		return
	}
	all := t.Suppositions()
	r.Outcomes = make([]replay.Outcome, len(all))
	var done sync.WaitGroup
	for i, how := range all {
		done.Go(func() { r.Outcomes[i] = replay.Run(t, limits, how) })
	}
	done.Wait()
	r.Bound = j.bound.Expect(j.bound.Judge(r.Outcomes))
}

// search finds the parameters that are to be searched for, and returns the limits
// with them: nil where there is no single one.
func (j *replayJob) search(r *replay.Report, t *replay.Traffic) ([]replay.Limit, replay.Verdict) {
	limits := slices.Clone(j.limits)
	verdict := replay.Held
	for i, l := range j.limits {
		if len(l.Unknown) == 0 {
			continue
		}
		var points []replay.Point // of one free parameter
		found, met := 0, 0
		all := t.Suppositions()
		for _, how := range all {
			s := replay.Search(t, l, j.bound, how)
			r.Smallest = append(r.Smallest, s)
			met += s.Requests
			if len(s.Points) > 0 {
				found++
			}
			if len(l.Unknown) == 1 {
				points = append(points, s.Points...)
			}
		}
		switch {
		case met > 0 && found == 0:
			verdict = replay.Exceeded
		case found < len(all) && verdict == replay.Held:
			verdict = replay.Uncertain
		}
		switch {
		case len(points) < len(all):
			limits = nil
		case limits != nil:
			limits[i] = replay.Larger(points)
		}
	}
	return limits, verdict
}

// read takes the requests of one log.
func (j *replayJob) read(ctx context.Context, s *streams, name string, t *replay.Traffic) (replay.Log, error) {
	in, shown := s.in, "standard input"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return replay.Log{}, failure("", "%v", err)
		}
		defer f.Close()
		in, shown = f, name
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return replay.Log{}, failure("name the log inside it", "%s: is a folder", name)
		}
	}
	r, err := accesslog.NewReader(in, shown, j.reading)
	if err != nil {
		return replay.Log{}, failure("", "%v", err)
	}
	requests, err := j.take(ctx, r, t)
	if err != nil {
		return replay.Log{}, err
	}
	skipped := r.Skipped()
	one := replay.Log{
		Name: shown, Format: r.Format(), Requests: requests,
		Unread: skipped.Unread, NoRequest: skipped.NoRequest, Truncated: skipped.Truncated,
	}
	if skipped.Unread > 0 {
		one.First = &replay.Unread{Place: skipped.FirstLine, Why: skipped.FirstWhy}
	}
	if requests == 0 && skipped.Unread > 0 {
		return one, failure("", "%s: nothing in it can be read as %s; record %d: %s", shown, r.Format(), skipped.FirstLine, skipped.FirstWhy)
	}
	return one, nil
}

// take reads to the end and returns how many requests there were. The log is read
// in a goroutine of its own.
func (j *replayJob) take(ctx context.Context, r *accesslog.Reader, t *replay.Traffic) (requests int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	batches := make(chan []accesslog.Request, 2)
	var failed error
	go func() {
		defer close(batches)
		failed = readBatches(ctx, r, batches)
	}()
	defer func() { // the reader is not used when this returns
		cancel()
		for range batches {
		}
	}()
	for batch := range batches {
		requests += len(batch)
		for i := range batch {
			if err := j.add(&batch[i], t); err != nil {
				return 0, failure("", "%v", err)
			}
		}
	}
	return requests, failed
}

// readBatches reads to the end, some requests at a time.
func readBatches(ctx context.Context, r *accesslog.Reader, batches chan<- []accesslog.Request) error {
	const size = 4096
	for {
		batch := make([]accesslog.Request, size)
		n := 0
		var err error
		for n < size && err == nil {
			if err = r.Next(&batch[n]); err == nil {
				n++
			}
		}
		if ctx.Err() != nil {
			return fault{code: Interrupted, text: "interrupted"}
		}
		batches <- batch[:n]
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return failure("", "%v", err)
		}
	}
}

// add takes a request, unless it is to be left out.
func (j *replayJob) add(q *accesslog.Request, t *replay.Traffic) error {
	if slices.Contains(j.limited, q.Status) {
		t.Limited++
		if j.admittedOnly {
			return nil
		}
	}
	return t.Add(q)
}

// warn notes what a reader of the report has to know.
func (j *replayJob) warn(t *replay.Traffic) {
	add := func(format string, args ...any) { j.warnings = append(j.warnings, fmt.Sprintf(format, args...)) }
	for i := range j.limits {
		l := &j.limits[i]
		if l.Class != "" && t.Requests() > 0 && !slices.ContainsFunc(t.Classes(), l.Covers) {
			add("no request is of class %s: its limit met nothing", l.Class)
		}
		if l.Model == "concurrency" && t.Undurable > 0 {
			add("%d requests do not say how long they took: they are taken as served at once", t.Undurable)
		}
	}
}
