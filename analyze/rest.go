package analyze

import (
	"time"

	"ratefit/internal/trace"
)

// restTime is how long the fitted limiter has to be left alone until nothing of
// what was sent before matters.
func (f Fit) restTime() time.Duration {
	const parts = 2 // of a sliding counter
	rest := parts * f.Params["window_s"].Value
	if f.Rate.Value > 0 {
		rest = max(rest, f.Burst.Value/f.Rate.Value)
	}
	return time.Duration(min(rest, 1e9) * 1e9)
}

// usedBefore reports that the model explains the streams only with hits that were
// sent before them, and that the limiter was never seen at rest and then used up:
// what nobody saw explains the beginning of anything.
func (j *judged) usedBefore(streams []*Stream, o Options) bool {
	const few = 5000 // that is the beginning
	switch j.model.(type) {
	case LeakyBucketQueue, Concurrency:
		return false
	}
	if o.AtRest || seenAtRest(streams, int64(j.fit.restTime())) {
		return false
	}
	o.AtRest = true
	return !j.model.Fit(beginning(streams, few), o).possible()
}

// seenAtRest reports that in one of the streams no hit was sent for a time (ns), and
// after that one was limited before as much time had gone by again.
func seenAtRest(streams []*Stream, rest int64) bool {
	for _, s := range streams {
		latest, end := s.from[s.byFrom[0]], int64(never) // of the last rest
		for _, hit := range s.byFrom {
			if s.from[hit]-latest >= rest {
				end = s.from[hit]
			}
			if s.outcome[hit] == trace.Limited && end != never && s.from[hit]-end < rest {
				return true
			}
			latest = max(latest, s.to[hit]) // what was never answered may count at any time
		}
	}
	return false
}
