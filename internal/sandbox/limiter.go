package sandbox

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// limiters holds two token buckets for each client address. Clients are spread
// over shards by a hash of their address, so that they seldom wait for each
// other; a decision is taken under the lock of the client's shard, so that a
// client cannot be forgotten while it is being decided on.
//
// A client is forgotten once both its buckets are full again: from then on it
// cannot be told from a new one. Each shard keeps its clients in a queue in the
// order in which they are to be looked at, and each decision looks at no more
// than two that are due, which keeps up with any number of new clients.
//
// When the table is full of clients that cannot be forgotten yet, new ones are
// limited: forgetting one early would give it tokens that it does not have.
type limiters struct {
	read, write quota
	settle      time.Duration // an idle bucket is full again after this, whatever it held
	max         int64
	clients     atomic.Int64
	seed        maphash.Seed
	shards      [64]shard
}

// A quota is the parameters of a bucket.
type quota struct {
	rate  rate.Limit
	burst int
}

type shard struct {
	mu          sync.Mutex
	clients     map[netip.Addr]*client
	first, last *client  // queue by due
	_           [24]byte // shards do not share cache lines
}

type client struct {
	addr        netip.Addr
	read, write *rate.Limiter
	due         time.Time // when to look whether it can be forgotten
	next        *client
}

func newLimiters(o Options) *limiters {
	l := &limiters{
		read:  quota{rate.Limit(o.ReadRate), o.ReadBurst},
		write: quota{rate.Limit(o.WriteRate), o.WriteBurst},
		max:   int64(o.MaxClients),
		seed:  maphash.MakeSeed(),
	}
	l.settle = max(l.read.settle(), l.write.settle())
	for i := range l.shards {
		l.shards[i].clients = make(map[netip.Addr]*client)
	}
	return l
}

// settle returns how long an empty bucket takes to fill, at most about 31 years
// so that it fits a Duration.
func (q quota) settle() time.Duration {
	seconds := min(float64(q.burst)/float64(q.rate), 1e9)
	return time.Duration(seconds*1e9) + 1
}

// allow takes a token from the bucket of a client and class, if there is one.
func (l *limiters) allow(addr netip.Addr, write bool, now time.Time) bool {
	s := &l.shards[maphash.Comparable(l.seed, addr)%uint64(len(l.shards))]
	ok, room := l.decide(s, addr, write, now)
	if !room {
		l.sweep(now)
		ok, _ = l.decide(s, addr, write, now)
	}
	return ok
}

// decide is allow within a shard. room is false when the client is new and the
// table is full; then ok is false too.
func (l *limiters) decide(s *shard, addr netip.Addr, write bool, now time.Time) (ok, room bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.forget(s, now, 2)
	c := s.clients[addr]
	if c == nil {
		if l.clients.Add(1) > l.max {
			l.clients.Add(-1)
			return false, false
		}
		c = &client{
			addr:  addr,
			read:  rate.NewLimiter(l.read.rate, l.read.burst),
			write: rate.NewLimiter(l.write.rate, l.write.burst),
		}
		s.clients[addr] = c
		l.enqueue(s, c, now)
	}
	bucket := c.read
	if write {
		bucket = c.write
	}
	return bucket.AllowN(now, 1), true
}

// sweep forgets whom it can in all shards.
func (l *limiters) sweep(now time.Time) {
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		l.forget(s, now, len(s.clients))
		s.mu.Unlock()
	}
}

// forget looks at no more than n clients of a shard that are due.
func (l *limiters) forget(s *shard, now time.Time, n int) {
	for ; n > 0 && s.first != nil && !s.first.due.After(now); n-- {
		c := s.first
		s.first = c.next
		if s.first == nil {
			s.last = nil
		}
		c.next = nil
		if !c.full(now) {
			l.enqueue(s, c, now)
			continue
		}
		delete(s.clients, c.addr)
		l.clients.Add(-1)
	}
}

// enqueue puts a client at the end of the queue. All wait equally long, so the
// queue stays in order.
func (l *limiters) enqueue(s *shard, c *client, now time.Time) {
	c.due = now.Add(l.settle)
	if s.last == nil {
		s.first = c
	} else {
		s.last.next = c
	}
	s.last = c
}

// full reports whether both buckets are.
func (c *client) full(now time.Time) bool {
	return c.read.TokensAt(now) >= float64(c.read.Burst()) &&
		c.write.TokensAt(now) >= float64(c.write.Burst())
}
