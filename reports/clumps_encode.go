package reports

import (
	"encoding/base64"
	"encoding/binary"
	"math"
)

// A webSeries is a series as the script of a page reads it.
type webSeries struct {
	Limit  int       `json:"limit"`           // index in the analysis
	Source string    `json:"source"`          // "" = all together
	End    float64   `json:"end_s"`           // of the time axis
	Rate   float64   `json:"rate,omitempty"`  // of the fitted bucket
	Burst  float64   `json:"burst,omitempty"` // 0 = none was fitted
	Kinds  []hitKind `json:"kinds"`
	Count  int       `json:"count"` // of clumps
	Clumps string    `json:"cells"` // base64 of what [clumps.encode] returns
}

// encode packs the clumps as numbers of seven bits in each byte, the lowest
// first, as [binary.AppendUvarint] does; signed ones as [binary.AppendVarint].
// For each clump these are
//
//	instant of its first hit, in µs, since the last hit of the clump before
//	twice its kind, plus one if it holds several hits
//	number of the first hit, less that of the clump before (signed)
//	only of several hits: time until the last one in µs; hits by outcome
//	only with a fitted bucket, in hundredths of a token:
//	  most left less what was left at the end of the clump before (signed);
//	  most less least left; of several hits: left at the end less least left
func (c *clumps) encode(fitted bool) string {
	var b []byte
	var end, hit, left int64
	for i := range c.all {
		one := &c.all[i]
		at, last := one.at.Microseconds(), one.last.Microseconds()
		several := one.hits() > 1
		b = binary.AppendUvarint(b, uint64(max(at-end, 0)))
		at = max(at, end)
		k := uint64(one.kind) * 2
		if several {
			k++
		}
		b = binary.AppendUvarint(b, k)
		b = binary.AppendVarint(b, int64(one.hit)-hit)
		end, hit = max(at, last), int64(one.hit)
		if several {
			b = binary.AppendUvarint(b, uint64(end-at))
			for _, n := range one.n {
				b = binary.AppendUvarint(b, uint64(n))
			}
		}
		if fitted {
			high, low, rest := cents(one.high), cents(one.low), cents(one.left)
			b = binary.AppendVarint(b, high-left)
			b = binary.AppendUvarint(b, uint64(high-low))
			left = low
			if several {
				b = binary.AppendUvarint(b, uint64(max(rest-low, 0)))
				left = max(rest, low)
			}
		}
	}
	return base64.StdEncoding.EncodeToString(b)
}

func cents(x float32) int64 { return int64(math.Round(100 * float64(x))) }
