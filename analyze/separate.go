package analyze

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A question is traffic from rest that might tell models apart.
type question struct {
	words string
	at    []time.Duration
}

// questions are scaled by a rate (per second) and a burst.
func questions(rate, burst float64) []question {
	fill := time.Duration(burst / rate * 1e9) // from used up to full, or a window
	n := int(burst)
	clump := func(at time.Duration, n int) []time.Duration {
		out := make([]time.Duration, n)
		for i := range out {
			out[i] = at
		}
		return out
	}
	out := []question{{fmt.Sprintf("send %d hits at one instant", n+2), clump(0, n+2)}}
	for _, part := range []float64{0.25, 0.5, 0.75, 1.1, 1.6} {
		wait := time.Duration(part * float64(fill))
		out = append(out,
			question{
				fmt.Sprintf("send %d hits at one instant, and as many %s later", n+1, brief(wait)),
				append(clump(0, n+1), clump(wait, n+1)...),
			},
			question{
				fmt.Sprintf("send %d hits at one instant, and %d some %s later", (n+1)/2, n+1, brief(wait)),
				append(clump(0, (n+1)/2), clump(wait, n+1)...),
			})
	}
	for _, factor := range []float64{1.5, 3} {
		most := min(400, 2*n+int(3*factor*rate*fill.Seconds()))
		q := question{words: fmt.Sprintf("send %s hits a second for %s", short(factor*rate), brief(time.Duration(float64(most)/(factor*rate)*1e9)))}
		for i := range most {
			q.at = append(q.at, time.Duration(float64(i)/(factor*rate)*1e9))
		}
		out = append(out, q)
	}
	return out
}

// brief is a duration for people.
func brief(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d.Round(time.Duration(math.Pow(10, math.Floor(math.Log10(float64(d)))-1)))
}

// separates says which traffic would tell the models that are possible apart,
// and what each of them would do about it; "" if none of some does.
func (j *judged) separates() string {
	if j.model == nil || !j.fit.tight() || j.fit.NoRate || !(j.fit.Rate.Value > 0) || j.fit.Burst.Value < 1 || j.fit.Burst.Value > 10_000 {
		return ""
	}
	var best question
	var answers []string
	most := 0.0 // of the hits, the share about which they differ
	for _, q := range questions(j.fit.Rate.Value, j.fit.Burst.Value) {
		least, largest := math.MaxInt, 0
		var says []string
		for _, m := range j.survivors {
			f := j.fits[m.Doc().Title]
			if !f.Consistent {
				continue
			}
			l, n := f.limiter(0).Clone(), 0
			for _, at := range q.at {
				at += rested
				admitted := l.Admits(at)
				l.Observe(at, admitted)
				if admitted {
					n++
				}
			}
			least, largest = min(least, n), max(largest, n)
			says = append(says, fmt.Sprintf("%s admits %d", m.Doc().Title, n))
		}
		if share := float64(largest-least) / float64(len(q.at)); share > most && len(says) > 1 {
			most, best, answers = share, q, says
		}
	}
	if most == 0 {
		return ""
	}
	return fmt.Sprintf("; to tell them apart, %s after a rest: of %d, %s", best.words, len(best.at), strings.Join(answers, ", "))
}

// rested is long after anything that a limiter remembers.
const rested = 1000 * time.Hour
