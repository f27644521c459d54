package expect

import (
	"slices"
	"strings"
)

// A Model is the limiter that is expected, as analyses name it, with its
// modifiers: a limiter that also blocks is another one.
type Model struct {
	Class     string // "" = every limit that is not expected to be unlimited
	Name      string // such as "token-bucket"
	Modifiers []string
}

func (m Model) subject() string { return "the model of " + everyOr(m.Class) }

func everyOr(class string) string {
	if class == "" {
		return "all classes"
	}
	return "class " + class
}

const modelHint = "write a model such as token-bucket, read=token-bucket or token-bucket+block; ratefit models lists them"

// ParseModel reads "token-bucket" or "read=token-bucket+block".
func ParseModel(text string) (Model, error) {
	name, value, found := strings.Cut(text, "=")
	var m Model
	if !found {
		value = text
	} else {
		var err error
		if m.Class, err = class(name, text); err != nil {
			return Model{}, err
		}
	}
	words := strings.Split(value, "+")
	for i, w := range words {
		if words[i] = strings.TrimSpace(w); !isWord(words[i]) {
			return Model{}, mistake(modelHint, "%s: %s is not a model", quoted(text), quoted(words[i]))
		}
	}
	m.Name = words[0]
	if m.Modifiers = words[1:]; len(m.Modifiers) == 0 {
		m.Modifiers = nil
	}
	slices.Sort(m.Modifiers)
	if len(slices.Compact(slices.Clone(m.Modifiers))) < len(m.Modifiers) {
		return Model{}, mistake("name each modifier once", "%s: a modifier is there twice", quoted(text))
	}
	return m, nil
}

// Words is the model with its modifiers: "token-bucket+block".
func (m Model) Words() string { return strings.Join(append([]string{m.Name}, m.Modifiers...), "+") }

// String writes the model as [ParseModel] reads it.
func (m Model) String() string {
	if m.Class == "" {
		return m.Words()
	}
	return m.Class + "=" + m.Words()
}

// isWord accepts lower-case words joined by - and _.
func isWord(s string) bool {
	const small = "abcdefghijklmnopqrstuvwxyz0123456789"
	return s != "" && len(s) <= 64 && strings.Contains(small, s[:1]) && strings.Trim(s, small+"_-") == ""
}

// A Param is the value that is expected of a model's parameter.
type Param struct {
	Class string // "" = every limit that is not expected to be unlimited
	Name  string // as in analyses, such as "window_s"
	Value float64
	Text  string // the word that is expected, for a choice such as anchor; else ""
}

func (p Param) subject() string { return p.Name + " of " + everyOr(p.Class) }

const paramHint = "write name=value such as window_s=60 or anchor=clock, or read=window_s=60; ratefit models NAME lists the parameters"

// ParseParam reads "window_s=60", "anchor=clock" or "read=window_s=60".
func ParseParam(text string) (Param, error) {
	parts := strings.Split(text, "=")
	if len(parts) < 2 || len(parts) > 3 {
		return Param{}, mistake(paramHint, "%s: is not a parameter with its value", quoted(text))
	}
	var p Param
	if len(parts) == 3 {
		var err error
		if p.Class, err = class(parts[0], text); err != nil {
			return Param{}, err
		}
		parts = parts[1:]
	}
	value := ""
	if p.Name, value = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]); !isWord(p.Name) {
		return Param{}, mistake(paramHint, "%s: %s is not the name of a parameter", quoted(text), quoted(p.Name))
	}
	x, err := decimal(value)
	switch {
	case err == nil && x <= mostHits:
		p.Value = x
	case err == nil || !isWord(value) || strings.Contains("0123456789", value[:1]):
		return Param{}, mistake(paramHint, "%s: %s is neither a number nor a word", quoted(text), quoted(value))
	default:
		p.Text = value
	}
	return p, nil
}

// String writes the parameter as [ParseParam] reads it.
func (p Param) String() string {
	text := p.Name + "=" + p.Text
	if p.Text == "" {
		text = p.Name + "=" + plain(p.Value)
	}
	if p.Class != "" {
		return p.Class + "=" + text
	}
	return text
}

// A Scope says who is expected to share a limiter.
type Scope struct {
	Dimension string // one of Dimensions
	Answer    string // one of Answers
}

func (s Scope) subject() string { return "the scope of " + s.Dimension }

// Dimensions lists what limiters can be separate by.
func Dimensions() []string { return []string{"class", "source", "credential", "path"} }

// Answers lists what a dimension can be.
func Answers() []string { return []string{"separate", "shared"} }

// ParseScope reads "source=separate".
func ParseScope(text string) (Scope, error) {
	dimension, answer, _ := strings.Cut(text, "=")
	s := Scope{strings.TrimSpace(dimension), strings.TrimSpace(answer)}
	const try = "write one of class, source, credential, path, then =separate or =shared"
	switch {
	case !slices.Contains(Dimensions(), s.Dimension):
		return Scope{}, mistake(try, "%s: %s is not what limiters can be separate by", quoted(text), quoted(s.Dimension))
	case !slices.Contains(Answers(), s.Answer):
		return Scope{}, mistake(try, "%s: %s is neither separate nor shared", quoted(text), quoted(s.Answer))
	}
	return s, nil
}

// String writes the scope as [ParseScope] reads it.
func (s Scope) String() string { return s.Dimension + "=" + s.Answer }

// Declared says that what the response headers declare has to be true.
type Declared struct {
	Class string // "" = every limit
}

func (d Declared) subject() string { return "the headers of " + everyOr(d.Class) }

func parseDeclared(text, name string, named bool) (Declared, error) {
	if !named {
		return Declared{}, nil
	}
	c, err := class(name, text)
	return Declared{c}, err
}

// String writes it as [Set.Add] reads it.
func (d Declared) String() string {
	if d.Class == "" {
		return "declared"
	}
	return d.Class + "=declared"
}
