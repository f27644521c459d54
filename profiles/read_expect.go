package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"ratefit/expect"
)

// expectations reads what is expected of the target's limiters, see [expect.Set].
func (r *reader) expectations(f field) *expect.Set {
	s := &expect.Set{}
	names := []string{"limits", "model", "params", "scope", "declared", "tolerance"}
	fields, _ := r.mapping(f, "a mapping such as limits: {read: 2/s:30}")
	if len(fields) == 0 && !r.badWithin(f.path) {
		r.report(f.path, f.line, "must expect something, as in limits: {read: 2/s:30}; it has "+strings.Join(names, ", "))
	}
	for _, g := range fields {
		switch g.key {
		case "limits":
			r.pairs(g, "a mapping from classes to their limits, such as read: 2/s:30", s.Add)
		case "model":
			r.wordOrPairs(g, "a model such as token-bucket, or a mapping from classes to models", s.AddModel)
		case "params":
			r.params(g, "", s)
		case "scope":
			r.pairs(g, "a mapping such as source: separate", s.AddScope)
		case "declared":
			r.declared(g, s)
		case "tolerance":
			if text, ok := r.text(g, "a percentage such as 1%"); ok {
				t, err := expect.ParseTolerance(text)
				s.Tolerance = &t
				r.mistake(g, err)
			}
		default:
			r.report(g.path, g.line, unknownText(g.key, "expect", names))
		}
	}
	return s
}

// mistake reports an error of an expectation at its place.
func (r *reader) mistake(f field, err error) {
	var m *expect.Mistake
	if errors.As(err, &m) {
		r.report(f.path, f.line, "is "+m.Text+"; "+m.Try)
	}
}

// pairs adds each key with its value.
func (r *reader) pairs(f field, what string, add func(string) error) {
	fields, _ := r.mapping(f, what)
	for _, g := range fields {
		if text, ok := r.text(g, "one value"); ok {
			r.mistake(g, add(g.key+"="+text))
		}
	}
}

// wordOrPairs adds one word, or each key with its value.
func (r *reader) wordOrPairs(f field, what string, add func(string) error) {
	if r.isMapping(f) {
		r.pairs(f, what, add)
	} else if text, ok := r.text(f, what); ok {
		r.mistake(f, add(text))
	}
}

// params adds parameters, of all classes, or those of a class under its name.
func (r *reader) params(f field, class string, s *expect.Set) {
	fields, _ := r.mapping(f, "a mapping from parameters to values, such as window_s: 60")
	for _, g := range fields {
		if class == "" && r.isMapping(g) {
			r.params(g, g.key+"=", s)
			continue
		}
		if text, ok := r.text(g, "one value"); ok {
			r.mistake(g, s.AddParam(class+g.key+"="+text))
		}
	}
}

// declared reads true, or the classes whose headers must be true.
func (r *reader) declared(f field, s *expect.Set) {
	const what = "true, or a list of classes"
	if n := r.resolve(f); n != nil && n.Type() == ast.SequenceType {
		items, _ := r.sequence(f, what)
		for _, item := range items {
			if text, ok := r.text(item, "a class"); ok {
				r.mistake(item, s.Add(text+"=declared"))
			}
		}
		return
	}
	text, ok := r.text(f, what)
	switch {
	case !ok:
	case text == "true":
		r.mistake(f, s.Add("declared"))
	default:
		r.report(f.path, f.line, "must be "+what+", is "+quoted(text))
	}
}

// checkExpect refuses expectations of classes that the profile does not send.
func (p *Profile) checkExpect(report reporter) {
	if p.Expect == nil {
		return
	}
	of := func(path, class string) {
		for name := range strings.SplitSeq(class, "+") {
			if _, ok := p.Class(name); !ok && class != "" {
				report(path, "is about class "+name+", which this profile does not send")
			}
		}
	}
	for _, l := range p.Expect.Limits {
		of(join("expect.limits", l.Class), l.Class)
	}
	for _, m := range p.Expect.Models {
		of(join("expect.model", m.Class), m.Class)
	}
	for _, q := range p.Expect.Params {
		of(join("expect.params", q.Class), q.Class)
	}
	for _, d := range p.Expect.Declared {
		of("expect.declared", d.Class)
	}
}

// renderExpect writes expectations as they are read.
func renderExpect(b *strings.Builder, s *expect.Set) {
	if s == nil {
		return
	}
	b.WriteString("expect:\n")
	if s.Tolerance != nil {
		fmt.Fprintf(b, "  tolerance: %s\n", s.Tolerance)
	}
	lines(b, "limits", s.Limits, func(l expect.Limit) string { return pair(l.String()) })
	if i := slices.IndexFunc(s.Models, func(m expect.Model) bool { return m.Class == "" }); i >= 0 {
		fmt.Fprintf(b, "  model: %s\n", strconv.Quote(s.Models[i].String()))
	} else {
		lines(b, "model", s.Models, func(m expect.Model) string { return pair(m.String()) })
	}
	lines(b, "params", byClass(s.Params), func(all []expect.Param) string {
		if all[0].Class == "" {
			return pair(all[0].String())
		}
		var pairs []string
		for _, p := range all {
			p.Class = ""
			pairs = append(pairs, pair(p.String()))
		}
		return strconv.Quote(all[0].Class) + ": {" + strings.Join(pairs, ", ") + "}"
	})
	lines(b, "scope", s.Scopes, func(x expect.Scope) string { return pair(x.String()) })
	if len(s.Declared) == 1 && s.Declared[0].Class == "" {
		b.WriteString("  declared: true\n")
		return
	}
	var classes []string
	for _, d := range s.Declared {
		classes = append(classes, strconv.Quote(d.Class))
	}
	if len(classes) > 0 {
		fmt.Fprintf(b, "  declared: [%s]\n", strings.Join(classes, ", "))
	}
}

// byClass puts the parameters of each class together; those of all stay alone.
func byClass(params []expect.Param) [][]expect.Param {
	var out [][]expect.Param
	for _, p := range params {
		i := slices.IndexFunc(out, func(all []expect.Param) bool { return p.Class != "" && all[0].Class == p.Class })
		if i < 0 {
			out = append(out, []expect.Param{p})
		} else {
			out[i] = append(out[i], p)
		}
	}
	return out
}

func lines[T any](b *strings.Builder, name string, all []T, text func(T) string) {
	if len(all) > 0 {
		fmt.Fprintf(b, "  %s:\n", name)
	}
	for _, one := range all {
		fmt.Fprintf(b, "    %s\n", text(one))
	}
}

// pair writes "name=value" as YAML.
func pair(text string) string {
	name, value, _ := strings.Cut(text, "=")
	return strconv.Quote(name) + ": " + strconv.Quote(value)
}
