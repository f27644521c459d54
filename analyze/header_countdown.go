package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"ratefit/internal/trace"
)

// A fall is by how much the remaining hits that were claimed fell from one admitted
// hit of a class to the next.
type fall struct {
	seq    uint32 // of the later hit
	by     float64
	others int // hits of other limits from the same address that were admitted in between
}

// falls are those of one group, in order.
func (g *group) falls(beside []*group) []fall {
	outcome := make(map[uint32]trace.Outcome, g.stream.Len())
	for i, seq := range g.stream.seq {
		outcome[seq] = g.stream.outcome[i]
	}
	var others []uint32
	for _, b := range beside {
		for i, seq := range b.stream.seq {
			if b.source == g.source && b.stream.outcome[i] == trace.Admitted {
				others = append(others, seq)
			}
		}
	}
	slices.Sort(others)
	var said []saying
	for _, chunk := range g.claims.said.chunks {
		for _, s := range chunk {
			if s.remaining == s.remaining && outcome[s.seq] == trace.Admitted {
				said = append(said, s)
			}
		}
	}
	slices.SortFunc(said, func(a, b saying) int { return cmp.Compare(a.seq, b.seq) })
	before := func(seq uint32) int {
		return sort.Search(len(others), func(i int) bool { return others[i] >= seq })
	}
	var out []fall
	for i := 1; i < len(said); i++ {
		a, b := said[i-1], said[i]
		out = append(out, fall{b.seq, float64(a.remaining - b.remaining), before(b.seq) - before(a.seq)})
	}
	return out
}

// whyRemaining says why the remaining hits do not count down as the limiter does,
// "" if it is not known.
func whyRemaining(p pool) string {
	var all []fall
	for _, g := range p.groups {
		all = append(all, g.falls(p.beside)...)
	}
	if n, of := together(all); of >= fewSayings && n*5 >= of*4 {
		return fmt.Sprintf("they fall with hits of other limits too (%d of %d times): one count is shown for several limits", n, of)
	}
	if every := sampled(all); every > 1 {
		return fmt.Sprintf("they are brought up to date with every %s response or so", ordinal(every))
	}
	return ""
}

// together counts the falls with hits of other limits in between, and those of them
// that count these hits too.
func together(falls []fall) (counted, of int) {
	for _, f := range falls {
		if f.others == 0 || f.by <= 0 {
			continue
		}
		of++
		if f.by == float64(1+f.others) {
			counted++
		}
	}
	return counted, of
}

// sampled is in how many responses the claim changes once, if it mostly stays the
// same and then falls by as much as it stayed; else 0.
func sampled(falls []fall) int {
	still, all, downs, together := 0, 0, 0, 0
	for _, f := range falls {
		still++
		switch {
		case f.by > 0:
			downs++
			all += still
			if f.by == float64(still) {
				together++
			}
			still = 0
		case f.by < 0:
			still = 0
		}
	}
	if downs < fewSayings || all < 2*downs || together*10 < downs*7 {
		return 0
	}
	return int(math.Round(float64(all) / float64(downs)))
}

// ordinal is 2nd, 3rd, 4th …
func ordinal(n int) string {
	switch {
	case n%10 == 1 && n%100 != 11:
		return fmt.Sprintf("%dst", n)
	case n%10 == 2 && n%100 != 12:
		return fmt.Sprintf("%dnd", n)
	case n%10 == 3 && n%100 != 13:
		return fmt.Sprintf("%drd", n)
	}
	return fmt.Sprintf("%dth", n)
}
