package command

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// A target is the HTTP API that is measured.
type target struct {
	url           *url.URL // without user info
	authorization string   // from the user info, "" = none; a secret
}

// parseTarget checks a URL as a person types it. User info becomes an
// Authorization header, so that it stands in no URL that is printed or stored.
// No error repeats the URL: it may carry credentials.
func parseTarget(raw string) (*target, error) {
	const try = "try: ratefit run http://127.0.0.1:8080/path"
	if strings.TrimSpace(raw) == "" {
		return nil, usageFault(try, "the URL is empty")
	}
	u, err := url.Parse(raw)
	if !strings.Contains(raw, "://") {
		return nil, usageFault(try, "the URL has no scheme: it begins with http:// or https://")
	}
	if err != nil {
		return nil, usageFault(try, "the URL cannot be read: check its port, brackets and percent-encoding")
	}
	switch {
	case u.Scheme == "" || u.Opaque != "":
		return nil, usageFault(try, "the URL has no scheme: it begins with http:// or https://")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, usageFault(try, "the URL's scheme is %q: only http and https can be measured", u.Scheme)
	case u.Hostname() == "":
		return nil, usageFault(try, "the URL has no host")
	case u.Fragment != "":
		return nil, usageFault("leave out # and what follows: it is never sent to a server", "the URL has a fragment")
	}
	t := &target{url: u}
	if u.User != nil {
		password, _ := u.User.Password()
		h := http.Request{Header: http.Header{}}
		h.SetBasicAuth(u.User.Username(), password)
		t.authorization = h.Header.Get("Authorization")
		u.User = nil
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return t, nil
}

// at returns the URL of a path on the target. It must stay on the target's
// host: what was agreed to for one host is sent to no other.
func (t *target) at(path string) (*url.URL, error) {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return nil, errors.New("the path must begin with one /")
	}
	u, err := t.url.Parse(path)
	if err != nil {
		return nil, errors.New("the path cannot be read: check its percent-encoding")
	}
	if u.Host != t.url.Host || u.Fragment != "" {
		return nil, errors.New("the path must stay on the target and have no fragment")
	}
	return u, nil
}

// resolveTime bounds the look-up of the target's name.
const resolveTime = 10 * time.Second

// loopback reports whether every address of the target is on this machine. It
// goes by the resolved addresses, not by the name.
func (t *target) loopback(ctx context.Context) (bool, error) {
	host := t.url.Hostname()
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback(), nil
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return false, failure("check its spelling, and that this machine can resolve names", "host %q has no address", host)
	}
	for _, a := range found {
		if !a.Unmap().IsLoopback() {
			return false, nil
		}
	}
	return true, nil
}
