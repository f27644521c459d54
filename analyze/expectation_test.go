package analyze

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ratefit/internal/trace"
)

// However the hits were decided within their spans, as many as are said were
// admitted within some second; and no fewer are said where the spans are points.
func TestBusiestSecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Stream{}
		var decided []int64 // the hits that were admitted
		points := rapid.Bool().Draw(t, "points")
		for i := range rapid.IntRange(0, 60).Draw(t, "hits") {
			from := rapid.Int64Range(0, 4e9).Draw(t, "from")
			to := from
			if !points {
				to += rapid.Int64Range(0, 2e9).Draw(t, "span")
			}
			at := rapid.Int64Range(from, to).Draw(t, "decided")
			o := rapid.SampledFrom([]trace.Outcome{trace.Admitted, trace.Admitted, trace.Limited, trace.Unknown}).Draw(t, "outcome")
			if o == trace.Unknown {
				to = never
			}
			s.add(uint32(i), from, to, o)
			if o == trace.Admitted {
				decided = append(decided, at)
			}
		}
		s.order()
		slices.Sort(decided)
		most := 0
		for i, from := range decided {
			n := 0
			for _, at := range decided[i:] {
				if at-from <= 1e9 {
					n++
				}
			}
			most = max(most, n)
		}
		if got := s.busiestSecond(); got > most || points && got != most {
			t.Fatalf("%d hits were admitted within a second, said are %d", most, got)
		}
	})
}

// What an undetermined limiter can be is listed only if that is all that it can be.
func TestPossible(t *testing.T) {
	s := &Stream{}
	for i := range int64(20) {
		s.add(uint32(i), i*1e8, i*1e8, trace.Admitted)
	}
	s.order()
	fit := Fit{Consistent: true, Rate: exactly(10), Burst: exactly(30)}
	noRate, doubted := fit, fit
	noRate.NoRate, doubted.Doubt = true, "rough"
	of := func(change func(p *pool)) []Possible {
		p := pool{streams: []*Stream{s}}
		p.verdict, p.survivors = Undetermined, []Model{TokenBucket{}, SlidingWindowLog{}}
		p.fits = map[string]Fit{TokenBucket{}.Doc().Title: fit, SlidingWindowLog{}.Doc().Title: noRate}
		change(&p)
		return p.possible(Options{AtRest: true})
	}
	got := of(func(*pool) {})
	if len(got) != 2 || got[0].Model != "token-bucket" || *got[0].SustainedRate.Low != 10 || got[1].SustainedRate != nil || *got[1].Burst.High != 30 {
		t.Errorf("got %+v", got)
	}
	for name, change := range map[string]func(p *pool){
		"identified":  func(p *pool) { p.verdict = Identified },
		"one":         func(p *pool) { p.survivors = p.survivors[:1] },
		"used before": func(p *pool) { p.before = true },
		"unresolved":  func(p *pool) { p.fits[TokenBucket{}.Doc().Title] = unresolved("too many") },
		"doubtful":    func(p *pool) { p.fits[TokenBucket{}.Doc().Title] = doubted },
		"closed for long": func(p *pool) {
			shut := &Stream{}
			for i := range int64(20) {
				o := trace.Limited
				if i == 0 {
					o = trace.Admitted
				}
				shut.add(uint32(i), i*1e8, i*1e8, o)
			}
			shut.order()
			p.streams = []*Stream{shut}
		},
	} {
		if got := of(change); got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
