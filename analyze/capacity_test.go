package analyze

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"ratefit/internal/trace"
)

// What is told of a limiter holds of the one that made the trace, which shares no
// code with the models: golang.org/x/time/rate with the settings that were told is
// never limited, and from rest as many hits are admitted as were told.
func TestCapacityOfTruths(t *testing.T) {
	long(t)
	for _, want := range truths() {
		t.Run(want.name, func(t *testing.T) {
			t.Parallel()
			limiters := map[string]func(time.Duration) bool{"a": want.start(), "b": want.start()}
			l := analyse(decidedBy(12, []string{"read"}, []string{"a", "b"}, func(_, s string, at time.Duration) bool { return limiters[s](at) }), Options{}).Limits[0]
			c := l.Capacity
			if c == nil || c.Client == nil || c.Why != "" || len(c.Fits) != 5 || len(c.Takes) != 4 {
				t.Fatalf("%+v", c)
			}
			if p := c.Client; p.Rate < 0.8*want.rate || p.Rate > want.rate || p.Burst < 1 || float64(p.Burst) > want.burst || p.Concurrency < 1 {
				t.Errorf("pace %+v of %v/s, %v", p, want.rate, want.burst)
			}
			rapid.Check(t, func(t *rapid.T) { neverLimited(t, want, c.Client) })
			for _, f := range c.Fits[:3] {
				if got := mostAdmitted(want, f.Duration); got < f.FromRest || 2*f.FromRest < got {
					t.Errorf("%d fit into %v s, told %d", got, f.Duration, f.FromRest)
				}
			}
		})
	}
}

// neverLimited sends as fast as the settings allow, with lulls, over a network with
// all the jitter that they allow for.
func neverLimited(t *rapid.T, want truth, p *Pace) {
	origin := time.Unix(1_000_000, 0)
	client := rate.NewLimiter(rate.Limit(p.Rate), p.Burst)
	at, arrivals := time.Hour, []time.Duration{}
	for range 300 {
		if rapid.IntRange(0, 20).Draw(t, "lull") == 0 {
			at += time.Duration(1e9 * rapid.Float64Range(0, 2*float64(p.Burst)/p.Rate).Draw(t, "for"))
		}
		at += client.ReserveN(origin.Add(at), 1).DelayFrom(origin.Add(at))
		late := rapid.Float64Range(0, 1).Draw(t, "late") * p.Jitter * 1e9
		arrivals = append(arrivals, at+time.Duration(late))
	}
	slices.Sort(arrivals)
	decide := want.start()
	for i, at := range arrivals {
		if !decide(at) {
			t.Fatalf("%s: hit %d of %+v is limited", want.name, i, p)
		}
	}
}

// mostAdmitted is how many hits are admitted within a time from rest of a client that
// tries every millisecond.
func mostAdmitted(want truth, within float64) int {
	decide, n := want.start(), 0
	begin := time.Hour + 1
	for at := begin; at <= begin+time.Duration(within*1e9); at += time.Millisecond {
		for decide(at) {
			n++
		}
	}
	return n
}

// streamOf makes a stream of hits, answered after a time.
func streamOf(took time.Duration, outcomes string, gap time.Duration) *Stream {
	s := &Stream{}
	for i, o := range outcomes {
		at := int64(i) * int64(gap)
		s.add(uint32(i), at, at+int64(took), map[rune]trace.Outcome{'a': trace.Admitted, 'l': trace.Limited, '?': trace.Unknown}[o])
	}
	s.order()
	return s
}

func bucketFit(low, high, burst float64) Fit {
	return Fit{Consistent: true, Rate: bounded(low, low, high), Burst: exactly(burst), Params: map[string]Parameter{}}
}

func windowFit(quota, window float64) Fit {
	return Fit{
		Consistent: true, Rate: exactly(quota / window), Burst: exactly(quota),
		Params: map[string]Parameter{"window_s": {Interval: exactly(window)}, "quota": {Interval: exactly(quota)}},
	}
}

// capacityWith is the capacity of a limit with these survivors.
func capacityWith(v Verdict, fits map[Model]Fit) *Capacity {
	p := pool{streams: []*Stream{streamOf(4*time.Millisecond, strings.Repeat("al", 30), time.Second)}}
	p.fits = map[string]Fit{}
	for m, f := range fits {
		p.survivors, p.fits[m.Doc().Title] = append(p.survivors, m), f
		p.model, p.fit = m, f
	}
	return (&Limit{Verdict: v}).capacity(p)
}

func TestCapacityOfABucket(t *testing.T) {
	c := capacityWith(Identified, map[Model]Fit{TokenBucket{}: bucketFit(1.9991, 2.0005, 30)})
	fits := []FitsIn{{1, 31, 1}, {10, 49, 19}, {60, 149, 119}, {3600, 7226, 7196}, {86400, 172_752, 172_722}}
	if !slices.Equal(c.Fits, fits) {
		t.Errorf("%v, want %v", c.Fits, fits)
	}
	for i, want := range []float64{0, 70 / 1.9991, 970 / 1.9991, 9970 / 1.9991} {
		if got := c.Takes[i].Duration; got < want || got > want+0.0011 {
			t.Errorf("%d take %v s, want %v", c.Takes[i].Requests, got, want)
		}
	}
	if p := *c.Client; p.Rate != 1.9991 || p.Burst != 29 || p.Concurrency != 1 || p.Reply != 0.004 || p.Jitter != 0.001 {
		t.Errorf("%+v", p)
	}
}

// Little's law: at 200 requests a second that take 50 ms, ten are under way.
func TestConcurrencyByLittlesLaw(t *testing.T) {
	p := pool{streams: []*Stream{streamOf(50*time.Millisecond, "aaaaaaaaaa", time.Second)}}
	p.survivors, p.fits = []Model{TokenBucket{}}, map[string]Fit{TokenBucket{}.Doc().Title: bucketFit(200, 200, 50)}
	if c := (&Limit{Verdict: Identified}).capacity(p); c.Client.Concurrency != 10 {
		t.Errorf("%+v", c.Client)
	}
	p.survivors, p.fits = []Model{Concurrency{}}, map[string]Fit{Concurrency{}.Doc().Title: {Consistent: true, NoRate: true, Burst: bounded(8, 7, 9)}}
	if c := (&Limit{Verdict: Identified}).capacity(p); c.Client.Concurrency != 7 || c.Client.Pause != 0.002 || c.Client.Rate != 0 || c.Fits != nil || c.Why == "" {
		t.Errorf("%+v", c)
	}
}

// Of several models the worst counts, for each number.
func TestCapacityOfSeveralModels(t *testing.T) {
	c := capacityWith(Undetermined, map[Model]Fit{TokenBucket{}: bucketFit(1.5, 2.5, 30), SlidingWindowLog{}: windowFit(28, 14)})
	if c.Why == "" || c.Fits[0].FromRest != 28 || c.Fits[3].Sustained != 5400 || c.Client.Rate > 1.5 || c.Client.Burst > 3 {
		t.Errorf("%+v %+v", c, c.Client)
	}
}

// Where too little is known there are no numbers, but a reason.
func TestNoCapacityWithoutKnowledge(t *testing.T) {
	bucket := map[Model]Fit{TokenBucket{}: bucketFit(1.5, 2.5, 30)}
	open := bucketFit(1.5, 2.5, 30)
	open.Rate.Low = nil
	for name, c := range map[string]*Capacity{
		"contradicted": capacityWith(Contradicted, bucket),
		"insufficient": capacityWith(Insufficient, bucket),
		"one in doubt": capacityWith(Undetermined, bucket),
		"no bound":     capacityWith(Identified, map[Model]Fit{TokenBucket{}: open}),
		"unresolved":   capacityWith(Undetermined, map[Model]Fit{TokenBucket{}: bucketFit(1.5, 2.5, 30), SlidingWindowCounter{}: unresolved("too many")}),
		"cap or rate":  capacityWith(Undetermined, map[Model]Fit{TokenBucket{}: bucketFit(1.5, 2.5, 30), Concurrency{}: {Consistent: true, NoRate: true, Burst: exactly(3)}}),
	} {
		if c == nil || c.Why == "" || c.Fits != nil || c.Takes != nil || c.Client != nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if c := (&Limit{Verdict: Insufficient}).capacity(pool{}); c != nil {
		t.Errorf("no hits: %+v", c)
	}
}

// Unlimited is never said of more than was sent.
func TestCapacityUnlimited(t *testing.T) {
	p := pool{streams: []*Stream{streamOf(time.Millisecond, strings.Repeat("a", 241), 50*time.Millisecond), streamOf(time.Millisecond, "aaaa", time.Millisecond)}}
	c := (&Limit{Verdict: Unlimited}).capacity(p)
	if want := []FitsIn{{1, 20, 20}, {10, 200, 200}}; !slices.Equal(c.Fits, want) || c.Client != nil || c.Takes != nil || c.Why == "" {
		t.Errorf("%+v", c)
	}
	p.streams = p.streams[1:]
	if c := (&Limit{Verdict: Unlimited}).capacity(p); c.Fits != nil || c.Why == "" {
		t.Errorf("%+v", c)
	}
}

// A queue answers one at once; what waits is admitted, but not answered.
func TestCapacityOfAQueue(t *testing.T) {
	c := capacityWith(Identified, map[Model]Fit{LeakyBucketQueue{}: bucketFit(10, 10, 21)})
	if c.Fits[1].FromRest != 100 || c.Client.Burst != 20 || math.Abs(c.Takes[1].Duration-9.901) > 1e-3 {
		t.Errorf("%+v %+v", c, c.Client)
	}
}

// A day at a thousand a second takes no longer than a second at one.
func BenchmarkCapacity(b *testing.B) {
	p := pool{streams: []*Stream{streamOf(time.Millisecond, strings.Repeat("al", 5000), time.Millisecond)}}
	p.survivors = []Model{TokenBucket{}, SlidingWindowLog{}}
	p.fits = map[string]Fit{TokenBucket{}.Doc().Title: bucketFit(1000, 1000, 30), SlidingWindowLog{}.Doc().Title: windowFit(1000, 1)}
	l := Limit{Verdict: Undetermined}
	for b.Loop() {
		l.capacity(p)
	}
}
