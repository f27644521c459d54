package bench

import (
	"math"
	"net/http"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// drawn is a trace with one hit each step: + admitted, - limited, ? unknown,
// and a pause of one step for each space.
func drawn(step time.Duration, picture string) []trace.Hit {
	status := map[rune]int{'+': http.StatusOK, '-': http.StatusTooManyRequests, '?': http.StatusBadGateway}
	var hits []trace.Hit
	for i, c := range picture {
		if c != ' ' {
			at := time.Duration(i) * step
			hits = append(hits, trace.Hit{Sent: at, FirstByte: at + 1, End: at + 2, Status: status[c]})
		}
	}
	return hits
}

func TestBaselines(t *testing.T) {
	const step = 100 * time.Millisecond // ten to a second
	for _, test := range []struct {
		name, picture string
		naive, icmp   Guess
	}{
		{
			// Seconds with 3, 2, 2, 3 admitted: the first may hold the burst.
			// Refills of one, 5, 4, 6, 5, 3 and 2 steps apart.
			"steady", "+++------+" + "----+---+-" + "----+----+" + "--+-+----+",
			Guess{Rate: 7.0 / 3, Burst: 3},
			Guess{Rate: 1 / 0.5, Burst: 3},
		},
		{
			// Two tokens each 600 ms: four in the second second, two in the third.
			"lumps", "++++--++----++----++----++----",
			Guess{Rate: 3, Burst: 4},
			Guess{Rate: 2 / 0.6, Burst: 4},
		},
		{
			// Refills of 1, 2, 2 and 1, begun 4, 7 and 9 steps apart.
			"uneven lumps", "+" + "-+---++--" + "---++-----" + "--+-------",
			Guess{Rate: 1.5, Burst: 1},
			Guess{Rate: 2 / 0.7, Burst: 1},
		},
		{
			"two stretches as long: the first", "+--------+" + "-+-+-+-+-+" + "          " + "-+--------" + "-+--------",
			Guess{Rate: 5, Burst: 1},
			Guess{Rate: 1 / 0.2, Burst: 1},
		},
		{"nothing limited", "++++++++++++", Guess{Burst: 12}, Guess{Burst: 12}},
		{"nothing admitted later", "+++---------", Guess{Burst: 3, Rate: 0}, Guess{Burst: 3}},
		{"nothing at all", "", Guess{}, Guess{}},
		{"unknown hits do not count", "+?+---??--+----+----", Guess{Rate: 2, Burst: 2}, Guess{Rate: 2, Burst: 2}},
		{
			// The quiet second ends the stretch; the later one is longer.
			"a pause", "++--+---+-" + "          " + "+++--+----" + "--+-------" + "--+-------",
			Guess{Rate: 1, Burst: 2},
			Guess{Rate: 1 / 0.7, Burst: 2},
		},
	} {
		hits := drawn(step, test.picture)
		if got := Naive(hits, nil); !same(got, test.naive) {
			t.Errorf("%s: naive %+v, want %+v", test.name, got, test.naive)
		}
		if got := Depletions(hits, nil); !same(got, test.icmp) {
			t.Errorf("%s: per-depletion medians %+v, want %+v", test.name, got, test.icmp)
		}
	}
}

func same(a, b Guess) bool {
	return a.Burst == b.Burst && math.Abs(a.Rate-b.Rate) < 1e-9
}

func TestQuantile(t *testing.T) {
	for _, test := range []struct {
		values []int
		n, m   int
		want   int
	}{
		{nil, 1, 2, 0},
		{[]int{7}, 1, 2, 7},
		{[]int{3, 1, 2}, 1, 2, 2},
		{[]int{4, 3, 2, 1}, 1, 2, 3},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 9, 10, 10},
		{[]int{1, 2}, 2, 2, 2},
	} {
		if got := quantile(test.values, test.n, test.m); got != test.want {
			t.Errorf("%d/%d of %v: %d, want %d", test.n, test.m, test.values, got, test.want)
		}
	}
}
