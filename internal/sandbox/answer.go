package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// A request is what a handler sees: the HTTP request, the instant at which it
// came or was let through, who sent it (nil on a public route) and, where the
// route takes them, the number in the path and the JSON object in the body.
type request struct {
	*http.Request
	now     time.Time
	account *account
	id      int64
	form    form
	leave   func() // to be called when it has been answered, if not nil
}

// An action carries out a request that was found valid.
type action func() answer

// An answer is what an action returns.
type answer struct {
	status      int
	contentType string // "" = no body
	body        []byte
	header      []headerLine // further headers
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	for _, line := range a.header {
		h[line.name] = line.values
	}
	if a.contentType != "" {
		h["Content-Type"] = []string{a.contentType}
		h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may have gone; there is nobody to tell
}

// plain answers with a status and its name as text.
func plain(status int) answer { return text(status, http.StatusText(status)) }

// text answers with a status and a message.
func text(status int, message string) answer {
	return answer{status: status, contentType: "text/plain", body: []byte(message)}
}

// object answers with a JSON document.
func object(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		return plain(http.StatusInternalServerError)
	}
	return answer{status: status, contentType: "application/json", body: body}
}

// refusal is an answer that ends the checks.
func refusal(a answer) *answer { return &a }

func unauthorized() answer {
	a := plain(http.StatusUnauthorized)
	a.header = []headerLine{{"Www-Authenticate", []string{"Bearer"}}}
	return a
}

// notAcceptable answers 406: a precondition does not hold.
func notAcceptable(why string) answer { return text(http.StatusNotAcceptable, why) }

// invalid answers 422 for one field.
func invalid(field, description string) *answer {
	message := description
	if field != "" {
		message = field + ": " + description
	}
	return refusal(object(http.StatusUnprocessableEntity, map[string]string{
		"message":     message,
		"description": description,
	}))
}
