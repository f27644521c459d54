package declared

import (
	"slices"
	"strings"
	"unicode"
)

// headerName is what is known of a header's name as received.
type headerName struct {
	name     string
	relevant bool
}

// normalise returns the normalised form of a header's name and whether it can
// have to do with rate limits.
func (r *Reader) normalise(key string) headerName {
	if n, ok := r.names[key]; ok {
		return n
	}
	n := headerName{name: normalName(key)}
	n.relevant = len(key) <= maxName && (n.name == "age" || slices.ContainsFunc(stems, func(stem string) bool {
		return strings.Contains(n.name, stem)
	}) || slices.ContainsFunc(r.Custom, func(h Header) bool { return normalName(h.Name) == n.name }))
	if !n.relevant && n.name != "date" {
		n.name = ""
	}
	if len(r.names) < maxNames {
		if r.names == nil {
			r.names = make(map[string]headerName)
		}
		r.names[strings.Clone(key)] = n
	}
	return n
}

// normalName is the normalised form of a name.
func normalName(name string) string {
	name = strings.Map(func(c rune) rune {
		if c == '_' || c == '.' {
			return '-'
		}
		return unicode.ToLower(c)
	}, name)
	return strings.ReplaceAll(name, "rate-limit", "ratelimit")
}

// stems are parts of names that can have to do with rate limits.
var stems = []string{
	"limit", "quota", "remain", "reset", "retry", "throttl", "usage", "used", "left", "count", "complexity",
	"kubernetes-pf", "request-charge", "tpm", "rpm", "concurren",
}
