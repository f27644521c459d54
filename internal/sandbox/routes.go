package sandbox

import (
	"net/http"
	"slices"
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

// A route is one method of one path.
type route struct {
	method string
	path   string
	public bool // needs no credentials
	body   bool // must carry a JSON object
	serve  func(*Sandbox, request) answer
}

// table lists the API.
func table() []route {
	return []route{
		{method: "POST", path: LoginPath, public: true, body: true, serve: login},
		{method: "GET", path: "/services", serve: listServices},
		{method: "GET", path: "/spots", serve: listSpots},
		{method: "GET", path: "/bookings", serve: listBookings},
		{method: "POST", path: WritePath, body: true, serve: createBooking},
		{method: "GET", path: "/gift-cards", serve: notInPlan},
		{method: "POST", path: "/gift-cards", serve: notInPlan},
	}
}

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

// notInPlan answers for a feature that the tenant does not pay for.
func notInPlan(*Sandbox, request) answer { return plain(http.StatusForbidden) }
