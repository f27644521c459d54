package probe

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// A known is what a lane's hits tell so far.
type known struct {
	limit      analyze.Limit
	candidates []analyze.Candidate
	rate       float64       // per second, above 0; an estimate until the fit is sure
	burst      int           // likewise, at least 1
	scale      time.Duration // from used up to the next hit admitted
}

// dear are the models that take as long to fit as all others together.
var dear = []string{analyze.SlidingWindowCounter{}.Doc().Title, analyze.SlidingWindowCounter{All: true}.Doc().Title}

// learn fits the models to all hits of the lane: the dear ones only while
// nothing else explains the hits, or if what does would end the search; and,
// once hits have excluded them, never again.
func (l *lane) learn() known { return l.fits(l.fitGradually) }

func (l *lane) fitGradually() known {
	without := map[string]bool{}
	for _, title := range dear {
		without[title] = !l.needsDear || l.excluded[title]
	}
	k := l.fit(without)
	if len(k.candidates) == 0 {
		return l.fitWhole()
	}
	wanted := k.limit.Verdict == analyze.Identified
	if !l.needsDear && wanted && !(l.excluded[dear[0]] && l.excluded[dear[1]]) {
		for _, title := range dear {
			without[title] = l.excluded[title]
		}
		k = l.fit(without)
		l.needsDear = !(l.excluded[dear[0]] && l.excluded[dear[1]])
	}
	return k
}

// whole fits every model to all hits of the lane, to be sure at the end. A
// model may be found possible again that fewer hits had seemed to exclude.
func (l *lane) whole() known { return l.fits(l.fitWhole) }

func (l *lane) fitWhole() known {
	clear(l.excluded)
	k := l.fit(map[string]bool{})
	l.needsDear = !(l.excluded[dear[0]] && l.excluded[dear[1]])
	return k
}

// fit fits the models to all hits of the lane.
func (l *lane) fit(without map[string]bool) known {
	a := analyze.New(analyze.Options{LimitedStatus: l.p.o.LimitedStatus, AtRest: l.p.o.AtRest, Without: without})
	hits := l.own()
	slices.SortStableFunc(hits, func(x, y trace.Hit) int { return int(x.Sent - y.Sent) })
	for i := range hits {
		hits[i].Seq = uint64(i)
		a.Add(&hits[i])
	}
	out := a.Result(trace.Meta{LimitedStatus: l.p.o.LimitedStatus})
	l.p.tick() // this has taken a while
	var k known
	if len(out.Limits) > 0 {
		k.limit = out.Limits[0]
	}
	k.candidates = a.Candidates()
	for _, title := range dear {
		// A fit that finds nothing, of few hits or where no other does, may only
		// lack hits.
		if !without[title] && len(k.candidates) > 0 && k.limit.Verdict != analyze.Insufficient && a.Excluded(title) {
			l.excluded[title] = true
		}
	}
	k.rate, k.burst = l.rawRate(hits), max(1, l.openings)
	k.scale = max(l.lag[1], time.Millisecond)
	if fit := k.limit.SustainedRate; fit != nil && fit.Value > 0 && len(k.candidates) > 0 && width(fit) < 1 {
		k.rate = fit.Value
	}
	// While several models are possible, the burst of the first says little.
	if fit := k.limit.Burst; fit != nil && fit.Value >= 1 && len(k.candidates) > 0 && len(k.limit.Survivors) == 1 && (exact(fit) || fit.Value > float64(k.burst)) {
		k.burst = min(int(fit.Value), 4*k.burst)
	}
	return k
}

// width is that of the interval relative to its value; 1 when it is open.
func width(i *analyze.Interval) float64 {
	if i == nil || i.Low == nil || i.High == nil || i.Value <= 0 {
		return 1
	}
	return (*i.High - *i.Low) / i.Value
}

// exact reports that the interval is a point.
func exact(i *analyze.Interval) bool {
	return i != nil && i.Low != nil && i.High != nil && *i.Low == *i.High
}

// rawRate estimates the rate (per second) by the most that was admitted, for its
// time, between two limited hits: what is admitted while the limiter is not used
// up says nothing.
func (l *lane) rawRate(hits []trace.Hit) float64 {
	const sample = 150
	type point struct {
		at       time.Duration
		admitted int // before
	}
	var points []point
	n := 0
	for i := range hits {
		switch hits[i].Outcome(l.p.o.LimitedStatus) {
		case trace.Limited:
			points = append(points, point{hits[i].Sent, n})
		case trace.Admitted:
			n++
		}
	}
	if every := len(points)/sample + 1; every > 1 {
		kept := points[:0]
		for i, p := range points {
			if i%every == 0 {
				kept = append(kept, p)
			}
		}
		points = kept
	}
	best := float64(l.regain) / max(4*l.lag[1].Seconds(), 0.001)
	for i, a := range points {
		for _, b := range points[i+1:] {
			if n, t := b.admitted-a.admitted, b.at-a.at; n > 2 && t > 0 {
				best = max(best, float64(n-2)/t.Seconds())
			}
		}
	}
	return best
}

// lastLimited is when the limiter was last known to be used up.
func (l *lane) lastLimited() time.Duration { return l.last(trace.Limited) }

// lastAdmitted is when a hit that was admitted was sent last.
func (l *lane) lastAdmitted() time.Duration { return l.last(trace.Admitted) }

// last is when a hit of that outcome was sent last.
func (l *lane) last(o trace.Outcome) (at time.Duration) {
	for _, k := range l.members {
		for _, h := range l.p.hits[k] {
			if h.Outcome(l.p.o.LimitedStatus) == o {
				at = max(at, h.Sent)
			}
		}
	}
	return at
}

// hint is what the last limited reply says about when to come back; 0 = nothing
// that can be understood at a glance. It is never more than a hint.
func (l *lane) hint() time.Duration {
	hits := l.p.hits[l.members[0]]
	for _, h := range slices.Backward(hits) {
		if h.Outcome(l.p.o.LimitedStatus) != trace.Limited {
			continue
		}
		return retryAfter(h.Header)
	}
	return 0
}

// retryAfter reads a delay in seconds, up to a year.
func retryAfter(h http.Header) time.Duration {
	s, err := strconv.ParseFloat(h.Get("Retry-After"), 64)
	if err != nil || !(s > 0) || s > 365*24*3600 {
		return 0
	}
	return time.Duration(s * 1e9)
}
