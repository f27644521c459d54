package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ratefit/internal/trace"
)

// judge tries every model of the catalogue.
func judge(streams []*Stream, o Options) judged {
	admitted, limited := 0, 0
	for _, s := range streams {
		admitted += s.admitted
		limited += s.limited
	}
	switch {
	case admitted+limited == 0:
		return judged{verdict: Insufficient, why: "no hit was answered in a way that tells whether it was limited"}
	case limited == 0:
		return pacedOrUnlimited(streams, o)
	case admitted == 0:
		return judged{verdict: Insufficient, why: "every hit was limited: the limiter was used up before the run, or it refuses this client altogether; wait and run again with fewer hits"}
	}
	return choose(streams, o)
}

// pacedOrUnlimited tells a pacer, which delays and never refuses, from no
// limiter.
func pacedOrUnlimited(streams []*Stream, o Options) judged {
	m := LeakyBucketQueue{}
	if f := m.Fit(streams, o); f.Consistent && f.tight() {
		return judged{verdict: Identified, model: m, fit: f, survivors: []Model{m}, fits: map[string]Fit{m.Doc().Title: f}}
	}
	if heldBack(streams) {
		return judged{verdict: Insufficient, why: "nothing was limited, but the more hits were sent at once the longer replies took: it may be a queue that delays, or a server that is slow; send fewer at once, for longer"}
	}
	return judged{verdict: Unlimited}
}

// heldBack reports that replies took longer and longer when hits were sent at
// once, many times what the quickest took.
func heldBack(streams []*Stream) bool {
	const many, evident = 10, 300e6
	quickest, longer := int64(never), 0
	for _, s := range streams {
		for hit := range s.from {
			if s.to[hit] != never {
				quickest = min(quickest, s.to[hit]-s.from[hit])
			}
		}
	}
	for _, s := range streams {
		for hit := range s.from {
			if took := s.to[hit] - s.from[hit]; s.to[hit] != never && took > evident && took/many > quickest {
				longer++
			}
		}
	}
	return longer >= fewDelayed
}

// choose keeps the models that explain the streams, without those that have to
// suppose a much coarser clock than another.
func choose(streams []*Stream, o Options) judged {
	var j judged
	j.fits = map[string]Fit{}
	models := plain()
	if !o.plain {
		models = append(models, modified()...)
	}
	j.try(models, streams, o)
	j.prefer(streams)
	j.join()
	if len(j.survivors) == 0 && !o.plain {
		j.try(several(), streams, o)
	}
	switch {
	case len(j.survivors) == 0:
		j.verdict = Contradicted
	case j.model == nil:
		j.verdict = Insufficient
		j.why = j.unresolved()
	case !j.fit.tight():
		j.verdict = Insufficient
		j.why = missing(j.fit)
	case !j.fit.NoRate && refills(streams) < cmp.Or(j.fit.refills, fewRefills):
		j.verdict = Insufficient
		j.why = fmt.Sprintf("only %d of the admitted hits came after limited ones, too few to tell a limiter by; go on for longer, or faster", refills(streams))
	case len(j.survivors) == 1 && j.fit.Doubt != "":
		j.verdict = Undetermined
		j.why = j.fit.Doubt
	case len(j.survivors) == 1 && closed(streams) > 0:
		j.verdict = Insufficient
		j.why = fmt.Sprintf("nothing was admitted for %s: windows longer than were looked for may explain that as well; go on for at least %s",
			brief(closed(streams)), brief(closedParts*closed(streams)))
	case len(j.survivors) == 1 && j.usedBefore(streams, o):
		j.verdict, j.before = Undetermined, true
		j.why = fmt.Sprintf("%s explains every decision, but only if the limiter had been used before the run, and nothing in it shows the limiter at rest; pause for %s, then send more than %s hits at one instant",
			j.model.Doc().Title, brief(j.fit.restTime()), short(j.fit.Burst.Value))
	case len(j.survivors) == 1:
		j.verdict = Identified
	default:
		j.verdict = Undetermined
		j.why = j.several()
	}
	return j
}

// closedParts is how many times as long as nothing was admitted a trace has to be:
// windows longer than half of it are not looked for.
const closedParts = 3

// closed is the longest time for which nothing was admitted, if the trace is too
// short for it; else 0.
func closed(streams []*Stream) time.Duration {
	length := 0.0
	for _, s := range streams {
		length = max(length, s.length())
	}
	if run := longestRun(streams, 0); closedParts*run > length {
		return time.Duration(run)
	}
	return 0
}

// several says which models are possible.
func (j *judged) several() string {
	var explain []Model
	for _, m := range j.survivors {
		if j.fits[m.Doc().Title].Consistent {
			explain = append(explain, m)
		}
	}
	if len(explain) == len(j.survivors) {
		return "several models explain every decision: " + strings.Join(titles(explain), ", ") + j.separates()
	}
	return strings.Join(titles(explain), ", ") + " explains every decision, but other models may as well: " + j.unresolved()
}

// unresolved says of which models the search came to no end.
func (j *judged) unresolved() string {
	var all []string
	for _, m := range j.survivors {
		if f := j.fits[m.Doc().Title]; f.Unresolved != "" {
			all = append(all, m.Doc().Title+": "+f.Unresolved)
		}
	}
	return strings.Join(all, "; ")
}

// try fits models and sorts them into those that explain the streams and those
// that do not.
func (j *judged) try(models []Model, streams []*Stream, o Options) {
	finest := time.Duration(math.MaxInt64)
	for _, m := range models {
		if title := m.Doc().Title; o.Without[title] || o.excluded[title] {
			j.fits[m.Doc().Title] = Fit{}
			continue
		}
		var f Fit
		bucket := j.fits[TokenBucket{}.Doc().Title]
		if m == Model(TokenBucketStepped{Single: true}) && (bucket.indistinct() || o.look && bucket.Consistent) {
			f = unresolved(tooMany) // nor would it make a difference
		} else {
			f = m.Fit(streams, o)
		}
		j.fits[m.Doc().Title] = f
		if f.Consistent && m == Model(LeakyBucketQueue{}) {
			// It explains the delays; the others would take them for slow replies.
			j.survivors, j.model, j.fit = []Model{m}, m, f
			j.rejected = append(j.rejected, models[1:]...)
			return
		}
		if f.Consistent {
			finest = min(finest, f.Grain)
		}
	}
	for _, m := range models {
		f := j.fits[m.Doc().Title]
		if !f.possible() || f.Grain >= coarser*finest {
			j.rejected = append(j.rejected, m)
			continue
		}
		j.survivors = append(j.survivors, m)
		if j.model == nil && f.Consistent {
			j.model, j.fit = m, f
		}
	}
}

// prefer drops models that explain the decisions only because they say nothing
// about what another one explains as well: the delays of a queue, or that
// places come back with the replies.
func (j *judged) prefer(streams []*Stream) {
	queue, cap := LeakyBucketQueue{}.Doc().Title, Concurrency{}.Doc().Title
	keep := func(Model) bool { return true }
	switch {
	case j.fits[queue].Consistent:
		keep = func(m Model) bool { return m.Doc().Title == queue }
	case j.fits[cap].Consistent && j.fits[cap].Doubt == "":
		served := servedTime(streams).Seconds()
		keep = func(m Model) bool {
			w := j.fits[m.Doc().Title].Params["window_s"]
			return w.Low == nil || *w.Low > 1.5*served || *w.High < served/1.5
		}
	}
	kept := j.survivors[:0:0]
	for _, m := range j.survivors {
		if keep(m) {
			kept = append(kept, m)
		} else {
			j.rejected = append(j.rejected, m)
		}
	}
	j.survivors, j.model, j.fit = kept, nil, Fit{}
	for _, m := range kept {
		if f := j.fits[m.Doc().Title]; f.Consistent && j.model == nil {
			j.model, j.fit = m, f
		}
	}
}

// fast is how closely tokens follow one another, at least, that a grid of them
// hardly differs from continuous refill: no more than the clocks of limiters do.
const fast = 20 * time.Millisecond

// join makes one of the token buckets that go by one name, if both are possible:
// what is known holds for either, unless tokens come so fast that none differs
// from continuous refill by what can be seen; then there are too many grids to
// try as well.
func (j *judged) join() {
	single := TokenBucketStepped{Single: true}
	bucket, grid := j.fits[TokenBucket{}.Doc().Title], j.fits[single.Doc().Title]
	at := slices.Index(j.survivors, Model(single))
	if at < 0 || !slices.Contains(j.survivors, Model(TokenBucket{})) || bucket.Grain > grains[0] {
		return
	}
	if grid.Consistent && !bucket.indistinct() {
		bucket.Rate, bucket.Burst = hull(bucket.Rate, grid.Rate), hull(bucket.Burst, grid.Burst)
		bucket.corners = append(slices.Clip(bucket.corners), grid.corners...)
	}
	j.survivors = slices.Delete(j.survivors, at, at+1)
	j.fits[TokenBucket{}.Doc().Title] = bucket
	if j.model == Model(TokenBucket{}) {
		j.fit = bucket
	}
}

// indistinct reports a token bucket that a grid of single tokens hardly differs
// from, see [fast].
func (f Fit) indistinct() bool {
	return f.Consistent && f.Grain <= grains[0] && f.Rate.Value*fast.Seconds() >= 1
}

func titles(models []Model) []string {
	var out []string
	for _, m := range models {
		out = append(out, m.Doc().Title)
	}
	return out
}

// fewRefills is the number of refills seen below which no model is named: as
// many as it has parameters (rate, burst, first level, clock), and one.
const fewRefills = 5

// refills counts how often a hit was admitted after one was limited.
func refills(streams []*Stream) int {
	n := 0
	for _, s := range streams {
		limited := false
		for _, hit := range s.byTo {
			switch s.outcome[hit] {
			case trace.Limited:
				limited = true
			case trace.Admitted:
				if limited {
					n++
				}
				limited = false
			}
		}
	}
	return n
}

// missing says what a rate without bounds lacks.
func missing(f Fit) string {
	switch {
	case f.Rate.Low == nil || *f.Rate.Low == 0:
		return "no refill was seen: after the limit was reached too little was admitted again to bound the rate from below; go on for longer"
	case f.Rate.High == nil:
		return "the limit was not reached often enough to bound the rate from above; send faster or for longer"
	}
	return "the rate is known only within a factor of " + short(*f.Rate.High / *f.Rate.Low) + "; go on for longer, or faster"
}
