package simulate_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ratefit/internal/bench/simulate"
)

const (
	ms  = time.Millisecond
	sec = time.Second
)

// decisions sends hits at these instants and returns a + for each admitted one
// and a - for each limited one.
func decisions(l simulate.Limiter, at ...time.Duration) string {
	var b strings.Builder
	for _, t := range at {
		if admitted, _ := l.Decide(t, 0); admitted {
			b.WriteByte('+')
		} else {
			b.WriteByte('-')
		}
	}
	return b.String()
}

// times n hits at one instant.
func times(n int, at time.Duration) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = at
	}
	return all
}

func join(parts ...[]time.Duration) []time.Duration {
	var all []time.Duration
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// Every expectation is worked out by hand from the definition of the limiter.
func TestDecisions(t *testing.T) {
	window := func(quota int, length time.Duration) *simulate.Window {
		return &simulate.Window{Quota: quota, Length: length, FromFirst: true}
	}
	for _, test := range []struct {
		name string
		l    simulate.Limiter
		at   []time.Duration
		want string
	}{
		{
			"bucket: three at once, one each 500 ms", &simulate.Bucket{Rate: 2, Size: 3},
			join(times(4, 0), []time.Duration{499 * ms, 500 * ms, 501 * ms, 1000 * ms}, times(4, 10*sec)), "+++--+-++++-",
		},
		{
			"bucket: debt of two must be paid first", &simulate.Bucket{Rate: 1, Size: 1, Debt: true},
			[]time.Duration{0, 0, 0, 2999 * ms, 10 * sec},
			"+---+",
		},
		{
			"bucket: a debt of one is paid after two seconds", &simulate.Bucket{Rate: 1, Size: 1, Debt: true},
			[]time.Duration{0, 0, 2 * sec},
			"+-+",
		},
		{
			"bucket: a limited hit takes the half token there is", &simulate.Bucket{Rate: 1, Size: 1, Spill: true},
			[]time.Duration{0, 500 * ms, 1400 * ms, 2400 * ms},
			"+--+",
		},
		{
			"bucket: a limited hit takes the half token that was left", &simulate.Bucket{Rate: 1, Size: 2, Spill: true},
			[]time.Duration{0, 0, 1500 * ms, 1500 * ms, 2400 * ms, 3400 * ms},
			"+++--+",
		},
		{
			"bucket: half of a whole token's inflow is lost", &simulate.Bucket{Rate: 1, Size: 2, Unit: 1},
			[]time.Duration{0, 0, 1500 * ms, 2400 * ms, 2500 * ms},
			"+++-+",
		},
		{
			"gcra: the same as a bucket", &simulate.GCRA{Every: 500 * ms, Burst: 3},
			join(times(4, 0), []time.Duration{499 * ms, 500 * ms, 501 * ms, 1000 * ms}, times(4, 10*sec)), "+++--+-++++-",
		},
		{
			"stepped: two tokens at each second of the grid", &simulate.Stepped{Amount: 2, Size: 3, Every: sec, Since: 400 * ms},
			join(times(4, 0), times(1, 599*ms), times(3, 600*ms), times(4, 10*sec)), "+++--++-+++-",
		},
		{
			"stepped: the grid begins with the first hit", &simulate.Stepped{Amount: 1, Size: 1, Every: sec, FromFirst: true},
			[]time.Duration{300 * ms, 1299 * ms, 1300 * ms, 2100 * ms, 2300 * ms},
			"+-+-+",
		},
		{
			"window on the clock", &simulate.Window{Quota: 2, Length: sec, Since: 1700 * ms},
			join(times(3, 0), times(1, 299*ms), times(3, 300*ms), times(1, 1300*ms)), "++--++-+",
		},
		{
			"window from the first hit", window(2, sec),
			[]time.Duration{200 * ms, 900 * ms, 1199 * ms, 1200 * ms, 2100 * ms, 2199 * ms, 2200 * ms},
			"++-++-+",
		},
		{
			"window from the first hit: silence begins none", window(1, sec),
			[]time.Duration{0, 2500 * ms, 3000 * ms, 3499 * ms, 3500 * ms},
			"++--+",
		},
		{
			"log: at most two in any second", &simulate.Log{Quota: 2, Length: sec},
			[]time.Duration{0, 600 * ms, 900 * ms, 1000 * ms, 1500 * ms, 1600 * ms},
			"++-+-+",
		},
		{
			"log: limited hits count", &simulate.Log{Quota: 2, Length: sec, Counting: true},
			[]time.Duration{0, 600 * ms, 900 * ms, 1000 * ms, 1900 * ms, 2900 * ms, 2901 * ms},
			"++--+++",
		},
		{
			// Second window: 4·(1−e) + n below 4 after e, so the n-th at e = n/4.
			"counter", &simulate.Counter{Quota: 4, Length: sec},
			join(times(5, 0), []time.Duration{1000 * ms, 1001 * ms, 1002 * ms, 1249 * ms, 1251 * ms, 1252 * ms, 1751 * ms}, times(1, 1752*ms)),
			"++++--+--+-++",
		},
		{
			"counter: rounded down", &simulate.Counter{Quota: 4, Length: sec, Rounding: simulate.Floor},
			join(times(5, 0), []time.Duration{1000 * ms, 1001 * ms, 1002 * ms, 1249 * ms, 1251 * ms}), "++++--+--+",
		},
		{
			// 4·(1−e) rounds to 3 from just after e = 1/8 on.
			"counter: rounded half up", &simulate.Counter{Quota: 4, Length: sec, Rounding: simulate.HalfUp},
			join(times(5, 0), []time.Duration{1124 * ms, 1126 * ms, 1127 * ms, 1376 * ms}), "++++--+-+",
		},
		{
			"counter: at most", &simulate.Counter{Quota: 4, Length: sec, Loose: true},
			join(times(6, 0), []time.Duration{1199 * ms, 1201 * ms}), "+++++--+",
		},
		{
			// Five limited ones count: 7·(1−e) is below 2 after e = 5/7.
			"counter: limited hits count", &simulate.Counter{Quota: 2, Length: sec, Counting: true},
			join(times(7, 0), []time.Duration{1720 * ms}), "++-----+",
		},
		{
			"counter: two windows later nothing is left", &simulate.Counter{Quota: 1, Length: sec},
			[]time.Duration{0, 999 * ms, 2000 * ms},
			"+-+",
		},
		{
			"queue: one at once and two that wait", &simulate.Queue{Every: 100 * ms, Free: 1, Waiting: 2},
			join(times(4, 0), []time.Duration{99 * ms, 100 * ms, 101 * ms}), "+++--+-",
		},
		{"pacer", &simulate.Queue{Every: sec, Free: 1, Waiting: -1}, times(5, 0), "+++++"},
		{"none", simulate.None{}, times(5, 0), "+++++"},
		{
			"both: the one with less room",
			simulate.All{window(2, sec), window(3, 4*sec)},
			join(times(3, 0), times(2, sec), times(1, 2*sec), times(3, 4*sec)), "++-+--++-",
		},
		{
			"either: what is too much for one draws on the other",
			simulate.Either{window(1, sec), window(2, 10*sec)},
			join(times(4, 0), times(2, sec)), "+++-+-",
		},
		{
			"block", &simulate.Block{Limiter: window(1, sec), For: 3 * sec},
			[]time.Duration{0, 500 * ms, 2 * sec, 3400 * ms, 3500 * ms},
			"+---+",
		},
		{
			"block, renewed", &simulate.Block{Limiter: window(1, sec), For: 3 * sec, Renewed: true},
			[]time.Duration{0, 500 * ms, 2 * sec, 4900 * ms, 7800 * ms, 10800 * ms},
			"+----+",
		},
		{
			"a clock of seconds",
			simulate.Coarse{Limiter: &simulate.Bucket{Rate: 1, Size: 1}, Grain: sec, Since: 700 * ms},
			[]time.Duration{0, 299 * ms, 300 * ms, 1299 * ms, 1300 * ms},
			"+-+-+",
		},
		{
			"a window on a clock of seconds",
			simulate.Coarse{
				Limiter: &simulate.Window{Quota: 1, Length: 2 * sec, Since: 1700 * ms}, Grain: sec, Since: 1700 * ms,
			},
			[]time.Duration{0, 299 * ms, 300 * ms, 2299 * ms, 2300 * ms},
			"+-+-+",
		},
		{
			"replicas take turns", &simulate.Replicas{Each: []simulate.Limiter{window(1, sec), window(2, sec)}},
			times(6, 0), "++-+--",
		},
		{
			"changing",
			simulate.Changing{Before: simulate.None{}, After: simulate.Cap{}, When: sec},
			[]time.Duration{0, 999 * ms, sec},
			"++-",
		},
	} {
		if got := decisions(test.l, test.at...); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestQueueDelays(t *testing.T) {
	q := &simulate.Queue{Every: 100 * ms, Free: 2, Waiting: 2}
	for i, test := range []struct{ at, delay time.Duration }{
		{0, 0}, {0, 0}, {0, 100 * ms}, {0, 200 * ms}, // the fifth would wait 300 ms
		{100 * ms, 200 * ms}, {250 * ms, 150 * ms}, {sec, 0}, {sec, 0}, {sec, 100 * ms},
	} {
		if admitted, delay := q.Decide(test.at, 0); !admitted || delay != test.delay {
			t.Errorf("hit %d: %v after %v, want %v", i, admitted, delay, test.delay)
		}
	}
	if admitted, _ := q.Decide(sec, 0); !admitted {
		t.Error("the second in the queue is refused")
	}
	if admitted, _ := q.Decide(sec, 0); admitted {
		t.Error("the third in the queue is admitted")
	}
}

func TestCap(t *testing.T) {
	c := simulate.Cap{Most: 2}
	for inFlight, want := range []bool{true, true, false, false} {
		if got, _ := c.Decide(0, inFlight); got != want {
			t.Errorf("%d in flight: %v", inFlight, got)
		}
	}
}

// A bucket and the virtual schedule are the same limiter.
func TestBucketIsGCRA(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	b, g := &simulate.Bucket{Rate: 8, Size: 5}, &simulate.GCRA{Every: sec / 8, Burst: 5}
	var at time.Duration
	for i := range 100_000 {
		at += time.Duration(random.ExpFloat64() * float64(sec) / 9)
		x, _ := b.Decide(at, 0)
		y, _ := g.Decide(at, 0)
		if x != y {
			t.Fatalf("hit %d at %v: %v and %v", i, at, x, y)
		}
	}
}

// Each token is gone within some milliseconds when others send a thousand hits
// a second, and there when nobody does.
func TestCrowded(t *testing.T) {
	at := ticks(13*sec, 130*ms)
	crowded := func(rate float64) string {
		return decisions(&simulate.Crowded{
			Limiter: &simulate.Bucket{Rate: 10, Size: 1}, Rate: rate, Random: rand.New(rand.NewPCG(1, 1)),
		}, at...)
	}
	if n := strings.Count(crowded(1000), "+"); n > 12 {
		t.Errorf("%d of 100 are admitted in a crowd", n)
	}
	if n := strings.Count(crowded(1e-9), "+"); n != 100 {
		t.Errorf("%d of 100 are admitted beside nobody", n)
	}
}

func ticks(until, every time.Duration) []time.Duration {
	var all []time.Duration
	for at := time.Duration(0); at < until; at += every {
		all = append(all, at)
	}
	return all
}
