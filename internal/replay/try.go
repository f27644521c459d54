package replay

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// keeps reports whether a limit keeps the bound.
func (s *search) keeps(l Limit) bool {
	_, _, ok := s.try(l, s.refused, s.affected)
	return ok
}

// try counts the requests refused and the clients affected, until there are more
// than so many.
func (s *search) try(l Limit, refused, affected int) (int, int, bool) {
	var sum, clients atomic.Int64
	var seen []atomic.Bool
	if affected < math.MaxInt || refused == math.MaxInt {
		seen = make([]atomic.Bool, len(s.t.clients.text))
	}
	hit := func(client uint32) {
		if seen != nil && !seen[client].Swap(true) {
			clients.Add(1)
		}
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	const batch = 16 // lanes taken at once
	for range min(runtime.GOMAXPROCS(0), len(s.lanes)/batch+1) {
		workers.Go(func() {
			for {
				from := int(next.Add(batch)) - batch
				if from >= len(s.lanes) || sum.Load() > int64(refused) || clients.Load() > int64(affected) {
					return
				}
				for i := from; i < min(from+batch, len(s.lanes)); i++ {
					if l.Model == tokenBucket && float64(s.lanes[i].n) <= l.Burst {
						return // nor can any later one have a request refused
					}
					sum.Add(int64(s.lane(i, l, refused, hit)))
				}
			}
		})
	}
	workers.Wait()
	r, c := int(sum.Load()), int(clients.Load())
	return r, c, r <= refused && c <= affected
}

// lane counts what a limit refuses of one lane, until it is more than so many.
func (s *search) lane(i int, l Limit, most int, hit func(client uint32)) (refused int) {
	one, at := s.lanes[i], s.at[i]
	if l.Model == tokenBucket && l.Block == 0 {
		return bucketRefuses(at, l.Rate, l.Burst, most, func(k int) { hit(one.client(k)) })
	}
	limiter := l.limiter(s.t.first)
	var serving flights
	for k, when := range at {
		admitted, delay := limiter.Decide(when, serving.at(when))
		if !admitted {
			hit(one.client(k))
			if refused++; refused > most {
				break
			}
			continue
		}
		if one.took != nil {
			serving.add(when + delay + max(0, time.Duration(one.took[k]))*time.Microsecond)
		}
	}
	return refused
}

// bucketRefuses is the token bucket of [simulate.Bucket], for the many passes of a
// search.
func bucketRefuses(at []time.Duration, rate, burst float64, most int, hit func(k int)) (refused int) {
	const least = 1 - 1e-9
	tokens, last := burst, at[0]
	for k, when := range at {
		level := min(burst, tokens+rate*(when-last).Seconds())
		if level >= least {
			tokens, last = level-1, when
			continue
		}
		hit(k)
		if refused++; refused > most {
			return refused
		}
	}
	return refused
}
