package expect

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A Limit is the sustained rate that is expected for a class, and its burst.
type Limit struct {
	Class     string // "read", or "read+write" for one limiter of both
	Unlimited bool   // nothing is limited; the rest is then zero but for Burst
	Hits      float64
	Per       time.Duration // Hits in each Per; a whole number of milliseconds

	// Burst is how many hits are admitted at one instant from rest, the first
	// included; 0 = not said. Where nothing is limited it is how many hits must
	// have been admitted within one second to believe that.
	Burst float64
}

// The bounds of what can be expected.
const (
	mostHits   = 1e9
	leastHits  = 1e-6
	longestPer = 366 * 24 * time.Hour
)

// Rate is the sustained rate per second.
func (l Limit) Rate() float64 { return l.Hits / l.Per.Seconds() }

func (l Limit) subject() string { return "class " + l.Class }

const (
	limitHint = "write class=rate:burst such as read=2/s:30 or write=100/15m, or write=unlimited"
	rateHint  = "write hits per time such as 2/s, 120/m, 5/h, 100/15m or 0.5/s"
	burstHint = "write the burst as a whole number of hits, as in read=2/s:30"
)

// ParseLimit reads "read=2/s:30", "write=100/15m" or "write=unlimited", also
// "write=unlimited:500".
func ParseLimit(text string) (Limit, error) {
	name, value, found := strings.Cut(text, "=")
	if !found {
		return Limit{}, mistake(limitHint, "%s: is not an expectation: there is no =", quoted(text))
	}
	var l Limit
	var err error
	if l.Class, err = class(name, text); err != nil {
		return Limit{}, err
	}
	rate, burst, bursts := strings.Cut(strings.TrimSpace(value), ":")
	if bursts {
		if l.Burst, err = wholeHits(strings.TrimSpace(burst), text); err != nil {
			return Limit{}, err
		}
	}
	if rate = strings.TrimSpace(rate); rate == "unlimited" {
		l.Unlimited = true
		return l, nil
	}
	if l.Hits, l.Per, err = parseRate(rate, text); err != nil {
		return Limit{}, err
	}
	return l, nil
}

// wholeHits reads a burst.
func wholeHits(text, whole string) (float64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 || float64(n) > mostHits {
		return 0, mistake(burstHint, "%s: %s is not a burst", quoted(whole), quoted(text))
	}
	return float64(n), nil
}

// periods are the units of time, the longest first. The first name of each is the
// one that is written.
var periods = []struct {
	length time.Duration
	names  []string
}{
	{24 * time.Hour, []string{"d", "day"}},
	{time.Hour, []string{"h", "hour"}},
	{time.Minute, []string{"m", "min", "minute"}},
	{time.Second, []string{"s", "sec", "second"}},
	{time.Millisecond, []string{"ms"}},
}

// parseRate reads "2/s" or "100/15m".
func parseRate(text, whole string) (hits float64, per time.Duration, err error) {
	number, unit, found := strings.Cut(text, "/")
	number, unit = strings.TrimSpace(number), strings.TrimSpace(unit)
	if !found {
		return 0, 0, mistake(rateHint, "%s: %s is not a rate: it does not say per what", quoted(whole), quoted(text))
	}
	if hits, err = decimal(number); err != nil || hits < leastHits || hits > mostHits {
		return 0, 0, mistake(rateHint, "%s: %s is not a number of hits above 0", quoted(whole), quoted(number))
	}
	if per, err = period(unit, whole); err != nil {
		return 0, 0, err
	}
	return hits, per, nil
}

// period reads "s", "15m" or "90s".
func period(text, whole string) (time.Duration, error) {
	digits := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
	n := uint64(1)
	if digits != "" {
		var err error
		if n, err = strconv.ParseUint(digits, 10, 32); err != nil || n == 0 {
			return 0, mistake(rateHint, "%s: %s is not a time above 0", quoted(whole), quoted(text))
		}
	}
	name := strings.TrimSpace(text[len(digits):])
	for _, p := range periods {
		for _, known := range p.names {
			if name != known {
				continue
			}
			if n > uint64(longestPer/p.length) {
				return 0, mistake(rateHint, "%s: %s is longer than a year", quoted(whole), quoted(text))
			}
			return time.Duration(n) * p.length, nil
		}
	}
	return 0, mistake(rateHint, "%s: %s is not a time: it ends in ms, s, m, h or d", quoted(whole), quoted(text))
}

// decimal reads a plain decimal number of at most 32 characters: no sign, no
// exponent, no infinity.
func decimal(text string) (float64, error) {
	if text == "" || len(text) > 32 || strings.Trim(text, "0123456789.") != "" {
		return 0, strconv.ErrSyntax
	}
	x, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsInf(x, 0) || math.IsNaN(x)) {
		err = strconv.ErrRange
	}
	return x, err
}

// plain writes a number as [decimal] reads it.
func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// RateText writes the rate alone: "2/s", "100/15m".
func (l Limit) RateText() string {
	for _, p := range periods {
		if n := l.Per / p.length; l.Per%p.length == 0 {
			text := plain(l.Hits) + "/"
			if n > 1 {
				text += strconv.FormatInt(int64(n), 10)
			}
			return text + p.names[0]
		}
	}
	return plain(l.Hits) + "/" + l.Per.String() // not reached by what was read
}

// String writes the limit as [ParseLimit] reads it.
func (l Limit) String() string {
	text := l.Class + "=unlimited"
	if !l.Unlimited {
		text = l.Class + "=" + l.RateText()
	}
	if l.Burst > 0 {
		text += ":" + plain(l.Burst)
	}
	return text
}
