package command

import (
	"testing"

	"ratefit/internal/bench"
)

// Only a wrong name fails a benchmark.
func TestBenchVerdict(t *testing.T) {
	for _, test := range []struct {
		score bench.Score
		want  int
	}{
		{bench.Score{Trials: 3, Right: 3}, OK},
		{bench.Score{Trials: 3, Declined: 3, Lost: 1, Missed: 1}, OK},
		{bench.Score{Trials: 3, Right: 2, Wrong: 1}, Failed},
	} {
		if got := codeOf(benchVerdict(test.score)); got != test.want {
			t.Errorf("%+v: exit code %d, want %d", test.score, got, test.want)
		}
	}
}
