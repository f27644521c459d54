package profiles

import (
	"fmt"
	"math"
	"math/big"
	"strings"
)

// A Rate is a number of hits per time. It counts hundred-millionths of a hit
// per day, so that every rate people write (50 per second, 120 per minute,
// 5 per hour, 0.25 per second) is exact and no schedule drifts. Write rates in
// code like durations: 50 * PerSecond, 5 * PerHour.
type Rate int64

// Units of a rate: one hit per day, hour, minute or second.
const (
	PerDay    Rate = 100_000_000
	PerHour        = 24 * PerDay
	PerMinute      = 60 * PerHour
	PerSecond      = 60 * PerMinute
)

// MaxRate is the highest rate a profile may ask for: a million hits per
// second.
const MaxRate = 1_000_000 * PerSecond

// rateHint says how rates are written; it ends messages about bad ones.
const rateHint = "write hits per second such as 50 or 120/min"

// units in the order in which String prefers them.
var units = [...]struct {
	rate  Rate
	names []string
}{
	{PerSecond, []string{"s", "sec"}},
	{PerMinute, []string{"min", "m"}},
	{PerHour, []string{"h", "hour"}},
	{PerDay, []string{"d", "day"}},
}

// HitsPerSecond is the rate nearest to hits per second, for rates that were
// calculated. Values beyond ±[MaxRate] (and not-a-number) give a rate that no
// phase accepts.
func HitsPerSecond(hits float64) Rate {
	r := math.Round(hits * float64(PerSecond))
	switch {
	case math.IsNaN(r):
		return 0
	case r > float64(MaxRate):
		return math.MaxInt64
	case r < -float64(MaxRate):
		return math.MinInt64
	}
	return Rate(r)
}

// ParseRate reads a rate such as "50" (per second), "50/s", "120/min",
// "120/m", "5/h" or "100/d". The number is a plain decimal and is kept
// exactly. Zero and negative rates are read too: whether they make sense is
// for the phase to say.
func ParseRate(s string) (Rate, error) {
	number, unit, found := strings.Cut(s, "/")
	number, unit = strings.TrimSpace(number), strings.TrimSpace(unit)
	if !found {
		unit = "s"
	}
	if !isDecimal(number) {
		return 0, fmt.Errorf("must be a rate, is %s; %s", quoted(s), rateHint)
	}
	for _, u := range units {
		for _, name := range u.names {
			if name == unit {
				return exactRate(number, u.rate, s)
			}
		}
	}
	return 0, fmt.Errorf("must be per s, min, h or d, is %s; %s", quoted(s), rateHint)
}

// exactRate multiplies a decimal by a unit. written is what messages show.
func exactRate(number string, unit Rate, written string) (Rate, error) {
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		return 0, fmt.Errorf("must be a rate, is %s; %s", quoted(written), rateHint)
	}
	r.Mul(r, new(big.Rat).SetInt64(int64(unit)))
	if limit := new(big.Rat).SetInt64(int64(MaxRate)); new(big.Rat).Abs(r).Cmp(limit) > 0 {
		return 0, fmt.Errorf("must be at most %s, is %s", MaxRate, quoted(written))
	}
	if !r.IsInt() {
		return 0, fmt.Errorf("has too many decimals, is %s; %s", quoted(written), rateHint)
	}
	return Rate(r.Num().Int64()), nil
}

// isDecimal reports whether s is a plain decimal number of at most 32
// characters. Exponents, hexadecimal digits, infinities and underscores are
// not how rates are written.
func isDecimal(s string) bool {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	return len(s) <= 32 && isDigits(whole) && (!dotted || isDigits(fraction))
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// PerSecond is the rate as a number of hits per second.
func (r Rate) PerSecond() float64 { return float64(r) / float64(PerSecond) }

// String writes the rate as [ParseRate] reads it, in the unit that makes it
// shortest to read: "50/s", "0.25/s", "5/min", "7/d".
func (r Rate) String() string {
	if (r%PerSecond)%(PerSecond/100) == 0 {
		return r.decimal(PerSecond, 2) + "/s"
	}
	for _, u := range units {
		if r%u.rate == 0 {
			return r.decimal(u.rate, 0) + "/" + u.names[0]
		}
	}
	// Ten decimals per second are exact for every rate that was written per
	// second; all others are exact per day.
	const tenDecimals = 864 // PerSecond / 1e10
	if r%tenDecimals == 0 {
		return r.decimal(PerSecond, 10) + "/s"
	}
	return r.decimal(PerDay, 8) + "/d"
}

func (r Rate) decimal(unit Rate, digits int) string {
	s := big.NewRat(int64(r), int64(unit)).FloatString(digits)
	if digits > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
