package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
)

// A form is the JSON object in a request's body, valid as its route demands.
type form map[string]any

// isJSON reports whether a request says that its body is JSON.
func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// readForm reads the body of a request that must carry JSON. It returns a
// refusal for too long a body (413), an empty one or one that does not parse
// (400), and for JSON that the route's schema does not allow (422).
func (s *Sandbox) readForm(w http.ResponseWriter, r *http.Request, rt *route) (form, *answer) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxBody))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, refusal(plain(http.StatusRequestEntityTooLarge))
	case err != nil:
		return nil, refusal(text(http.StatusBadRequest, "the body could not be read"))
	case len(body) == 0:
		return nil, refusal(plain(http.StatusBadRequest))
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, refusal(text(http.StatusBadRequest, err.Error()))
	}
	if no := schemas().body(rt.method, rt.path, v); no != nil {
		return nil, no
	}
	fields, _ := v.(map[string]any)
	return form(fields), nil
}

// text returns a member that the schema has made sure of.
func (f form) text(name string) string {
	s, _ := f[name].(string)
	return s
}

// integer returns a member that the schema has made sure of.
func (f form) integer(name string) int64 {
	n, _ := f[name].(float64)
	return int64(n)
}
