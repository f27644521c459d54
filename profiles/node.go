package profiles

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A reader turns nodes into values and collects what is wrong with them.
type reader struct {
	file     string
	anchors  map[string]ast.Node
	nodes    int // read so far
	spent    bool
	problems []*Problem
	lines    map[string]int  // line of each field, by path
	bad      map[string]bool // paths whose text could not be read
	told     map[string]bool // paths whose value is wrong
}

// A field is one key of a mapping with its value; or one item of a sequence,
// without a key.
type field struct {
	key   string
	path  string
	line  int
	value ast.Node
}

// report is for text that cannot be read: its value is then not checked.
func (r *reader) report(path string, line int, text string) {
	r.bad[path] = true
	r.tell(path, line, text)
}

func (r *reader) tell(path string, line int, text string) {
	if r.spent || len(r.problems) == maxProblems {
		return
	}
	r.problems = append(r.problems, &Problem{File: r.file, Line: line, Field: path, Text: text})
}

// spend counts values, so that aliases of aliases cannot unfold without end.
func (r *reader) spend(n int, f field) bool {
	r.nodes += n
	if r.nodes > maxNodes && !r.spent {
		r.report(f.path, f.line, fmt.Sprintf("is too much: a profile may have %s values", grouped(maxNodes)))
		r.spent = true
	}
	return !r.spent
}

// resolve follows anchors and aliases to the value itself; nil when there is
// a problem.
func (r *reader) resolve(f field) ast.Node {
	n := f.value
	for range maxDepth {
		if !r.spend(1, f) {
			return nil
		}
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			name := v.Value.GetToken().Value
			target, ok := r.anchors[name]
			if !ok {
				r.report(f.path, f.line, "refers to "+quoted("*"+name)+", which is not defined")
				return nil
			}
			n = target
		case *ast.TagNode:
			r.report(f.path, f.line, "must be written without the tag "+quoted(v.Start.Value))
			return nil
		case *ast.MappingValueNode:
			return ast.Mapping(v.GetToken(), false, v)
		default:
			return n
		}
	}
	r.report(f.path, f.line, fmt.Sprintf("is nested deeper than %d levels", maxDepth))
	return nil
}

// mapping reads the fields of a mapping, in their order. what says what the
// mapping is for.
func (r *reader) mapping(f field, what string) ([]field, bool) {
	n := r.resolve(f)
	if n == nil {
		return nil, false
	}
	m, ok := n.(*ast.MappingNode)
	if !ok {
		r.report(f.path, f.line, "must be "+what+", is "+kindOf(n))
		return nil, false
	}
	var fields []field
	seen := map[string]bool{}
	for _, v := range m.Values {
		g := field{line: lineOf(v.Key), value: v.Value}
		key, ok := plainText(v.Key)
		if !ok {
			r.report(f.path, g.line, "must have plain words as its fields")
			continue
		}
		g.key, g.path = key, join(f.path, key)
		if seen[key] {
			r.report(g.path, g.line, "is there twice; remove one of them")
			continue
		}
		seen[key] = true
		r.lines[g.path] = g.line
		fields = append(fields, g)
	}
	return fields, true
}

// sequence reads the items of a sequence.
func (r *reader) sequence(f field, what string) ([]field, bool) {
	n := r.resolve(f)
	if n == nil {
		return nil, false
	}
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.report(f.path, f.line, "must be "+what+", is "+kindOf(n))
		return nil, false
	}
	if !r.spend(len(s.Values), f) {
		return nil, false
	}
	fields := make([]field, len(s.Values))
	for i, v := range s.Values {
		fields[i] = field{path: f.path + "[" + strconv.Itoa(i) + "]", line: f.line, value: v}
		if v != nil {
			fields[i].line = lineOf(v)
		}
	}
	return fields, true
}

// text reads a scalar as it was written: numbers keep all their digits.
func (r *reader) text(f field, what string) (string, bool) {
	n := r.resolve(f)
	if n == nil {
		return "", false
	}
	s, ok := plainText(n)
	if !ok {
		r.report(f.path, f.line, "must be "+what+", is "+kindOf(n))
	}
	return s, ok
}

func plainText(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode, *ast.MergeKeyNode:
		return strings.TrimSpace(n.GetToken().Value), true
	}
	return "", false
}

// kindOf names what stands where something else was expected.
func kindOf(n ast.Node) string {
	switch n.Type() {
	case ast.NullType:
		return "empty"
	case ast.MappingType, ast.MappingValueType:
		return "a mapping"
	case ast.SequenceType:
		return "a list"
	}
	return "a single value"
}

func lineOf(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

func join(path, key string) string {
	if !isPlainKey(key) {
		key = quoted(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func isPlainKey(key string) bool {
	return key != "" && len(key) <= 64 && !strings.ContainsFunc(key, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", r)
	})
}

// anchorsIn collects the anchors of a document. Redefining one is legal YAML
// and a trap: told as a problem.
func (r *reader) anchorsIn(root ast.Node) {
	r.anchors = map[string]ast.Node{}
	ast.Walk(visitor(func(n ast.Node) {
		a, ok := n.(*ast.AnchorNode)
		if !ok {
			return
		}
		name := a.Name.GetToken().Value
		if _, ok := r.anchors[name]; ok {
			r.report("", lineOf(a), "defines the anchor "+quoted("&"+name)+" twice")
		}
		r.anchors[name] = a.Value
	}), root)
}

type visitor func(ast.Node)

// Visit implements [ast.Visitor].
func (v visitor) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}
