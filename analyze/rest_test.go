package analyze

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// TestUsedBefore: a limiter that had been used before the trace is named only if the
// trace shows it at rest as well.
func TestUsedBefore(t *testing.T) {
	long(t)
	stream := func(pause time.Duration, used int) *Stream {
		l := perToken(10, 20)()
		for range used {
			l(0)
		}
		rng := rand.New(rand.NewPCG(5, 5))
		s, at := &Stream{}, time.Millisecond
		for i := range 400 {
			at += time.Duration(rng.ExpFloat64() * 3e7)
			if i == 200 {
				at += pause
			}
			o := trace.Limited
			if l(at) {
				o = trace.Admitted
			}
			s.add(uint32(i), int64(at)-1e5, int64(at)+1e5, o)
		}
		s.order()
		return s
	}
	for name, tc := range map[string]struct {
		pause time.Duration
		used  int
		want  bool
	}{
		"at rest before":            {0, 0, false},
		"used before, and no rest":  {0, 20, true},
		"used before, then at rest": {4 * time.Second, 20, false},
	} {
		others := map[string]bool{SlidingWindowCounter{}.Doc().Title: true} // to exclude it takes a rest as well
		j := judge([]*Stream{stream(tc.pause, tc.used)}, Options{excluded: others})
		if j.model != Model(TokenBucket{}) || j.before != tc.want || strings.Contains(j.why, "at rest") != tc.want {
			t.Errorf("%s: %s by %v, before %v: %s", name, j.verdict, titles(j.survivors), j.before, j.why)
		}
	}
}
