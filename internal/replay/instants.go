package replay

import (
	"slices"
	"time"
)

// Instants says what is supposed of the time of requests that is known to the
// second only.
type Instants string

// The suppositions. With [AsRecorded] there is nothing to suppose.
const (
	AsRecorded Instants = "as recorded"
	AtOnce     Instants = "at once" // all of a second at its start
	Spread     Instants = "spread"  // those of a second that meet one limiter, evenly
)

// Suppositions lists what to suppose of the traffic.
func (t *Traffic) Suppositions() []Instants {
	if t.Whole == 0 {
		return []Instants{AsRecorded}
	}
	return []Instants{AtOnce, Spread}
}

// instants returns when the requests of a lane arrive. The result is not to be
// changed.
func (t *Traffic) instants(l *lane, how Instants) []time.Duration {
	if how != Spread {
		return l.at
	}
	var out []time.Duration // only if any two share their second
	for i := 0; i < len(l.at); {
		n := 1
		for i+n < len(l.at) && l.at[i+n] == l.at[i] {
			n++
		}
		if n > 1 && (t.first+int64(l.at[i]))%int64(time.Second) == 0 {
			if out == nil {
				out = slices.Clone(l.at)
			}
			for k := range n {
				out[i+k] += time.Second * time.Duration(k) / time.Duration(n)
			}
		}
		i += n
	}
	if out == nil {
		return l.at
	}
	// Only where some requests of a lane have finer times can they be overtaken.
	if !slices.IsSorted(out) {
		slices.Sort(out)
	}
	return out
}
