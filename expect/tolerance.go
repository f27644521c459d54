package expect

import (
	"math"
	"strings"
)

// A Tolerance is a share, from 0 to [MostTolerance].
type Tolerance float64

// DefaultTolerance is one percent, to either side. Limiters in the field are
// mostly known to within half of that (the median interval is 0.24 % wide), the
// clocks of two machines differ by less than a fiftieth of it, and no mistake in
// a configuration that matters is as small. A burst below 100 has to be exact
// under it, as hits come whole.
const DefaultTolerance Tolerance = 0.01

// MostTolerance is the widest: beyond it "held" would say nothing.
const MostTolerance Tolerance = 0.5

// ParseTolerance reads "1%", "0.5 %" or, as a share, "0.01".
func ParseTolerance(text string) (Tolerance, error) {
	const try = "write a percentage from 0% to 50% such as 1%"
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	x, err := decimal(strings.TrimSpace(number))
	if err != nil {
		return 0, mistake(try, "%s is not a percentage", quoted(text))
	}
	if percent {
		x /= 100
	} else if x >= 1 {
		return 0, mistake(try, "%s: is that a percentage? then it ends in %%", quoted(text))
	}
	if Tolerance(x) > MostTolerance {
		return 0, mistake(try, "%s is more than 50%%: that would say nothing", quoted(text))
	}
	return Tolerance(math.Round(x*1e9) / 1e9), nil // beyond that nothing is measured
}

// String writes the tolerance as [ParseTolerance] reads it: as a share, which is
// exact.
func (t Tolerance) String() string { return plain(float64(t)) }
