// Package expect reads what somebody expects of the limiters of one target, as
// it is written on a command line or in a profile: "read=2/s:30" is two requests
// a second sustained, with a burst of 30, for the class read. It knows no analysis
// and judges nothing.
//
// Every mistake is a [Mistake]: one line that quotes the place, and what to write
// instead. What is read is written back by the String methods, and reads back as
// the same.
package expect

import (
	"fmt"
	"slices"
	"strings"
)

// A Set is all that is expected of one target. The zero value expects nothing.
type Set struct {
	Limits   []Limit
	Models   []Model
	Params   []Param
	Scopes   []Scope
	Declared []Declared

	// Tolerance is the share by which a rate, a time, a burst or any other number
	// may differ from the expected one; nil = [DefaultTolerance].
	Tolerance *Tolerance
}

// A Mistake says what is wrong with an expectation.
type Mistake struct {
	Text string // one line that quotes the expectation
	Try  string // what to write instead
}

// Error implements error.
func (m *Mistake) Error() string { return m.Text }

func mistake(try, format string, args ...any) error {
	return &Mistake{Text: fmt.Sprintf(format, args...), Try: try}
}

// Empty reports that nothing is expected.
func (s *Set) Empty() bool {
	return len(s.Limits)+len(s.Models)+len(s.Params)+len(s.Scopes)+len(s.Declared) == 0
}

// Accepts is the tolerance that holds.
func (s *Set) Accepts() Tolerance {
	if s.Tolerance == nil {
		return DefaultTolerance
	}
	return *s.Tolerance
}

// Over returns what s expects and, of everything that s says nothing about, what
// other does.
func (s Set) Over(other Set) Set {
	out := Set{
		Limits:   over(s.Limits, other.Limits, Limit.subject),
		Models:   over(s.Models, other.Models, Model.subject),
		Params:   over(s.Params, other.Params, Param.subject),
		Scopes:   over(s.Scopes, other.Scopes, Scope.subject),
		Declared: over(s.Declared, other.Declared, Declared.subject),
	}
	if out.Tolerance = s.Tolerance; out.Tolerance == nil {
		out.Tolerance = other.Tolerance
	}
	return out
}

func over[T any](all, others []T, subject func(T) string) []T {
	out := slices.Clone(all)
	for _, other := range others {
		if !slices.ContainsFunc(all, func(one T) bool { return subject(one) == subject(other) }) {
			out = append(out, other)
		}
	}
	return out
}

// Add reads one expectation of a limit: "read=2/s:30", "write=unlimited",
// "declared" or "read=declared".
func (s *Set) Add(text string) error {
	class, value, found := strings.Cut(text, "=")
	if !found {
		class, value = "", text
	}
	if strings.TrimSpace(value) == "declared" {
		d, err := parseDeclared(text, class, found)
		if err != nil {
			return err
		}
		return addTo(&s.Declared, d, text, Declared.subject)
	}
	l, err := ParseLimit(text)
	if err != nil {
		return err
	}
	return addTo(&s.Limits, l, text, Limit.subject)
}

// AddModel reads the model that is expected of all limits, "token-bucket", or of
// one class, "read=token-bucket+block".
func (s *Set) AddModel(text string) error {
	m, err := ParseModel(text)
	if err != nil {
		return err
	}
	return addTo(&s.Models, m, text, Model.subject)
}

// AddParam reads the value that is expected of a model's parameter, of all limits,
// "window_s=60" or "anchor=clock", or of one class, "read=window_s=60".
func (s *Set) AddParam(text string) error {
	p, err := ParseParam(text)
	if err != nil {
		return err
	}
	return addTo(&s.Params, p, text, Param.subject)
}

// AddScope reads who is expected to share a limiter: "source=separate".
func (s *Set) AddScope(text string) error {
	p, err := ParseScope(text)
	if err != nil {
		return err
	}
	return addTo(&s.Scopes, p, text, Scope.subject)
}

// addTo appends an expectation, unless there is one of the same.
func addTo[T any](all *[]T, one T, text string, subject func(T) string) error {
	if slices.ContainsFunc(*all, func(other T) bool { return subject(other) == subject(one) }) {
		return mistake("give it once", "%s: there are two expectations for %s", quoted(text), subject(one))
	}
	*all = append(*all, one)
	return nil
}

// quoted shows what was written, but no more of it than a line can bear.
func quoted(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// letters may be part of names.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// class reads the name of a class, or of several that share a limiter, joined by
// +, in any order; the result is in the order of analyses.
func class(text, whole string) (string, error) {
	names := strings.Split(text, "+")
	for i, name := range names {
		name = strings.TrimSpace(name)
		names[i] = name
		const try = "write the name of a class such as read, or read+write for one limiter of both"
		switch {
		case name == "":
			return "", mistake(try, "%s: a class is missing", quoted(whole))
		case len(name) > 64 || !strings.Contains(letters, name[:1]) || strings.Trim(name, letters+"._-") != "":
			return "", mistake(try, "%s: %s is not the name of a class", quoted(whole), quoted(name))
		}
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) < len(names) {
		return "", mistake("name each class once", "%s: a class is there twice", quoted(whole))
	}
	return strings.Join(names, "+"), nil
}
