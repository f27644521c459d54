package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"unicode/utf8"
)

// A form is the JSON object in a request's body.
type form map[string]any

// readForm reads the body of a request that must carry a JSON object. It
// returns a refusal for another content type (415), too long a body (413), an
// empty one or one that does not parse (400), and for JSON that is not an
// object (422).
func (s *Sandbox) readForm(w http.ResponseWriter, r *http.Request) (form, *answer) {
	refuse := func(a answer) (form, *answer) { return nil, &a }
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return refuse(plain(http.StatusUnsupportedMediaType))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxBody))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return refuse(plain(http.StatusRequestEntityTooLarge))
	case err != nil:
		return refuse(text(http.StatusBadRequest, "the body could not be read"))
	case len(body) == 0:
		return refuse(plain(http.StatusBadRequest))
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return refuse(text(http.StatusBadRequest, err.Error()))
	}
	fields, ok := v.(map[string]any)
	if !ok {
		return nil, invalid("", "Invalid type. Expected: object, given: "+kindOf(v))
	}
	return form(fields), nil
}

// text returns a member that must be a string of at least least characters.
func (f form) text(name string, least int) (string, *answer) {
	v, ok := f[name]
	if !ok {
		return "", invalid(name, name+" is required")
	}
	s, ok := v.(string)
	if !ok {
		return "", invalid(name, "Invalid type. Expected: string, given: "+kindOf(v))
	}
	if utf8.RuneCountInString(s) < least {
		return "", invalid(name, fmt.Sprintf("String length must be greater than or equal to %d", least))
	}
	return s, nil
}

// integer returns a member that must be a whole number.
func (f form) integer(name string) (int64, *answer) {
	v, ok := f[name]
	if !ok {
		return 0, invalid(name, name+" is required")
	}
	n, ok := v.(float64)
	if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
		return 0, invalid(name, "Invalid type. Expected: integer, given: "+kindOf(v))
	}
	return int64(n), nil
}

// kindOf names the JSON type of a decoded value.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}
