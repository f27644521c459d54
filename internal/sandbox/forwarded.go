package sandbox

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// A Forwarding names the header in which a proxy in front of the sandbox says
// who the client is. Only the header that the proxy sets may be believed:
// clients can send the other one as they like.
type Forwarding string

// The headers.
const (
	NotForwarded  Forwarding = ""                // the client is who is connected
	XForwardedFor Forwarding = "x-forwarded-for" // as most proxies write it
	Forwarded     Forwarding = "forwarded"       // RFC 7239
)

// Forwardings lists what can be trusted, the usual one first.
func Forwardings() []Forwarding { return []Forwarding{XForwardedFor, Forwarded} }

func (f Forwarding) check() error {
	switch f {
	case NotForwarded, XForwardedFor, Forwarded:
		return nil
	}
	return fmt.Errorf("the header %q does not name clients", string(f))
}

// clientOf returns the address that a request is accounted to. That is the last
// one in the trusted header: each proxy appends the address that it was called
// from, so the last is what the proxy next to the sandbox saw, and everything
// before it is what others claimed. Where there is no header, or no address in
// that place, it is the address of the connection. What has none, such as a Unix
// socket, is one client.
func clientOf(r *http.Request, f Forwarding) netip.Addr {
	if f != NotForwarded {
		if addr, ok := f.last(r.Header); ok {
			return addr
		}
	}
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return canonical(ap.Addr())
}

// last returns the last address in the header.
func (f Forwarding) last(h http.Header) (netip.Addr, bool) {
	lines := h.Values(string(f))
	if len(lines) == 0 {
		return netip.Addr{}, false
	}
	line := lines[len(lines)-1]
	if f == XForwardedFor {
		return node(line[strings.LastIndexByte(line, ',')+1:])
	}
	elements, complete := unquotedFields(line, ',')
	if !complete { // a client left a quotation open, to hide what the proxy appends
		return netip.Addr{}, false
	}
	pairs, _ := unquotedFields(elements[len(elements)-1], ';')
	for _, pair := range pairs {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			return node(strings.Trim(value, `"`))
		}
	}
	return netip.Addr{}, false
}

// node reads an address with or without a port: 192.0.2.1, 192.0.2.1:80,
// 2001:db8::1, [2001:db8::1], [2001:db8::1]:80.
func node(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return canonical(ap.Addr()), true
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		text, _ = strings.CutSuffix(inner, "]")
	}
	addr, err := netip.ParseAddr(text)
	return canonical(addr), err == nil
}

// unquotedFields splits a text at a separator that is not within a quoted
// string. It returns at least one field, and whether every string ends.
func unquotedFields(text string, separator byte) (fields []string, complete bool) {
	quoted, began := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++ // whatever follows is part of the string
		case c == '"':
			quoted = !quoted
		case !quoted && c == separator:
			fields = append(fields, text[began:i])
			began = i + 1
		}
	}
	return append(fields, text[began:]), !quoted
}

// canonical makes one of the ways to write an address.
func canonical(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }
