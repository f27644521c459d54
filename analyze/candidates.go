package analyze

import "math"

// A Candidate is a limiter that the hits so far do not exclude: a surviving
// model with parameters from its consistent set, in the state in which the hits
// have left it. Where candidates disagree about a hit that is yet to be sent, to
// send it decides between them.
type Candidate struct {
	Limit   int    // index of the entry in Analysis.Limits
	Class   string // whose hits the state stems from; "read+write" when shared
	Source  string // "" when all sources share
	Model   string // its title, which tells variants apart
	Limiter Limiter
}

// Candidates returns, after Result, the limiters that are still possible: for
// each surviving model those at the corners of its set. It is empty where
// nothing was limited.
func (a *Analyzer) Candidates() []Candidate {
	var out []Candidate
	for i, p := range a.pools {
		for _, m := range p.survivors {
			name := m.Doc().Title
			f := p.fits[name]
			if !f.Consistent {
				continue
			}
			for k, s := range p.streams {
				class, source := p.keyOf(k)
				for _, corner := range append(f.corners, func(i int) Limiter { return f.limiter(i) }) {
					l := corner(k)
					s.foretell(l, math.MaxInt64, func(int32, bool) {})
					out = append(out, Candidate{Limit: i, Class: class, Source: source, Model: name, Limiter: l})
				}
			}
		}
	}
	return out
}

// Excluded reports, after Result, whether no parameters let a model, named by
// its title, explain all hits; it then cannot explain more hits either.
func (a *Analyzer) Excluded(title string) bool {
	for _, p := range a.pools {
		if f, tried := p.fits[title]; tried && !f.possible() {
			return true
		}
	}
	return false
}

// keyOf tells whose hits stream k of the pool is.
func (p *pool) keyOf(k int) (class, source string) {
	var own []*group
	for _, g := range p.parts[k] {
		if g.stream.Len() > 0 {
			own = append(own, g)
		}
	}
	if sources := sourcesOf(own); len(sources) == 1 {
		source = sources[0]
	}
	return classOf(own), source
}
