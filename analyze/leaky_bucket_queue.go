package analyze

import (
	"math"
	"slices"
	"sort"
	"time"

	"ratefit/internal/trace"
)

// LeakyBucketQueue is the leaky bucket as a queue: what exceeds the rate is
// delayed, not refused, until queue hits wait; then hits are limited. A pacer
// never refuses. The delays carry the information: delayed hits leave at
// exactly the rate.
type LeakyBucketQueue struct{}

// Name implements [Model].
func (LeakyBucketQueue) Name() string { return "leaky-bucket-queue" }

// Doc implements [Model].
func (LeakyBucketQueue) Doc() Doc {
	return Doc{
		Title:     "leaky bucket as a queue",
		About:     "admits free hits at once and delays the rest to the sustained rate, up to queue of them; further ones are limited (a pacer: never)",
		Signature: "from rest, the replies of a burst come one by one, 1/rate apart; a client that waits for each reply is never limited",
	}
}

// What makes delays those of a queue.
const (
	fewDelayed = 6   // fewer delayed hits prove nothing
	evenness   = 0.3 // replies must be timed to this share of the spacing
	longRun    = 50  // so many in a row that leave evenly are no accident,
	roughness  = 0.5 // even if they are timed to this share only
)

// Fit implements [Model].
//
// A delayed hit leaves 1/rate after the hit before it. Its reply comes at most
// a little later; how much is taken from the replies that were not delayed:
// those that were limited, and the fastest. That is an assumption about the
// network, as every use of response times has to make one.
func (m LeakyBucketQueue) Fit(streams []*Stream, o Options) Fit {
	overhead := replyTime(streams)
	spacing := rateSet{0, math.Inf(1)} // ns per hit
	delayed, punctual, longest := 0, 0, 0
	for _, s := range streams {
		for _, run := range s.delayedRuns(overhead) {
			even, ok := run.punctual(float64(overhead))
			if ok && even.spacing()*roughness < float64(overhead) {
				continue // a stall
			}
			delayed += len(run)
			if ok {
				punctual += len(even)
				longest = max(longest, len(even))
				narrowSpacing(&spacing, even, float64(2*overhead))
			}
		}
	}
	if punctual < fewDelayed || 4*punctual < 3*delayed || spacing.low > spacing.high {
		return Fit{}
	}
	if late := float64(overhead) / spacing.low; late > roughness || late > evenness && longest < longRun {
		return Fit{}
	}
	at := arrivals(streams)
	rates := rateSet{1e9 / spacing.high, 1e9 / spacing.low}
	for _, g := range grains[:3] {
		c := cutOptions{grain: int64(g), rest: o.AtRest}
		if set, ok := shrink(rates, func(low, high float64) cut { return cutOver(at, low, high, c) }); ok {
			return m.describe(streams, at, set, c)
		}
		// A queue that is bounded by the delay need not hold a whole number.
		const parts = 1000
		if set, ok := shrink(rates, func(low, high float64) cut {
			whole := cutOver(at, low, high, c)
			return cut{parts * whole.lo, parts * whole.hi}
		}); ok {
			return m.describe(streams, at, set, c)
		}
	}
	return Fit{}
}

// describe turns the rates that will do into a fit.
func (LeakyBucketQueue) describe(streams, at []*Stream, set rateSet, c cutOptions) Fit {
	f := TokenBucket{}.fit(at, c, set)
	f.Region = nil
	f.Burst = admittedAtOnce(f.Burst)
	delete(f.Params, clockGrain)
	delete(f.Params, initialDeficit)
	free := freePlaces(at, streams, set.middle(), f.Burst.Value+1)
	f.Params["free"] = Parameter{Interval: free}
	queue := Interval{Value: f.Burst.Value - free.Value}
	if f.Burst.Low != nil && free.High != nil {
		low := max(0, *f.Burst.Low-*free.High)
		queue.Low = &low
	}
	if f.Burst.High != nil && free.Low != nil {
		high := *f.Burst.High - *free.Low
		queue.High = &high
	}
	f.Params["queue"] = Parameter{Interval: queue}
	return f
}

// admittedAtOnce rounds what a queue holds down to whole hits.
func admittedAtOnce(b Interval) Interval {
	if b.Low != nil && b.High != nil && math.Floor(*b.High) < math.Ceil(*b.Low) {
		return exactly(math.Floor(*b.Low))
	}
	return b
}

// replyTime is how long (ns) a reply may take that nothing delays: the longest
// of nearly all limited ones, but at least twice the shortest of all, and 2 ms.
func replyTime(streams []*Stream) int64 {
	var limited []int64
	shortest := int64(never)
	for _, s := range beginning(streams, longStreams) {
		for hit, o := range s.outcome {
			if s.to[hit] == never {
				continue
			}
			took := s.to[hit] - s.from[hit]
			shortest = min(shortest, took)
			if o == trace.Limited {
				limited = append(limited, took)
			}
		}
	}
	least := int64(2e6)
	if shortest != never {
		least = max(least, 2*shortest)
	}
	if len(limited) == 0 {
		return least
	}
	slices.Sort(limited)
	return max(least, limited[(len(limited)-1)*98/100])
}

// A queueRun is the hits that left one after the other from a queue: when
// each was answered (ns), and its place.
type queueRun []queuePlace

type queuePlace struct{ place, at float64 }

// delayedRuns returns the hits that left a queue: each was sent before the one
// ahead of it left, and waited for it.
func (s *Stream) delayedRuns(overhead int64) []queueRun {
	var runs []queueRun
	var run queueRun
	for _, hit := range s.byTo {
		if s.outcome[hit] != trace.Admitted || s.to[hit] == never {
			continue
		}
		waited := s.to[hit]-s.from[hit] > 2*overhead
		if n := len(run); n > 0 && waited && float64(s.from[hit]+overhead) < run[n-1].at {
			run = append(run, queuePlace{float64(n), float64(s.to[hit])})
			continue
		}
		if len(run) > 2 {
			runs = append(runs, run)
		}
		if run = nil; waited {
			run = queueRun{{0, float64(s.to[hit])}}
		}
	}
	if len(run) > 2 {
		runs = append(runs, run)
	}
	return runs
}

// punctual leaves out the replies that came late: of a run that leaves evenly
// nearly all come within overhead (ns) of the earliest. ok is false if they do
// not, so that it was no queue that held them up.
func (r queueRun) punctual(overhead float64) (queueRun, bool) {
	var gaps []float64
	for i := range r {
		if j := i + max(1, len(r)/2); j < len(r) {
			gaps = append(gaps, (r[j].at-r[i].at)/(r[j].place-r[i].place))
		}
	}
	sort.Float64s(gaps)
	spacing := gaps[len(gaps)/2]
	late := make([]float64, len(r))
	for i, p := range r {
		late[i] = p.at - p.place*spacing
	}
	sorted := slices.Clone(late)
	sort.Float64s(sorted)
	earliest := sorted[len(sorted)/10]
	out := queueRun{}
	for i, p := range r {
		if math.Abs(late[i]-earliest) <= overhead {
			out = append(out, p)
		}
	}
	return out, 4*len(out) >= 3*len(r)
}

// spacing (ns) is how far apart the replies came on average. Those that a stall
// held up come all together.
func (r queueRun) spacing() float64 {
	first, last := r[0], r[len(r)-1]
	return (last.at - first.at) / max(1, last.place-first.place)
}

// narrowSpacing intersects the spacings with what one run allows: each reply
// came within overhead of when its hit had left.
func narrowSpacing(spacing *rateSet, run queueRun, overhead float64) {
	const most = 400 // pairs grow with the square
	run = run[:min(len(run), most)]
	for i, a := range run {
		for _, b := range run[i+1:] {
			n, d := b.place-a.place, b.at-a.at
			spacing.low = max(spacing.low, (d-overhead)/n)
			spacing.high = min(spacing.high, (d+overhead)/n)
		}
	}
}

// arrivals are the streams with each decision placed where the hit arrived: a
// delayed hit was let into the queue long before its reply came. Limited hits
// show how long it takes at most to arrive.
func arrivals(streams []*Stream) []*Stream {
	longest := replyTime(streams)
	for _, s := range streams {
		for hit, o := range s.outcome {
			if o == trace.Limited && s.to[hit] != never {
				longest = max(longest, s.to[hit]-s.from[hit])
			}
		}
	}
	out := make([]*Stream, len(streams))
	for i, s := range streams {
		a := &Stream{}
		for hit, from := range s.from {
			to := s.to[hit]
			if s.outcome[hit] == trace.Admitted {
				to = min(to, from+longest)
			}
			a.add(s.seq[hit], from, to, s.outcome[hit])
		}
		a.order()
		out[i] = a
	}
	return out
}

// freePlaces encloses how many hits leave at once: with the level that a hit
// leaves behind, it is delayed by (level − free)/rate.
func freePlaces(at, streams []*Stream, rate, burst float64) Interval {
	var guesses []float64
	for i, a := range at {
		l := &bucket{rate: rate, burst: burst}
		s := streams[i]
		for _, hit := range a.byFrom {
			t := time.Duration(a.from[hit])
			if a.outcome[hit] != trace.Admitted {
				continue
			}
			l.Observe(t, true)
			if took := float64(s.to[hit]-s.from[hit]) * 1e-9; rate*took > 1.5 {
				guesses = append(guesses, l.level-rate*took)
			}
		}
	}
	if len(guesses) == 0 {
		return Interval{Value: 1}
	}
	sort.Float64s(guesses)
	q := func(p float64) float64 { return math.Max(1, math.Round(guesses[int(p*float64(len(guesses)-1))])) }
	return bounded(q(0.5), q(0.25), q(0.75))
}

// Nearest implements [Model]: a token bucket whose hits leave one by one. What
// is not delayed as it should be contradicts it.
func (LeakyBucketQueue) Nearest(streams []*Stream, o Options) Fit {
	f := TokenBucket{}.Nearest(streams, o)
	for _, s := range streams {
		l := &bucket{rate: f.Rate.Value, burst: f.Burst.Value}
		for _, hit := range s.byFrom {
			if s.outcome[hit] != trace.Admitted {
				continue
			}
			l.Observe(time.Duration(s.from[hit]), true)
			due := (l.level - 1) / l.rate
			if took := float64(s.to[hit]-s.from[hit]) * 1e-9; due > 0.02 && took < due/2 {
				f.Contradictions++
				f.First = earlier(f.First, &Witness{Hit: uint64(s.seq[hit]), At: seconds(s.from[hit]), Expected: "delayed", Observed: "admitted at once"})
				break
			}
		}
	}
	return f
}
