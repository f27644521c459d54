package command

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"ratefit/attack"
	"ratefit/internal/trace"
	"ratefit/reports"
)

// A sent is what became of a job.
type sent struct {
	meta  trace.Meta
	end   trace.End
	stop  error // why the attack ended early, nil when it did not
	files []string

	watched  *watching               // to be ended before anything is shown
	probes   []reports.ManifestProbe // that were chosen
	warnings []string
}

// collectRarely makes room for more garbage while traffic is sent, and returns a
// function that takes it back. What a hit leaves behind is little and short-lived,
// so that at Go's usual setting a collection of the few living megabytes begins
// dozens of times a second, and disturbs the pace. GOGC, if set, stays.
func collectRarely() (back func()) {
	if _, ok := os.LookupEnv("GOGC"); ok {
		return func() {}
	}
	const percent = 400
	before := debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(before) }
}

// send runs the job and records it in the writer that open makes. The trace is
// closed in any case. An error means that recording failed, and without a sent
// that nothing was; an attack that was given up or interrupted is told by sent.stop.
func (j *job) send(ctx context.Context, s *streams, open func(trace.Meta) (*trace.Writer, error)) (*sent, error) {
	zero := time.Now()
	done := &sent{meta: j.meta(zero)}
	w, err := open(done.meta)
	if err != nil {
		return nil, failure("", "%v", err)
	}
	attacking, stop := context.WithCancel(ctx)
	defer stop()
	defer collectRarely()()
	beside, endBeside := context.WithCancel(context.WithoutCancel(ctx))
	watched := j.watch(s, zero)
	done.watched = watched
	interrupted := context.AfterFunc(ctx, func() { watched.board.Note("stopping: waiting for the replies that are under way") })
	defer interrupted()
	rec := &recorder{w: w, count: watched.count, stop: stop}
	var running sync.WaitGroup
	running.Go(func() { rec.flush(beside) })
	if j.adaptive != nil {
		done.end, done.stop = j.explore(attacking, s, zero, rec, done, watched.board)
	} else {
		done.end, done.stop = attack.Run(attacking, j.config(zero), rec.record)
	}
	if done.end.Reason == "" { // nothing was sent
		done.end = trace.End{At: time.Since(zero), Wall: time.Now(), Reason: fmt.Sprint(done.stop)}
	}
	endBeside()
	running.Wait()
	watched.sent()

	if err := rec.close(done.end); err != nil {
		watched.end()
		return done, failure("what was recorded until then is kept", "the trace cannot be written: %v", err)
	}
	if ctx.Err() != nil {
		done.stop = ctx.Err()
	}
	return done, nil
}
