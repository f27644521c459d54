package reports

import (
	"slices"
	"testing"
	"time"

	"ratefit/analyze"
)

// After a limited hit, a pause and a burst: what passes until the next one is
// limited. Hits that come slower than the pause before them do not count.
func TestRecoveries(t *testing.T) {
	s := &series{interval: 100 * time.Millisecond}
	put := func(counts *[]uint32, bin int, n uint32) {
		for len(*counts) <= bin {
			*counts = append(*counts, 0)
		}
		(*counts)[bin] = n
	}
	put(&s.admitted, 0, 30) // from rest: nobody knows how long
	put(&s.limited, 1, 5)
	put(&s.admitted, 41, 8) // 4 s later
	put(&s.limited, 41, 1)
	put(&s.admitted, 51, 1) // 1 s later, and a trickle
	put(&s.admitted, 71, 1)
	put(&s.limited, 80, 1)
	put(&s.admitted, 90, 3) // no hit was limited after these
	var got [][2]float64
	for _, r := range s.recoveries() {
		got = append(got, [2]float64{r.after, r.hits})
	}
	if want := [][2]float64{{4, 8}}; len(got) != 1 || !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRegained(t *testing.T) {
	limit := func(model string, rate, burst float64, params map[string]analyze.Parameter) *analyze.Limit {
		return &analyze.Limit{Model: model, SustainedRate: between(rate, rate, rate), Burst: between(burst, burst, burst), Params: params}
	}
	stepped := map[string]analyze.Parameter{"refill_amount": is(5), "refill_interval_s": is(2)}
	window := map[string]analyze.Parameter{"window_s": is(10)}
	blocked := limit("token-bucket", 2, 30, nil)
	blocked.Modifiers = []string{"block"}
	for _, c := range []struct {
		l                *analyze.Limit
		after, low, high float64
		ok               bool
	}{
		{limit("token-bucket", 2, 30, nil), 4, 8, 9, true},
		{limit("token-bucket", 2, 30, nil), 100, 30, 30, true},
		{limit("leaky-bucket-queue", 2, 30, nil), 0, 0, 1, true},
		{limit("token-bucket-stepped", 2.5, 12, stepped), 3, 5, 10, true},
		{limit("token-bucket-stepped", 2.5, 12, stepped), 7, 12, 12, true},
		{limit("token-bucket-stepped", 2.5, 12, nil), 7, 0, 0, false},
		{limit("fixed-window", 3, 30, window), 9.9, 0, 30, true},
		{limit("sliding-window-log", 3, 30, window), 10, 30, 30, true},
		{limit("fixed-window", 3, 30, nil), 10, 0, 0, false},
		{limit("concurrency", 3, 30, nil), 10, 0, 0, false},
		{&analyze.Limit{Model: "token-bucket"}, 1, 0, 0, false},
		{blocked, 4, 0, 0, false},
	} {
		low, high, ok := regained(c.l, c.after)
		if low != c.low || high != c.high || ok != c.ok {
			t.Errorf("%s after %v s: %v to %v, %v; want %v to %v, %v", c.l.Model, c.after, low, high, ok, c.low, c.high, c.ok)
		}
	}
}
