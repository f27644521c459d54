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

// timing is what is known of a time before its value is seen.
type timing struct {
	format    float64 // seconds of its unit, 0 = not known
	inSeconds bool    // if it is no instant it is in seconds
	by        Basis   // how that is known, 0 = by the name
}

// An instant is when a limit resets, in seconds after the Date.
type instant struct {
	in       *float64
	encoding Encoding
	by       Basis
}

// A resetKey names one reset of a response.
type resetKey struct {
	name, member string
	i            int
}

// reset reads when a limit resets. What the responses before have shown of its
// encoding goes before what the value alone suggests.
func (m *message) reset(key resetKey, text string, t timing) instant {
	v, ok := number(text)
	if ok && v >= 0 && m.lessons != nil {
		m.resets = append(m.resets, rawReset{key, v})
		if in, ok := m.lessons.reset(m, key, v, t); ok {
			return m.encoded(in)
		}
	}
	if ok {
		return m.encoded(m.resetNumber(key.name, v, t))
	}
	return m.encoded(m.resetText(key.name, text, t))
}

// encoded notes the encoding of a reset for the response as a whole.
func (m *message) encoded(in instant) instant {
	if in.in == nil {
		return instant{}
	}
	m.claims.Encoding = in.encoding
	return in
}

// resetText reads the text forms: a length of time with its unit, and dates.
func (m *message) resetText(name, text string, t timing) instant {
	if text == "" {
		return instant{}
	}
	if v, ok := number(text); ok {
		return m.resetNumber(name, v, t)
	}
	if v, ok := span(text); ok {
		return instant{m.num(v), Duration, ByValue}
	}
	if len(text) <= maxName {
		for _, form := range textForms {
			if t, err := form.parse(text); err == nil {
				return instant{m.until(name, float64(t.Unix())+float64(t.Nanosecond())/1e9), form.encoding, ByValue}
			}
		}
	}
	m.note(name, "is neither a number nor an instant")
	return instant{}
}

// resetNumber reads a number. The order is: a number close to the Date, in the
// unit of the name or else in seconds or milliseconds, is an instant; another is
// a length of time, in the unit that the name or the convention says, else in
// seconds only if it is small. What stays open is nil, with a note.
func (m *message) resetNumber(name string, v float64, t timing) instant {
	by := t.by
	if by == 0 {
		by = ByName
	}
	switch {
	case v < 0:
		m.note(name, "is negative")
		return instant{}
	case t.format == 1e-3 && v < 1e8: // cannot be an instant
		return instant{m.num(milli(v / 1e3)), Milliseconds, by}
	case t.format > 0 && v*t.format < 1e8:
		return instant{m.num(milli(v * t.format)), Seconds, by}
	case v < ambiguous && t.inSeconds:
		return instant{m.num(milli(v)), Seconds, by}
	case v < ambiguous:
		return instant{m.num(milli(v)), Seconds, BySize}
	}
	now, ok := m.now()
	switch {
	case !ok && v >= 1e8: // longer than 400 days, so it can only be an instant
		m.note(name, "is an instant, but the response has no Date to compare it with")
	case ok && t.format != 1e-3 && math.Abs(v-now) <= near:
		return instant{m.until(name, v), EpochSeconds, ByDate}
	case ok && math.Abs(v/1e3-now) <= near:
		return instant{m.until(name, v/1e3), EpochMilliseconds, ByDate}
	case t.format == 1e-3 && v/1e3 <= near:
		return instant{m.num(milli(v / 1e3)), Milliseconds, by}
	case v > near:
		m.note(name, "is neither close to the Date nor a plausible length of time")
	case t.inSeconds:
		return instant{m.num(milli(v)), Seconds, by}
	default:
		m.note(name, "is ambiguous: seconds or milliseconds, which one response cannot tell")
	}
	return instant{}
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
