package attack

import (
	"sync"

	"ratefit/internal/trace"
)

// A recorder hands finished hits to one reader, in the order in which they
// finished, and never keeps those who finish them waiting: a reader that is
// slow must not lower the rate that is sent. It holds the hits that the reader
// has not taken yet, so its memory is bounded by the hits of the run.
type recorder struct {
	mu    sync.Mutex
	hits  []*trace.Hit
	ready chan struct{} // holds a token while there may be hits
}

func newRecorder() *recorder { return &recorder{ready: make(chan struct{}, 1)} }

func (r *recorder) put(h *trace.Hit) {
	r.mu.Lock()
	r.hits = append(r.hits, h)
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
