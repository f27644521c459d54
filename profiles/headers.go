package profiles

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// MaxHeaders bounds the headers that one profile can describe.
const MaxHeaders = 64

// A Header says what one response header of the target means, where its own
// convention does not.
type Header struct {
	Name     string // field name, in any case
	Declares string // one of HeaderMeanings
	Class    string // the class that it is about, empty = all
	Unit     string // what is counted, empty = requests
	Policy   string // tells several limits of one class apart, or empty
	In       string // unit of a reset or a window, one of TimeUnits; empty = what the value suggests
}

// HeaderMeanings lists what a header can be said to declare.
func HeaderMeanings() []string {
	return []string{"limit", "remaining", "used", "reset", "window", "burst", "cost", "class", "policy"}
}

// TimeUnits lists the units that a reset or a window can have.
func TimeUnits() []string { return []string{"s", "ms", "min", "h"} }

// headers reads a mapping from header names to what they declare: one word, or
// a mapping.
func (r *reader) headers(f field) []Header {
	fields, ok := r.mapping(f, "a mapping from header names to what they declare")
	if !ok {
		return nil
	}
	if len(fields) == 0 {
		r.report(f.path, f.line, "must describe at least one header, as in X-Calls-Left: remaining")
	}
	var all []Header
	for _, f := range fields[:min(len(fields), MaxHeaders+1)] {
		all = append(all, r.header(f))
	}
	return all
}

func (r *reader) header(f field) Header {
	h := Header{Name: f.key}
	if n := r.resolve(f); n == nil || n.Type() != ast.MappingType {
		h.Declares, _ = r.text(f, "one of "+strings.Join(HeaderMeanings(), ", ")+", or a mapping with declares")
		return h
	}
	fields, _ := r.mapping(f, "a mapping with declares")
	for _, g := range fields {
		to, what := &h.Declares, "one word"
		switch g.key {
		case "declares":
		case "class":
			to = &h.Class
		case "unit":
			to = &h.Unit
		case "policy":
			to = &h.Policy
		case "in":
			to = &h.In
		default:
			r.report(g.path, g.line, unknownText(g.key, "a header", []string{"declares", "class", "unit", "policy", "in"}))
			continue
		}
		*to, _ = r.text(g, what)
	}
	return h
}

// checkHeaders reports what is wrong with the headers described.
func checkHeaders(headers []Header, report reporter) {
	if len(headers) > MaxHeaders {
		report("headers", fmt.Sprintf("must be at most %d, are %d", MaxHeaders, len(headers)))
		return
	}
	for i := range headers {
		h := &headers[i]
		path := join("headers", h.Name)
		if !isFieldName(h.Name) {
			report(path, "must be the name of a response header: letters, digits and -")
		}
		if slices.ContainsFunc(headers[:i], func(o Header) bool { return strings.EqualFold(o.Name, h.Name) }) {
			report(path, "is there twice: upper and lower case are the same")
		}
		h.check(reporter(report).within(path), path, report)
	}
}

func (h *Header) check(within reporter, path string, report reporter) {
	switch {
	case h.Declares == "":
		report(path, "does not say what it declares; write one of "+strings.Join(HeaderMeanings(), ", "))
	case !slices.Contains(HeaderMeanings(), h.Declares):
		// The value is not quoted: it is a secret if these are request headers.
		report(path, "must declare one of "+strings.Join(HeaderMeanings(), ", ")+didYouMean(h.Declares, HeaderMeanings()))
	}
	for _, word := range []struct{ field, text string }{{"class", h.Class}, {"unit", h.Unit}, {"policy", h.Policy}} {
		if word.text != "" {
			checkName(word.text, " ", func(text string) { within(word.field, text) })
		}
	}
	switch {
	case h.In == "":
	case h.Declares != "reset" && h.Declares != "window":
		within("in", "is only for a reset or a window")
	case !slices.Contains(TimeUnits(), h.In):
		within("in", "must be one of "+strings.Join(TimeUnits(), ", ")+didYouMean(h.In, TimeUnits()))
	}
}

// isFieldName reports whether s is a token of HTTP (RFC 9110, section 5.6.2) and
// no longer than headers are kept.
func isFieldName(s string) bool {
	return s != "" && len(s) <= 128 && !strings.ContainsFunc(s, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", c))
	})
}

func renderHeaders(b *strings.Builder, headers []Header) {
	if len(headers) > 0 {
		b.WriteString("headers:\n")
	}
	for _, h := range headers {
		fmt.Fprintf(b, "  %s: {declares: %s", strconv.Quote(h.Name), h.Declares)
		for _, word := range []struct{ field, text string }{{"class", h.Class}, {"unit", h.Unit}, {"policy", h.Policy}, {"in", h.In}} {
			if word.text != "" {
				fmt.Fprintf(b, ", %s: %s", word.field, strconv.Quote(word.text))
			}
		}
		b.WriteString("}\n")
	}
}
