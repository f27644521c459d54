package bench

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"ratefit/internal/bench/simulate"
)

// A Case is one limiter, or one for each class, with what is known about it.
type Case struct {
	Name    string
	Parts   []Part
	Sources []string

	// OneForClasses: all classes draw on the limiter of the first part.
	// OneForSources: all sources draw on one limiter.
	OneForClasses, OneForSources bool

	Service time.Duration // mean time to serve an admitted hit; 0 = half a millisecond
	Steady  bool          // every hit takes that long; else exponential
	Drop    Drop

	// LimitedStatus is what limited hits are answered with; 0 = 429.
	LimitedStatus int

	// Scope is what is known about who shares a limiter.
	Scope ScopeTruth
}

// limitedStatus is what the analysis is told of it.
func (c *Case) limitedStatus() []int {
	if c.LimitedStatus == 0 {
		return nil
	}
	return []int{c.LimitedStatus}
}

// family is what the limiters of a case are called in a table.
func (t *Truth) family() string {
	switch {
	case t.Why != "":
		return "spoiled: " + t.Why
	case slices.Contains(t.Modifiers, "block"):
		return "block"
	}
	return t.Model
}

// A Part is the limiter of one class.
type Part struct {
	Class string
	Truth Truth
	New   func(e Setting) simulate.Limiter
}

// A Setting is the circumstances of one trace.
type Setting struct {
	Random *rand.Rand
	Clock  time.Duration // wall clock of the server at offset 0, since 1970
}

// Since is how long a timer of that period has been running at offset 0.
func (s Setting) Since(period time.Duration) time.Duration {
	return time.Duration(s.Random.Float64() * float64(period))
}

// source is where the hits of most cases come from.
const source = "127.0.0.2"

// single is a case of one limiter, for reads.
func single(name string, t Truth, build func(Setting) simulate.Limiter) Case {
	return Case{Name: name, Parts: []Part{{Class: "read", Truth: t, New: build}}, Sources: []string{source}}
}

// Cases returns every case. Names are unique.
func Cases() []Case {
	var all []Case
	for _, family := range [][]Case{
		buckets(), stepped(), windows(), logs(), counters(), queues(), caps(), tiers(), blocks(), scopes(), refusing(), spoiled(),
	} {
		all = append(all, family...)
	}
	return append(all, single("none", Truth{Model: "unlimited"},
		func(Setting) simulate.Limiter { return simulate.None{} }))
}

// classes lists the classes of a case.
func (c *Case) classes() []string {
	var names []string
	for _, p := range c.Parts {
		names = append(names, p.Class)
	}
	return names
}

// world builds the limiters of a case behind a network.
func (c *Case) world(n Noise, e Setting) *World {
	type key struct{ class, source string }
	made := map[key]*limited{}
	parts := map[string]*Part{}
	for i := range c.Parts {
		parts[c.Parts[i].Class] = &c.Parts[i]
	}
	w := &World{noise: n, random: e.Random, service: c.Service, steady: c.Steady, drop: c.Drop, refusal: cmp.Or(c.LimitedStatus, http.StatusTooManyRequests)}
	if w.service == 0 {
		w.service = 500 * time.Microsecond
	}
	w.limiter = func(class, source string) *limited {
		if c.OneForClasses {
			class = c.Parts[0].Class
		}
		k := key{class, source}
		if c.OneForSources {
			k.source = ""
		}
		if made[k] == nil {
			made[k] = &limited{Limiter: parts[class].New(e)}
		}
		return made[k]
	}
	return w
}
