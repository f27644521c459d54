package command

import (
	"context"
	"sync"
	"time"

	"ratefit/internal/trace"
)

// flushEvery bounds what is lost when the process is killed.
const flushEvery = 100 * time.Millisecond

// A recorder writes hits to a trace while they come in, keeps it readable on
// the disk, and counts them. Safe for several goroutines.
type recorder struct {
	count func(*trace.Hit) // for those who watch
	mu    sync.Mutex
	w     *trace.Writer
	err   error  // the first that writing gave
	stop  func() // called on that error: an attack that is not recorded must end
}

func (r *recorder) record(h *trace.Hit) {
	r.count(h)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.fail(r.w.Write(h))
	}
}

// fail notes an error of the writer; r.mu is held.
func (r *recorder) fail(err error) {
	if err != nil && r.err == nil {
		r.err = err
		r.stop()
	}
}

// flush makes what was recorded readable, again and again until ctx is done.
func (r *recorder) flush(ctx context.Context) {
	ticks := time.NewTicker(flushEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			r.mu.Lock()
			if r.err == nil {
				r.fail(r.w.Flush())
			}
			r.mu.Unlock()
		}
	}
}

// close ends the trace and returns the first error of all its writes.
func (r *recorder) close(e trace.End) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.w.Close(e)
	if r.err != nil {
		return r.err
	}
	return err
}
