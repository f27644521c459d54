package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// What a login, and an attack that means no harm, would request. Both the read
// and the write need a token and are answered with 200 and 201.
const (
	LoginPath = "/login"                 // POST {"email": …, "password": …}
	ReadPath  = "/spots?date=2015-01-31" // GET
	WritePath = "/bookings"              // POST WriteBody
	WriteBody = `{"service_id":1,"service_date":"2015-01-31T14:30"}`
)

// DescriptionPath is where the API describes itself, without credentials.
const DescriptionPath = "/openapi.json"

// A route is one method of one path. What it takes is said in the description
// of the API.
type route struct {
	method  string
	path    string
	public  bool // needs no credentials
	unpaid  bool // belongs to a feature that the tenant does not pay for
	body    bool // must carry JSON
	prepare func(*Sandbox, request) (action, *answer)
}

// table lists the API.
func table() []route {
	return []route{
		{method: "POST", path: LoginPath, public: true, body: true, prepare: login},
		{method: "GET", path: "/services", prepare: listServices},
		{method: "GET", path: "/spots", prepare: listSpots},
		{method: "GET", path: WritePath, prepare: listBookings},
		{method: "POST", path: WritePath, body: true, prepare: createBooking},
		{method: "GET", path: bookingPath, prepare: showBooking},
		{method: "PUT", path: bookingPath, body: true, prepare: changeBooking},
		{method: "DELETE", path: bookingPath, prepare: cancelBooking},
		{method: "GET", path: "/gift-cards", unpaid: true},
		{method: "POST", path: "/gift-cards", unpaid: true},
		{method: "GET", path: DescriptionPath, public: true, prepare: describe},
	}
}

const bookingPath = WritePath + "/{id}"

// A resource is the routes of one path, by method.
type resource map[string]*route

func resources() map[string]resource {
	all := make(map[string]resource)
	for _, rt := range table() {
		if all[rt.path] == nil {
			all[rt.path] = make(resource)
		}
		all[rt.path][rt.method] = &rt
	}
	return all
}

// find returns the resource at the path of a request, and sets the number in
// the path.
func (s *Sandbox) find(q *request) (res resource, found bool) {
	path := q.URL.Path
	if res, found = s.routes[path]; found && !strings.HasSuffix(path, "}") {
		return res, true
	}
	at := strings.LastIndexByte(path, '/') + 1
	id, err := strconv.ParseInt(path[at:], 10, 64)
	if err != nil || path[at:] != strconv.FormatInt(id, 10) {
		return nil, false // as "+1" and "01"
	}
	q.id = id
	res, found = s.routes[path[:at]+"{id}"]
	return res, found
}

// of returns the route for a method, or nil.
func (res resource) of(method string) *route {
	rt := res[method]
	if rt == nil && method == http.MethodHead {
		rt = res[http.MethodGet] // the server leaves the body out
	}
	return rt
}

// check takes a request through what its route demands, and returns what is
// then to be done.
func (s *Sandbox) check(w http.ResponseWriter, rt *route, q *request) (action, *answer) {
	if rt.unpaid {
		return nil, refusal(plain(http.StatusForbidden))
	}
	if isWrite(rt.method) && !isJSON(q.Header) {
		return nil, refusal(plain(http.StatusUnsupportedMediaType))
	}
	if rt.body {
		form, no := s.readForm(w, q.Request, rt)
		if no != nil {
			return nil, no
		}
		q.form = form
	}
	return rt.prepare(s, *q)
}

// refuse answers a method that the resource does not have: 204 for OPTIONS,
// else 405, both with the methods that it does have.
func (res resource) refuse(method string) answer {
	var methods []string
	for m := range res {
		methods = append(methods, m)
		if m == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	methods = append(methods, http.MethodOptions)
	slices.Sort(methods)
	a := answer{status: http.StatusNoContent}
	if method != http.MethodOptions {
		a = plain(http.StatusMethodNotAllowed)
	}
	a.header = []headerLine{{"Allow", []string{strings.Join(methods, ", ")}}}
	return a
}
