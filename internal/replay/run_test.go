package replay_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"ratefit/internal/accesslog"
	"ratefit/internal/replay"
)

// start is a whole minute, hour and day on the clock.
var start = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

// A hit is a request of some client, at a time since the start.
type hit struct {
	at     time.Duration
	client string
	took   time.Duration
	write  bool
}

func traffic(t rapid.TB, hits []hit, by string, whole bool) *replay.Traffic {
	dimensions, ok := replay.Dimensional(by)
	if !ok {
		t.Fatal(by)
	}
	all := replay.NewTraffic(dimensions, true)
	for _, h := range hits {
		q := accesslog.Request{At: start.UnixNano() + int64(h.at), Whole: whole, Took: h.took, Client: h.client, Class: "read", Path: "/a/b"}
		if h.write {
			q.Class = "write"
		}
		if err := all.Add(&q); err != nil {
			t.Fatal(err)
		}
	}
	all.Seal()
	return all
}

func hitsAt(client string, at ...time.Duration) []hit {
	var all []hit
	for _, a := range at {
		all = append(all, hit{at: a, client: client})
	}
	return all
}

func several(n int, at time.Duration) []time.Duration { return slices.Repeat([]time.Duration{at}, n) }

const sec = time.Second

// Each count is worked out by hand.
func TestRun(t *testing.T) {
	for _, test := range []struct {
		name, limits, by  string
		hits              []hit
		refused, affected int
	}{
		{"a burst, then one each second", "token-bucket,rate=1,burst=3", "client", hitsAt("a", append(several(5, 0), sec, sec, 3*sec)...), 3, 1},
		{"two clients are apart", "token-bucket,rate=1,burst=3", "client", append(hitsAt("a", several(4, 0)...), hitsAt("b", several(3, 0)...)...), 1, 1},
		{"two clients together", "token-bucket,rate=1,burst=3", "all", append(hitsAt("a", several(3, 0)...), hitsAt("b", several(3, 0)...)...), 3, 1},
		{"a window on the clock", "fixed-window,quota=2,window=1m", "client", hitsAt("a", 59*sec, 59*sec, 59*sec, 60*sec, 60*sec, 119*sec, 120*sec), 2, 1},
		{"a window from the first hit", "fixed-window,quota=2,window=1m,anchor=first-hit", "client", hitsAt("a", 59*sec, 59*sec, 60*sec, 118*sec, 119*sec, 120*sec), 2, 1},
		{"a log", "sliding-window-log,quota=2,window=1m", "client", hitsAt("a", 0, 59*sec, 59*sec, 60*sec, 118*sec, 119*sec), 2, 1},
		{"a log that counts all", "sliding-window-log,quota=2,window=1m,limited-hits-count=true", "client", hitsAt("a", 0, 59*sec, 59*sec, 60*sec, 118*sec, 119*sec), 4, 1},
		{"two limits", "token-bucket,rate=1,burst=3 fixed-window,quota=4,window=1m", "client", hitsAt("a", append(several(4, 0), 10*sec, 20*sec, 60*sec)...), 2, 1},
		{"a block", "token-bucket,rate=1,burst=1,block=10s", "client", hitsAt("a", 0, 0, 5*sec, 9*sec, 10*sec), 3, 1},
		{"another class", "write:token-bucket,rate=1,burst=1", "client,class", hitsAt("a", several(9, 0)...), 0, 0},
		{"a queue", "leaky-bucket-queue,rate=1,queue=2", "client", hitsAt("a", several(5, 0)...), 2, 1},
		{"nothing", "unlimited", "client", hitsAt("a", several(5, 0)...), 0, 0},
		{"a step", "token-bucket-stepped,burst=2,refill-interval=1m,refill-amount=2", "client", hitsAt("a", 59*sec, 59*sec, 59*sec, 60*sec, 60*sec, 60*sec), 2, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var limits []replay.Limit
			for text := range strings.FieldsSeq(test.limits) {
				limits = append(limits, parsed(t, text))
			}
			o := replay.Run(traffic(t, test.hits, test.by, false), limits, replay.AsRecorded)
			if o.Refused != test.refused || o.Affected != test.affected || o.Requests != len(test.hits) {
				t.Errorf("%d of %d refused, %d clients; want %d, %d", o.Refused, o.Requests, o.Affected, test.refused, test.affected)
			}
		})
	}
}

// A cap counts what is still being served.
func TestConcurrency(t *testing.T) {
	hits := []hit{
		{at: 0, client: "a", took: 10 * sec},
		{at: 1 * sec, client: "a", took: 2 * sec},
		{at: 2 * sec, client: "a", took: sec}, // two are there
		{at: 3 * sec, client: "a", took: sec}, // the second is done
		{at: 3 * sec, client: "a", took: sec},
		{at: 4 * sec, client: "a", took: sec},
	}
	o := replay.Run(traffic(t, hits, "client", false), []replay.Limit{parsed(t, "concurrency,in-flight=2")}, replay.AsRecorded)
	if o.Refused != 2 {
		t.Errorf("%d refused, want 2", o.Refused)
	}
}

// What is told of who, when and how long.
func TestOutcome(t *testing.T) {
	hits := slices.Concat(
		hitsAt("a", 0, 0, 0, 61*sec, 61*sec),
		hitsAt("ü", append(several(4, 62*sec), 63*sec, 70*sec)...),
		hitsAt("c", 5*sec),
	)
	for _, by := range []string{"client", "client,class", "client,credential", "client,path"} {
		o := replay.Run(traffic(t, hits, by, false), []replay.Limit{parsed(t, "token-bucket,rate=1/min,burst=1")}, replay.AsRecorded)
		if o.Refused != 8 || o.Affected != 2 || o.Clients != 3 || !o.First.Equal(start) {
			t.Errorf("by %s: %+v", by, o)
		}
		wantStreak := replay.Streak{Client: "ü", Requests: 5, From: start.Add(62 * sec), To: start.Add(70 * sec)}
		if *o.Streak != wantStreak {
			t.Errorf("by %s: the longest streak is %+v, want %+v", by, *o.Streak, wantStreak)
		}
		wantWorst := []replay.ClientCount{
			{Client: "ü", Requests: 6, Refused: 5, First: start.Add(62 * sec), Streak: 5},
			{Client: "a", Requests: 5, Refused: 3, First: start, Streak: 2},
		}
		if !reflect.DeepEqual(o.Worst, wantWorst) {
			t.Errorf("by %s: the worst are %+v, want %+v", by, o.Worst, wantWorst)
		}
		wantMinutes := []replay.BinCount{{Start: start.Add(60 * sec), Requests: 8, Refused: 6}, {Start: start, Requests: 4, Refused: 2}}
		if !reflect.DeepEqual(o.Minutes, wantMinutes) || len(o.Series) != 2 {
			t.Errorf("by %s: the minutes are %+v, want %+v", by, o.Minutes, wantMinutes)
		}
	}
}

// Of a log that is not in order, it is still known whose each request is.
func TestWhoseIsKnownOutOfOrder(t *testing.T) {
	hits := slices.Concat(hitsAt("late", 2*sec), hitsAt("first", 0), hitsAt("second", sec))
	hits[0].took, hits[1].took, hits[2].took = sec, 10*sec, sec
	for _, limit := range []string{"token-bucket,rate=1/min,burst=2", "concurrency,in-flight=2"} {
		o := replay.Run(traffic(t, hits, "all", false), []replay.Limit{parsed(t, limit)}, replay.AsRecorded)
		switch {
		case limit[0] == 't' && (o.Refused != 1 || o.Worst[0].Client != "late"):
			t.Errorf("%s: %+v", limit, o.Worst)
		case limit[0] == 'c' && o.Refused != 0: // the second is done when the last one comes
			t.Errorf("%s: %+v", limit, o.Worst)
		}
	}
}

// A client's first refusal is the earliest at any of its limiters.
func TestFirstOfSeveral(t *testing.T) {
	hits := hitsAt("a", 9*sec, 9*sec)
	for _, h := range hitsAt("a", 5*sec, 5*sec) {
		h.write = true
		hits = append(hits, h)
	}
	o := replay.Run(traffic(t, hits, "client,class", false), []replay.Limit{parsed(t, "token-bucket,rate=1/min,burst=1")}, replay.AsRecorded)
	if want := start.Add(5 * sec); o.Refused != 2 || !o.First.Equal(want) || !o.Worst[0].First.Equal(want) {
		t.Errorf("%d refused, first %v, %+v; want %v", o.Refused, o.First, o.Worst, want)
	}
	wantClasses := []replay.ClassCount{{Class: "read", Requests: 2, Refused: 1}, {Class: "write", Requests: 2, Refused: 1}}
	if !reflect.DeepEqual(o.Classes, wantClasses) {
		t.Errorf("the classes are %+v", o.Classes)
	}
}

// Of a limiter that is shared, streaks and firsts are each client's own.
func TestStreaksOfOneLimiter(t *testing.T) {
	hits := slices.Concat(hitsAt("a", 0), hitsAt("b", 1*sec), hitsAt("a", 2*sec), hitsAt("b", 3*sec), hitsAt("a", 60*sec), hitsAt("b", 61*sec))
	o := replay.Run(traffic(t, hits, "all", false), []replay.Limit{parsed(t, "token-bucket,rate=1/min,burst=1")}, replay.AsRecorded)
	want := replay.Streak{Client: "b", Requests: 3, From: start.Add(sec), To: start.Add(61 * sec)}
	if o.Refused != 4 || *o.Streak != want {
		t.Errorf("%d refused, streak %+v, want %+v", o.Refused, *o.Streak, want)
	}
}

// A queue of one each second holds four of five back: 1, 2, 3 and 4 s.
func TestDelays(t *testing.T) {
	o := replay.Run(traffic(t, hitsAt("a", several(5, 0)...), "client", false), []replay.Limit{parsed(t, "leaky-bucket-queue,rate=1,queue=10")}, replay.AsRecorded)
	d := o.Delays
	if d == nil || d.Delayed != 4 || d.Max != 4 || d.P50 < 2 || d.P50 > 2.02 || d.P99 < 3.96 || d.P99 > 4 {
		t.Errorf("%+v", d)
	}
}

// Times in whole seconds: at once three are refused, evenly spread one.
func TestWholeSeconds(t *testing.T) {
	hits := hitsAt("a", slices.Concat(several(4, 0), several(4, sec), several(4, 2*sec))...)
	all := traffic(t, hits, "client", true)
	limits := []replay.Limit{parsed(t, "token-bucket,rate=4,burst=1")}
	var refused []int
	for _, how := range all.Suppositions() {
		refused = append(refused, replay.Run(all, limits, how).Refused)
	}
	if !slices.Equal(refused, []int{9, 0}) || !slices.Equal(all.Suppositions(), []replay.Instants{replay.AtOnce, replay.Spread}) {
		t.Errorf("refused %v as %v", refused, all.Suppositions())
	}
}

// The order in which a log has its lines does not matter.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hits := someHits(t)
		shuffled := slices.Clone(hits)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		rng.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
		limits := []replay.Limit{parsed(t, "token-bucket,rate=0.5,burst=2")}
		by := rapid.SampledFrom([]string{"all", "client"}).Draw(t, "by")
		a := replay.Run(traffic(t, hits, by, false), limits, replay.AsRecorded)
		b := replay.Run(traffic(t, shuffled, by, false), limits, replay.AsRecorded)
		if a.Refused != b.Refused || by == "client" && a.Affected != b.Affected {
			t.Errorf("%d refused in order, %d shuffled", a.Refused, b.Refused)
		}
	})
}

// someHits are hits of a few clients at multiples of 1/8 s: what a bucket with a
// rate of a power of two makes of them is exact in floating point.
func someHits(t *rapid.T) []hit {
	at := time.Duration(0)
	var all []hit
	for range rapid.IntRange(1, 60).Draw(t, "hits") {
		at += time.Duration(rapid.IntRange(0, 12).Draw(t, "gap")) * sec / 8
		all = append(all, hit{at: at, client: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "client"), took: sec})
	}
	return all
}

// The foreign truth: golang.org/x/time/rate decides about the same hits.
func TestTokenBucketIsThatOfXTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hits := someHits(t)
		perSecond := rapid.SampledFrom([]string{"0.25", "0.5", "1", "2", "4"}).Draw(t, "rate")
		burst := rapid.SampledFrom([]string{"1", "2", "3", "7"}).Draw(t, "burst")
		l := parsed(t, "token-bucket,rate="+perSecond+",burst="+burst)
		limiters := map[string]*rate.Limiter{}
		want := 0
		for _, h := range hits {
			if limiters[h.client] == nil {
				limiters[h.client] = rate.NewLimiter(rate.Limit(l.Rate), int(l.Burst))
			}
			if !limiters[h.client].AllowN(start.Add(h.at), 1) {
				want++
			}
		}
		if got := replay.Run(traffic(t, hits, "client", false), []replay.Limit{l}, replay.AsRecorded).Refused; got != want {
			t.Errorf("%d refused, by x/time/rate %d", got, want)
		}
	})
}
