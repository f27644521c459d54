package analyze

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// Either is two fixed windows from the first hit of which one is enough
// (params.combine "either"): what exceeds the short one draws on the long one.
type Either struct{}

// Name implements [Model].
func (Either) Name() string { return Tiers{}.Name() }

// Doc implements [Model].
func (Either) Doc() Doc {
	return Doc{
		Title:     "a fixed window and a reserve",
		About:     "admits a hit if a fixed window has room for it, or else if a second, longer one has, which counts only what exceeds the first",
		Signature: "from rest, the quotas of both pass at once; then the short window's quota, again and again, and now and then both",
	}
}

// Fit implements [Model]. For a length of the short window its windows can be
// followed; with the quota that limited hits leave, what exceeds it makes a
// stream of its own, which the second window must explain. Lengths are tried on
// a raster around the distances of refills.
func (m Either) Fit(streams []*Stream, o Options) Fit {
	var f Fit
	extent := none()
	tried := map[int64]bool{}
	for _, guess := range refillDistances(streams) {
		for k := -eitherSteps; k <= eitherSteps; k++ {
			w := int64(guess * (1 + float64(k)*eitherStep))
			if key := w / 200_000; w < leastWindow || tried[key] {
				continue
			} else {
				tried[key] = true
			}
			one := m.fitWindow(streams, w, o)
			if !one.Consistent {
				continue
			}
			extent.include(float64(w)*(1-eitherStep), float64(w)*(1+eitherStep))
			if !f.Consistent {
				f = one
			}
		}
	}
	if !f.Consistent {
		return f
	}
	a, b := &f.Tiers[0], f.Tiers[1]
	a.Params["window_s"] = Parameter{Interval: bounded(a.Params["window_s"].Value, extent.low*1e-9, extent.high*1e-9)}
	n := a.Burst.Value
	a.SustainedRate = bounded(a.SustainedRate.Value, n*1e9/extent.high, n*1e9/extent.low)
	f.Rate = sum(a.SustainedRate, b.SustainedRate)
	f.Burst = sum(a.Burst, b.Burst)
	if took := usualReply(streams); float64(took) > extent.low*roughTiming {
		f.Doubt = fmt.Sprintf("a fixed window and a reserve explain every decision, but one in ten replies took longer than %s, too long to follow windows of %s; measure when less goes on",
			brief(took), brief(time.Duration(extent.low)))
	}
	return f
}

// The raster of lengths: how many steps to either side of a guess, and how long.
const (
	eitherSteps = 12
	eitherStep  = 0.001
)

// roughTiming is the share of the short window to which nearly all decisions have to
// be timed: each is taken to be in the middle of its span.
const roughTiming = 0.02

// usualReply is what nine of ten replies took at most.
func usualReply(streams []*Stream) time.Duration {
	var took []int64
	for _, s := range streams {
		for hit, to := range s.to {
			if to != never {
				took = append(took, to-s.from[hit])
			}
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return time.Duration(took[(len(took)-1)*9/10])
}

// refillDistances are the distances (ns) between neighbouring refills, each once.
func refillDistances(streams []*Stream) []float64 {
	var all []float64
	for _, s := range streams {
		edges := s.edges(int64(grains[0]))
		for i := 1; i < len(edges); i++ {
			all = append(all, (edges[i].after+edges[i].before-edges[i-1].after-edges[i-1].before)/2)
		}
	}
	slices.Sort(all)
	out := all[:0]
	for _, d := range all {
		if len(out) == 0 || d > out[len(out)-1]*1.015 {
			out = append(out, d)
		}
	}
	return out[:min(len(out), 12)]
}

// fitWindow fits the rest for one length (ns) of the short window.
func (m Either) fitWindow(streams []*Stream, w int64, o Options) Fit {
	quota := math.MaxInt
	var windows [][][]int32
	for _, s := range streams {
		parts := s.cutByFirstHit(w)
		windows = append(windows, parts)
		for _, part := range parts {
			if n, limited := s.admittedOf(part); limited {
				quota = min(quota, n)
			}
		}
	}
	if quota == math.MaxInt || quota < 1 {
		return Fit{}
	}
	var over []*Stream
	for i, s := range streams {
		if e := s.exceeding(windows[i], quota); e.admitted > 0 && e.limited > 0 {
			over = append(over, e)
		}
	}
	if len(over) == 0 {
		return Fit{}
	}
	b := FixedWindow{}.Fit(over, o)
	if !b.Consistent || b.Burst.High == nil || refills(over) < fewWindows {
		return Fit{}
	}
	n := float64(quota)
	f := Fit{Consistent: true, Grain: b.Grain, refills: fewWindows, Params: map[string]Parameter{"combine": {Text: "either"}}}
	f.Tiers = []Tier{
		{
			Model: FixedWindow{}.Name(), SustainedRate: Interval{Value: n * 1e9 / float64(w)}, Burst: exactly(n),
			Params: map[string]Parameter{"window_s": {Interval: Interval{Value: float64(w) * 1e-9}}, "quota": {Interval: exactly(n)}, "anchor": {Text: "first-hit"}},
		},
		{Model: FixedWindow{}.Name(), SustainedRate: b.Rate, Burst: b.Burst, Params: b.Params},
	}
	f.news = []func() Limiter{func() Limiter {
		return &either{&firstHit{window: time.Duration(w), quota: n}, b.limiter(0)}
	}}
	f.corners = []func(int) Limiter{f.limiter}
	return f
}

// early is how much (ns) before the end of a window a hit that is admitted after
// a limited one is taken to begin the next: the length is tried on a raster.
const early = 5e6

// cutByFirstHit groups the decided hits by windows of one length, each begun by
// the first hit after the last one ended.
func (s *Stream) cutByFirstHit(w int64) [][]int32 {
	var out [][]int32
	end, limited := int64(math.MinInt64), false
	for _, hit := range s.byFrom {
		if s.to[hit] == never {
			continue
		}
		at := s.from[hit] + (s.to[hit]-s.from[hit])/2
		// Limited hits begin no window: one begun would have had room.
		admitted := s.outcome[hit] != trace.Limited
		if admitted && (at >= end || limited && at >= end-early) {
			out, end = append(out, nil), at+w
		}
		limited = !admitted
		if n := len(out); n > 0 {
			out[n-1] = append(out[n-1], hit)
		}
	}
	return out
}

// admittedOf counts the admitted hits among some, and tells whether any of them
// was limited.
func (s *Stream) admittedOf(hits []int32) (n int, limited bool) {
	for _, hit := range hits {
		switch s.outcome[hit] {
		case trace.Admitted:
			n++
		case trace.Limited:
			limited = true
		}
	}
	return n, limited
}

// exceeding is the stream of the hits beyond the quota of their window.
func (s *Stream) exceeding(windows [][]int32, quota int) *Stream {
	e := &Stream{}
	for _, hits := range windows {
		n := 0
		for _, hit := range hits {
			if s.outcome[hit] != trace.Limited {
				if n++; n <= quota {
					continue
				}
			}
			e.add(s.seq[hit], s.from[hit], s.to[hit], s.outcome[hit])
		}
	}
	e.order()
	return e
}

// sum adds two intervals.
func sum(a, b Interval) Interval {
	out := Interval{Value: a.Value + b.Value}
	if a.Low != nil && b.Low != nil {
		low := *a.Low + *b.Low
		out.Low = &low
	}
	if a.High != nil && b.High != nil {
		high := *a.High + *b.High
		out.High = &high
	}
	return out
}

// Nearest implements [Model].
func (Either) Nearest(streams []*Stream, o Options) Fit {
	f := FixedWindow{}.Nearest(streams, o)
	f.Params["combine"] = Parameter{Text: "either"}
	return f
}

// either admits what its first limiter admits, or else what its second does.
type either struct{ first, reserve Limiter }

// Admits implements [Limiter].
func (l *either) Admits(t time.Duration) bool { return l.first.Admits(t) || l.reserve.Admits(t) }

// Observe implements [Limiter].
func (l *either) Observe(t time.Duration, admitted bool) {
	if l.first.Admits(t) {
		l.first.Observe(t, admitted)
		return
	}
	if !admitted || l.reserve.Admits(t) {
		l.reserve.Observe(t, admitted)
		return
	}
	l.first.Observe(t, true) // it must have begun anew
}

// Clone implements [Limiter].
func (l *either) Clone() Limiter { return &either{l.first.Clone(), l.reserve.Clone()} }
