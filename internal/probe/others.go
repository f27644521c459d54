package probe

import (
	"ratefit/internal/trace"
)

// askOthers asks, while the lane's limiter is used up, whether the next class
// and the second address find it used up as well. A few hits show what would
// else spoil both fits.
func (l *lane) askOthers() bool {
	if !l.p.o.Scope {
		return true
	}
	others := l.others()
	if len(others) == 0 {
		return true
	}
	n := 3
	if l.p.o.Polite {
		n = 1
	}
	own := l.members[0]
	at := l.earliest()
	probes := []Probe{{
		Class: own.class, Source: own.source, Name: "exhausted", At: clump(at, n),
		Reason: "is the limiter still used up while others are asked?",
	}}
	for _, k := range others {
		probes = append(probes, Probe{
			Class: k.class, Source: k.source, Name: "others", At: clump(at, n),
			Reason: "does it share the limiter that " + own.class + " from " + own.source + " has used up?",
		})
	}
	hits, ok := l.askAll(probes...)
	if !ok {
		return false
	}
	if c := l.count(of(hits, own)); c.limited == 0 || c.admitted > c.limited {
		return true // it has recovered: nothing was learned
	}
	for _, k := range others {
		l.other[k] = sharing(l.count(of(hits, k)))
		if l.other[k] == together {
			l.members = append(l.members, k)
		}
	}
	return true
}

// others are the classes that wait for their turn, and the second address.
func (l *lane) others() []key {
	var out []key
	later := false
	for _, o := range l.p.lanes {
		if o == l {
			later = true
			continue
		}
		if later && !o.taken() {
			out = append(out, o.members[0])
		}
	}
	if len(l.p.o.Sources) > 1 {
		out = append(out, key{l.class, l.p.o.Sources[1]})
	}
	return out
}

// sharing judges by the answers to hits sent while the limiter was used up.
func sharing(c count) shares {
	switch {
	case c.admitted > 0 && c.limited == 0:
		return apart
	case c.limited > 0 && c.admitted == 0:
		return together
	}
	return unasked
}

// own returns the hits of all members, as if they were of one kind.
func (l *lane) own() []trace.Hit {
	var out []trace.Hit
	for _, k := range l.members {
		for _, h := range l.p.hits[k] {
			h.Class, h.Source = l.class, l.p.o.Sources[0]
			out = append(out, h)
		}
	}
	return out
}
