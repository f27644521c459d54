package attack

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestBudgetUnderContention(t *testing.T) {
	b := budget{limit: 100_000}
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for b.take() {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if n := taken.Load(); n != b.limit {
		t.Errorf("%d taken of %d", n, b.limit)
	}
	var none budget
	if !none.take() || none.taken.Load() != 0 {
		t.Error("no limit is a limit")
	}
}
