package analyze

import (
	"math"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// leastContradicted looks for the token bucket that leaves the fewest
// decisions unexplained: a few rates around a guess and, for each, the burst
// that the most bounds allow.
func leastContradicted(streams []*Stream, rested bool) (rate, burst float64, count int, first *Witness) {
	few := sample(streams)
	guess := saturatedRate(few)
	if guess <= 0 {
		guess = 1
	}
	count = math.MaxInt
	for k := -20; k <= 20; k++ {
		r := guess * math.Pow(1.05, float64(k))
		b := popularBurst(few, r, rested)
		n := 0
		for _, s := range few {
			sn, _ := s.unexplained(&bucket{rate: r, burst: b})
			n += sn
		}
		if n < count {
			rate, burst, count = r, b, n
		}
	}
	count = 0
	for _, s := range streams {
		n, w := s.unexplained(&bucket{rate: rate, burst: burst})
		count, first = count+n, earlier(first, w)
	}
	return rate, burst, count, first
}

// sample is the beginning of long streams: what is only to be near the mark
// need not be sought with millions of hits.
func sample(streams []*Stream) []*Stream { return beginning(streams, 2000) }

// beginning is the first n hits of each stream.
func beginning(streams []*Stream, n int) []*Stream {
	few := make([]*Stream, len(streams))
	for i, s := range streams {
		few[i] = s.first(n)
	}
	return few
}

// popularBurst returns the burst at rate r that the fewest hits refute.
func popularBurst(streams []*Stream, r float64, rested bool) float64 {
	var least, excluded []float64
	for _, s := range streams {
		s.sweep(r, r, cutOptions{rest: rested},
			func(_ int32, bound float64) { least = append(least, bound) },
			func(_ int32, bound, _ float64) { excluded = append(excluded, bound) })
	}
	if len(least) == 0 {
		return 1
	}
	slices.Sort(least)
	slices.Sort(excluded)
	best, fewest := least[len(least)-1], math.MaxInt
	for i, b := range least {
		if i+1 < len(least) && least[i+1] == b {
			continue
		}
		below, _ := slices.BinarySearch(excluded, b)
		if refuted := len(least) - 1 - i + below; refuted < fewest {
			best, fewest = b, refuted
		}
	}
	return math.Max(1, math.Round(best))
}

// unexplained counts the decisions that the limiter would have taken otherwise
// at any instant within their span, each judged after the observed ones before
// it, and returns the first.
func (s *Stream) unexplained(l Limiter) (n int, first *Witness) {
	s.foretell(l, math.MinInt64, func(hit int32, admits bool) {
		observed := s.outcome[hit] == trace.Admitted
		if admits == observed {
			return
		}
		n++
		if first == nil {
			first = &Witness{Hit: uint64(s.seq[hit]), At: seconds(s.from[hit]), Expected: word(admits), Observed: word(observed)}
		}
	})
	return n, first
}

func earlier(a, b *Witness) *Witness {
	if a == nil || b != nil && b.At < a.At {
		return b
	}
	return a
}

func word(admitted bool) string {
	if admitted {
		return "admitted"
	}
	return "limited"
}

func seconds(ns int64) float64 { return float64(ns) * 1e-9 }

// foretell asks the limiter about each admitted or limited hit sent since the
// given instant, one step ahead: everything decided before is known to it. Where
// the instant of the decision within its span, or the order of two that overlap,
// makes the difference, the limiter is taken to agree with what was observed.
func (s *Stream) foretell(l Limiter, since int64, answer func(hit int32, admits bool)) {
	s.follow(l, false, func(hit int32, _ time.Duration, admits bool) {
		if s.from[hit] >= since {
			answer(hit, admits)
		}
	}, func(int32, time.Duration) {})
}

// follow is foretell for all hits: it calls before with the instant of the
// decision when the limiter knows of all earlier ones, and after when it knows of
// that one as well.
// Admitted hits are supposed to have been decided as early as can be, or late as late
// as can be.
func (s *Stream) follow(l Limiter, late bool, before func(hit int32, at time.Duration, admits bool), after func(hit int32, at time.Duration)) {
	last := time.Duration(math.MinInt64)
	ask := func(hit int32) {
		from, to := time.Duration(s.from[hit]), time.Duration(s.to[hit])
		from = max(from-grains[0], last) // as clocks go
		observed := s.outcome[hit] == trace.Admitted
		at := from
		if observed {
			at = max(to, last)
		}
		admits := l.Admits(at)
		if observed && admits && !late {
			at = earliest(l, max(time.Duration(s.from[hit]), last), at)
		}
		before(hit, at, admits)
		l.Observe(at, observed)
		after(hit, at)
		last = max(last, at)
	}
	// Of hits that overlap the admitted ones come first: a limited one tells
	// nothing about those that may have been decided before it.
	asked := make([]bool, s.Len())
	next := 0 // in byFrom
	var waiting []int32
	for _, hit := range s.byTo {
		for ; next < s.Len() && s.from[s.byFrom[next]] <= s.to[hit]; next++ {
			if h := s.byFrom[next]; s.outcome[h] == trace.Admitted {
				waiting = append(waiting, h)
			}
		}
		switch {
		case asked[hit] || s.outcome[hit] == trace.Unknown:
		case s.outcome[hit] == trace.Limited:
			for _, h := range waiting {
				if !asked[h] {
					asked[h] = true
					ask(h)
				}
			}
			waiting = waiting[:0]
			ask(hit)
		default:
			asked[hit] = true
			ask(hit)
		}
		if len(waiting) > 4096 {
			waiting = slices.DeleteFunc(waiting, func(h int32) bool { return asked[h] })
		}
	}
}

// earliest finds the first instant within a span at which the limiter admits.
func earliest(l Limiter, from, to time.Duration) time.Duration {
	if l.Admits(from) {
		return from
	}
	for to-from > time.Microsecond {
		mid := from + (to-from)/2
		if l.Admits(mid) {
			to = mid
		} else {
			from = mid
		}
	}
	return to
}

func (p *Prediction) count(foretold, admitted bool) {
	p.Hits++
	if !admitted {
		p.limited++
	}
	if foretold == admitted {
		p.Correct++
		if !admitted {
			p.limitedCorrect++
		}
	}
}

// mostForetold is how many hits of a long stream are fitted and foretold: more
// would not make the foresight any better.
const mostForetold = 100_000

// predict fits the model to a part of the hits and foretells others: those of a
// confirmation by all that was sent before it, or else the second half by the
// first. nil means that the part is not enough for a fit.
func predict(m Model, streams []*Stream, o Options) *Prediction {
	var parts []*Stream
	kept := make([]span, len(streams))
	confirmed := slices.ContainsFunc(streams, func(s *Stream) bool { return s.keptTo > 0 })
	if !confirmed {
		streams = slices.Clone(streams)
		for i, s := range streams {
			streams[i] = s.first(mostForetold)
		}
	}
	for i, s := range streams {
		switch {
		case confirmed && s.keptTo > 0:
			kept[i] = span{s.keptFrom, s.keptTo}
			parts = append(parts, s.before(s.keptFrom))
		case confirmed: // nothing to foretell here
			kept[i] = span{never, never}
			parts = append(parts, s)
		case s.Len() < 20:
			return nil
		default:
			kept[i] = span{s.from[s.byFrom[s.Len()/2]], never}
			parts = append(parts, s.before(kept[i].from))
		}
	}
	f := m.Fit(slices.DeleteFunc(slices.Clone(parts), func(s *Stream) bool { return s.Len() == 0 }), o)
	if !f.Consistent || !f.tight() || len(f.news) > 1 && len(f.news) < len(streams) {
		return nil
	}
	if _, queue := m.(LeakyBucketQueue); queue {
		streams = arrivals(streams)
	}
	foretell := func(limiter func(stream int) Limiter) *Prediction {
		p := &Prediction{}
		for i, s := range streams {
			s.foretell(limiter(i), kept[i].from, func(hit int32, admits bool) {
				if s.from[hit] <= kept[i].to {
					p.count(admits, s.outcome[hit] == trace.Admitted)
				}
			})
		}
		p.best = p.balanced()
		return p
	}
	p := foretell(f.limiter)
	if p.Hits == 0 {
		return nil
	}
	for _, corner := range f.corners {
		if p.best >= goodForesight {
			break
		}
		p.best = max(p.best, foretell(corner).best)
	}
	return p
}

// A span is a stretch of time, ns.
type span struct{ from, to int64 }
