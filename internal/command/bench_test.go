package command

import (
	"testing"

	"ratefit/internal/bench"
)

// Only a wrong name, or a wrong scope, fails a benchmark.
func TestBenchVerdict(t *testing.T) {
	for _, test := range []struct {
		score  bench.Score
		scopes map[bench.Judgement]int
		want   int
	}{
		{bench.Score{Trials: 3, Right: 3}, nil, OK},
		{bench.Score{Trials: 3, Declined: 3, Lost: 1, Missed: 1}, map[bench.Judgement]int{bench.Declined: 2, bench.Right: 1}, OK},
		{bench.Score{Trials: 3, Right: 2, Wrong: 1}, nil, Failed},
		{bench.Score{Trials: 3, Right: 3}, map[bench.Judgement]int{bench.Wrong: 1}, Failed},
	} {
		if got := codeOf(benchVerdict(&bench.Report{Score: test.score, Scopes: test.scopes})); got != test.want {
			t.Errorf("%+v, scopes %v: exit code %d, want %d", test.score, test.scopes, got, test.want)
		}
	}
}
