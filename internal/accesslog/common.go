package accesslog

import (
	"bytes"
	"errors"
	"net/netip"
	"strconv"
	"time"
)

// common reads the Common Log Format, NCSA's, and the combined one:
//
//	[VHOST ]HOST IDENT USER [TIME] "METHOD TARGET PROTOCOL" STATUS BYTES ["REFERER" "AGENT"] …
//
// What follows is searched for nginx's $request_time, plain or as rt= or
// request_time=, and its $msec. Both are told by their three decimals.
type common struct {
	clock clock
	names interner
	paths bool
}

// errNoRequest is about a line that tells of a connection on which no request
// arrived: no limiter has seen one.
var errNoRequest = errors.New("no request")

func (c *common) line(b []byte, q *Request) error {
	who, rest, ok := cutBytes(b, " [")
	if !ok {
		return errors.New("no time in brackets")
	}
	stamp, rest, ok := cutBytes(rest, "]")
	if !ok {
		return errors.New("no time in brackets")
	}
	at, err := c.clock.common(stamp)
	if err != nil {
		return err
	}
	*q = Request{At: at.at, Whole: at.whole, Took: -1}
	if err := c.who(who, q); err != nil {
		return err
	}
	request, rest, ok := quoted(bytes.TrimLeft(rest, " "))
	if !ok {
		return errors.New("no request in quotes")
	}
	status, rest, _ := cutBytes(bytes.TrimLeft(rest, " "), " ")
	if q.Status, err = statusOf(status); err != nil {
		return err
	}
	if err := requestLine(request, q, c.paths, c.names); err != nil {
		return err
	}
	if n := len(rest); n > 0 && rest[n-1] != '"' { // a time is never in quotes
		_, rest, _ = cutBytes(rest, " ") // bytes
		tail(rest, q)
	}
	return nil
}

// who reads what stands before the time. A name of a user may have spaces.
func (c *common) who(b []byte, q *Request) error {
	first, rest, ok := cutBytes(b, " ")
	if !ok || len(first) == 0 {
		return errors.New("fewer than three fields before the time")
	}
	second, user, ok := cutBytes(rest, " ")
	if ok && bytes.IndexByte(user, ' ') >= 0 && isAddress(second) { // a virtual host stands first
		first = second
		if _, user, ok = cutBytes(user, " "); !ok {
			return errors.New("fewer than three fields before the time")
		}
	}
	if !ok || len(user) == 0 {
		return errors.New("fewer than three fields before the time")
	}
	if len(first) > longestClient {
		first = first[:longestClient]
	}
	q.Client = c.names.get(first)
	if string(user) != "-" && string(user) != `""` {
		q.User = c.names.get(user[:min(len(user), longestClient)])
	}
	return nil
}

func isAddress(b []byte) bool {
	_, err := netip.ParseAddr(string(b))
	return err == nil
}

// tail looks for times of nginx behind the fields that everybody has.
func tail(b []byte, q *Request) {
	var end int64
	for len(b) > 0 {
		b = bytes.TrimLeft(b, " ")
		if len(b) > 0 && b[0] == '"' {
			_, rest, ok := quoted(b)
			if !ok {
				break
			}
			b = rest
			continue
		}
		var word []byte
		word, b, _ = cutBytes(b, " ")
		for _, label := range []string{"rt=", "request_time="} {
			word = bytes.TrimPrefix(word, []byte(label))
		}
		point := bytes.IndexByte(word, '.')
		if point < 1 || len(word)-point != 4 {
			continue
		}
		i, ok := epoch(word)
		switch {
		case !ok:
		case point >= 9 && i.at >= earliest && i.at < latest:
			end = i.at
		case q.Took < 0 && point <= 7:
			q.Took = time.Duration(i.at)
		}
	}
	if end > 0 {
		q.At, q.Whole = end-int64(max(0, q.Took)), false
	}
}

// requestLine reads "METHOD TARGET PROTOCOL".
func requestLine(b []byte, q *Request, paths bool, names interner) error {
	method, rest, _ := cutBytes(b, " ")
	target, _, _ := cutBytes(rest, " ")
	if !isMethod(method) || len(target) == 0 {
		return errNoRequest
	}
	q.Class = classOf(method)
	if paths {
		q.Path = pathIn(target, names)
	}
	return nil
}

// pathIn is pathOf, clipped and kept once.
func pathIn(target []byte, names interner) string {
	if i := bytes.IndexAny(target, "?#"); i >= 0 {
		target = target[:i]
	}
	return pathOf(names.get(target[:min(len(target), longestPath)]))
}

// statusOf reads a status; - and nothing are none.
func statusOf(b []byte) (int, error) {
	if len(b) == 0 || string(b) == "-" {
		return 0, nil
	}
	n, err := strconv.Atoi(string(b))
	if err != nil || n < 0 || n > 999 {
		return 0, errors.New("the status is not a number from 0 to 999")
	}
	return n, nil
}

// quoted returns what stands between the quotes that b begins with. A backslash
// takes the next byte with it: Apache writes \", nginx \x22.
func quoted(b []byte) (inside, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	end := bytes.IndexByte(b[1:], '"') + 1
	if end < 1 {
		return nil, nil, false
	}
	if bytes.IndexByte(b[1:end], '\\') < 0 {
		return b[1:end], b[end+1:], true
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[1:i], b[i+1:], true
		}
	}
	return nil, nil, false
}

func cutBytes(b []byte, sep string) (before, after []byte, ok bool) {
	i := -1
	if len(sep) == 1 {
		i = bytes.IndexByte(b, sep[0])
	} else {
		i = bytes.Index(b, []byte(sep))
	}
	if i >= 0 {
		return b[:i], b[i+len(sep):], true
	}
	return b, nil, false
}
