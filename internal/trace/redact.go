package trace

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// Redacted stands for what [RedactURL] took out.
const Redacted = "REDACTED"

const (
	maxURL       = 8 << 10 // bytes of a redacted URL
	maxQueryName = 64      // bytes of a query parameter's name
)

// RedactURL returns u without what may be secret: user info and fragment are
// dropped, values of query parameters and of path parameters (";name=value")
// become [Redacted], names are kept. A parameter without "=", or with a name
// that is long or oddly spelled, is taken for a value, and so is a path segment
// with an "@" inside, which may be the end of a password with a "/" in it.
// What is not an absolute URL with a host, nor a path that starts with one
// slash, becomes "": it cannot be told what in it is secret. So does a URL that
// is longer than 8 KiB even without its query.
//
// RedactURL(RedactURL(u)) is RedactURL(u).
func RedactURL(u string) string {
	if u == "" || !utf8.ValidString(u) {
		return ""
	}
	p, err := url.Parse(u)
	if err != nil {
		return ""
	}
	relative := p.Scheme == "" && p.Host == "" && strings.HasPrefix(p.Path, "/")
	if !relative && (p.Scheme == "" || p.Host == "") {
		return ""
	}
	var b strings.Builder
	if !relative {
		b.WriteString((&url.URL{Scheme: p.Scheme, Host: p.Host}).String())
	}
	path := p.EscapedPath()
	if relative && strings.HasPrefix(path, "//") {
		return ""
	}
	redactPath(&b, path)
	base := b.Len()
	if p.RawQuery != "" || p.ForceQuery {
		b.WriteByte('?')
		redactQuery(&b, p.RawQuery)
	}
	s := b.String()
	if len(s) > maxURL {
		s = s[:base]
	}
	if len(s) > maxURL {
		return ""
	}
	return s
}

// redactPath keeps a path's segments but for their parameters' values.
func redactPath(b *strings.Builder, path string) {
	for i, seg := range strings.Split(path, "/") {
		if i > 0 {
			b.WriteByte('/')
		}
		seg, params, has := strings.Cut(seg, ";")
		if strings.LastIndexByte(seg, '@') > 0 || strings.Contains(strings.ToLower(seg), "%40") {
			seg = Redacted
		}
		b.WriteString(seg)
		for has {
			var p string
			p, params, has = strings.Cut(params, ";")
			b.WriteByte(';')
			redactParameter(b, p)
		}
	}
}

// redactQuery keeps the names of a query and how many parameters it has.
func redactQuery(b *strings.Builder, query string) {
	if query == "" {
		return
	}
	for i, p := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		if i > 0 {
			b.WriteByte('&')
		}
		redactParameter(b, p)
	}
}

func redactParameter(b *strings.Builder, p string) {
	name, _, has := strings.Cut(p, "=")
	if has && plainName(name) {
		b.WriteString(name)
		b.WriteByte('=')
	}
	b.WriteString(Redacted)
}

// plainName reports whether a parameter's name looks like one that a
// programmer chose.
func plainName(name string) bool {
	if name == "" || len(name) > maxQueryName {
		return false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.[]$~", c) >= 0:
		case c == '%' && i+2 < len(name) && isHex(name[i+1]) && isHex(name[i+2]):
		default:
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
