package analyze

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// longStream is hits at three times a limiter's rate, with a pause in which it
// fills up after every so many.
func longStream(hits, every int, rate, burst float64, admits func(time.Duration) bool) *Stream {
	rng := rand.New(rand.NewPCG(21, 4))
	s, at := &Stream{}, time.Duration(0)
	for i := range hits {
		at += time.Duration(rng.ExpFloat64() / (3 * rate) * 1e9)
		if i%every == every-1 {
			at += time.Duration(1.5 * burst / rate * 1e9)
		}
		o := trace.Limited
		if admits(at) {
			o = trace.Admitted
		}
		s.add(uint32(i), int64(at)-rng.Int64N(2e5), int64(at)+rng.Int64N(2e5), o)
	}
	s.order()
	return s
}

// TestFirstLooksKeepTheTruth: what the first hits of a long trace exclude is not
// what made it, and is excluded by all of it; and they do exclude much.
func TestFirstLooksKeepTheTruth(t *testing.T) {
	long(t)
	minute := truth{"250 in any minute", "sliding-window-log", 250. / 60, 250, nil, func() func(time.Duration) bool { return logOf(250, time.Minute) }}
	for _, want := range append(truths(), minute) {
		t.Run(want.name, func(t *testing.T) {
			t.Parallel()
			const hits = 5000
			every := 400
			if want.params == nil && want.burst == minute.burst {
				every = 2 * firstLook // the first look shows no more than a window
			}
			s := longStream(hits, every, want.rate, want.burst, want.start())
			j, streams := separate([]*Stream{s}).judge(Options{})
			if len(streams) != 1 || streams[0].Len() != hits {
				t.Fatalf("judged by %d streams", len(streams))
			}
			if j.verdict != Identified || j.model.Name() != want.model {
				t.Fatalf("%s by %v: %s", j.verdict, titles(j.survivors), j.why)
			}
			first, _ := separate([]*Stream{s.first(firstLook)}).judge(Options{longest: separate([]*Stream{s}).longestWindow(), look: true})
			looked := 0
			for title, f := range first.fits {
				if f.possible() {
					continue
				}
				looked++
				if slices.Contains(titles(j.survivors), title) {
					t.Errorf("%s is excluded by the first hits only", title)
				}
			}
			if looked < len(first.fits)/2 {
				t.Errorf("the first hits exclude only %d of %d models", looked, len(first.fits))
			}
		})
	}
}

// TestFirstLooksAtMergedStreams: that one limiter serves two streams is excluded
// by their first hits, and holds where it does.
func TestFirstLooksAtMergedStreams(t *testing.T) {
	long(t)
	const hits = 5000
	one := perToken(40, 16)()
	two := perToken(40, 16)()
	a, b := longStream(hits, 400, 40, 16, one), longStream(hits, 400, 40, 16, two)
	apart := sharing{{a, b}}
	if j, streams := apart.judge(Options{AtRest: true}); j.verdict != Contradicted || streams[0].Len() >= hits {
		t.Errorf("apart: %s after %d hits", j.verdict, streams[0].Len())
	}
	whole := longStream(2*hits, 400, 40, 16, perToken(40, 16)())
	parts := []*Stream{{}, {}}
	for hit := range whole.from {
		parts[hit%2].add(whole.seq[hit], whole.from[hit], whole.to[hit], whole.outcome[hit])
	}
	parts[0].order()
	parts[1].order()
	if j, streams := (sharing{parts}).judge(Options{}); j.verdict != Identified || j.model != Model(TokenBucket{}) || streams[0].Len() != 2*hits {
		t.Errorf("together: %s by %d hits: %s", j.verdict, streams[0].Len(), j.why)
	}
}
