package trace

import (
	"net/http"
	"strconv"
	"strings"
)

// ownError precedes the kind in the error texts that are written for Vegeta.
const ownError = "ratefit: "

// errorText is what Vegeta's Error field says of a hit: nothing for statuses
// from 200 to 399, the status above and below, as Vegeta itself does, and the
// kind of a failure.
func errorText(h *Hit) string {
	switch {
	case h.Error != "":
		return ownError + string(h.Error)
	case h.Status == 0 || 200 <= h.Status && h.Status < 400:
		return ""
	}
	return strings.TrimSpace(strconv.Itoa(h.Status) + " " + http.StatusText(h.Status))
}

// errorWords are parts of the error texts of Go's HTTP client, in the order in
// which they decide. The first of a failed dial is the kind of the dial, even
// if it was a timeout: the request was never sent. A text that only says that
// time was up is a timeout, for the request may have been sent.
var errorWords = []struct {
	kind  ErrorKind
	words []string
}{
	{ErrTLS, []string{"tls:", "tls handshake", "x509:", "certificate", "http response to https client"}},
	{ErrDNS, []string{"no such host", "server misbehaving", "dial tcp: lookup", "dial udp: lookup", "lookup "}},
	{ErrDial, []string{
		"dial tcp", "dial unix", "dial:", "connection refused", "no route to host", "network is unreachable",
		"cannot assign requested address", "address already in use", "too many open files", "proxyconnect", "socks connect",
	}},
	{ErrTimeout, []string{"timeout", "deadline exceeded", "timed out"}},
	{ErrCanceled, []string{"context canceled", "request canceled", "operation was canceled"}},
	{ErrReset, []string{
		"connection reset", "broken pipe", "eof", "server closed", "closed network connection",
		"connection closed", "connection aborted", "goaway", "stream error", "connection lost", "forcibly closed",
	}},
	{ErrProtocol, []string{"malformed", "http2:", "invalid header", "bad content-length", "transport connection broken", "invalid byte", "invalid chunk"}},
}

// errorKind maps the error text of a Vegeta result to a kind. The text itself
// can hold addresses and credentials: it goes no further.
func errorKind(status int, text string) ErrorKind {
	if own, ok := strings.CutPrefix(text, ownError); ok {
		return kindOf(own)
	}
	if status != 0 && (text == "" || strings.HasPrefix(text, strconv.Itoa(status))) {
		return ""
	}
	text = strings.ToLower(withoutURL(text))
	for _, e := range errorWords {
		if containsAny(text, e.words) {
			return e.kind
		}
	}
	return ErrOther
}

// withoutURL drops the method and the quoted URL that Go's client puts before
// an error, for the URL can contain any word.
func withoutURL(text string) string {
	_, after, ok := strings.Cut(text, ` "`)
	if !ok {
		return text
	}
	for i := 0; i < len(after); i++ {
		switch after[i] {
		case '\\':
			i++
		case '"':
			return after[i+1:]
		}
	}
	return text
}
