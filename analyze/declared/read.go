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
// which header holds what, and to values that it has read before it answers as
// before. The zero Reader is ready to use. It is not safe for
// concurrent use. It keeps no reference to the headers.
type Reader struct {
	// Custom says what headers mean that the user has described. It goes before
	// all that the package knows, and must not change after the first Read.
	Custom []Header

	names map[string]headerName // by name as received
	plans [4]*plan              // of the last sets of names, the latest first
	epoch dateCache
	m     message
	slab  []Policy // memory for the policies of the next answers
}

// Read is like the function [Read].
func (r *Reader) Read(h http.Header, status int) Claims {
	c, _ := r.read(h, status, nil)
	return c
}

// read also returns the numbers given for resets, if there are lessons. They are
// valid until the next call.
func (r *Reader) read(h http.Header, status int, l *lessons) (Claims, []rawReset) {
	p := r.plan(h)
	refused := status < 200 || status > 299
	answer := &p.now.answers[0]
	if refused {
		answer = &p.now.answers[1]
	}
	if !answer.valid || answer.dated && answer.date != p.date || answer.lessons != l || l != nil && answer.version != l.version {
		r.answer(answer, p, refused, l)
	}
	return answer.claims, answer.resets
}

// plan returns the plan for the names of h, with the values of h.
func (r *Reader) plan(h http.Header) *plan {
	for i, p := range r.plans {
		if p == nil {
			break
		}
		if p.take(h) {
			if i > 0 {
				copy(r.plans[1:i+1], r.plans[:i])
				r.plans[0] = p
			}
			return p
		}
	}
	last := len(r.plans) - 1
	p := r.plans[last]
	copy(r.plans[1:], r.plans[:last])
	if p == nil {
		p = new(plan)
	}
	r.plans[0] = p
	r.learn(p, h)
	return p
}

// answer lets the conventions that match read the fields.
func (r *Reader) answer(a *answer, p *plan, refused bool, l *lessons) {
	expect := max(1, len(a.claims.Policies))
	if len(r.slab) < expect {
		r.slab = make([]Policy, max(slab, expect))
	}
	m := &r.m
	*m = message{
		fields: p.fields, refused: refused, date: p.date, epoch: &r.epoch, lessons: l,
		parsed: p.parsed, resets: a.resets[:0], scratch: m.scratch, numbers: m.numbers,
		claims: Claims{Policies: r.slab[:0:expect]},
	}
	if !m.stale() {
		all := uint64(1)<<len(p.fields) - 1
		for i := range p.candidates {
			if m.taken == all {
				break
			}
			m.apply(&p.candidates[i])
		}
	}
	n := len(m.claims.Policies)
	if m.claims.Policies = m.claims.Policies[:n:n]; n == 0 {
		m.claims.Policies = nil
	}
	r.slab = r.slab[min(n, expect):]
	*a = answer{valid: true, dated: m.dated, date: p.date, lessons: l, claims: m.claims, resets: m.resets}
	if l != nil {
		a.version = l.version
	}
}
