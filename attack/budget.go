package attack

import "sync/atomic"

// A budget is a number of requests that all attackers of a run share.
type budget struct {
	limit int64 // 0 = none
	taken atomic.Int64
}

// take reserves one request, unless none is left.
func (b *budget) take() bool {
	if b.limit == 0 {
		return true
	}
	for {
		n := b.taken.Load()
		if n >= b.limit {
			return false
		}
		if b.taken.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// giveBack returns one that take reserved.
func (b *budget) giveBack() {
	if b.limit != 0 {
		b.taken.Add(-1)
	}
}
