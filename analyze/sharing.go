package analyze

import (
	"math"
	"slices"
	"sort"
	"time"
)

// A sharing says who has a limiter in common: the streams of each element are
// decided by one, all of them with the same parameters.
type sharing [][]*Stream

// separate: each stream has a limiter of its own.
func separate(streams []*Stream) sharing {
	var sh sharing
	for _, s := range streams {
		sh = append(sh, []*Stream{s})
	}
	return sh
}

// What the first looks at a long trace take: so many hits, then so many times as
// many, up to so many. The whole must be as many times longer again, else nothing
// is saved. A look counts only if each limiter was seen to let hits in again so
// often that no model lacks evidence.
const (
	firstLook   = 1000
	lookGrowth  = 4
	lastLook    = 4000
	lookRefills = 4 * fewRefills
)

// judge tries every model of the catalogue, and returns the streams that it was
// tried on as well: one for each limiter. More hits only exclude more: of a long
// trace the first hits leave few models to try on all. If they leave none, those
// hits are the streams.
func (sh sharing) judge(o Options) (judged, []*Stream) {
	total := 0
	for _, s := range sh.every() {
		total += s.Len()
	}
	early := o
	early.excluded, early.look = map[string]bool{}, true
	if o.longest == 0 {
		early.longest = sh.longestWindow()
	}
	for _, n := range sh.looks(total) {
		parts := sh.first(n)
		if !returning(parts) {
			continue
		}
		j := choose(parts, early)
		if j.verdict == Contradicted && len(sh.every()) > len(sh) {
			return j, parts // to merge all takes long
		}
		j.exclude(early.excluded)
	}
	o.excluded = early.excluded
	streams := sh.merged()
	return judge(streams, o), streams
}

// every is all streams.
func (sh sharing) every() []*Stream { return slices.Concat(sh...) }

// looks are how many hits the first looks take.
func (sh sharing) looks(total int) []int {
	var out []int
	for n := firstLook; n <= lastLook && n*lookGrowth <= total; n *= lookGrowth {
		out = append(out, n)
	}
	if len(sh.every()) > len(sh) && total/lookGrowth > lastLook {
		out = append(out, total/lookGrowth) // to merge all takes long
	}
	return out
}

// exclude adds the models that are not possible, but for those that lack evidence
// as long as nothing is delayed, or no reserve was drawn on.
func (j *judged) exclude(titles map[string]bool) {
	for title, f := range j.fits {
		switch title {
		case LeakyBucketQueue{}.Doc().Title, Either{}.Doc().Title:
		default:
			titles[title] = titles[title] || !f.possible()
		}
	}
}

// returning reports that each limiter was often seen to let hits in again.
func returning(streams []*Stream) bool {
	for _, s := range streams {
		if refills([]*Stream{s}) < lookRefills {
			return false
		}
	}
	return len(streams) > 0
}

// merged is one stream for each limiter.
func (sh sharing) merged() []*Stream {
	out := make([]*Stream, 0, len(sh))
	for _, streams := range sh {
		if m := merge(streams); m.Len() > 0 {
			out = append(out, m)
		}
	}
	return out
}

// first is about the first n of all hits, up to one instant.
func (sh sharing) first(n int) []*Stream {
	every := sh.every()
	begun := func(t int64) int {
		sent := 0
		for _, s := range every {
			sent += sort.Search(s.Len(), func(i int) bool { return s.from[s.byFrom[i]] >= t })
		}
		return sent
	}
	earliest, latest := every[0].span()
	for _, s := range every[1:] {
		from, to := s.span()
		earliest, latest = min(earliest, from), max(latest, to)
	}
	at := earliest + int64(sort.Search(int(latest-earliest), func(t int) bool { return begun(earliest+int64(t)) >= n }))
	out := make(sharing, len(sh))
	for i, streams := range sh {
		for _, s := range streams {
			if part := s.before(at); part.Len() > 0 {
				out[i] = append(out[i], part)
			}
		}
	}
	return out.merged()
}

// span is when the first and the last hit were sent (ns).
func (s *Stream) span() (first, last int64) {
	return s.from[s.byFrom[0]], s.from[s.byFrom[s.Len()-1]]
}

// longestWindow is the longest that is looked for in the whole of the streams.
func (sh sharing) longestWindow() time.Duration {
	longest := 0.0
	for _, streams := range sh {
		first, last := int64(math.MaxInt64), int64(math.MinInt64)
		for _, s := range streams {
			from, to := s.span()
			first, last = min(first, from), max(last, to)
		}
		longest = max(longest, longestWindow(float64(last-first)))
	}
	return time.Duration(longest)
}
