package profiles

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// readProfile reads the fields of the file and then checks the profile as a
// whole.
func readProfile(name, text string, root ast.Node) (*Profile, []*Problem) {
	r := &reader{file: name, lines: map[string]int{}, bad: map[string]bool{}, told: map[string]bool{}}
	r.anchorsIn(root)
	p, shared := r.profile(field{line: lineOf(root), value: root}, nameOfFile(name))
	p.source = text
	if !r.spent {
		p.check(func(path, text string) { r.found(shared.origin(path), text) })
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b *Problem) int { return a.Line - b.Line })
		return nil, r.problems
	}
	return p, nil
}

// A sharing remembers which classes have the phases of the top level.
type sharing []string

// origin turns the path of a phase into the place where it was written.
func (s sharing) origin(path string) string {
	for _, class := range s {
		if rest, ok := strings.CutPrefix(path, join("classes", class)+".phases"); ok {
			return "phases" + rest
		}
	}
	return path
}

// found reports a problem that was seen in the values, unless the text of the
// same field or of one around it was a problem already.
func (r *reader) found(path, text string) {
	if len(r.problems) == maxProblems {
		return
	}
	for bad := range r.bad {
		if inside(path, bad) {
			return
		}
	}
	if r.told[path] { // the phases of the top level are checked for each class
		return
	}
	r.told[path] = true
	line, parent := 0, path
	for line == 0 && parent != "" {
		line = r.lines[parent]
		parent = parent[:max(0, strings.LastIndexAny(parent, ".["))]
	}
	r.tell(path, line, text)
}

// inside reports whether a path is the other one or lies below it.
func inside(path, other string) bool {
	rest, ok := strings.CutPrefix(path, other)
	return ok && (rest == "" || other == "" || rest[0] == '.' || rest[0] == '[')
}

func (r *reader) profile(root field, name string) (*Profile, sharing) {
	p := &Profile{Name: name}
	fields, ok := r.mapping(root, "a mapping with phases or classes")
	if !ok {
		return p, nil
	}
	var phases []draft
	var classes, top *field
	for i, f := range fields {
		switch f.key {
		case "name":
			p.Name, _ = r.text(f, "a name")
		case "about":
			s, _ := r.text(f, "one sentence")
			p.About = strings.Join(strings.Fields(s), " ")
		case "stagger":
			p.Stagger = r.duration(f)
		case "headers":
			p.Headers = r.headers(f)
		case "expect":
			p.Expect = r.expectations(f)
		case "phases":
			top = &fields[i]
			phases = r.phases(f)
		case "classes":
			classes = &fields[i]
		default:
			known := []string{"name", "about", "stagger", "headers", "expect", "phases", "classes"}
			r.report(f.path, f.line, unknownText(f.key, "a profile", known))
		}
	}
	switch {
	case classes != nil:
		return p, r.classes(p, *classes, top, phases)
	case top == nil:
		r.report("", 0, "has neither phases nor classes; write phases: and a list, each with its kind")
		return p, nil
	}
	p.Classes = []Class{{Name: "read"}, {Name: "write"}}
	for i := range p.Classes {
		p.Classes[i].setPhases(phases)
	}
	return p, sharing{"read", "write"}
}

// classes reads the classes in their order. top is the field with the phases
// for those that have none of their own, or nil.
func (r *reader) classes(p *Profile, f field, top *field, phases []draft) (shared sharing) {
	fields, ok := r.mapping(f, "a mapping from class names to their phases")
	if !ok {
		return nil
	}
	if len(fields) > MaxClasses {
		fields = fields[:MaxClasses+1] // the check tells
	}
	if len(fields) == 0 {
		r.report(f.path, f.line, "must name at least one class, such as read")
	}
	for _, f := range fields {
		c, own, ok := r.class(f, top != nil)
		if !ok && top != nil {
			shared = append(shared, f.key)
			own = phases
		}
		c.setPhases(own)
		p.Classes = append(p.Classes, c)
	}
	if top != nil && len(shared) == 0 && len(fields) > 0 {
		r.report(top.path, top.line, "are not used: every class has phases of its own; remove them")
	}
	return shared
}

// class reads one class without its phases, which it returns beside it; ok is
// false when it has none of its own.
func (r *reader) class(f field, shareable bool) (c Class, own []draft, ok bool) {
	c.Name = f.key
	if _, empty := f.value.(*ast.NullNode); empty && shareable {
		return c, nil, false
	}
	fields, readable := r.mapping(f, "a mapping with phases")
	if !readable {
		return c, nil, true
	}
	for _, g := range fields {
		switch g.key {
		case "request":
			c.Request, _ = r.text(g, "a method and a path such as GET /items")
		case "phases":
			own, ok = r.phases(g), true
		default:
			r.report(g.path, g.line, unknownText(g.key, "a class", []string{"request", "phases"}))
		}
	}
	return c, own, ok
}

// setPhases gives the class its own copy of the phases, with seeds for those
// that have none.
func (c *Class) setPhases(drafts []draft) {
	for _, d := range drafts {
		if d.seedless {
			d.Seed = seedOf(c.Name, d.Name)
		}
		c.Phases = append(c.Phases, d.Phase)
	}
}

func unknownText(key, what string, known []string) string {
	return "is not a field of " + what + ", which has " + strings.Join(known, ", ") + didYouMean(key, known)
}
