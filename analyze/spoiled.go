package analyze

import (
	"fmt"
	"time"

	"ratefit/internal/trace"
)

// spoiled says what may have spoilt a measurement that no model explains: a
// limiter that changed meanwhile, refusals at random, somebody else who draws on
// the same limit, or several counters instead of one.
func (l *Limit) spoiled(p pool, o Options) {
	if l.Verdict != Contradicted || l.SustainedRate == nil {
		return
	}
	few := beginning(p.streams, 20_000)
	if text, ok := changed(few, o); ok {
		l.Warnings = append(l.Warnings, text)
		return
	}
	if share, ok := atRandom(few); ok {
		l.Warnings = append(l.Warnings, fmt.Sprintf("%.2g %% of the hits were limited whether or not others went before: it looks as if they were refused at random", 100*share))
		return
	}
	less, more := 0, 0
	for _, s := range few {
		s.foretell(&bucket{rate: l.SustainedRate.Value, burst: l.Burst.Value}, 0, func(hit int32, admits bool) {
			switch observed := s.outcome[hit] == trace.Admitted; {
			case admits && !observed:
				less++
			case !admits && observed:
				more++
			}
		})
	}
	const clearly = 4
	switch {
	case less > clearly*more:
		l.Warnings = append(l.Warnings, "hits were limited that the nearest limiter would have admitted: somebody else may draw on the same limit; measure from an address or with a credential that nobody else uses, or when nobody does")
	case more > clearly*less:
		l.Warnings = append(l.Warnings, "hits were admitted that the nearest limiter would have limited: several replicas may keep a count each, or the counts are approximate; measure one replica if it can be addressed")
	}
}

// changed looks for an instant at which the limiter became another: before and
// after it one model explains everything, with rates that have nothing in common.
func changed(streams []*Stream, o Options) (string, bool) {
	o.plain = true
	first, last := int64(never), int64(0)
	for _, s := range streams {
		first, last = min(first, s.from[s.byFrom[0]]), max(last, s.from[s.byFrom[s.Len()-1]])
	}
	const parts = 8
	for k := 2; k <= parts-2; k++ {
		at := first + (last-first)*int64(k)/parts
		var before, since []*Stream
		for _, s := range streams {
			if b := s.before(at); b.admitted > 0 && b.limited > 0 {
				before = append(before, b)
			}
			if a := s.since(at); a.admitted > 0 && a.limited > 0 {
				since = append(since, a)
			}
		}
		if len(before) == 0 || len(since) == 0 {
			continue
		}
		for _, m := range []Model{TokenBucket{}, FixedWindow{}, SlidingWindowLog{}} {
			f := m.Fit(before, o)
			if !f.Consistent || !f.tight() || f.Doubt != "" || refills(before) < fewRefills {
				continue
			}
			g := m.Fit(since, o)
			if !g.Consistent || !g.tight() || g.Doubt != "" || refills(since) < fewRefills {
				continue
			}
			if *f.Rate.High < *g.Rate.Low || *g.Rate.High < *f.Rate.Low {
				return fmt.Sprintf("the limiter changed: until about %s into the run it was a %s of %s/s, from then on of %s/s",
					time.Duration(at).Round(100*time.Millisecond), m.Doc().Title, short(f.Rate.Value), short(g.Rate.Value)), true
			}
		}
	}
	return "", false
}

// since returns the hits sent from t on.
func (s *Stream) since(t int64) *Stream {
	p := &Stream{}
	for _, hit := range s.byFrom {
		if s.from[hit] >= t {
			p.add(s.seq[hit], s.from[hit], s.to[hit], s.outcome[hit])
		}
	}
	p.order()
	return p
}

// atRandom reports whether hits were limited whatever went before, and the
// share of them: a limiter that has just limited a hit mostly limits the next.
func atRandom(streams []*Stream) (share float64, ok bool) {
	limited, followed, all := 0, 0, 0
	for _, s := range streams {
		last := trace.Admitted
		for _, hit := range s.byFrom {
			o := s.outcome[hit]
			if o == trace.Unknown {
				continue
			}
			all++
			if o == trace.Limited {
				limited++
				if last == trace.Limited {
					followed++
				}
			}
			last = o
		}
	}
	share = float64(limited) / float64(max(1, all))
	return share, limited >= 5 && share < 0.5 && float64(followed) <= 2*share*float64(limited)+2
}
