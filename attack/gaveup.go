package attack

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"ratefit/internal/trace"
)

// A GaveUpError ends a run that cannot succeed: from the first hit of a class
// on, all of them failed in the same way.
type GaveUpError struct {
	Class  string
	Kind   trace.ErrorKind // "" = every hit was replied to: with Status, or a redirect
	Status int             // with which the API refused every hit; 0 = it did not
	Hits   int             // how many failed
	Later  bool            // not from the first hit on, but since one that was served
	Err    error           // what ended the last of them; nil for a redirect. Its text may show addresses

	target, source, location string
}

// Error says in one line what is wrong and what to try. It holds no
// credentials and no query.
func (e *GaveUpError) Error() string {
	what, try := e.explain()
	how := "failed"
	if e.Status != 0 {
		how = "were refused"
	}
	hits := fmt.Sprintf("all of the first %d hits %s alike", e.Hits, how)
	switch {
	case e.Later:
		hits = fmt.Sprintf("the last %d hits, after others had been served", e.Hits)
	case e.Hits == 1:
		hits = "its only hit " + strings.Replace(how, "were", "was", 1)
	}
	return fmt.Sprintf("%s: %s: %s (%s)", e.Class, what, try, hits)
}

func (e *GaveUpError) Unwrap() error { return e.Err }

// explain says what is wrong, and what to try.
func (e *GaveUpError) explain() (what, try string) {
	host := hostOf(e.target)
	if e.Status != 0 {
		return "every hit is answered " + status(e.Status), e.explainRefusal()
	}
	switch e.Kind {
	case "":
		return "redirected to " + withoutQuery(e.target, e.location), "ratefit does not follow redirects; give the final URL"
	case trace.ErrDNS:
		return "cannot resolve the name " + host, "check the URL and the name server"
	case trace.ErrDial:
		return e.explainDial(host)
	case trace.ErrTLS:
		return e.explainTLS(host)
	case trace.ErrTimeout:
		return "no reply from " + host + " in time", "raise --timeout, or check that the server answers at all"
	case trace.ErrReset:
		return host + " closes the connection instead of replying", "check the scheme (http or https) and the port"
	case trace.ErrProtocol:
		return host + " does not answer in HTTP", "check the scheme (http or https) and the port"
	}
	return "no usable reply from " + host, "check the URL with another client first"
}

// explainRefusal says what to try about a status that says what is wrong with
// the request.
func (e *GaveUpError) explainRefusal() string {
	const anyway = "; to measure a limiter that counts such hits too, add --even-refused"
	switch {
	case e.Later:
		return "the credentials are valid no more; with --login they are renewed in time"
	case e.Status == http.StatusUnauthorized:
		return "the credentials are missing or wrong, give them with --bearer, --cookie, --header or --login" + anyway
	case e.Status == http.StatusForbidden:
		return "these credentials do not allow it, use others or another request" + anyway
	case e.Status == http.StatusNotAcceptable:
		return "a condition of the request does not hold, check the request and --body" + anyway
	case e.Status == http.StatusUnsupportedMediaType:
		return "give the content type that it wants with -H 'Content-Type: …'" + anyway
	}
	return "check --body and the query" + anyway
}

func (e *GaveUpError) explainDial(host string) (what, try string) {
	switch {
	case errors.Is(e.Err, refused):
		return "connection refused by " + host, "check that the server runs and that the port is right"
	case isAny(e.Err, unbindable):
		return "cannot send from " + e.source + " to " + host, "check --source: the address must belong to this machine and leave a free port"
	case isAny(e.Err, unreachable):
		return host + " cannot be reached from " + e.source, "check the address, the route, and that source and target are both IPv4 or both IPv6"
	case isAny(e.Err, noFiles):
		return "no file descriptor left for a connection to " + host, "raise the limit (ulimit -n) or send less at once"
	case isTimeout(e.Err) || errors.Is(e.Err, errTimeout):
		return "no connection to " + host + " in time", "check the address and firewalls, or raise --timeout"
	}
	return "no connection from " + e.source + " to " + host, "check that the server runs, and that source and target are both IPv4 or both IPv6"
}

func (e *GaveUpError) explainTLS(host string) (what, try string) {
	var (
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	const accept = "use --insecure to accept it"
	switch {
	case errors.As(e.Err, &authority):
		return "the certificate of " + host + " is signed by an unknown authority", accept
	case errors.As(e.Err, &name):
		return "the certificate of " + host + " is for another name", accept
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of " + host + " has expired or is not valid yet", accept
	case errors.As(e.Err, &invalid):
		return "the certificate of " + host + " is not valid", accept
	case errors.As(e.Err, &record), says(e.Err, "HTTP response to HTTPS client"):
		return host + " does not speak TLS on this port", "use http:// or another port"
	case isCertificateAlert(e.Err):
		return host + " refuses this client in the TLS handshake", "it may ask for a client certificate, which ratefit does not send"
	}
	return "the TLS handshake with " + host + " fails", "check the port and the server's TLS versions"
}

// hostOf returns the host and port of a URL.
func hostOf(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return "the target"
	}
	return u.Host
}

// withoutQuery returns where a redirect leads, without user info, query and
// fragment.
func withoutQuery(target, location string) string {
	base, err := url.Parse(target)
	if err != nil {
		return "another URL"
	}
	u, err := base.Parse(location)
	if err != nil {
		return "a malformed URL"
	}
	return trace.RedactURL((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String())
}

func isAny(err error, targets []error) bool {
	for _, t := range targets {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}
