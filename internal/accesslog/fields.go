package accesslog

import (
	"slices"
	"strings"
	"time"
)

// A Role is what a field of a log in JSON tells.
type Role string

// The roles.
const (
	Time     Role = "time"
	Client   Role = "client"
	User     Role = "user"
	Method   Role = "method"
	Path     Role = "path"
	Line     Role = "request" // "METHOD TARGET PROTOCOL"
	Status   Role = "status"
	Duration Role = "duration"
)

var roles = [...]Role{Time, Client, User, Method, Path, Line, Status, Duration}

// Roles lists the roles.
func Roles() []Role { return slices.Clone(roles[:]) }

// Names holds the names that a field goes by, those to prefer first. A point leads
// into an object. They are from the manuals of nginx, Caddy, Traefik, Envoy, HAProxy,
// Elastic's common schema, Google's and Microsoft's load balancers, and loggers in use.
func Names(r Role) []string { return names[r] }

var names = map[Role][]string{
	Time: {
		"msec", "start_time", "StartUTC", "StartLocal", "time_iso8601", "@timestamp", "timestamp", "ts", "time_local",
		"time", "datetime", "date", "receiveTimestamp", "requestTime",
	},
	Client: {
		"client_ip", "request.client_ip", "remote_ip", "request.remote_ip", "remote_addr", "request.remote_addr", "ClientHost",
		"downstream_remote_address_without_port", "downstream_remote_address", "downstream_direct_remote_address",
		"client.ip", "source.ip", "source.address", "httpRequest.remoteIp", "clientip", "clientIp", "clientIP", "remoteAddr",
		"remote_address", "sourceIp", "remote_host", "ClientAddr", "host_ip", "ip", "client",
	},
	User: {"remote_user", "user_id", "ClientUsername", "user.name", "username", "auth_user", "user"},
	Method: {
		"request_method", "method", "request.method", "RequestMethod", ":method", "http_method", "http.request.method",
		"httpRequest.requestMethod", "httpMethod", "verb",
	},
	Path: {
		"request_uri", "uri", "request.uri", "RequestPath", "path", "request.path", "url", "request.url", "request_path",
		"url.path", "url.original", "httpRequest.requestUrl", ":path",
	},
	Line: {"request", "request_line", "requestLine"},
	Status: {
		"status", "status_code", "response_code", "DownstreamStatus", "OriginStatus", "response.status",
		"http.response.status_code", "httpRequest.status", "statusCode", "code",
	},
	Duration: {"request_time", "Duration", "duration", "duration_ms", "response_time_ms", "latency_ms", "elapsed_ms", "httpRequest.latency"},
}

// atEnd are the fields of time that are written when the response has been sent.
var atEnd = []string{"msec", "ts"}

// unitOf tells in what a field of duration counts. Envoy's and Caddy's have one
// name: Envoy writes whole milliseconds.
func unitOf(name string, text []byte) time.Duration {
	switch {
	case name == "Duration": // Traefik
		return time.Nanosecond
	case strings.HasSuffix(name, "_ms"):
		return time.Millisecond
	case name == "duration" && !strings.ContainsAny(string(text), ".eE"):
		return time.Millisecond
	}
	return time.Second
}

// A meaning is what a name stands for, and how many names are preferred to it.
type meaning struct {
	role int // position in [Roles]
	name string
	rank int
}

// meanings maps names to what they stand for. What is given takes the place of
// all names of its role.
func meanings(given map[Role]string) map[string][]meaning {
	all := map[string][]meaning{}
	for at, r := range roles {
		known := names[r]
		if g, ok := given[r]; ok {
			known = []string{g}
		}
		for i, n := range known {
			all[n] = append(all[n], meaning{at, n, i})
		}
	}
	return all
}

// insides lists the objects that the names lead into.
func insides(all map[string][]meaning) map[string]bool {
	in := map[string]bool{}
	for name := range all {
		for i := range len(name) {
			if name[i] == '.' {
				in[name[:i]] = true
			}
		}
	}
	return in
}

// KnownRole reports whether there is such a role.
func KnownRole(r Role) bool { return slices.Contains(roles[:], r) }
