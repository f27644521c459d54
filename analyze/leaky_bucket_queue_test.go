package analyze

import (
	"testing"

	"ratefit/internal/trace"
)

// TestQueueBesideAStall: replies that a stall held up and let go together are not
// those of a queue, and do not hide it.
func TestQueueBesideAStall(t *testing.T) {
	const ms = 1e6
	s := &Stream{}
	add := func(at, took int64, o trace.Outcome) { s.add(uint32(s.Len()), at*ms, (at+took)*ms, o) }
	for burst := range int64(4) { // five at 5/s, one of them free, and one too many
		at := 10_000 * burst
		for i := range int64(5) {
			add(at, 200*i+1, trace.Admitted)
		}
		add(at, 1, trace.Limited)
		for range 3 { // free, but the machine was busy
			add(at+5000, 8, trace.Admitted)
			at += 1000
		}
	}
	for range 3 {
		add(45_000, 8, trace.Admitted)
	}
	s.order()
	f := LeakyBucketQueue{}.Fit([]*Stream{s}, Options{})
	if !f.Consistent || *f.Rate.Low > 5 || *f.Rate.High < 5 {
		t.Errorf("consistent %v, rate %v", f.Consistent, f.Rate.String())
	}
}
