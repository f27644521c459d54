package profiles

import (
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// steps reads a list of rates, or of mappings with a rate and a duration. A
// duration of 0 stands for the field each.
func (r *reader) steps(f field) []Step {
	items, ok := r.sequence(f, "a list of rates")
	if !ok {
		return nil
	}
	if len(items) > MaxSteps {
		items = items[:MaxSteps+1] // the check tells
	}
	steps := make([]Step, len(items))
	for i, item := range items {
		r.lines[item.path] = item.line
		if !r.isMapping(item) {
			steps[i].Rate = r.rate(item)
			continue
		}
		steps[i] = r.step(item)
	}
	return steps
}

func (r *reader) step(f field) (s Step) {
	rated := false
	for _, g := range r.known(f, "a step", "rate", "duration") {
		if g.key == "rate" {
			s.Rate, rated = r.rate(g), true
			continue
		}
		if s.Duration = r.duration(g); s.Duration == 0 && !r.bad[g.path] {
			r.report(g.path, g.line, "must be above 0; "+durationHint)
		}
	}
	if !rated && !r.badWithin(f.path) {
		r.report(join(f.path, "rate"), f.line, "is missing; "+rateHint)
	}
	return s
}

// setEach gives the steps without a duration the one of the field each.
func (r *reader) setEach(p *Phase, each *field, phase field) {
	missing := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Duration == 0 })
	if each == nil {
		if missing >= 0 && !r.badWithin(fmt.Sprintf("%s.steps[%d]", phase.path, missing)) {
			r.report(join(phase.path, "each"), phase.line, "is missing; write how long each step lasts, such as each: 5s")
			r.bad[phase.path+".steps"] = true
		}
		return
	}
	d := r.duration(*each)
	if r.bad[each.path] {
		return
	}
	if !checkDuration("", d, func(_, text string) { r.report(each.path, each.line, text) }) {
		return
	}
	if missing < 0 && len(p.Steps) > 0 {
		r.report(each.path, each.line, "is not used: every step has a duration of its own; remove it")
	}
	for i := range p.Steps {
		if p.Steps[i].Duration == 0 {
			p.Steps[i].Duration = d
		}
	}
}

func (r *reader) badWithin(path string) bool {
	for bad := range r.bad {
		if inside(bad, path) {
			return true
		}
	}
	return false
}

// instants reads a list of instants; {at: 10ms, hits: 5} is five hits at once.
func (r *reader) instants(f field) []time.Duration {
	items, ok := r.sequence(f, "a list of instants")
	if !ok {
		return nil
	}
	instants := make([]time.Duration, 0, len(items))
	for _, item := range items {
		if !r.isMapping(item) {
			instants = append(instants, r.duration(item))
			continue
		}
		var at time.Duration
		hits, given := uint64(1), false
		for _, g := range r.known(item, "an instant", "at", "hits") {
			if g.key == "at" {
				at, given = r.duration(g), true
				continue
			}
			hits = r.whole(g, 1, MaxListed)
		}
		if !given && !r.badWithin(item.path) {
			r.report(join(item.path, "at"), item.line, "is missing; "+durationHint)
		}
		if !r.spend(int(hits), item) {
			return nil
		}
		instants = append(instants, slices.Repeat([]time.Duration{at}, int(hits))...)
	}
	return instants
}

// known reads the fields of a mapping that has only these.
func (r *reader) known(f field, what string, names ...string) []field {
	fields, _ := r.mapping(f, what)
	return slices.DeleteFunc(fields, func(g field) bool {
		if slices.Contains(names, g.key) {
			return false
		}
		r.report(g.path, g.line, unknownText(g.key, what, names))
		return true
	})
}

// isMapping looks at a value without reporting anything.
func (r *reader) isMapping(f field) bool {
	n := f.value
	for range maxDepth {
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = r.anchors[v.Value.GetToken().Value]
		case *ast.MappingNode, *ast.MappingValueNode:
			return true
		default:
			return false
		}
	}
	return false
}
