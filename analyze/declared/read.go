package declared

import (
	"cmp"
	"net/http"
	"slices"
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
// resemble each other: while the header names stay the same it does not look
// for the convention again, and while the values stay the same too it returns
// what it read before. The zero Reader is ready to use. It is not safe for
// concurrent use. It keeps no reference to the headers.
type Reader struct {
	names map[string]headerName // by name as received

	known      bool     // the following describe the last response
	keys       []string // header names, as received
	dateKey    string   // that of the Date, "" = none
	rows       []row    // relevant headers, sorted by normalised name
	fields     []field  // the same, rows of one name joined
	candidates []*Convention

	answers [2]cached // to a response with these values: served, refused
	epoch   dateCache
}

// A row is a header, under the name that it was received with.
type row struct {
	key string
	field
}

// cached is an answer given before.
type cached struct {
	valid  bool
	dated  bool // it depends on the Date
	date   string
	claims Claims
}

// Read is like the function [Read].
func (r *Reader) Read(h http.Header, status int) Claims {
	switch {
	case !r.known || !r.sameNames(h):
		r.learn(h)
	case !r.sameValues(h):
		r.refill(h)
	}
	refused, date := status < 200 || status > 299, r.dateOf(h)
	answer := &r.answers[0]
	if refused {
		answer = &r.answers[1]
	}
	if !answer.valid || answer.dated && answer.date != date {
		*answer = r.read(refused, date)
	}
	return answer.claims
}

// read lets the conventions that match read the fields.
func (r *Reader) read(refused bool, date string) cached {
	m := message{fields: r.fields, refused: refused, date: date, epoch: &r.epoch}
	if !m.stale() {
		for _, c := range r.candidates {
			m.apply(c)
		}
	}
	return cached{valid: true, dated: m.dated, date: date, claims: m.claims}
}

// sameNames reports whether h has exactly the header names of the last response.
func (r *Reader) sameNames(h http.Header) bool {
	if len(h) != len(r.keys) {
		return false
	}
	for _, k := range r.keys {
		if _, ok := h[k]; !ok {
			return false
		}
	}
	return true
}

func (r *Reader) sameValues(h http.Header) bool {
	for i := range r.rows {
		if !slices.Equal(h[r.rows[i].key], r.rows[i].values) {
			return false
		}
	}
	return true
}

// learn takes in a response with other names than the last.
func (r *Reader) learn(h http.Header) {
	r.forget()
	for key, values := range h {
		n := r.normalise(key)
		switch {
		case n.name == "date" && (r.dateKey == "" || key < r.dateKey):
			r.dateKey = key
		case n.relevant:
			r.rows = append(r.rows, row{key, field{n.name, bounded(nil, values)}})
		}
		r.keys = append(r.keys, key)
	}
	slices.SortFunc(r.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.key, b.key))
	})
	if len(r.rows) > maxFields {
		r.rows = r.rows[:maxFields]
	}
	r.join()
	m := message{fields: r.fields}
	for _, c := range Conventions {
		if c.match(&m) {
			r.candidates = append(r.candidates, c)
		}
	}
}

func (r *Reader) forget() {
	r.known, r.dateKey = true, ""
	r.keys, r.rows, r.candidates = r.keys[:0], r.rows[:0], r.candidates[:0]
	if cap(r.keys) > 4*maxFields {
		r.keys, r.rows = nil, nil
	}
	r.answers = [2]cached{}
}

// refill takes in a response with the names of the last but other values.
func (r *Reader) refill(h http.Header) {
	for i := range r.rows {
		r.rows[i].values = bounded(r.rows[i].values[:0], h[r.rows[i].key])
	}
	r.join()
	r.answers[0].valid, r.answers[1].valid = false, false
}

// join makes the fields out of the rows: two spellings of one name are two
// lines of one field.
func (r *Reader) join() {
	r.fields = r.fields[:0]
	for i := range r.rows {
		row := &r.rows[i]
		if n := len(r.fields); n > 0 && r.fields[n-1].name == row.name {
			r.fields[n-1].values = bounded(nil, slices.Concat(r.fields[n-1].values, row.values))
			continue
		}
		r.fields = append(r.fields, row.field)
	}
}

func (r *Reader) dateOf(h http.Header) string {
	if r.dateKey == "" || len(h[r.dateKey]) == 0 {
		return ""
	}
	return h[r.dateKey][0]
}
