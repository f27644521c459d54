package accesslog_test

import (
	"strings"
	"testing"
	"time"

	"ratefit/internal/accesslog"
)

// check reads a log to its end: whatever it holds, the reader neither panics nor
// hands over what cannot be.
func check(t *testing.T, log string, f accesslog.Format) {
	r, err := accesslog.NewReader(strings.NewReader(log), "log", accesslog.Options{Format: f, Paths: true})
	if err != nil {
		return
	}
	var q accesslog.Request
	n := 0
	for err = r.Next(&q); err == nil; err = r.Next(&q) {
		n++
		year := time.Unix(0, q.At).UTC().Year()
		switch {
		case year < 1989 || year > 2100: // a duration may be taken off
			t.Errorf("the year is %d", year)
		case q.Status < 0 || q.Status > 999:
			t.Errorf("the status is %d", q.Status)
		case q.Class == "" && f != accesslog.Auto:
			t.Error("no class")
		case strings.ContainsAny(q.Path, "?#"), strings.Contains(q.Path, "://"), q.Path != "" && q.Path[0] != '/':
			t.Errorf("the path is %q", q.Path)
		}
		if n > len(log) {
			t.Fatal("more requests than bytes")
		}
	}
	if s := r.Skipped(); (s.Unread > 0) != (s.FirstLine > 0 && s.FirstWhy != "") {
		t.Errorf("skipped %+v", s)
	}
}

func FuzzCommon(f *testing.F) {
	for _, s := range []string{
		`127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326`,
		`h:80 ::1 - - [02/Jan/2026:03:04:05 +0000] "GET http://u:p@h/x?y HTTP/1.1" - - "a\"b" "\x22" rt=0.250 1767323045.750`,
		`a b c d [02/Jan/2026:03:04:05 +0000] "\\" 1 2 "`, "- - - []\"\"", `x - - [02/Jan/2026:03:04:05 +0000] "-" 400 0`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s, accesslog.Common) })
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"ts":1646861401.5241024,"request":{"remote_ip":"127.0.0.1","method":"GET","uri":"/a?b","headers":{"x":[1,{"y":null}]}},"duration":"1.5ms","status":200}`,
		`{"time":"02/Jan/2026:03:04:05 +0000","request":"GET /x HTTP/1.1","remote_addr":"[::1]:5"}`,
		`{"ts":1e400,"method":"GET"}`, `{"ts":"","method":"\ud800"}`, `{"request":{"request":{"method":1}}}`, `{"a":{"b":[[[[`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s, accesslog.JSON) })
}

func FuzzHAR(f *testing.F) {
	f.Add(harLog)
	f.Add(`{"log":{"entries":[]}}`)
	f.Add(`{"log":{"entries":[{"startedDateTime":"2026-01-02 03:04:05","time":1e308,"request":{"method":"GET","url":"//"},"response":{"status":-1}}`)
	f.Fuzz(func(t *testing.T, s string) { check(t, s, accesslog.HAR) })
}

func FuzzDetect(f *testing.F) {
	f.Add(harLog)
	f.Add("1767323045000000000,200,1000000,0,0,,,read@127.0.0.2,0,GET,http://127.0.0.1/,\n")
	f.Add("\x1f\x8b\x08\x00\x00\x00\x00\x00")
	f.Add(`{"format":"ratefit-trace/v1","started":"2026-01-02T03:04:05Z"}`)
	f.Fuzz(func(t *testing.T, s string) { check(t, s, accesslog.Auto) })
}
