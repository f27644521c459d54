package probe

import (
	"slices"

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
		Class: own.class, Source: own.source, Credential: own.credential, Name: "exhausted", At: clump(at, n),
		Reason: "is the limiter still used up while others are asked?",
	}}
	for _, k := range others {
		probes = append(probes, Probe{
			Class: k.class, Source: k.source, Credential: k.credential, Name: "others", At: clump(at, n),
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

// seconds are the second address, and the second credential of the first one.
func (o *Options) seconds(class string) []key {
	var out []key
	if len(o.Sources) > 1 {
		k, _ := o.key(class, o.Sources[1], 0)
		out = append(out, k)
	}
	if k, ok := o.key(class, o.Sources[0], 1); ok {
		out = append(out, k)
	}
	return out
}

// others are the classes that wait for their turn, the second address and the
// second credential.
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
	return append(out, l.p.o.seconds(l.class)...)
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

// logins returns the logins that may have drawn on the lane's limiter.
func (l *lane) logins() []trace.Hit {
	var out []trace.Hit
	class := l.p.loginClass()
	if !slices.ContainsFunc(l.members, func(k key) bool { return k.class == class }) {
		return nil
	}
	for k, hits := range l.p.hits {
		if k.class != trace.LoginClass || !slices.ContainsFunc(l.members, func(m key) bool { return m.source == k.source }) {
			continue
		}
		for _, h := range hits {
			h.Source, h.Credential = l.p.o.Sources[0], l.members[0].credential
			out = append(out, h)
		}
	}
	return out
}

// own returns the hits of all members, as if they were of one kind.
func (l *lane) own() []trace.Hit {
	var out []trace.Hit
	for _, k := range l.members {
		for _, h := range l.p.hits[k] {
			h.Class, h.Source, h.Credential = l.class, l.p.o.Sources[0], l.members[0].credential
			out = append(out, h)
		}
	}
	return append(out, l.logins()...)
}
