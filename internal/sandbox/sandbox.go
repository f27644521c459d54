// Package sandbox is a small booking API with a real rate limiter in front of
// it: something to measure where nothing else is at hand. It listens, limits
// and answers like the API that ratefit was first made for: reads and writes
// are limited apart, per client address, by token buckets, and every response
// declares the limits of both.
//
// The buckets are golang.org/x/time/rate, which nobody of this project wrote,
// so that the tool is never measured against an idea of its own.
//
// The order of the checks decides which requests cost a token. With
// [LimitBefore], the default: limiter (429), route (404, 405), credentials
// (401), plan (403), content type (415), body (413, 400), validation (422),
// precondition (406). With [LimitAfter] the limiter comes after the
// credentials, so that a request without valid ones costs nothing.
package sandbox

import (
	"net/http"
	"net/netip"
	"time"
)

// A Sandbox is the API of one tenant. It is an [http.Handler] and safe for
// concurrent use.
type Sandbox struct {
	now     func() time.Time
	order   Order
	maxBody int64
	zone    *time.Location
	limits  *limiters
	headers [4]headerLine
	access  *access
	routes  map[string]resource
	book    *book
}

// A headerLine is a response header formatted once. Its values are shared by
// all responses and have no spare capacity, so that nobody can append to them.
type headerLine struct {
	name   string // canonical
	values []string
}

// New returns a sandbox with the given options, or an error that names the
// option that makes no sense. The zero Options are the documented API: 2
// requests per second, bursts of 30 reads and 10 writes, one demo account.
func New(o Options) (*Sandbox, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	acc, err := newAccess(o)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{
		now:     o.Now,
		order:   o.Order,
		maxBody: o.MaxBody,
		zone:    o.Zone,
		limits:  newLimiters(o),
		headers: declare(o),
		access:  acc,
		book:    newBook(o.MaxBookings),
	}
	s.routes = resources()
	return s, nil
}

// ServeHTTP answers one request.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	for i := range s.headers {
		header[s.headers[i].name] = s.headers[i].values
	}
	s.answer(w, r).write(w)
}

// answer takes a request through the checks, in their documented order.
func (s *Sandbox) answer(w http.ResponseWriter, r *http.Request) answer {
	q := request{Request: r, now: s.now()}
	if s.order == LimitBefore && !s.admit(q) {
		return plain(http.StatusTooManyRequests)
	}
	res, found := s.routes[r.URL.Path]
	rt := res[r.Method]
	if rt == nil && r.Method == http.MethodHead {
		rt = res[http.MethodGet] // the server leaves the body out
	}
	if rt != nil && !rt.public {
		if q.account = s.access.identify(r, q.now); q.account == nil {
			return unauthorized()
		}
	}
	if s.order == LimitAfter && !s.admit(q) {
		return plain(http.StatusTooManyRequests)
	}
	switch {
	case !found:
		return plain(http.StatusNotFound)
	case rt == nil:
		return res.refuse(r.Method)
	case !rt.body:
		return rt.serve(s, q)
	}
	form, refusal := s.readForm(w, r)
	if refusal != nil {
		return *refusal
	}
	q.form = form
	return rt.serve(s, q)
}

// admit asks the limiter of the request's client and class for a token.
func (s *Sandbox) admit(q request) bool {
	return s.limits.allow(clientOf(q.Request), isWrite(q.Method), q.now)
}

// clientOf returns the address that the request came from. Forwarding headers
// are not believed. What has no address, such as a Unix socket, is one client.
func clientOf(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// isWrite tells the two classes apart: GET, HEAD and OPTIONS are reads, POST,
// PUT and DELETE are writes, and so is every other method, since a method that
// is not known to be safe may change things.
func isWrite(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}
