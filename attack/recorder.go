package attack

import (
	"sync"

	"ratefit/internal/trace"
)

// A recorder hands finished hits to one reader, in the order in which they
// finished, and never keeps those who finish them waiting: a reader that is
// slow must not lower the rate that is planned. It holds the hits that the reader
// has not taken yet, so its memory is bounded by the hits of the run; senders
// without a plan wait for the reader, see [recorder.wait].
type recorder struct {
	mu    sync.Mutex
	hits  []*trace.Hit
	ready chan struct{} // holds a token while there may be hits

	given uint64    // hits put so far
	taken uint64    // of them handed to the reader
	moved sync.Cond // taken has grown
}

func newRecorder() *recorder {
	r := &recorder{ready: make(chan struct{}, 1)}
	r.moved.L = &r.mu
	return r
}

// barrier returns when the reader has had every hit that was put before the
// call.
func (r *recorder) barrier() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for given := r.given; r.taken < given; {
		r.moved.Wait()
	}
}

// backlog is how many hits may be left to the reader while those go on that wait
// for it.
const backlog = 10_000

// wait returns when the reader has fallen behind by no more than most hits.
func (r *recorder) wait(most uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.given-r.taken > most {
		r.moved.Wait()
	}
}

func (r *recorder) put(h *trace.Hit) {
	r.mu.Lock()
	r.hits = append(r.hits, h)
	r.given++
	r.mu.Unlock()
	select {
	case r.ready <- struct{}{}:
	default:
	}
}

// drain calls record for every hit, numbering them, until done is closed and
// no hit is left.
func (r *recorder) drain(done <-chan struct{}, record func(*trace.Hit)) {
	var seq uint64
	var batch []*trace.Hit
	for last := false; ; {
		r.mu.Lock()
		batch, r.hits = r.hits, batch[:0]
		r.mu.Unlock()
		for i, h := range batch {
			h.Seq = seq
			seq++
			record(h)
			batch[i] = nil
		}
		if len(batch) > 0 {
			r.mu.Lock()
			r.taken += uint64(len(batch))
			r.moved.Broadcast()
			r.mu.Unlock()
			continue
		}
		if last {
			return
		}
		select {
		case <-r.ready:
		case <-done:
			last = true
		}
	}
}
