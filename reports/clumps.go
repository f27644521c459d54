package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"ratefit/internal/trace"
)

// A clump is one hit, or several of one series that lie next to each other in
// time. Clumps are what the timeline of a page is drawn from. However many hits
// there are, none is left out, and no change between admitted and limited is
// lost:
//
//  1. While there is room each hit is a clump of its own.
//  2. Then hits of one outcome that follow each other become one clump. It
//     keeps the instants of the first and of the last: each change of outcome
//     stays where it was. Such a clump is shorter than a 4096th of the time.
//  3. Only when the changes themselves are too many, hits of all outcomes that
//     fall into the same short interval become one clump. It counts each outcome
//     and is drawn in the colours of all that it holds, so that the change stays
//     visible at each zoom level.
//
// The lowest and the highest level within a clump are kept too.
type clump struct {
	at, last time.Duration // of its first and its last hit
	hit      uint64        // number of the first hit
	kind     uint16        // of the first hit
	n        [3]uint32     // hits by outcome: admitted, limited, unknown

	// What the fitted bucket has left: the most and the least from just before
	// the first hit until the last, and what it is at the end.
	high, low, left float32
}

func (c *clump) hits() int { return int(c.n[0] + c.n[1] + c.n[2]) }

// pure reports whether all hits had one outcome, and which.
func (c *clump) pure() (outcome int, ok bool) {
	for o, n := range c.n {
		if n > 0 && int(n) == c.hits() {
			return o, true
		}
	}
	return 0, false
}

// A hitKind is what hits have in common: indexes into a table of these are kept.
type hitKind struct {
	Class   string `json:"class"`
	Source  string `json:"source"`
	Status  int    `json:"status"` // 0 = no reply
	Outcome string `json:"outcome"`
}

const (
	kindsKept    = 4096    // kinds beyond that are not told apart
	clumpsInside = 1 << 20 // of all series while hits are read
	clumpsKept   = 80_000  // of all series in a page
)

// clumps collects the hits of one series in bounded memory.
type clumps struct {
	all    []clump
	most   int           // so many are kept while hits are read
	grain  time.Duration // hits in one interval of this length are one clump; 0 = all are apart
	kinds  []hitKind
	lookup map[hitKind]uint16
}

var outcomeNames = [3]string{trace.Admitted: "admitted", trace.Limited: "limited", trace.Unknown: "unknown"}

// add keeps a hit that was decided at an instant.
func (c *clumps) add(h *trace.Hit, o trace.Outcome, at time.Duration) {
	one := clump{at: at, last: at, hit: h.Seq, kind: c.kind(h, o)}
	one.n[o] = 1
	c.all = append(c.all, one)
	if len(c.all) < c.most {
		return
	}
	c.sort()
	for len(c.all) > c.most/2 {
		c.grain = max(2*c.grain, time.Microsecond)
		c.merge(c.grain, false)
	}
}

func (c *clumps) kind(h *trace.Hit, o trace.Outcome) uint16 {
	k := hitKind{h.Class, h.Source, h.Status, outcomeNames[o]}
	i, known := c.lookup[k]
	if !known && len(c.kinds) >= kindsKept {
		k = hitKind{Outcome: k.Outcome} // stands for all others
		i, known = c.lookup[k]
	}
	if known {
		return i
	}
	if c.lookup == nil {
		c.lookup = map[hitKind]uint16{}
	}
	i = uint16(len(c.kinds))
	c.lookup[hitKind{strings.Clone(k.Class), strings.Clone(k.Source), k.Status, k.Outcome}] = i
	c.kinds = append(c.kinds, hitKind{printable(k.Class), printable(k.Source), k.Status, k.Outcome})
	return i
}

func (c *clumps) sort() {
	slices.SortFunc(c.all, func(a, b clump) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.hit, b.hit))
	})
}

// merge makes one clump of those that lie in the same interval of a grid; with
// alike only of those that are next to each other and have one outcome.
func (c *clumps) merge(grain time.Duration, alike bool) {
	out := c.all[:0]
	for _, next := range c.all {
		if len(out) > 0 && out[len(out)-1].joins(&next, grain, alike) {
			out[len(out)-1].absorb(&next)
			continue
		}
		out = append(out, next)
	}
	c.all = out
}

func (c *clump) joins(next *clump, grain time.Duration, alike bool) bool {
	if c.at/grain != next.last/grain {
		return false
	}
	if !alike {
		return true
	}
	mine, pure := c.pure()
	its, too := next.pure()
	return pure && too && mine == its
}

func (c *clump) absorb(next *clump) {
	for o := range c.n {
		c.n[o] += next.n[o]
	}
	c.last = max(c.last, next.last)
	c.hit = min(c.hit, next.hit)
	c.high, c.low, c.left = max(c.high, next.high), min(c.low, next.low), next.left
}

// finish sorts the clumps, replays them through the fitted bucket, if there is
// one, and leaves at most so many.
func (c *clumps) finish(rate, burst float64, most int) {
	c.sort()
	if c.grain > 0 { // hits that came late lie inside of clumps
		c.merge(c.grain, false)
	}
	c.level(rate, burst)
	if len(c.all) <= most {
		return
	}
	end := c.all[len(c.all)-1].last
	for g := time.Microsecond; g <= end/4096 && len(c.all) > most; g *= 2 {
		c.merge(g, true)
	}
	for g := max(c.grain, time.Microsecond); len(c.all) > most; g *= 2 {
		c.merge(g, false)
	}
}

// level says of each clump what a bucket has left that is full at the start, as
// [series.steps] does.
func (c *clumps) level(rate, burst float64) {
	used, now := 0.0, time.Duration(0)
	drain := func(to time.Duration) float32 {
		used, now = math.Max(0, used-rate*(to-now).Seconds()), max(now, to)
		return float32(burst - used)
	}
	for i := range c.all {
		one := &c.all[i]
		one.high = drain(one.at)
		used += float64(one.n[trace.Admitted])
		one.low = float32(burst - used)
		one.left = drain(one.last)
	}
}
