package accesslog

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/mailru/easyjson/jlexer"
)

// objects reads JSON, one object a line, by the names of the fields.
type objects struct {
	clock    clock
	strings  interner
	meanings map[string][]meaning
	inside   map[string]bool
	found    [len(roles)]found
	paths    bool
	path     []byte // of the object that is being read, with a point behind
}

// found is the value that is preferred so far. The text is part of the line.
type found struct {
	meaning
	text []byte
	set  bool
}

func newObjects(o Options) *objects {
	all := meanings(o.Fields)
	return &objects{strings: interner{}, meanings: all, inside: insides(all), paths: o.Paths}
}

func (o *objects) line(b []byte, q *Request) error {
	clear(o.found[:])
	o.path = o.path[:0]
	l := jlexer.Lexer{Data: b}
	o.object(&l)
	l.Consumed()
	if l.Error() != nil {
		return errors.New("not a JSON object") // the lexer's text would show the line
	}
	return o.request(q)
}

// object takes what has a name that is known.
func (o *objects) object(l *jlexer.Lexer) {
	outer := len(o.path)
	for l.Delim('{'); l.Ok() && !l.IsDelim('}'); l.WantComma() {
		o.path = append(o.path[:outer], l.UnsafeFieldName(false)...)
		l.WantColon()
		known := o.meanings[string(o.path)]
		switch kind := l.CurrentToken(); {
		case kind == jlexer.TokenDelim && l.IsDelim('{') && o.inside[string(o.path)]:
			o.path = append(o.path, '.')
			o.object(l)
		case len(known) == 0 || kind == jlexer.TokenDelim || kind == jlexer.TokenNull || kind == jlexer.TokenBool:
			l.SkipRecursive()
		case kind == jlexer.TokenString:
			o.take(known, bytesOf(l.UnsafeString()))
		default:
			o.take(known, l.Raw())
		}
	}
	l.Delim('}')
	o.path = o.path[:outer]
}

// bytesOf is the string's own bytes, which nobody changes.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

func (o *objects) take(known []meaning, text []byte) {
	if len(text) == 0 || string(text) == "-" {
		return
	}
	for _, m := range known {
		if f := &o.found[m.role]; !f.set || m.rank < f.rank {
			*f = found{m, text, true}
		}
	}
}

// of is what was found for a role.
func (o *objects) of(r Role) *found { return &o.found[slices.Index(roles[:], r)] }

// request makes a request of what was found.
func (o *objects) request(q *Request) error {
	*q = Request{Took: -1}
	when := o.of(Time)
	if !when.set {
		return o.missing(Time)
	}
	at, err := o.clock.written(when.text)
	if err != nil {
		return fmt.Errorf("%s: %w", when.name, err)
	}
	q.At, q.Whole = at.at, at.whole
	if d := o.of(Duration); d.set {
		if took, ok := span(d.text, unitOf(d.name, d.text)); ok {
			q.Took = took
		}
	}
	if !q.Whole && slices.Contains(atEnd, when.name) {
		q.At -= int64(max(0, q.Took))
	}
	client := o.of(Client).text
	q.Client = host(o.strings.get(client[:min(len(client), longestClient)]))
	if u := o.of(User); u.set {
		q.User = o.strings.get(u.text[:min(len(u.text), longestClient)])
	}
	if s := o.of(Status); s.set {
		if q.Status, err = statusOf(s.text); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return o.asked(q)
}

// asked reads method and path, from one field each or from the request line.
func (o *objects) asked(q *Request) error {
	if m := o.of(Method); m.set {
		if !isMethod(m.text) {
			return errNoRequest
		}
		q.Class = classOf(m.text)
		if o.paths {
			q.Path = pathIn(o.of(Path).text, o.strings)
		}
		return nil
	}
	if l := o.of(Line); l.set {
		return requestLine(l.text, q, o.paths, o.strings)
	}
	return o.missing(Method)
}

// missing is about a line in which no field tells something. It is about the
// names, which the user can give.
func (o *objects) missing(r Role) error {
	return fmt.Errorf("no field that is known to be the %s; name it with --log-fields %s=NAME", r, r)
}
