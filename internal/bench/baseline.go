package bench

import (
	"cmp"
	"slices"
	"time"

	"ratefit/internal/trace"
)

// A Guess is what a simple method makes of a trace. It supposes a token bucket
// whatever is there.
type Guess struct {
	Rate  float64 `json:"rate"` // per second; 0 = the method has none
	Burst int     `json:"burst"`
}

// A decision is one hit as the simple methods see it: by the instant of
// sending, admitted or not.
type decision struct {
	at       time.Duration
	admitted bool
}

// decisions leaves out hits of unknown outcome. limited lists the statuses of
// limited hits, as in an analysis.
func decisions(hits []trace.Hit, limited []int) []decision {
	var all []decision
	for i := range hits {
		switch hits[i].Outcome(limited) {
		case trace.Admitted:
			all = append(all, decision{hits[i].Sent, true})
		case trace.Limited:
			all = append(all, decision{hits[i].Sent, false})
		}
	}
	slices.SortStableFunc(all, func(a, b decision) int { return cmp.Compare(a.at, b.at) })
	return all
}

// opening is the number of hits admitted before the first limited one.
func opening(all []decision) int {
	n := slices.IndexFunc(all, func(d decision) bool { return !d.admitted })
	if n < 0 {
		return len(all)
	}
	return n
}

// Naive is how people read a load test: the burst is the opening run of
// admitted hits, the rate what is admitted while the limiter is saturated. That
// is the longest stretch of whole seconds in each of which something was
// limited, but for its first, in which the burst may be.
func Naive(hits []trace.Hit, limited []int) Guess {
	all := decisions(hits, limited)
	g := Guess{Burst: opening(all)}
	type second struct{ admitted, limited int }
	seconds := map[int64]second{}
	var last int64
	for _, d := range all {
		n := int64(d.at / time.Second)
		s := seconds[n]
		if d.admitted {
			s.admitted++
		} else {
			s.limited++
		}
		seconds[n] = s
		last = n
	}
	var most, length, admitted int
	for n := range last + 1 {
		s := seconds[n]
		switch {
		case s.limited == 0:
			length, admitted = 0, 0
			continue
		case length > 0:
			admitted += s.admitted
		}
		if length++; length-1 > most {
			most = length - 1
			g.Rate = float64(admitted) / float64(most)
		}
	}
	return g
}

// Depletions is the method used for the limiters of ICMP error messages: the
// bucket is the replies before the first loss; after it, each run of replies
// between two losses is a refill, with the median of their sizes, and the median
// of the gaps between their beginnings is the interval.
func Depletions(hits []trace.Hit, limited []int) Guess {
	all := decisions(hits, limited)
	g := Guess{Burst: opening(all)}
	var sizes []int
	var begins, gaps []time.Duration
	for i := g.Burst; i < len(all); i++ {
		if !all[i].admitted {
			continue
		}
		if !all[i-1].admitted {
			begins = append(begins, all[i].at)
			sizes = append(sizes, 0)
		}
		sizes[len(sizes)-1]++
	}
	for i := 1; i < len(begins); i++ {
		gaps = append(gaps, begins[i]-begins[i-1])
	}
	if len(gaps) == 0 {
		return g
	}
	g.Rate = float64(median(sizes)) / median(gaps).Seconds()
	return g
}

// median is the middle value, the upper one of two; 0 for none.
func median[T cmp.Ordered](values []T) T {
	return quantile(values, 1, 2)
}

// quantile is the value below which n of m parts of the values lie; 0 for none.
func quantile[T cmp.Ordered](values []T, n, m int) T {
	var zero T
	if len(values) == 0 {
		return zero
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, len(sorted)*n/m)]
}
