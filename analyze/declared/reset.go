package declared

import (
	"math"
	"net/http"
	"time"
)

const (
	// near is how far an absolute instant can be from the Date: 400 days. A
	// number further away is not an instant in that encoding.
	near = 400 * 86400

	// ambiguous is the least number that can as well be milliseconds as
	// seconds where the convention does not say: below it, a length of time in
	// milliseconds would be under ten seconds.
	ambiguous = 10_000
)

// reset reads when a limit resets, in seconds after the Date. The order of the
// readings is: a number close to the Date, in seconds or milliseconds, is an
// instant; another is a length of time, in seconds if inSeconds says that the
// convention knows no other unit, else only if it is small; then the text
// forms. What stays open is nil, with a note.
func (m *message) reset(name, text string, inSeconds bool) (*float64, Encoding) {
	if text == "" {
		return nil, ""
	}
	if v, ok := number(text); ok {
		return m.resetNumber(name, v, inSeconds)
	}
	if v, ok := span(text); ok {
		return m.num(v), Duration
	}
	for _, form := range textForms {
		if t, err := form.parse(text); err == nil {
			return m.until(name, float64(t.Unix())+float64(t.Nanosecond())/1e9), form.encoding
		}
	}
	m.note(name, "is neither a number nor an instant")
	return nil, ""
}

func (m *message) resetNumber(name string, v float64, inSeconds bool) (*float64, Encoding) {
	if v < 0 {
		m.note(name, "is negative")
		return nil, ""
	}
	if v < ambiguous {
		return m.num(milli(v)), Seconds
	}
	now, ok := m.now()
	switch {
	case !ok && v >= 1e8: // longer than 400 days, so it can only be an instant
		m.note(name, "is an instant, but the response has no Date to compare it with")
	case ok && math.Abs(v-now) <= near:
		return m.until(name, v), EpochSeconds
	case ok && math.Abs(v/1e3-now) <= near:
		return m.until(name, v/1e3), EpochMilliseconds
	case v > near:
		m.note(name, "is neither close to the Date nor a plausible length of time")
	case inSeconds:
		return m.num(milli(v)), Seconds
	default:
		m.note(name, "is ambiguous: seconds or milliseconds, which one response cannot tell")
	}
	return nil, ""
}

// until returns the seconds from the Date to an instant. The Date has whole
// seconds, so an instant up to one before it is now.
func (m *message) until(name string, instant float64) *float64 {
	now, ok := m.now()
	in := milli(instant - now)
	switch {
	case !ok:
		m.note(name, "is an instant, but the response has no Date to compare it with")
		return nil
	case in < -1:
		m.note(name, "is an instant before the Date")
		return nil
	case in > near:
		m.note(name, "is an instant more than 400 days ahead")
		return nil
	}
	return m.num(max(0, in))
}

// textForms are the ways to write an instant as text, in the order tried. Go's
// http.ParseTime rejects the zone "UTC", which some write.
var textForms = []struct {
	encoding Encoding
	parse    func(string) (time.Time, error)
}{
	{RFC3339, func(s string) (time.Time, error) { return time.Parse(time.RFC3339, s) }},
	{RFC3339, func(s string) (time.Time, error) { return time.Parse("2006-01-02T15:04Z07:00", s) }},
	{HTTPDate, http.ParseTime},
	{HTTPDate, func(s string) (time.Time, error) { return time.Parse(time.RFC1123, s) }},
}
