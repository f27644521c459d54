package declared

import (
	"net/http"
	"sync"
)

// Read returns what a response with these headers and this status declares.
// Header names may be in any case. A response out of a cache (Age above 0)
// declares nothing: its values are old.
func Read(h http.Header, status int) Claims {
	r := readers.Get().(*Reader)
	c := r.Read(h, status)
	readers.Put(r)
	return c
}

var readers = sync.Pool{New: func() any { return new(Reader) }}

// A Reader reads like [Read] and is faster on the responses of one API, which
// resemble each other: for the sets of header names seen last it remembers
// which header holds what, and while the values stay the same too it returns
// what it read before. The zero Reader is ready to use. It is not safe for
// concurrent use. It keeps no reference to the headers.
type Reader struct {
	// Custom says what headers mean that the user has described. It goes before
	// all that the package knows, and must not change after the first Read.
	Custom []Header

	names map[string]headerName // by name as received
	plans [4]*plan              // of the last sets of names, the latest first
	epoch dateCache
	m     message
}

// Read is like the function [Read].
func (r *Reader) Read(h http.Header, status int) Claims {
	c, _ := r.read(h, status, nil)
	return c
}

// read also returns the numbers given for resets, if there are lessons. They are
// valid until the next call.
func (r *Reader) read(h http.Header, status int, l *lessons) (Claims, []rawReset) {
	p, same := r.plan(h)
	date := p.dateOf(h)
	refused := status < 200 || status > 299
	answer := &p.answers[0]
	if refused {
		answer = &p.answers[1]
	}
	if !same {
		p.answers[0].valid, p.answers[1].valid = false, false
	}
	if !answer.valid || answer.dated && answer.date != date || answer.lessons != l || l != nil && answer.version != l.version {
		r.answer(answer, p, refused, date, l)
	}
	return answer.claims, answer.resets
}

// plan returns the plan for the names of h, with the values of h, and whether
// they are those it had before.
func (r *Reader) plan(h http.Header) (p *plan, same bool) {
	for i, p := range r.plans {
		if p == nil {
			break
		}
		if named, same := p.take(h); named {
			copy(r.plans[1:i+1], r.plans[:i])
			r.plans[0] = p
			return p, same
		}
	}
	last := len(r.plans) - 1
	p = r.plans[last]
	copy(r.plans[1:], r.plans[:last])
	if p == nil {
		p = new(plan)
	}
	r.plans[0] = p
	r.learn(p, h)
	return p, false
}

// answer lets the conventions that match read the fields.
func (r *Reader) answer(a *answer, p *plan, refused bool, date string, l *lessons) {
	m := &r.m
	*m = message{
		fields: p.fields, refused: refused, date: date, epoch: &r.epoch, lessons: l,
		parsed: p.parsed, resets: a.resets[:0], sizes: a.sizes, scratch: m.scratch,
	}
	if !m.stale() {
		for i := range p.candidates {
			m.apply(&p.candidates[i])
		}
	}
	*a = answer{
		valid: true, dated: m.dated, date: date, lessons: l, claims: m.claims, resets: m.resets,
		sizes: sizes{policies: len(m.claims.Policies), numbers: m.counted},
	}
	if l != nil {
		a.version = l.version
	}
}
