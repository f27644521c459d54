package credential

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// expand replaces each {{name}} of a template by the field of that name, as
// escape writes it. An unknown name is an error that lists those there are.
func expand(template string, fields map[string]string, escape func(string) string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		name = strings.TrimSpace(name)
		if !closed || !isName(name) {
			return "", fmt.Errorf("a placeholder is written {{name}}, with a name of letters, digits, _ and -")
		}
		value, ok := fields[name]
		if !ok {
			return "", fmt.Errorf("no field for the placeholder {{%s}}; there are: %s", name, known(fields))
		}
		b.WriteString(escape(value))
		template = after
	}
}

// known lists the names of fields.
func known(fields map[string]string) string {
	if len(fields) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
}

// expandBody fills in a request's body, and says of what content type it is: a
// template that becomes JSON is JSON, any other is taken for a form, whose
// values are escaped as in a query. A template without placeholders stays as it
// is.
func expandBody(template string, fields map[string]string) (body, contentType string, err error) {
	text, err := expand(template, fields, inJSON)
	if err != nil {
		return "", "", err
	}
	if json.Valid([]byte(text)) {
		return text, "application/json", nil
	}
	text, err = expand(template, fields, url.QueryEscape)
	return text, "application/x-www-form-urlencoded", err
}

// inJSON escapes a value for the inside of a JSON string.
func inJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return "" // no string makes Marshal fail
	}
	return string(b[1 : len(b)-1])
}
