package attack

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestBudgetUnderContention(t *testing.T) {
	b := budget{limit: 1_000_000}
	var taken atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for range 8 {
		wg.Go(func() {
			<-start
			for b.take() {
				taken.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	if n := taken.Load(); n != b.limit {
		t.Errorf("%d taken of %d", n, b.limit)
	}
	var none budget
	if !none.take() || none.taken.Load() != 0 {
		t.Error("no limit is a limit")
	}
}
