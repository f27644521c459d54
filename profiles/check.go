package profiles

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A reporter takes the path of a field and what is wrong with it.
type reporter func(field, text string)

// within is a reporter for the fields below one field.
func (r reporter) within(field string) reporter {
	return func(inner, text string) { r(field+"."+inner, text) }
}

// Check lists everything that is wrong with a profile that was made in code;
// a loaded one has been checked already.
func (p *Profile) Check() []*Problem {
	var problems []*Problem
	p.check(func(field, text string) {
		problems = append(problems, &Problem{Field: field, Text: text})
	})
	return problems
}

func (p *Profile) check(report reporter) {
	checkName(p.Name, "", func(text string) { report("name", text) })
	if i := strings.IndexFunc(p.About, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 || len(p.About) > 1000 {
		report("about", "must be one line of at most 1000 printable characters")
	}
	if p.Stagger != 0 {
		checkDuration("stagger", p.Stagger, report)
	}
	checkHeaders(p.Headers, report)
	p.checkExpect(report)
	switch {
	case len(p.Classes) == 0:
		report("classes", "is missing; a profile needs phases for at least one class")
	case len(p.Classes) > MaxClasses:
		report("classes", fmt.Sprintf("must be at most %d, are %d", MaxClasses, len(p.Classes)))
		return
	}
	hits, sound := 0, true
	for i := range p.Classes {
		c := &p.Classes[i]
		path := join("classes", c.Name)
		checkName(c.Name, "", func(text string) { report(path, "class name "+text) })
		if slices.ContainsFunc(p.Classes[:i], func(d Class) bool { return d.Name == c.Name }) {
			report(path, "is there twice")
		}
		n, ok := c.check(report.within(path))
		hits += n
		sound = sound && ok
	}
	if sound && hits > MaxHits {
		report("classes", fmt.Sprintf("plan %s for each source, may plan %s at most", countHits(hits), grouped(MaxHits)))
	}
}

// check returns the number of hits of the class; ok is false when something is
// wrong with a phase, so that the number is not known.
func (c *Class) check(report reporter) (hits int, ok bool) {
	if c.Request != "" {
		if text := checkRequest(c.Request); text != "" {
			report("request", text)
		}
	}
	if len(c.Phases) == 0 {
		report("phases", "is missing; a class needs at least one phase")
		return 0, false
	}
	if len(c.Phases) > MaxPhases {
		report("phases", fmt.Sprintf("must be at most %d, are %d", MaxPhases, len(c.Phases)))
		return 0, false
	}
	ok = true
	var length time.Duration
	for i := range c.Phases {
		ph := &c.Phases[i]
		path := fmt.Sprintf("phases[%d]", i)
		checkName(ph.Name, " ", func(text string) { report(path+".name", text) })
		if slices.ContainsFunc(c.Phases[:i], func(q Phase) bool { return q.Name == ph.Name }) {
			report(path+".name", quoted(ph.Name)+" is the name of an earlier phase of this class too")
		}
		sound := true
		ph.check(func(field, text string) {
			sound = false
			report(path+"."+field, text)
		})
		if sound {
			n, d := ph.size()
			hits, length = min(hits+n, 2*MaxHits), min(length+d, 2*MaxDuration)
		}
		ok = ok && sound
	}
	if ok && length > MaxDuration {
		report("phases", fmt.Sprintf("last longer than %s together", plainDuration(MaxDuration)))
	}
	if ok && hits > MaxHits {
		report("phases", fmt.Sprintf("plan more than %s for each source", countHits(MaxHits)))
		return 0, false
	}
	return hits, ok
}

// checkName accepts names that are safe in file names, tables and traces.
// extra lists further characters.
func checkName(name, extra string, report func(text string)) {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	switch {
	case name == "":
		report("is missing; write letters, digits and . _ -")
	case len(name) > 64:
		report("must have at most 64 characters")
	case strings.ContainsFunc(name, func(r rune) bool { return !strings.ContainsRune(plain+"._-"+extra, r) }) || strings.IndexAny(name, plain) != 0:
		report("must begin with a letter or digit and go on with those and . _ -, is " + quoted(name))
	}
}
