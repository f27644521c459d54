package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A statusRow is a request and the documented answer to it.
type statusRow struct {
	name, method, path, body string
	header                   http.Header
	status                   int
	kind, want               string // want "" = any
}

const plainText, jsonText = "text/plain", "application/json"

// unprocessable is the documented body of a 422.
func unprocessable(field, description string) string {
	return `{"description":"` + description + `","message":"` + field + ": " + description + `"}`
}

// statusRows are requests for every status of the documented table, and for the
// undocumented ones that HTTP asks for.
func statusRows(bearer, token string) []statusRow {
	auth := http.Header{"Authorization": {"Bearer " + bearer}}
	write := with(auth, "Content-Type", "application/json; charset=utf-8")
	cookie := func(value string) http.Header { return http.Header{"Cookie": {"user_credentials=" + value}} }
	header := func(value string) http.Header { return http.Header{"Authorization": {value}} }
	credentials := `{"email":"` + DemoEmail + `","password":"` + DemoPassword + `"}`
	noSpot := strings.Replace(WriteBody, "T14", "T03", 1)
	const booking = "/bookings/1"
	return []statusRow{
		{"login", "POST", LoginPath, credentials, asJSON, 200, jsonText, ""},
		{"read", "GET", ReadPath, "", auth, 200, jsonText, ""},
		{"scheme in lower case", "GET", ReadPath, "", header("bearer " + bearer), 200, jsonText, ""},
		{"cookie", "GET", "/services", "", cookie(token), 200, jsonText, ""},
		{"head", "HEAD", ReadPath, "", auth, 200, jsonText, ""},
		{"description", "GET", DescriptionPath, "", nil, 200, jsonText, string(openAPI)},
		{"write", "POST", WritePath, WriteBody, write, 201, jsonText, ""},
		{"list", "GET", WritePath, "", auth, 200, jsonText, ""},
		{"one", "GET", booking, "", auth, 200, jsonText, ""},
		{"change", "PUT", booking, strings.Replace(WriteBody, "14:30", "08:00Z", 1), write, 200, jsonText, ""},
		{"options", "OPTIONS", "/bookings", "", nil, 204, "", ""},

		{"empty body", "POST", WritePath, "", write, 400, plainText, "Bad Request"},
		{"empty body of a PUT", "PUT", booking, "", write, 400, plainText, "Bad Request"},
		{"empty body at login", "POST", LoginPath, "", asJSON, 400, plainText, "Bad Request"},
		{"not JSON", "POST", WritePath, `{"a":`, write, 400, plainText, "unexpected end of JSON input"},
		{"two documents", "POST", WritePath, `{} {}`, write, 400, plainText, "invalid character '{' after top-level value"},
		{"no credentials", "GET", ReadPath, "", nil, 401, plainText, "Unauthorized"},
		{"no credentials for a write", "POST", WritePath, WriteBody, asJSON, 401, plainText, "Unauthorized"},
		{"forged", "GET", ReadPath, "", header("Bearer " + bearer[:len(bearer)-4] + "AAAA"), 401, plainText, "Unauthorized"},
		{"empty bearer", "GET", ReadPath, "", header("Bearer "), 401, plainText, "Unauthorized"},
		{"basic", "GET", ReadPath, "", header("Basic ZGVtbzpkZW1v"), 401, plainText, "Unauthorized"},
		{"wrong cookie", "GET", ReadPath, "", cookie("nobody"), 401, plainText, "Unauthorized"},
		{"wrong header and right cookie", "GET", ReadPath, "", with(cookie(token), "Authorization", "Bearer x"), 401, plainText, "Unauthorized"},
		{"legacy token, off", "GET", ReadPath, "", header(DemoEmail + ":" + token), 401, plainText, "Unauthorized"},
		{"wrong password", "POST", LoginPath, `{"email":"` + DemoEmail + `","password":"x"}`, asJSON, 401, plainText, "Unauthorized"},
		{"nobody", "POST", LoginPath, `{"email":"x","password":"x"}`, asJSON, 401, plainText, "Unauthorized"},
		{"not in the plan", "POST", "/gift-cards", `{}`, write, 403, plainText, "Forbidden"},
		{"not in the plan either", "GET", "/gift-cards", ``, auth, 403, plainText, "Forbidden"},
		{"nowhere", "GET", "/nowhere", "", auth, 404, plainText, "Not Found"},
		{"no booking", "GET", "/bookings/99", "", auth, 404, plainText, "Not Found"},
		{"not a number", "GET", "/bookings/x", "", auth, 404, plainText, "Not Found"},
		{"no template", "GET", "/bookings/%7Bid%7D", "", auth, 404, plainText, "Not Found"},
		{"another spelling", "GET", "/bookings/01", "", auth, 404, plainText, "Not Found"},
		{"change no booking", "PUT", "/bookings/99", WriteBody, write, 404, plainText, "Not Found"},
		{"cancel no booking", "DELETE", "/bookings/99", "", write, 404, plainText, "Not Found"},
		{"wrong method", "DELETE", "/services", "", auth, 405, plainText, "Method Not Allowed"},
		{"no spot", "POST", WritePath, noSpot, write, 406, plainText, "There is no spot at this time"},
		{"change to no spot", "PUT", booking, noSpot, write, 406, plainText, "There is no spot at this time"},
		{"cancel without content type", "DELETE", booking, "", auth, 415, plainText, "Unsupported Media Type"},
		{"cancel", "DELETE", booking, "", write, 200, jsonText, ""},
		{"cancel again", "DELETE", booking, "", write, 406, plainText, "The booking is cancelled"},
		{"change what is cancelled", "PUT", booking, WriteBody, write, 406, plainText, "The booking is cancelled"},
		{"too long", "POST", WritePath, `"` + strings.Repeat("a", 300) + `"`, write, 413, plainText, "Request Entity Too Large"},
		{"too long a login", "POST", LoginPath, strings.Repeat(" ", 301), asJSON, 413, plainText, "Request Entity Too Large"},
		{"too long a change", "PUT", booking, strings.Repeat(" ", 301), write, 413, plainText, "Request Entity Too Large"},
		{"no content type", "POST", WritePath, WriteBody, auth, 415, plainText, "Unsupported Media Type"},
		{"no content type of a PUT", "PUT", booking, WriteBody, auth, 415, plainText, "Unsupported Media Type"},
		{"other content type", "POST", LoginPath, credentials, http.Header{"Content-Type": {"text/json"}}, 415, plainText, "Unsupported Media Type"},
		{"empty password", "POST", LoginPath, `{"email":"a","password":""}`, asJSON, 422, jsonText, unprocessable("password", "String length must be greater than or equal to 1")},
		{"no password", "POST", LoginPath, `{"email":"a"}`, asJSON, 422, jsonText, unprocessable("password", "password is required")},
		{"email is a number", "POST", LoginPath, `{"email":1}`, asJSON, 422, jsonText, unprocessable("email", "Invalid type. Expected: string, given: number")},
		{"endless email", "POST", LoginPath, `{"email":"` + strings.Repeat("e", 255) + `","password":"x"}`, asJSON, 422, jsonText, unprocessable("email", "String length must be less than or equal to 254")},
		{"not an object", "POST", LoginPath, `[1]`, asJSON, 422, jsonText, `{"description":"Invalid type. Expected: object, given: array","message":"Invalid type. Expected: object, given: array"}`},
		{"no such service", "POST", WritePath, `{"service_id":9,"service_date":"2015-01-31T14:30"}`, write, 422, jsonText, unprocessable("service_id", "There is no such service")},
		{"service of nothing", "POST", WritePath, `{"service_id":0,"service_date":"2015-01-31T14:30"}`, write, 422, jsonText, unprocessable("service_id", "Must be greater than or equal to 1")},
		{"half a service", "POST", WritePath, `{"service_id":1.5}`, write, 422, jsonText, unprocessable("service_id", "Invalid type. Expected: integer, given: number")},
		{"endless service", "POST", WritePath, `{"service_id":1e300}`, write, 422, jsonText, unprocessable("service_id", "Must be less than or equal to 2147483647")},
		{"not a date", "POST", WritePath, `{"service_id":1,"service_date":"soon"}`, write, 422, jsonText, unprocessable("service_date", "Does not match format 'iso8601'")},
		{"change to nothing", "PUT", booking, `{}`, write, 422, jsonText, unprocessable("service_date", "service_date is required")},
		{"not a day", "GET", "/spots?date=2015-02-31", "", auth, 422, jsonText, unprocessable("date", "Does not match format 'date'")},
	}
}

// Every status of the documented table through a real socket; and the
// description of the API lists, for each route, exactly what it answers.
func TestStatuses(t *testing.T) {
	run := start(t, Options{ReadBurst: 1000, WriteBurst: 1000, MaxBody: 300})
	c := clientFrom(t, "127.0.0.1")
	bearer, token := signIn(t, c, run.URL)
	doc := described(t)
	seen := map[string]map[string]bool{}
	see := func(method, path string, got reply) {
		if op := doc.operation(method, path); op != "" {
			if seen[op] == nil {
				seen[op] = map[string]bool{}
			}
			seen[op][strconv.Itoa(got.status)] = true
			doc.conforms(t, op, got)
		}
	}
	for _, test := range statusRows(bearer, token) {
		got := do(t, c, test.method, run.URL+test.path, test.body, test.header)
		if got.status != test.status || got.kind != test.kind || (test.want != "" && got.body != test.want) {
			t.Errorf("%s: %d %q %q, want %d %q %q", test.name, got.status, got.kind, got.body, test.status, test.kind, test.want)
		}
		if got.header.Get("X-Rate-Limit-Write-Ttl") != "500" || got.header.Get("Date") == "" {
			t.Errorf("%s: headers %v", test.name, got.header)
		}
		see(test.method, test.path, got)
	}
	tight := start(t, Options{ReadBurst: 1, WriteBurst: 1, ReadRate: 1e-6, WriteRate: 1e-6})
	for _, rt := range table() {
		if path := strings.Replace(rt.path, "{id}", "1", 1); path != DescriptionPath || rt.method == "GET" {
			do(t, c, rt.method, tight.URL+path, "", nil)
			got := do(t, c, rt.method, tight.URL+path, "", nil)
			if got.status != 429 || got.kind != plainText || got.body != "Too Many Requests" {
				t.Errorf("%s %s, limited: %+v", rt.method, path, got)
			}
			see(rt.method, path, got)
		}
		if !rt.public {
			path := strings.Replace(rt.path, "{id}", "1", 1)
			see(rt.method, path, do(t, c, rt.method, run.URL+path, "", nil))
		}
	}
	for _, rt := range table() {
		op := rt.method + " " + rt.path
		documented := slices.Sorted(maps.Keys(doc.Paths[rt.path][strings.ToLower(rt.method)].Responses))
		if answered := slices.Sorted(maps.Keys(seen[op])); !slices.Equal(documented, answered) {
			t.Errorf("%s: documented %v, answered %v", op, documented, answered)
		}
	}
}

// signIn logs in over HTTP.
func signIn(t *testing.T, c *http.Client, url string) (bearer, token string) {
	t.Helper()
	in := do(t, c, "POST", url+LoginPath, `{"email":"`+DemoEmail+`","password":"`+DemoPassword+`"}`, asJSON)
	var session struct {
		Bearer string
		Token  string `json:"single_access_token"`
	}
	if err := json.Unmarshal([]byte(in.body), &session); err != nil || in.status != 200 {
		t.Fatalf("login: %d %s %v", in.status, in.body, err)
	}
	return session.Bearer, session.Token
}

// A description is what tests read of openapi.json.
type description struct {
	Paths map[string]map[string]struct {
		Security    []any
		RequestBody any
		Responses   map[string]struct {
			Ref string `json:"$ref"`
			contents
		}
	}
	Components struct{ Responses map[string]contents }
}

type contents struct{ Content map[string]any }

func described(t *testing.T) *description {
	t.Helper()
	var d description
	if err := json.Unmarshal(openAPI, &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

// operation names the described operation that a request is for, if any.
func (d *description) operation(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	if rest, ok := strings.CutPrefix(path, "/bookings/"); ok {
		if _, err := strconv.Atoi(rest); err != nil {
			return ""
		}
		path = bookingPath
	}
	if _, ok := d.Paths[path][strings.ToLower(method)]; !ok {
		return ""
	}
	return method + " " + path
}

// conforms checks the content type of a reply and, if it is JSON, its body
// against the schema for it.
func (d *description) conforms(t *testing.T, op string, got reply) {
	t.Helper()
	method, path, _ := strings.Cut(op, " ")
	status := strconv.Itoa(got.status)
	at := "openapi.json#/paths/" + pointer(path) + "/" + strings.ToLower(method) + "/responses/" + status
	documented := d.Paths[path][strings.ToLower(method)].Responses[status]
	content := documented.Content
	if name, ok := strings.CutPrefix(documented.Ref, "#/components/responses/"); ok {
		at = "openapi.json" + documented.Ref
		content = d.Components.Responses[name].Content
	}
	if content[got.kind] == nil {
		t.Errorf("%s answers %s with %s", op, status, got.kind)
	}
	if got.kind != jsonText {
		return
	}
	schema, err := compiler().Compile(at + "/content/application~1json/schema")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(got.body))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s, %s: %v", op, status, err)
	}
}

// The description has the routes that there are, no others, and says of each
// whether it takes a body and needs credentials.
func TestDescriptionHasRoutes(t *testing.T) {
	doc := described(t)
	count := 0
	for _, methods := range doc.Paths {
		count += len(methods)
	}
	if count != len(table()) {
		t.Errorf("%d operations described, there are %d routes", count, len(table()))
	}
	for _, rt := range table() {
		op, ok := doc.Paths[rt.path][strings.ToLower(rt.method)]
		if !ok {
			t.Errorf("%s %s is not described", rt.method, rt.path)
		}
		if public := op.Security != nil && len(op.Security) == 0; public != rt.public {
			t.Errorf("%s %s: public %v", rt.method, rt.path, public)
		}
		if body := op.RequestBody != nil; body != rt.body {
			t.Errorf("%s %s: body %v", rt.method, rt.path, body)
		}
	}
}
