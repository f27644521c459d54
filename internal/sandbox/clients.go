package sandbox

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// clients holds two limiters for each client address. Clients are spread over
// shards by a hash of their address, so that they seldom wait for each other; a
// decision is taken under the lock of the client's shard, so that a client
// cannot be forgotten while it is being decided on.
//
// A client is forgotten once it has been silent for so long that both its
// limiters are at rest: from then on it cannot be told from a new one. Each
// shard keeps its clients in a queue in the order in which they are to be looked
// at, and each decision looks at no more than two that are due, which keeps up
// with any number of new clients.
//
// When the table is full of clients that cannot be forgotten yet, new ones are
// limited: forgetting one early would give it tokens that it does not have.
type clients struct {
	kind        LimiterKind
	read, write quota
	settle      time.Duration // a silent client is at rest after this, whatever it did
	max         int64
	count       atomic.Int64
	seed        maphash.Seed
	shards      [64]shard
}

type shard struct {
	mu          sync.Mutex
	clients     map[netip.Addr]*client
	first, last *client  // queue by due
	_           [24]byte // shards do not share cache lines
}

type client struct {
	addr        netip.Addr
	read, write limiter      // nil until it is needed
	seen        time.Time    // the last decision
	active      atomic.Int64 // requests that have not left
	due         time.Time    // when to look whether it can be forgotten
	next        *client
}

func newClients(o Options, kind LimiterKind) *clients {
	t := &clients{
		kind:  kind,
		read:  quota{o.ReadRate, o.ReadBurst},
		write: quota{o.WriteRate, o.WriteBurst},
		max:   int64(o.MaxClients),
		seed:  maphash.MakeSeed(),
	}
	for _, q := range []quota{t.read, t.write} {
		t.settle = max(t.settle, q.times(kind.rest*float64(q.burst))+1)
	}
	for i := range t.shards {
		t.shards[i].clients = make(map[netip.Addr]*client)
	}
	return t
}

// decide asks the limiter of a client and class.
func (t *clients) decide(addr netip.Addr, write bool, now time.Time) decision {
	s := &t.shards[maphash.Comparable(t.seed, addr)%uint64(len(t.shards))]
	d, room := t.decideIn(s, addr, write, now)
	if !room {
		t.sweep(now)
		d, _ = t.decideIn(s, addr, write, now)
	}
	return d
}

// decideIn is decide within a shard. room is false when the client is new and
// the table is full; then the request is limited too.
func (t *clients) decideIn(s *shard, addr netip.Addr, write bool, now time.Time) (d decision, room bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.forget(s, now, 2)
	c := s.clients[addr]
	if c == nil {
		if t.count.Add(1) > t.max {
			t.count.Add(-1)
			return decision{}, false
		}
		c = &client{addr: addr, seen: now}
		s.clients[addr] = c
		t.enqueue(s, c, now)
	}
	if now.After(c.seen) { // else it was overtaken between the clock and the lock
		c.seen = now
	}
	d = t.limiterOf(c, write).decide(c.seen)
	if leave := d.leave; leave != nil {
		c.active.Add(1)
		d.leave = func() {
			leave()
			c.active.Add(-1)
		}
	}
	return d, true
}

func (t *clients) limiterOf(c *client, write bool) limiter {
	l, q := &c.read, t.read
	if write {
		l, q = &c.write, t.write
	}
	if *l == nil {
		*l = t.kind.make(q)
	}
	return *l
}

// sweep forgets whom it can in all shards.
func (t *clients) sweep(now time.Time) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		t.forget(s, now, len(s.clients))
		s.mu.Unlock()
	}
}

// forget looks at no more than n clients of a shard that are due.
func (t *clients) forget(s *shard, now time.Time, n int) {
	for ; n > 0 && s.first != nil && !s.first.due.After(now); n-- {
		c := s.first
		s.first = c.next
		if s.first == nil {
			s.last = nil
		}
		c.next = nil
		if now.Sub(c.seen) < t.settle || c.active.Load() > 0 {
			t.enqueue(s, c, now)
			continue
		}
		delete(s.clients, c.addr)
		t.count.Add(-1)
	}
}

// enqueue puts a client at the end of the queue. All wait equally long, so the
// queue stays in order.
func (t *clients) enqueue(s *shard, c *client, now time.Time) {
	c.due = now.Add(t.settle)
	if s.last == nil {
		s.first = c
	} else {
		s.last.next = c
	}
	s.last = c
}
