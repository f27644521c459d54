package accesslog

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"time"
)

// An instant is a point in time as a log has it.
type instant struct {
	at    int64 // nanoseconds since 1970
	whole bool  // known to the second only
}

// errTime is the one reason for every time that cannot be read: its text may be
// anything.
var errTime = errors.New("the time cannot be read")

// earliest and latest bound the instants that are believed: what lies outside was
// not written by a clock.
var (
	earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
)

var errBelief = errors.New("the time lies outside 1990 to 2100")

func believed(i instant) (instant, error) {
	if i.at < earliest || i.at >= latest {
		return instant{}, errBelief
	}
	return i, nil
}

// A clock reads times of the Common Log Format. It remembers the last one:
// neighbours mostly share their second.
type clock struct {
	text []byte
	last instant
}

// commonTime is the layout of %t of Apache and $time_local of nginx.
const commonTime = "02/Jan/2006:15:04:05 -0700"

func (c *clock) common(b []byte) (instant, error) {
	if bytes.Equal(b, c.text) && len(b) > 0 {
		return c.last, nil
	}
	t, err := time.Parse(commonTime, string(b))
	if err != nil {
		return instant{}, errTime
	}
	i, err := believed(instant{t.UnixNano(), t.Nanosecond() == 0})
	if err == nil {
		c.text, c.last = append(c.text[:0], b...), i
	}
	return i, err
}

// written reads a time in any of the ways that logs in JSON have: seconds,
// milliseconds, microseconds or nanoseconds since 1970, RFC 3339 or nearly, or as
// in the Common Log Format.
func (c *clock) written(b []byte) (instant, error) {
	if bytes.Equal(b, c.text) && len(b) > 0 {
		return c.last, nil
	}
	i, ok := epoch(b)
	if !ok {
		if i, ok = calendar(string(b)); !ok {
			return instant{}, errTime
		}
	}
	i, err := believed(i)
	if err == nil {
		c.text, c.last = append(c.text[:0], b...), i
	}
	return i, err
}

// calendar reads a date and a time. Without a zone it is UTC.
func calendar(s string) (instant, bool) {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700",
		"2006-01-02T15:04:05", "2006-01-02 15:04:05", commonTime,
	} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1800 && t.Year() < 2200 {
			return instant{t.UnixNano(), !hasFraction(s)}, true
		}
	}
	return instant{}, false
}

// hasFraction reports whether the seconds of a time have decimals: only they are
// written with a point or a comma.
func hasFraction(s string) bool {
	for i := range len(s) {
		if s[i] == '.' || s[i] == ',' {
			return true
		}
	}
	return false
}

// epoch reads a number of seconds since 1970, or of thousandths, millionths or
// billionths, which its size tells: the digits are taken as they are, as a 64-bit
// float would lose some.
func epoch(b []byte) (instant, bool) {
	if bytes.ContainsAny(b, "eE") && !bytes.ContainsAny(b, "TZ:") {
		f, err := strconv.ParseFloat(string(b), 64)
		if err != nil || math.Abs(f) > 1e18 {
			return instant{}, false
		}
		b = strconv.AppendFloat(nil, f, 'f', -1, 64)
	}
	digits, fraction, _ := bytes.Cut(b, []byte{'.'})
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || n < 0 {
		return instant{}, false
	}
	unit := int64(1e9)
	for _, step := range []int64{1e11, 1e14, 1e17} {
		if n >= step {
			unit /= 1000
		}
	}
	at := n * unit
	for place := unit / 10; len(fraction) > 0; place, fraction = place/10, fraction[1:] {
		d := fraction[0]
		if d < '0' || d > '9' {
			return instant{}, false
		}
		at += int64(d-'0') * place
	}
	return instant{at, unit == 1e9 && len(digits) == len(b)}, true
}

// span reads a duration: a number of units, or one that Go writes, such as 1.5ms.
func span(b []byte, unit time.Duration) (time.Duration, bool) {
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		d, err := time.ParseDuration(string(b))
		return d, err == nil && d >= 0
	}
	f *= float64(unit)
	if !(f >= 0 && f < float64(1000*time.Hour)) {
		return 0, false
	}
	return time.Duration(f), true
}
