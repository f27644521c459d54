package attack

import (
	"net/http"
	"net/netip"
	"time"
)

// A Credential is what some of the hits authenticate with.
type Credential struct {
	Label  string      // names it in the trace, such as "c1"; no secret
	Header http.Header // lines sent with each hit, instead of the request's own of these names; cookies are added

	// Renew makes the lines, before the first hit and again before they expire;
	// nil = Header is for good. It is given the reply to Login, or nil without
	// one. Its errors must show no secret.
	Renew func(*Reply) (Grant, error)
	Login *Request // asks for the credential, from the first source that uses it; its class is not used
}

// A Reply is the answer to a login.
type Reply struct {
	Status int // below 400
	Header http.Header
	Body   []byte // at most a MiB of it
}

// A Grant is a new credential.
type Grant struct {
	Header http.Header
	Life   time.Duration // how long it is valid, counted from before the login was sent; 0 = for good
}

// A client is the source and the credential of some streams.
type client struct {
	source     netip.Addr
	credential *keeper // nil = none
}

// clients pairs sources with credentials.
func (r *run) clients() []client {
	c := &r.config
	sources := c.Sources
	if len(sources) == 0 {
		sources = []netip.Addr{{}}
	}
	var out []client
	for i, source := range sources {
		switch {
		case len(r.keepers) == 0:
			out = append(out, client{source: source})
		case c.OnePerSource:
			out = append(out, client{source, r.keepers[i%len(r.keepers)]})
		default:
			for _, k := range r.keepers {
				out = append(out, client{source, k})
			}
		}
	}
	return out
}

// used is how many of n credentials some source uses.
func (c *Config) used(n int) int {
	if c.OnePerSource {
		return min(n, max(1, len(c.Sources)))
	}
	return n
}
