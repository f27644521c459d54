package reports

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// A HitSource hands over the hits of the trace that was analysed, in any
// order, until yield returns false. A hit may be reused by the source after
// yield has returned. The error is why the hits could not all be read.
type HitSource func(yield func(*trace.Hit) bool) error

// bins is how many intervals a series may hold: several for each point of a
// drawing, so that binning never shows.
const bins = 1 << 15

// A series counts the hits of one source over time in bounded memory. The
// interval starts at a microsecond and doubles whenever a hit lies beyond the
// last bin. Sums do not depend on the order of the hits, and an interval with
// a single hit stays one: no edge is lost.
type series struct {
	source   string // "" = all sources together
	interval time.Duration
	admitted []uint32
	limited  []uint32
	unknown  []uint32
	delayed  bool    // delays are wanted
	delays   []delay // of admitted hits
	last     time.Duration
	clumps   *clumps // the hits themselves; nil = only the counts are wanted
}

// add counts a hit at the middle of the span in which it was decided, behind a
// queue at its start.
func (s *series) add(h *trace.Hit, o trace.Outcome) {
	counts := &s.admitted
	switch o {
	case trace.Limited:
		counts = &s.limited
	case trace.Unknown:
		counts = &s.unknown
	case trace.Ignored:
		return
	}
	from, to, _ := h.Decided()
	at := max(from+(to-from)/2, 0)
	if s.delayed {
		at = max(from, 0) // a queue decides at once and answers later
	}
	s.last = max(s.last, at)
	if s.clumps != nil {
		s.clumps.add(h, o, at)
	}
	if s.interval == 0 {
		s.interval = time.Microsecond
	}
	for at/s.interval >= bins {
		s.interval *= 2
		s.admitted, s.limited, s.unknown = halved(s.admitted), halved(s.limited), halved(s.unknown)
		s.delays = halvedDelays(s.delays)
	}
	i := int(at / s.interval)
	if i >= len(*counts) {
		*counts = append(*counts, make([]uint32, i+1-len(*counts))...)
	}
	(*counts)[i]++
	if s.delayed && o == trace.Admitted {
		s.addDelay(i, (to - from).Seconds())
	}
}

func halved(c []uint32) []uint32 {
	for i := range (len(c) + 1) / 2 {
		n := c[2*i]
		if 2*i+1 < len(c) {
			n += c[2*i+1]
		}
		c[i] = n
	}
	return c[:(len(c)+1)/2]
}

// at returns the middle of bin i in seconds.
func (s *series) at(i int) float64 {
	return (float64(i) + 0.5) * s.interval.Seconds()
}

// head names the series above its panel.
func (s *series) head() string {
	if s.source == "" {
		return ""
	}
	return "from " + drawable(s.source)
}

// panels is the most sources that are drawn separately.
const panels = 4

// seriesOf returns the empty series that the figures of a limit need: one for
// each source that has a bucket of its own, at most four, else one for all.
// The note says what is left out.
func seriesOf(l *analyze.Limit, s analyze.Scope) (all []*series, note string) {
	switch {
	case len(l.Sources) > 1 && s.Source == analyze.Shared:
		return []*series{{}}, "The " + strconv.Itoa(len(l.Sources)) + " sources share the limiter; their hits are drawn together."
	case len(l.Sources) == 0:
		return []*series{{}}, ""
	case len(l.Sources) > panels:
		return []*series{{source: l.Sources[0]}}, "Drawn is the first of " + strconv.Itoa(len(l.Sources)) + " sources."
	}
	for _, source := range l.Sources {
		all = append(all, &series{source: source})
	}
	return all, ""
}

// collect reads the hits once and counts each in every scene that it belongs to.
// Experiments about the cost of refused hits belong to none.
func collect(scenes []*scene, hits HitSource) error {
	if hits == nil {
		return nil
	}
	type key struct{ class, source string }
	type target struct {
		*series
		limited []int
	}
	routes := map[key][]target{}
	return hits(func(h *trace.Hit) bool {
		if _, _, cost := h.Cost(); cost {
			return true // the limit was not fitted to it
		}
		k := key{h.Class, h.Source}
		to, known := routes[k]
		if !known {
			for _, sc := range scenes {
				for _, s := range sc.series {
					if sc.holds(h) && (s.source == "" || s.source == h.Source) {
						to = append(to, target{s, sc.limited})
					}
				}
			}
			routes[key{strings.Clone(h.Class), strings.Clone(h.Source)}] = to
		}
		for _, t := range to {
			t.add(h, h.Outcome(t.limited))
		}
		return true
	})
}

// holds reports whether the hit's class and source are among the limit's.
func (sc *scene) holds(h *trace.Hit) bool {
	l := sc.limit
	if len(l.Sources) > 0 && !slices.Contains(l.Sources, h.Source) {
		return false
	}
	return l.Class == h.Class || slices.Contains(strings.Split(l.Class, "+"), h.Class)
}

// limitedStatuses returns the statuses that meant "limited" in the analysis;
// where nothing was limited, one that no reply has.
func limitedStatuses(l *analyze.Limit) []int {
	statuses := []int{-1}
	for s := range l.LimitedStatuses {
		if n, err := strconv.Atoi(s); err == nil {
			statuses = append(statuses, n)
		}
	}
	return statuses
}
