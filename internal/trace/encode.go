package trace

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"
)

// Format names the version of the format in the first record of a trace.
const Format = "ratefit-trace/v1"

// MaxLine is the longest record of a trace, in bytes, its newline included.
const MaxLine = 1 << 20

const maxReason = 1 << 10 // bytes of End.Reason that are kept

// An encoder turns hits into lines. It remembers what repeats.
type encoder struct {
	rawURL, url string          // the last URL and what became of it
	keep        map[string]bool // memo of KeepHeader
	described   []DescribedHeader
	fields      []field
}

func appendMeta(b []byte, m *Meta) ([]byte, error) {
	b = append(b, `{"format":"`+Format+`","started":`...)
	b, err := appendTime(b, m.Started)
	if err != nil {
		return b, fmt.Errorf("start of the trace: %w", err)
	}
	b = appendText(b, `,"target":`, RedactURL(m.Target))
	b = appendText(b, `,"profile":`, m.Profile)
	if len(m.LimitedStatus) > 0 {
		b = append(b, `,"limited_status":[`...)
		for i, s := range m.LimitedStatus {
			if s < 0 || s > maxStatus {
				return b, fmt.Errorf("limited status %d is outside 0 to %d", s, maxStatus)
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(s), 10)
		}
		b = append(b, ']')
	}
	b = appendText(b, `,"tool":`, m.Tool)
	b = appendDescribed(b, m.Headers)
	return append(b, "}\n"...), nil
}

func appendDescribed(b []byte, headers []DescribedHeader) []byte {
	if len(headers) == 0 {
		return b
	}
	b = append(b, `,"headers":[`...)
	for i, h := range headers {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"name":`...), h.Name)
		b = appendText(b, `,"declares":`, h.Declares)
		b = appendText(b, `,"class":`, h.Class)
		b = appendText(b, `,"unit":`, h.Unit)
		b = appendText(b, `,"policy":`, h.Policy)
		b = appendText(b, `,"in":`, h.In)
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendEnd(b []byte, e *End) ([]byte, error) {
	if e.At < 0 {
		return b, errors.New("the end has a negative instant")
	}
	b = append(b, `{"end":{"at":`...)
	b = strconv.AppendInt(b, int64(e.At), 10)
	b = append(b, `,"wall":`...)
	b, err := appendTime(b, e.Wall)
	if err != nil {
		return b, fmt.Errorf("end of the trace: %w", err)
	}
	b = appendText(b, `,"reason":`, cut(e.Reason, maxReason))
	return append(b, "}}\n"...), nil
}

func (e *encoder) appendHit(b []byte, h *Hit) ([]byte, error) {
	if err := check(h); err != nil {
		return b, err
	}
	if h.URL != e.rawURL {
		e.rawURL, e.url = h.URL, RedactURL(h.URL)
	}
	start := len(b)
	b = appendUint(b, `,"seq":`, h.Seq)
	b = appendText(b, `,"class":`, h.Class)
	b = appendText(b, `,"source":`, h.Source)
	b = appendText(b, `,"credential":`, h.Credential)
	b = appendText(b, `,"phase":`, h.Phase)
	b = appendText(b, `,"method":`, h.Method)
	b = appendText(b, `,"url":`, e.url)
	b = appendUint(b, `,"asked":`, uint64(h.Asked))
	b = appendUint(b, `,"sent":`, uint64(h.Sent))
	b = appendUint(b, `,"written":`, uint64(h.Written))
	b = appendUint(b, `,"first_byte":`, uint64(h.FirstByte))
	b = appendUint(b, `,"done":`, uint64(h.End))
	b = appendUint(b, `,"status":`, uint64(h.Status))
	b = appendUint(b, `,"in":`, uint64(h.BytesIn))
	b = appendUint(b, `,"out":`, uint64(h.BytesOut))
	b = appendText(b, `,"error":`, string(h.Error))
	b = e.appendHeader(b, h.Header)
	if len(b) == start {
		b = append(b, ',')
	}
	b[start] = '{'
	return append(b, "}\n"...), nil
}

// appendHeader appends the header lines that are kept, ordered by name.
func (e *encoder) appendHeader(b []byte, h http.Header) []byte {
	if len(h) == 0 {
		return b
	}
	e.fields = appendKept(e.fields[:0], h, e.kept)
	sep := `,"header":{`
	for _, f := range e.fields {
		b = append(b, sep...)
		b = appendString(b, f.name)
		b = append(b, ":["...)
		for i, v := range f.values {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, cut(v, MaxHeaderValue))
		}
		b = append(b, ']')
		sep = ","
	}
	if len(e.fields) > 0 {
		b = append(b, '}')
	}
	return b
}

func (e *encoder) kept(name string) bool {
	keep, ok := e.keep[name]
	if !ok {
		if e.keep == nil {
			e.keep = make(map[string]bool)
		}
		if len(e.keep) >= maxInterned {
			clear(e.keep)
		}
		keep = keeps(name, e.described)
		e.keep[name] = keep
	}
	return keep
}

const maxStatus = 999

// check says what of a hit the format cannot hold.
func check(h *Hit) error {
	switch {
	case h.Asked < 0, h.Sent < 0, h.Written < 0, h.FirstByte < 0, h.End < 0:
		return errors.New("an instant before the start of the trace")
	case h.Status < 0 || h.Status > maxStatus:
		return fmt.Errorf("status %d is outside 0 to %d", h.Status, maxStatus)
	case h.BytesIn < 0, h.BytesOut < 0:
		return errors.New("a negative number of bytes")
	case h.Error != "" && !h.Error.known():
		return errors.New("an unknown kind of error")
	}
	return nil
}

// appendTime appends t in UTC with all its nanoseconds.
func appendTime(b []byte, t time.Time) ([]byte, error) {
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return b, fmt.Errorf("year %d is outside 0 to 9999", y)
	}
	b = append(b, '"')
	b = t.AppendFormat(b, time.RFC3339Nano)
	return append(b, '"'), nil
}

func appendUint(b []byte, key string, v uint64) []byte {
	if v == 0 {
		return b
	}
	return strconv.AppendUint(append(b, key...), v, 10)
}

func appendText(b []byte, key, s string) []byte {
	if s == "" {
		return b
	}
	return appendString(append(b, key...), s)
}

// appendString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			b = append(b, s[done:i]...)
			b = appendEscaped(b, c)
			i++
			done = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[done:i]...)
			b = append(b, "\uFFFD"...)
			done = i + 1
		}
		i += n
	}
	b = append(b, s[done:]...)
	return append(b, '"')
}

func appendEscaped(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	if c == '"' || c == '\\' {
		return append(b, '\\', c)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
