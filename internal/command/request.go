package command

import (
	"encoding/json"
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"

	"ratefit/internal/credential"
)

// parseRequest reads "GET /path" (or "/path", a GET) as --read, --write and
// profiles name it. from names the flag or class in errors.
func parseRequest(from, text string) (method, path string, err error) {
	fields := strings.Fields(text)
	example := "write it as 'GET /path'"
	switch len(fields) {
	case 1:
		method, path = http.MethodGet, fields[0]
	case 2:
		method, path = strings.ToUpper(fields[0]), fields[1]
	default:
		return "", "", usageFault(example, "%s: a request is a method and a path", from)
	}
	if !strings.HasPrefix(path, "/") {
		return "", "", usageFault(example, "%s: the path must begin with /, on the target's host", from)
	}
	for _, c := range method {
		if (c < 'A' || c > 'Z') && c != '-' {
			return "", "", usageFault(example, "%s: the method must be letters, such as GET or POST", from)
		}
	}
	return method, path, nil
}

// parseHeaders reads 'Name: value' lines, and files or variables of such lines,
// named @FILE and env:NAME. Errors name the header or the place, never a value.
func parseHeaders(texts []string) (http.Header, error) {
	h := http.Header{}
	for _, text := range texts {
		lines, bare, err := credential.Read(text)
		switch {
		case err != nil:
			err = usageFault("", "--header: %v", err)
		case bare:
			err = addHeader(h, "--header", text)
		default:
			err = addHeaders(h, "--header: "+strings.TrimPrefix(text, "@"), lines)
		}
		if err != nil {
			return nil, err
		}
	}
	return h, nil
}

func addHeaders(h http.Header, from, lines string) error {
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := addHeader(h, from, line); err != nil {
			return err
		}
	}
	return nil
}

func addHeader(h http.Header, from, line string) error {
	const try = "write it as 'Name: value', or @FILE with such lines"
	name, value, found := strings.Cut(line, ":")
	if !found {
		return usageFault(try, "%s: a header has no colon", from)
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !httpguts.ValidHeaderFieldName(name) {
		return usageFault(try, "%s: a header's name has a character that is not allowed", from)
	}
	if !httpguts.ValidHeaderFieldValue(value) {
		return usageFault(try, "%s: the value of %s has a character that is not allowed", from, name)
	}
	h.Add(name, value)
	return nil
}

// readBody reads --body: text as it is, or the contents of @FILE or env:NAME.
func readBody(text string) ([]byte, error) {
	body, _, err := credential.Read(text)
	if err != nil {
		return nil, usageFault("text that begins with @ names a file, and env: a variable of the environment", "--body: %v", err)
	}
	return []byte(body), nil
}

// bodyHeader adds the content type of a JSON body, unless one was given: most
// APIs refuse a body without.
func bodyHeader(h http.Header, body []byte) http.Header {
	if len(body) == 0 || h.Get("Content-Type") != "" || !json.Valid(body) {
		return h
	}
	h = h.Clone()
	h.Set("Content-Type", "application/json")
	return h
}
