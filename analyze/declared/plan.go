package declared

import (
	"cmp"
	"hash/maphash"
	"net/http"
	"slices"
)

// A plan is what a set of header names means, with the values that came with
// them last.
type plan struct {
	keys       []key   // header names, as received
	rows       []row   // relevant headers, sorted by normalised name
	fields     []field // the same, rows of one name joined
	joined     bool    // some are
	dated      int     // index of the Date among the keys, -1 = none
	date       string  // the last one
	stale      bool    // the rows have other values than the fields
	candidates []candidate
	parsed     []parsed // structured fields, by index of the field
	seen       []*seen  // values that came before, by their hash
	now        *seen    // the values that came last
}

// seen is the values of a response, and what was answered to them: limits count
// down and up again, so that the same values return.
type seen struct {
	values  [][]string // by row
	answers [2]answer  // served, refused
}

// remembered is for how many values a plan knows the answer, in groups.
const (
	remembered = 256
	group      = 4
)

var seed = maphash.MakeSeed()

// recall returns what is known of the values that the rows hold. A group has
// those first that came last.
func (p *plan) recall() *seen {
	h := uint64(0)
	for i := range p.rows {
		for _, v := range p.rows[i].values {
			h = (h ^ maphash.String(seed, v)) * 0x9e3779b97f4a7c15 // odd, 2^64 by the golden ratio
		}
	}
	if p.seen == nil {
		p.seen = make([]*seen, remembered)
	}
	at := h >> 32 % (remembered / group) * group // the high bits depend on all of the values
	g := p.seen[at : at+group]
	i := 0
	for i < group-1 && g[i] != nil && !g[i].holds(p.rows) {
		i++
	}
	s := g[i]
	if s == nil {
		s = new(seen)
	}
	if !s.holds(p.rows) {
		s.set(p.rows)
	}
	copy(g[1:i+1], g[:i])
	g[0] = s
	return s
}

func (s *seen) holds(rows []row) bool {
	if len(s.values) != len(rows) || s.values == nil {
		return false
	}
	for i := range rows {
		if !equalLines(s.values[i], rows[i].values) {
			return false
		}
	}
	return true
}

func (s *seen) set(rows []row) {
	if s.values == nil {
		s.values = make([][]string, len(rows))
	}
	for i := range rows {
		s.values[i] = append(s.values[i][:0], rows[i].values...)
	}
	s.answers[0].valid, s.answers[1].valid = false, false
}

// A key is a header name with the row that holds its values, -1 = none.
type key struct {
	name string
	row  int
}

// A row is a header, under the name that it was received with.
type row struct {
	key string
	field
}

// A candidate is a convention that fits the names, with its slots if these are
// known from the names.
type candidate struct {
	*Convention
	planned []slot
}

// An answer is one that was given before.
type answer struct {
	valid   bool
	dated   bool // it depends on the Date
	date    string
	lessons *lessons
	version int
	claims  Claims
	resets  []rawReset
}

// take takes in a response, if it has exactly the header names of the plan.
func (p *plan) take(h http.Header) bool {
	if len(h) != len(p.keys) || p.keys == nil {
		return false
	}
	for i := range p.keys {
		k := &p.keys[i]
		values, ok := h[k.name]
		if !ok {
			return false
		}
		if i == p.dated {
			p.date = first(values)
		}
		if k.row < 0 || equalLines(values, p.rows[k.row].values) {
			continue
		}
		row := &p.rows[k.row]
		row.values = bounded(row.values[:0], values)
		if !p.joined {
			p.fields[k.row].values = row.values
		}
		p.stale = true
	}
	if p.stale {
		p.now = p.recall()
		if p.joined {
			p.join()
		}
	}
	p.stale = false
	return true
}

// first returns the first line, "" if there is none.
func first(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[0]
}

func equalLines(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// learn makes the plan for a response with other names than before.
func (r *Reader) learn(p *plan, h http.Header) {
	*p = plan{}
	for name, values := range h {
		n := r.normalise(name)
		p.keys = append(p.keys, key{name, -1})
		if n.relevant {
			p.rows = append(p.rows, row{name, field{n.name, bounded(nil, values)}})
		}
	}
	slices.SortFunc(p.keys, func(a, b key) int { return cmp.Compare(a.name, b.name) })
	slices.SortFunc(p.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.key, b.key))
	})
	if len(p.rows) > maxFields {
		p.rows = p.rows[:maxFields]
	}
	for i := range p.rows {
		at, _ := slices.BinarySearchFunc(p.keys, p.rows[i].key, func(k key, name string) int { return cmp.Compare(k.name, name) })
		p.keys[at].row = i
	}
	p.dated = slices.IndexFunc(p.keys, func(k key) bool { return r.normalise(k.name).name == "date" })
	if p.dated >= 0 {
		p.date = first(h[p.keys[p.dated].name])
	}
	p.join()
	p.joined = len(p.fields) < len(p.rows)
	p.parsed = make([]parsed, len(p.fields))
	p.choose(r.Custom)
	p.now = new(seen)              // values are remembered from the second response on
	if len(p.keys) > 4*maxFields { // a flood is not worth remembering
		p.keys = nil
	}
}

// choose finds the conventions that fit the names.
func (p *plan) choose(custom []Header) {
	m := message{fields: p.fields}
	planned := customSlots(&m, custom)
	mask := p.add(&customConvention, planned, 0)
	all := slotsOf(&m, mask)
	for _, c := range Conventions {
		m.taken = mask
		if c.match != nil && !c.match(&m) {
			continue
		}
		switch {
		case c.slots != nil:
			mask = p.add(c, c.slots(&m, all), mask)
			all = slotsOf(&m, mask)
		case c.belong != nil:
			var own []slot
			for i := 0; i < len(all); i++ {
				if c.belong(&all[i]) {
					own = append(own, all[i])
					all = slices.Delete(all, i, i+1)
					i--
				}
			}
			p.add(c, own, 0)
		default:
			p.candidates = append(p.candidates, candidate{Convention: c})
		}
	}
}

// add adds a convention with the slots it has, if any, and returns the mask of
// the fields that are not to be read otherwise.
func (p *plan) add(c *Convention, planned []slot, mask uint64) uint64 {
	if len(planned) == 0 {
		return mask
	}
	for i := range planned {
		mask |= planned[i].mask()
		planned[i].prepare()
	}
	p.candidates = append(p.candidates, candidate{c, planned})
	return mask
}

// join makes the fields out of the rows: two spellings of one name are two
// lines of one field.
func (p *plan) join() {
	p.fields = p.fields[:0]
	for i := range p.rows {
		row := &p.rows[i]
		if n := len(p.fields); n > 0 && p.fields[n-1].name == row.name {
			p.fields[n-1].values = bounded(nil, slices.Concat(p.fields[n-1].values, row.values))
			continue
		}
		p.fields = append(p.fields, row.field)
	}
}
