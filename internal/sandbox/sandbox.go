// Package sandbox is a small booking API with a real rate limiter in front of
// it: something to measure where nothing else is at hand. It listens, limits
// and answers like the API that ratefit was first made for: reads and writes
// are limited apart, per client address, by token buckets, and every response
// declares the limits of both. GET /openapi.json describes it.
//
// [Limiters] lists what can stand in front of it instead. Wherever there is a
// library that decides so, it decides, so that the tool is never measured
// against an idea of its own.
//
// The order of the checks decides which requests cost a token. With
// [LimitBefore], the default: limiter (429), route (404, 405), credentials
// (401), plan (403), content type (415), body (413, 400), validation (422),
// and then the precondition (406) and, at a login, the password (401). With
// [LimitAfterAuthentication] the limiter comes after the credentials, so that a
// request without valid ones costs nothing; with [LimitAfterValidation] after
// the validation, so that only requests that could be carried out cost anything.
package sandbox

import (
	"context"
	"net/http"
	"time"
)

// A Sandbox is the API of one tenant. It is an [http.Handler] and safe for
// concurrent use.
type Sandbox struct {
	now       func() time.Time
	order     Order
	forwarded Forwarding
	maxBody   int64
	zone      *time.Location
	hold      time.Duration // the longest that the limiter holds a request back
	clients   *clients
	headers   []headerLine
	access    *access
	routes    map[string]resource
	book      *book
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
	kind, err := limiterKind(o.Limiter)
	if err != nil {
		return nil, err
	}
	if err := o.check(kind); err != nil {
		return nil, err
	}
	acc, err := newAccess(o)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{
		now:       o.Now,
		order:     o.Order,
		forwarded: o.Forwarded,
		maxBody:   o.MaxBody,
		zone:      o.Zone,
		clients:   newClients(o, kind),
		headers:   declare(o, kind),
		access:    acc,
		routes:    resources(),
		book:      newBook(o.MaxBookings),
	}
	if kind.hold != nil {
		s.hold = max(kind.hold(s.clients.read), kind.hold(s.clients.write))
	}
	return s, nil
}

// ServeHTTP answers one request.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	for i := range s.headers {
		header[s.headers[i].name] = s.headers[i].values
	}
	q := request{Request: r, now: s.now()}
	defer func() {
		if q.leave != nil {
			q.leave()
		}
	}()
	s.answer(w, &q).write(w)
}

// answer takes a request through the checks, in their documented order.
func (s *Sandbox) answer(w http.ResponseWriter, q *request) answer {
	if refusal := s.limit(q, LimitBefore); refusal != nil {
		return *refusal
	}
	res, found := s.find(q)
	rt := res.of(q.Method)
	if rt != nil && !rt.public {
		if q.account = s.access.identify(q.Request, q.now); q.account == nil {
			return unauthorized()
		}
	}
	if refusal := s.limit(q, LimitAfterAuthentication); refusal != nil {
		return *refusal
	}
	switch {
	case !found:
		return plain(http.StatusNotFound)
	case rt == nil:
		return res.refuse(q.Method)
	}
	perform, refusal := s.check(w, rt, q)
	if refusal != nil {
		return *refusal
	}
	if refusal := s.limit(q, LimitAfterValidation); refusal != nil {
		return *refusal
	}
	return perform()
}

// limit asks the limiter, if this is where it stands, and waits as long as it
// holds the request back.
func (s *Sandbox) limit(q *request, here Order) *answer {
	if s.order != here {
		return nil
	}
	refuse := func(status int) *answer { a := plain(status); return &a }
	d := s.clients.decide(clientOf(q.Request, s.forwarded), isWrite(q.Method), q.now)
	q.leave = d.leave
	switch {
	case !d.admitted:
		return refuse(http.StatusTooManyRequests)
	case d.hold == 0:
		return nil
	case !wait(q.Context(), d.hold):
		return refuse(http.StatusServiceUnavailable) // the client has gone, or the server stops
	}
	q.now = s.now()
	return nil
}

// wait returns after a time, or false as soon as the context is done.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
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
