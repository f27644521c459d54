package trace

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A converter turns results of Vegeta into hits whose instants are relative to
// when they were sent.
type converter struct {
	dec    decoder
	rawURL string // memo of RedactURL
	url    string
	enc    encoder     // for its memo of KeepHeader
	kept   http.Header // of the last hit
}

// An extra is what a result carried beside its hit.
type extra struct {
	meta   Meta
	tagged bool // meta is set
	end    End
	ended  bool // end is set
}

func (c *converter) convert(r *vegeta.Result, h *vegetaHit) (x extra, err error) {
	switch {
	case r.Code > maxStatus:
		return x, fmt.Errorf("status %d is outside 0 to %d", r.Code, maxStatus)
	case r.Latency < 0:
		return x, errors.New("a negative latency")
	case r.BytesIn > math.MaxInt64 || r.BytesOut > math.MaxInt64:
		return x, errors.New("an impossible number of bytes")
	}
	if r.URL != c.rawURL {
		c.rawURL, c.url = r.URL, RedactURL(r.URL)
	}
	*h = vegetaHit{at: r.Timestamp}
	class, source, named := splitName(r.Attack)
	tags := r.Headers[VegetaHeader]
	if len(tags) > 0 && strings.Contains(r.Attack, "@") {
		x, err = c.tagged(tags, h)
	}
	given := c.dec.given
	if !h.ours {
		given = 0
		h.Error = errorKind(int(r.Code), r.Error)
		if !named {
			h.Class, h.Phase = classOf(r.Method), c.intern(r.Attack)
		}
	}
	if named && !given.has(classKey) && !given.has(sourceKey) {
		h.Class, h.Source = c.intern(class), c.intern(source)
	}
	if !given.has(methodKey) {
		h.Method = c.intern(r.Method)
	}
	if !given.has(headerKey) {
		h.Header = c.keep(r.Headers)
	}
	if h.done = given.has(doneKey); !h.done {
		h.End = r.Latency
	}
	h.URL, h.Status = c.url, int(r.Code)
	h.BytesIn, h.BytesOut = int64(r.BytesIn), int64(r.BytesOut)
	return x, err
}

// keep is [KeptHeaders], and the set of the last hit if this one has the same.
func (c *converter) keep(h http.Header) http.Header {
	c.enc.fields = appendKept(c.enc.fields[:0], h, c.enc.kept)
	same := len(c.enc.fields) == len(c.kept)
	for _, f := range c.enc.fields {
		same = same && slices.Equal(c.kept[f.name], f.values)
	}
	if !same {
		c.kept = KeptHeaders(h, c.enc.described...)
	}
	return c.kept
}

func (c *converter) intern(s string) string { return c.dec.strings.get([]byte(s)) }

// tagged reads the values of the pseudo header: lines of a trace.
func (c *converter) tagged(tags []string, h *vegetaHit) (x extra, err error) {
	given := keys(0)
	for _, t := range tags {
		var part Hit
		kind, err := c.dec.hit([]byte(t), &part)
		if err == nil && kind == metaLine {
			x.meta, err = decodeMeta([]byte(t))
			x.tagged = true
			c.enc.described, c.enc.keep = x.meta.Headers, nil
		}
		if err != nil {
			return x, fmt.Errorf("in its header %s: %w", VegetaHeader, err)
		}
		switch kind {
		case endLine:
			x.end, x.ended = c.dec.end, true
		case hitLine:
			h.Hit, h.ours, h.base = part, true, part.Sent
			given = c.dec.given
		}
	}
	c.dec.given = given
	return x, nil
}

// splitName splits an attack's name of the form CLASS@SOURCE. ok is false for
// any other name.
func splitName(name string) (class, source string, ok bool) {
	class, source, ok = strings.Cut(name, "@")
	if !ok || !word(class) || !word(source) {
		return "", "", false
	}
	return class, source, true
}

// word reports whether s is printable and has neither space nor "@".
func word(s string) bool {
	for _, r := range s {
		if r == '@' || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return false
		}
	}
	return s != "" && utf8.ValidString(s)
}

// classOf is the traffic class of a method.
func classOf(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return "read"
	}
	return "write"
}

// origin is the scheme and host of a redacted URL.
func origin(u string) string {
	p, err := url.Parse(u)
	if err != nil || p.Host == "" {
		return ""
	}
	return RedactURL(p.Scheme + "://" + p.Host + "/")
}
