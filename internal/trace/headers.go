package trace

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
)

// Bounds on what is kept of one reply's headers. They keep every record far
// below [MaxLine].
const (
	MaxHeaderValue = 1 << 10 // bytes of one value; the rest is cut
	MaxHeaderLines = 64      // lines of one reply; the rest, in order of names, is dropped
	maxHeaderName  = 128     // bytes; longer names are not kept
)

// VegetaHeader is the name of the pseudo header that carries, in a Vegeta
// file, what Vegeta has no field for. [KeepHeader] refuses it, so that a server
// cannot put it into a trace.
const VegetaHeader = "Ratefit-Hit"

// Names are compared in lower case without '-', '_' and '.', so that
// X-Rate-Limit, X-RateLimit and x_ratelimit are one name.
var (
	// A name with this speaks of a limit, whatever else it contains.
	limitWord = "ratelimit"

	// A name with one of these speaks of a limit, unless it has a secret word.
	usageWords = []string{
		"limit", "remaining", "quota", "throttl", "retryafter", "retryin", "backoff", "usage",
		"usedweight", "ordercount", "xcount", "complexity", "concurren", "burst", "penalt",
		"requestcharge", "kubernetespf", "totaltpm",
	}

	// Names without a telling word: what time it is for the server, who
	// answered, whether a cache did, and codes that say why a hit was limited.
	plainNames = []string{
		"date", "age", "server", "via", "xcache", "xcachestatus", "cachestatus", "cfcachestatus", "cfray",
		"xamzrequestid", "xamznrequestid", "xamznerrortype", "xmssubstatus", "xcybozuerror", "xanuserid",
	}

	// A name with one of these may hold a credential.
	secretWords = []string{
		"token", "secret", "cookie", "auth", "session", "key", "passw", "credential", "signature",
		"csrf", "xsrf", "jwt", "bearer",
	}

	// A name that ends in one of these holds a credential even if it speaks of
	// a rate limit: X-RateLimit-Token, but not X-RateLimit-Requested-Tokens.
	secretEnds = []string{
		"token", "secret", "cookie", "auth", "authorization", "authenticate", "authentication", "session",
		"sessionid", "key", "apikey", "password", "passwd", "credential", "credentials", "signature", "jwt", "bearer",
	}
)

// KeepHeader reports whether the response header of this name is related to
// rate limits and safe to keep in a trace: it speaks of limits, quotas, usage
// or retrying, or is one of a few plain ones (Date, Age, Server, Via, cache
// status, request and error codes of gateways). A name that may hold a
// credential is refused unless it is plainly about a rate limit.
func KeepHeader(name string) bool {
	var buf [maxHeaderName]byte
	flat, ok := flatten(buf[:0], name)
	if !ok {
		return false
	}
	if slices.Contains(plainNames, flat) {
		return true
	}
	for _, s := range secretEnds {
		if strings.HasSuffix(flat, s) {
			return false
		}
	}
	if strings.Contains(flat, limitWord) {
		return true
	}
	return containsAny(flat, usageWords) && !containsAny(flat, secretWords)
}

// flatten lowers the case of a field name and drops its separators. ok is
// false when it is not a field name or too long.
func flatten(b []byte, name string) (flat string, ok bool) {
	if name == "" || len(name) > maxHeaderName {
		return "", false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-', c == '_', c == '.':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("!#$%&'*+^`|~", c) >= 0:
		default:
			return "", false
		}
		b = append(b, c)
	}
	return string(b), true
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// MayDescribe reports whether a header that does not speak of limits may be kept
// because the user described it: not if it may hold a credential.
func MayDescribe(name string) bool {
	var buf [maxHeaderName]byte
	flat, ok := flatten(buf[:0], name)
	return ok && (KeepHeader(name) || !containsAny(flat, secretWords) && !slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(flat, end) }))
}

// keeps is [KeepHeader], and true of those described as well.
func keeps(name string, described []DescribedHeader) bool {
	return KeepHeader(name) || slices.ContainsFunc(described, func(d DescribedHeader) bool {
		return strings.EqualFold(d.Name, name) && MayDescribe(name)
	})
}

// KeptHeaders returns a copy of the lines of h that [KeepHeader] keeps, and of
// those that are described, or nil if there are none. Values are cut at [MaxHeaderValue]; of more than
// [MaxHeaderLines] lines those with the first names in byte order are kept.
func KeptHeaders(h http.Header, described ...DescribedHeader) http.Header {
	return copyKept(h, func(name string) bool { return keeps(name, described) })
}

// copyKept copies what keep keeps. The copy shares only strings, and none that is
// part of a longer one: it may outlive many replies.
func copyKept(h http.Header, keep func(string) bool) http.Header {
	var few [8]field
	fields := appendKept(few[:0], h, keep)
	lines := 0
	for _, f := range fields {
		lines += len(f.values)
	}
	if lines == 0 {
		return nil
	}
	kept := make(http.Header, len(fields))
	values := make([]string, 0, lines)
	for _, f := range fields {
		first := len(values)
		for _, v := range f.values {
			if len(v) > MaxHeaderValue {
				v = strings.Clone(cut(v, MaxHeaderValue))
			}
			values = append(values, v)
		}
		kept[f.name] = values[first:len(values):len(values)]
	}
	return kept
}

// A HeaderFilter keeps header lines as [KeptHeaders] does, and remembers by
// their names which: for many replies of one server. It is safe for concurrent
// use.
type HeaderFilter struct {
	described []DescribedHeader
	known     atomic.Pointer[map[string]bool] // replaced, never changed
}

// NewHeaderFilter makes a filter that also keeps the headers described.
func NewHeaderFilter(described []DescribedHeader) *HeaderFilter {
	f := &HeaderFilter{described: described}
	f.known.Store(&map[string]bool{})
	return f
}

// mostNames is how many names a filter remembers: each costs a copy of all.
const mostNames = 128

// Kept is [KeptHeaders] of h.
func (f *HeaderFilter) Kept(h http.Header) http.Header { return copyKept(h, f.keeps) }

func (f *HeaderFilter) keeps(name string) bool {
	known := f.known.Load()
	keep, ok := (*known)[name]
	if ok {
		return keep
	}
	keep = keeps(name, f.described)
	if len(*known) < mostNames {
		more := maps.Clone(*known)
		more[name] = keep
		f.known.CompareAndSwap(known, &more) // or the next reply remembers it
	}
	return keep
}

// A field is one header name with its values, the lines not yet cut.
type field struct {
	name   string
	values []string
}

// appendKept appends the kept fields of h in byte order of their names.
func appendKept(dst []field, h http.Header, keep func(string) bool) []field {
	for name, values := range h {
		if len(values) > 0 && keep(name) {
			dst = append(dst, field{name, values})
		}
	}
	slices.SortFunc(dst, func(a, b field) int { return strings.Compare(a.name, b.name) })
	lines := MaxHeaderLines
	for i := range dst {
		if len(dst[i].values) >= lines {
			dst[i].values = dst[i].values[:lines]
			if lines == 0 {
				return dst[:i]
			}
		}
		lines -= len(dst[i].values)
	}
	return dst
}
