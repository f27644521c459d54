package accesslog

import (
	"net/netip"
	"strings"
	"time"
)

// A Request is one line of a log.
type Request struct {
	At    int64         // when it arrived, as far as the log tells; nanoseconds since 1970
	Whole bool          // At is known to the second only
	Took  time.Duration // until its response had been sent; below 0: unknown
	// Client is the address, without a port, or what the log has in its place.
	Client string
	// User is what the client authenticated with: a name, or in a trace a label.
	User   string
	Class  string // of the traffic: "read" or "write" by the method, or what a trace says
	Path   string // without query and fragment; "" = unknown, or not asked for
	Status int    // 0 = unknown
}

// classOf gives the class of a method: those that change nothing are reads.
func classOf(method []byte) string {
	for _, read := range []string{"GET", "HEAD", "OPTIONS"} {
		if len(method) == len(read) && strings.EqualFold(string(method), read) {
			return "read"
		}
	}
	return "write"
}

// isMethod reports whether s can be a request's method: a short word of letters.
func isMethod(s []byte) bool {
	const longest = 32
	if len(s) == 0 || len(s) > longest {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// pathOf takes scheme, authority, query and fragment off a request's target.
func pathOf(target string) string {
	if i := strings.IndexAny(target, "?#"); i >= 0 {
		target = target[:i]
	}
	if i := strings.Index(target, "://"); i >= 0 {
		target = target[i+3:]
		slash := strings.IndexByte(target, '/')
		if slash < 0 {
			return "/"
		}
		target = target[slash:]
	}
	if !strings.HasPrefix(target, "/") {
		return ""
	}
	return target
}

// host takes the port off an address such as 192.0.2.1:80 or [2001:db8::1]:443. A
// name stays as it is.
func host(s string) string {
	if strings.HasPrefix(s, "[") {
		if inside, _, ok := strings.Cut(s[1:], "]"); ok {
			return inside
		}
		return s
	}
	if strings.Count(s, ":") == 1 {
		if address, err := netip.ParseAddrPort(s); err == nil {
			return address.Addr().String()
		}
	}
	return s
}

// Bounds on what is kept of one request.
const (
	longestClient = 255
	longestPath   = 4096
)

// An interner gives equal strings one place in memory. It forgets everything
// when it is full.
type interner map[string]string

func (t interner) get(b []byte) string {
	const most = 1 << 16
	if s, ok := t[string(b)]; ok {
		return s
	}
	if len(t) >= most {
		clear(t)
	}
	s := string(b)
	t[s] = s
	return s
}
