package profiles

import (
	"net/url"
	"strings"
	"unicode"
)

// checkRequest says what is wrong with a request such as "GET /items", or "".
// It never shows the request itself: a path can carry a secret in its query.
func checkRequest(request string) string {
	const want = "write a method and a path such as GET /items"
	method, path, _ := strings.Cut(request, " ")
	switch {
	case strings.ContainsFunc(method, func(r rune) bool { return !isTokenRune(r) }) || method == "":
		return "must begin with a method; " + want
	case method != strings.ToUpper(method):
		return "must have its method in upper case; " + want
	case method == "CONNECT":
		return "must not use CONNECT, which has no path; " + want
	case !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//"):
		return "must have a path that begins with one /; " + want
	case len(path) > 8000:
		return "must have a path of at most 8000 bytes"
	case strings.ContainsFunc(path, func(r rune) bool { return r == ' ' || r == '#' || r == '\\' || !unicode.IsPrint(r) }):
		return `must have a path without spaces, # and \; percent-encode them`
	}
	if _, err := url.ParseRequestURI(path); err != nil {
		return "must have a path whose percent signs begin an encoded byte; " + want
	}
	return ""
}

// isTokenRune follows RFC 9110, section 5.6.2.
func isTokenRune(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
}
