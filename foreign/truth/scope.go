package truth

import (
	"slices"
	"strings"

	"ratefit/analyze"
)

// holds reports whether "read+write" names the class.
func holds(classes, class string) bool {
	return slices.Contains(strings.Split(classes, "+"), class)
}

func has(sources []string, source string) bool { return slices.Contains(sources, source) }

// Scope is the answer to who shares a limiter that the configuration implies.
func Scope(classesShare, sourcesShare bool) analyze.Scope {
	of := func(shared bool) analyze.ScopeVerdict {
		if shared {
			return analyze.Shared
		}
		return analyze.Separate
	}
	return analyze.Scope{
		Class: of(classesShare), Source: of(sourcesShare),
		Credential: analyze.Untested, Path: analyze.Untested,
	}
}
