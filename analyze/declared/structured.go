package declared

import (
	"strings"

	"github.com/dunglas/httpsfv"
)

// A member is one item of a structured list: a number or a name, with
// parameters.
type member struct {
	isNumber bool
	number   float64
	name     string            // a string or token
	others   []string          // further strings, where only a lenient reading works
	numbers  []param           // numeric parameters
	texts    map[string]string // other parameters; byte sequences as their bytes
}

// members reads a structured list (RFC 9651), of which each line is a part. A
// list that is not well formed is read leniently, with a note.
func (m *message) members(name string) []member { return m.structured(name).members }

// structured is members with what else is remembered of the field.
func (m *message) structured(name string) *parsed {
	i := m.index(name)
	lines := m.take(name)
	if len(lines) == 0 {
		return new(parsed)
	}
	p := &m.parsed[i]
	if !p.fits(lines) {
		p.set(lines)
	}
	if p.malformed {
		m.note(name, "is not a well-formed structured field and was read leniently")
	}
	return p
}

// parseMembers reads a list; malformed says that this was lenient.
func parseMembers(lines []string) (all []member, malformed bool) {
	if l, err := httpsfv.UnmarshalList(lines); err == nil {
		return strict(l), false
	}
	return lenient(strings.Join(lines, ",")), true
}

func strict(l httpsfv.List) []member {
	var all []member
	for _, x := range l {
		item, ok := x.(httpsfv.Item)
		if !ok || len(all) == maxPolicies {
			continue
		}
		var mb member
		switch v := item.Value.(type) {
		case int64:
			mb.isNumber, mb.number = true, float64(v)
		case float64:
			mb.isNumber, mb.number = true, v
		case string:
			mb.name = v
		case httpsfv.Token:
			mb.name = string(v)
		default:
			continue
		}
		for _, key := range item.Params.Names() {
			v, _ := item.Params.Get(key)
			switch v := v.(type) {
			case int64:
				mb.setNumber(key, float64(v))
			case float64:
				mb.setNumber(key, v)
			case string:
				mb.setText(key, v)
			case httpsfv.Token:
				mb.setText(key, string(v))
			case []byte:
				mb.setText(key, string(v))
			}
		}
		all = append(all, mb)
	}
	return all
}

// A param is a numeric parameter.
type param struct {
	key   string
	value float64
}

// param returns a numeric parameter.
func (mb *member) param(key string) (v float64, ok bool) {
	for i := range mb.numbers {
		if mb.numbers[i].key == key {
			return mb.numbers[i].value, true
		}
	}
	return 0, false
}

func (mb *member) setNumber(key string, v float64) {
	for i := range mb.numbers {
		if mb.numbers[i].key == key {
			mb.numbers[i].value = v
			return
		}
	}
	if len(mb.numbers) < maxPolicies {
		mb.numbers = append(mb.numbers, param{key, v})
	}
}

func (mb *member) setText(key, v string) {
	if mb.texts == nil {
		mb.texts = make(map[string]string, 1)
	}
	mb.texts[key] = v
}

// lenient reads what looks like a structured list: names, and parameters that
// are numbers or strings, whatever their case and the space around them. A
// later parameter of the same name wins, as in a well-formed list.
func lenient(line string) []member {
	var all []member
	for _, part := range split(line, ',') {
		var mb member
		for i, piece := range split(part, ';') {
			piece = strings.TrimSpace(piece)
			key, value, isParam := strings.Cut(piece, "=")
			v, isNumber := number(piece)
			switch {
			case piece == "":
			case isNumber && i == 0:
				mb.isNumber, mb.number = true, v
			case isParam && piece[0] != '"':
				mb.setLenient(strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value))
			case mb.name == "" && !mb.isNumber:
				mb.name = unquote(piece)
			default:
				mb.others = append(mb.others, unquote(piece))
			}
		}
		if (mb.isNumber || mb.name != "" || len(mb.numbers) > 0) && len(all) < maxPolicies {
			all = append(all, mb)
		}
	}
	return all
}

func (mb *member) setLenient(key, value string) {
	if v, ok := number(value); ok {
		mb.setNumber(key, v)
	} else if value != "" {
		mb.setText(key, unquote(value))
	}
}

// split cuts a line at a separator outside quotes.
func split(line string, sep byte) []string {
	var parts []string
	quoted, from := false, 0
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case line[i] == sep && !quoted:
			parts = append(parts, line[from:i])
			from = i + 1
		}
	}
	return append(parts, line[from:])
}

func unquote(s string) string { return strings.Trim(s, `"`) }

// label returns the member's name, nil if it cannot be shown.
func (mb *member) label() *string {
	if !presentable(mb.name) {
		return nil
	}
	return &mb.name
}

// isCalled reports whether the member has this name or, read leniently, one of
// several.
func (mb *member) isCalled(name string) bool {
	if mb.name == name {
		return true
	}
	for _, o := range mb.others {
		if o == name {
			return true
		}
	}
	return false
}

// parameter returns a numeric parameter as a number that can be declared.
// Negative ones break the drafts: what is left over is then none, anything else
// undeclared.
func (m *message) parameter(header string, mb *member, key string) *float64 {
	v, ok := mb.param(key)
	if !ok {
		return nil
	}
	if v < 0 {
		m.note(header, "has a negative "+known(key))
		if key != "r" {
			return nil
		}
		v = 0
	}
	return m.num(milli(v))
}

// known keeps notes free of what a response could put into them.
func known(key string) string {
	switch key {
	case "r", "t", "q", "w":
		return key
	}
	return "number"
}
