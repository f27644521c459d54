package sandbox

import (
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clientsFor makes the table of clients that options ask for.
func clientsFor(o Options) *clients {
	o = o.withDefaults()
	kind, err := limiterKind(o.Limiter)
	if err != nil {
		panic(err)
	}
	return newClients(o, kind)
}

// allow reports what a table decides.
func (t *clients) allow(addr netip.Addr, write bool, now time.Time) bool {
	return t.decide(addr, write, now).admitted
}

func address(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, byte(i >> 16), byte(i >> 8), byte(i)})
}

// Many clients at once, each from several goroutines: exactly the burst is
// admitted at one instant, and exactly what came back since at a later one.
func TestConcurrentClients(t *testing.T) {
	const clients, workers, each = 200, 4, 20
	l := clientsFor(Options{})
	start := newClock().now
	round := func(now time.Time, wantRead, wantWrite int64) {
		t.Helper()
		var admitted [clients][2]atomic.Int64
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for i := range clients * each {
					c := (i*7 + w*13) % clients
					for class, write := range []bool{false, true} {
						if l.allow(address(c), write, now) {
							admitted[c][class].Add(1)
						}
					}
				}
			})
		}
		wg.Wait()
		for c := range admitted {
			if r, w := admitted[c][0].Load(), admitted[c][1].Load(); r != wantRead || w != wantWrite {
				t.Fatalf("client %d: %d reads and %d writes admitted, want %d and %d", c, r, w, wantRead, wantWrite)
			}
		}
	}
	round(start, 30, 10)
	round(start, 0, 0)
	round(start.Add(3*time.Second), 6, 6)
	round(start.Add(time.Hour), 30, 10)
	if n := l.count.Load(); n != clients {
		t.Errorf("%d clients remembered, want %d", n, clients)
	}
}

// Clients that cannot be told from new ones are forgotten.
func TestForgets(t *testing.T) {
	l := clientsFor(Options{})
	now := newClock().now
	for i := range 10_000 {
		l.allow(address(i), i%2 == 0, now)
	}
	if n := l.count.Load(); n != 10_000 {
		t.Fatalf("%d clients remembered", n)
	}
	now = now.Add(14 * time.Second) // the full burst of reads takes 15
	l.sweep(now)
	if n := l.count.Load(); n != 10_000 {
		t.Fatalf("%d clients remembered before their buckets can be full", n)
	}
	for range 30 {
		l.allow(address(1), false, now)
	}
	now = now.Add(2 * time.Second)
	l.sweep(now)
	if n := l.count.Load(); n != 1 {
		t.Fatalf("%d clients remembered, want the one that is not full", n)
	}
	admitted := 0
	for range 10 {
		if l.allow(address(1), false, now) {
			admitted++
		}
	}
	if admitted != 4 {
		t.Errorf("the client that stayed has %d tokens, want 4", admitted)
	}
}

// A stream of one-time clients holds no more than those of the last while,
// without a sweep.
func TestPassersBy(t *testing.T) {
	l := clientsFor(Options{})
	now := newClock().now
	var most int64
	for i := range 100_000 {
		now = now.Add(10 * time.Millisecond) // 1500 clients in the 15 s that a client stays
		l.allow(address(i), false, now)
		most = max(most, l.count.Load())
	}
	if most > 2200 {
		t.Errorf("%d clients remembered at once", most)
	}
}

// A full table limits strangers, but neither forgets nor hinders those in it.
func TestFullTable(t *testing.T) {
	l := clientsFor(Options{MaxClients: 5})
	now := newClock().now
	for i := range 5 {
		for range 30 {
			if !l.allow(address(i), false, now) {
				t.Fatal("limited within the burst")
			}
		}
	}
	if l.allow(address(99), false, now) {
		t.Error("a sixth client was let in")
	}
	if !l.allow(address(0), true, now) || l.allow(address(0), false, now) {
		t.Error("a client in the table is not decided by its own buckets")
	}
	now = now.Add(time.Minute)
	if !l.allow(address(99), false, now) {
		t.Error("no room although all are idle")
	}
	if n := l.count.Load(); n > 5 {
		t.Errorf("%d clients remembered", n)
	}
}

func TestFullTableConcurrently(t *testing.T) {
	l := clientsFor(Options{MaxClients: 50})
	now := newClock().now
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 2000 {
				l.allow(address(i*8+w), true, now.Add(time.Duration(i)*time.Millisecond))
				if n := l.count.Load(); n > 50+8 { // each goroutine can be about to take its increment back
					t.Errorf("%d clients remembered", n)
					return
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for i := range l.shards {
		total += len(l.shards[i].clients)
	}
	if n := l.count.Load(); n > 50 || int64(total) != n {
		t.Errorf("%d clients counted, %d in the shards", n, total)
	}
}

func BenchmarkAllow(b *testing.B) {
	for _, clients := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			l := clientsFor(Options{})
			var seed atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				i := int(seed.Add(7919))
				for pb.Next() {
					i++
					l.allow(address(i%clients), i&1 == 0, time.Now())
				}
			})
		})
	}
}
