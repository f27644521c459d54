package attack

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"ratefit/internal/trace"
)

// streams makes one stream for each class, source and credential.
func (r *run) streams(n *network) ([]*stream, error) {
	c := &r.config
	clients := r.clients()
	var streams []*stream
	largest, workers := 0, 0
	for k := range c.Profile.Classes { // in this order they are staggered
		class := &c.Profile.Classes[k]
		i := slices.IndexFunc(c.Requests, func(r Request) bool { return r.Class == class.Name })
		if i < 0 {
			continue
		}
		request := &c.Requests[i]
		phases, err := plan(class)
		if err != nil {
			return nil, err
		}
		for _, p := range phases {
			largest, workers = max(largest, p.atOnce()), max(workers, p.workers)
		}
		streams = append(streams, &stream{
			run: r, class: class.Name, phases: phases, bare: request.Bare,
			target: request.target(c.UserAgent), url: trace.RedactURL(request.URL),
		})
	}
	slots, err := maxInFlight(c.MaxInFlight, largest, len(streams)*len(clients), fileLimit)
	if err != nil {
		return nil, err
	}
	if workers > slots {
		return nil, fmt.Errorf("%d workers in each of %d streams (classes × sources) can have %d hits under way at most: use fewer, or raise the limits (MaxInFlight, ulimit -n)",
			workers, len(streams)*len(clients), slots)
	}
	return r.multiply(streams, clients, slots, n), nil
}

// bare makes one stream without phases for each request, source and credential.
func (r *run) bare(n *network) ([]*stream, error) {
	c := &r.config
	clients := r.clients()
	var streams []*stream
	classes := 0 // variants are not sent beside their class
	for i := range c.Requests {
		request := &c.Requests[i]
		streams = append(streams, &stream{
			run: r, class: request.Class, variant: request.Variant, bare: request.Bare, unwatched: request.Variant != "",
			target: request.target(c.UserAgent), url: trace.RedactURL(request.URL),
		})
		if request.Variant == "" {
			classes++
		}
	}
	slots, err := maxInFlight(c.MaxInFlight, 0, max(1, classes)*len(clients), fileLimit)
	if err != nil {
		return nil, err
	}
	return r.multiply(streams, clients, slots, n), nil
}

// multiply makes a copy of each stream for each client. Classes and credentials
// share the source's connections.
func (r *run) multiply(classes []*stream, clients []client, slots int, n *network) []*stream {
	var streams []*stream
	perSource := map[netip.Addr]int{}
	for _, c := range clients {
		perSource[c.source]++
	}
	labels, networks := map[netip.Addr]string{}, map[netip.Addr]http.RoundTripper{}
	for _, c := range clients {
		if networks[c.source] == nil {
			label := r.label(c.source, classes[0].target.URL)
			labels[c.source] = label
			if r.traced {
				networks[c.source] = n.transport(c.source, slots*len(classes)*perSource[c.source]+1) // and a login
			} else {
				networks[c.source] = r.config.RoundTripper(label)
			}
		}
		for _, class := range classes {
			s := *class
			s.phases = slices.Clone(class.phases)
			s.source, s.network, s.slots = labels[c.source], networks[c.source], make(chan struct{}, slots)
			if c.credential != nil {
				c.credential.sentBy(&s, r.config.UserAgent)
				if !s.bare {
					s.credential = c.credential
				}
				s.label = c.credential.Label
			}
			streams = append(streams, &s)
		}
	}
	r.sending = len(streams)
	return streams
}

// label names a source in the trace.
func (r *run) label(source netip.Addr, target string) string {
	switch {
	case source.IsValid():
		return source.String()
	case r.traced:
		return localAddr(r.halted, target)
	}
	return "local"
}

// target returns the request as Vegeta wants it.
func (r *Request) target(userAgent string) vegeta.Target {
	h := make(http.Header, len(r.Header)+1)
	for name, values := range r.Header {
		key := http.CanonicalHeaderKey(name)
		h[key] = append(h[key], values...)
	}
	if _, ok := h["User-Agent"]; !ok {
		h.Set("User-Agent", userAgent)
	}
	return vegeta.Target{Method: r.method(), URL: r.URL, Body: r.Body, Header: h}
}
