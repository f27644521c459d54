package analyze

import (
	"slices"
	"time"

	"ratefit/internal/trace"
)

// floorsOf returns the floor of each model that explains the decisions, and how many
// hits may be in flight, 0 if any number; or why nothing is guaranteed.
func floorsOf(l *Limit, p pool) (floors []floor, inFlight int, why string) {
	switch {
	case l.Verdict == Contradicted:
		return nil, 0, "no model explains every decision: nothing is guaranteed"
	case l.Verdict == Insufficient || len(p.survivors) == 0:
		return nil, 0, "too little is known of the limiter: nothing is guaranteed"
	case l.Verdict == Undetermined && len(p.survivors) < 2:
		return nil, 0, "the one model that explains every decision is in doubt: nothing is guaranteed"
	}
	for _, m := range p.survivors {
		f := p.fits[m.Doc().Title]
		if n, ok := flightCap(m, f); ok {
			if inFlight == 0 || n < inFlight {
				inFlight = n
			}
			continue
		}
		one, ok := floorOf(m, f)
		if !ok {
			return nil, 0, m.Doc().Title + " is possible, of which too little is known: nothing is guaranteed"
		}
		floors = append(floors, one)
	}
	if inFlight > 0 && len(floors) > 0 {
		return nil, 0, "the limiter may cap what is in flight, or the rate: nothing is guaranteed"
	}
	return floors, inFlight, ""
}

// flightCap is how many hits a concurrency cap lets be in flight.
func flightCap(m Model, f Fit) (int, bool) {
	_, ok := m.(Concurrency)
	if !ok || !f.Consistent || f.Burst.Low == nil {
		return 0, false
	}
	return int(*f.Burst.Low), true
}

// floorOf is the worst limiter of a model's set; false if the set has no bounds, or
// the model no rate.
func floorOf(m Model, f Fit) (floor, bool) {
	if b, blocks := m.(Blocked); blocks {
		m = b.Base // whoever is never limited is never blocked
	}
	if !f.Consistent || f.NoRate || !positive(f.Rate.Low) || f.Burst.Low == nil || *f.Burst.Low < 1 {
		return nil, false
	}
	grain := max(f.Grain, grains[0]).Seconds()
	switch m := m.(type) {
	case TokenBucket, TokenBucketStepped, LeakyBucketQueue:
		b := bucketFloor{lump: 1, refill: *f.Rate.Low, burst: *f.Burst.Low, ready: *f.Burst.Low, grain: grain}
		if _, stepped := m.(TokenBucketStepped); stepped {
			b.lump = f.Params["refill_amount"].Value
		}
		if _, queued := m.(LeakyBucketQueue); queued {
			b.ready = 1 // the others may have to wait
		}
		return b, true
	case FixedWindow, SlidingWindowLog, SlidingWindowCounter:
		_, weighted := m.(SlidingWindowCounter)
		return windowOf(f.Burst, f.Params, weighted, grain)
	case Tiers, Either:
		return tiersFloor(m, f.Tiers, grain)
	}
	return nil, false
}

// windowOf is the fewest hits in the longest window.
func windowOf(quota Interval, params map[string]Parameter, weighted bool, grain float64) (floor, bool) {
	w := params["window_s"].High
	if !positive(w) || !positive(quota.Low) {
		return nil, false
	}
	return windowFloor{quota: *quota.Low, window: *w, weighted: weighted, grain: grain}, true
}

// tiersFloor is the floor of two limits at once.
func tiersFloor(m Model, tiers []Tier, grain float64) (floor, bool) {
	var each []floor
	for _, t := range tiers {
		var f floor
		var ok bool
		if t.Model == (TokenBucket{}).Name() {
			ok = positive(t.SustainedRate.Low) && t.Burst.Low != nil && *t.Burst.Low >= 1
			if ok {
				f = bucketFloor{lump: 1, refill: *t.SustainedRate.Low, burst: *t.Burst.Low, ready: *t.Burst.Low, grain: grain}
			}
		} else {
			f, ok = windowOf(t.Burst, t.Params, false, grain)
		}
		if !ok {
			return nil, false
		}
		each = append(each, f)
	}
	if len(each) != 2 {
		return nil, false
	}
	if _, either := m.(Either); !either {
		return bothFloor{each[0], each[1]}, true
	}
	first, a := each[0].(windowFloor)
	reserve, b := each[1].(windowFloor)
	return reserveFloor{first, reserve}, a && b
}

func positive(x *float64) bool { return x != nil && *x > 0 }

// What times of replies are taken from: how many of them, and how many limited
// ones are enough to go by those, as nothing holds them up behind the limiter.
const (
	manyReplies = 20_000
	fewReplies  = 20
)

// jitterOf is by how much longer one request may have been under way than another,
// of 99 in 100: from the times of replies, all of which it may have been the request
// that was late. The limiter's own clock, which may tell the time late, is added.
func jitterOf(p pool) time.Duration {
	took := replies(p.streams, trace.Limited)
	if len(took) < fewReplies {
		took = append(took, replies(p.streams, trace.Admitted)...)
	}
	grain := max(grains[0], p.fit.Grain)
	if len(took) == 0 {
		return grain
	}
	slices.Sort(took)
	late := time.Duration(took[(len(took)-1)*99/100] - took[0])
	if _, queue := p.model.(LeakyBucketQueue); queue {
		late = min(late, time.Duration(replyTime(p.streams)))
	}
	return late + grain
}

// meanReply is the mean time that admitted hits took.
func meanReply(streams []*Stream) time.Duration {
	took, sum := replies(streams, trace.Admitted), 0.0
	for _, t := range took {
		sum += float64(t)
	}
	return time.Duration(sum / float64(max(1, len(took))))
}

// replies are the times (ns) that hits of one outcome took, of long traces some.
func replies(streams []*Stream, of trace.Outcome) []int64 {
	all := 0
	for _, s := range streams {
		all += s.Len()
	}
	every := 1 + all/manyReplies
	var took []int64
	for _, s := range streams {
		for hit := 0; hit < s.Len(); hit += every {
			if s.outcome[hit] == of && s.to[hit] != never {
				took = append(took, s.to[hit]-s.from[hit])
			}
		}
	}
	return took
}
