package trace

import (
	"slices"
	"time"
)

// A VegetaOrder numbers the hits of each attack in the order in which they were
// sent, which is how Vegeta numbers them and how "vegeta plot" needs them:
// without it a hit that was completed after one that was sent later stops the
// plot. Add must see the same hits as the [VegetaWriter], in the same order. It
// keeps about 12 bytes for each hit.
type VegetaOrder struct {
	sent map[string][]time.Duration
	rank map[string][]uint32
}

// Add notes when a hit was sent.
func (o *VegetaOrder) Add(h *Hit) {
	if h.Error == ErrUnsent {
		return
	}
	if o.sent == nil {
		o.sent = make(map[string][]time.Duration)
	}
	name := attackName(h)
	o.sent[name] = append(o.sent[name], h.Sent)
}

// seq is the number of the i-th hit of an attack, both from 0.
func (o *VegetaOrder) seq(name string, i int) uint64 {
	if o == nil {
		return uint64(i)
	}
	if o.rank == nil {
		o.settle()
	}
	if rank := o.rank[name]; i < len(rank) {
		return uint64(rank[i])
	}
	return uint64(i)
}

func (o *VegetaOrder) settle() {
	o.rank = make(map[string][]uint32)
	for name, sent := range o.sent {
		if slices.IsSorted(sent) {
			continue
		}
		index := make([]uint32, len(sent))
		for i := range index {
			index[i] = uint32(i)
		}
		slices.SortStableFunc(index, func(a, b uint32) int { return int(min(max(sent[a]-sent[b], -1), 1)) })
		rank := make([]uint32, len(sent))
		for n, i := range index {
			rank[i] = uint32(n)
		}
		o.rank[name] = rank
	}
	o.sent = nil
}
