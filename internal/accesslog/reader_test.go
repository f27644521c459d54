package accesslog_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"ratefit/internal/accesslog"
	"ratefit/internal/trace"
)

// read returns all requests of a log, and what was left out.
func read(t *testing.T, log string, o accesslog.Options) ([]accesslog.Request, *accesslog.Reader) {
	t.Helper()
	o.Paths = true
	r, err := accesslog.NewReader(strings.NewReader(log), "log", o)
	if err != nil {
		t.Fatal(err)
	}
	var all []accesslog.Request
	for {
		var q accesslog.Request
		err := r.Next(&q)
		if errors.Is(err, io.EOF) {
			return all, r
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, q)
	}
}

func at(s string) int64 {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

const none = -1 * time.Nanosecond // a duration that is not known

// One line of each kind, as the manuals of the servers show them, and what it says.
func TestLines(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       accesslog.Request
	}{
		{
			"common, the example of Apache's manual", `127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326`,
			accesslog.Request{At: at("2000-10-10T20:55:36Z"), Whole: true, Took: none, Client: "127.0.0.1", User: "frank", Class: "read", Path: "/apache_pb.gif", Status: 200},
		},
		{
			"combined", `192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "POST /items?token=secret HTTP/1.1" 429 - "https://example.org/?q=secret" "Mozilla/5.0 (X11) \"odd\" \x22agent\x22"`,
			accesslog.Request{At: at("2026-01-02T03:04:05Z"), Whole: true, Took: none, Client: "192.0.2.7", Class: "write", Path: "/items", Status: 429},
		},
		{
			"IPv6", `2001:db8::1 - - [02/Jan/2026:03:04:05 +0530] "HEAD /a/b HTTP/2.0" 304 0 "-" "-"`,
			accesslog.Request{At: at("2026-01-01T21:34:05Z"), Whole: true, Took: none, Client: "2001:db8::1", Class: "read", Path: "/a/b", Status: 304},
		},
		{
			"a virtual host in front", `www.example.org:443 192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 5`,
			accesslog.Request{At: at("2026-01-02T03:04:05Z"), Whole: true, Took: none, Client: "192.0.2.7", Class: "read", Path: "/", Status: 200},
		},
		{
			"a user with a space, a host name, quotes in the target", `host.example - john doe [02/Jan/2026:03:04:05 +0000] "DELETE /x\"y HTTP/1.1" 204 0`,
			accesslog.Request{At: at("2026-01-02T03:04:05Z"), Whole: true, Took: none, Client: "host.example", User: "john doe", Class: "write", Path: `/x\"y`, Status: 204},
		},
		{
			"nginx with $request_time", `192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8" 0.250`,
			accesslog.Request{At: at("2026-01-02T03:04:05Z"), Whole: true, Took: 250 * time.Millisecond, Client: "192.0.2.7", Class: "read", Path: "/", Status: 200},
		},
		{
			"nginx with rt= and $msec, which is the end", `192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8" "-" rt=0.250 1767323045.750`,
			accesslog.Request{At: at("2026-01-02T03:04:05.5Z"), Took: 250 * time.Millisecond, Client: "192.0.2.7", Class: "read", Path: "/", Status: 200},
		},
		{
			"a proxy's absolute target", `192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "GET http://u:pw@example.org/p?q HTTP/1.1" - -`,
			accesslog.Request{At: at("2026-01-02T03:04:05Z"), Whole: true, Took: none, Client: "192.0.2.7", Class: "read", Path: "/p"},
		},
		{
			"nginx in JSON", `{"time_iso8601":"2026-01-02T04:04:05+01:00","msec":"1767323045.750","remote_addr":"192.0.2.7","remote_user":"","request":"PUT /i/1?x HTTP/1.1","status":"201","request_time":"0.500"}`,
			accesslog.Request{At: at("2026-01-02T03:04:05.25Z"), Took: 500 * time.Millisecond, Client: "192.0.2.7", Class: "write", Path: "/i/1", Status: 201},
		},
		{
			"Caddy", `{"level":"info","ts":1646861401.5241024,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"127.0.0.1","remote_port":"41342","client_ip":"203.0.113.9","proto":"HTTP/2.0","method":"GET","host":"localhost","uri":"/a?b","headers":{"User-Agent":["curl"]},"tls":{"resumed":false}},"bytes_read":0,"user_id":"","duration":0.5,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"]}}`,
			accesslog.Request{At: at("2022-03-09T21:30:01.0241024Z"), Took: 500 * time.Millisecond, Client: "203.0.113.9", Class: "read", Path: "/a", Status: 200},
		},
		{
			"Traefik", `{"ClientAddr":"10.0.0.1:5000","ClientHost":"10.0.0.1","ClientUsername":"-","DownstreamStatus":404,"Duration":1500000,"RequestMethod":"GET","RequestPath":"/x?y=z","StartUTC":"2026-01-02T03:04:05.123456789Z","time":"2026-01-02T03:04:05Z"}`,
			accesslog.Request{At: at("2026-01-02T03:04:05.123456789Z"), Took: 1500 * time.Microsecond, Client: "10.0.0.1", Class: "read", Path: "/x", Status: 404},
		},
		{
			"Envoy", `{"start_time":"2026-01-02T03:04:05.123Z","method":"POST","path":"/x","response_code":503,"duration":12,"downstream_remote_address":"[2001:db8::2]:5000"}`,
			accesslog.Request{At: at("2026-01-02T03:04:05.123Z"), Took: 12 * time.Millisecond, Client: "2001:db8::2", Class: "write", Path: "/x", Status: 503},
		},
		{
			"Elastic's common schema", `{"@timestamp":"2026-01-02T03:04:05.5Z","client":{"ip":"192.0.2.7"},"http":{"request":{"method":"get"},"response":{"status_code":200}},"url":{"path":"/p"},"user":{"name":"ann"}}`,
			accesslog.Request{At: at("2026-01-02T03:04:05.5Z"), Took: none, Client: "192.0.2.7", User: "ann", Class: "read", Path: "/p", Status: 200},
		},
		{
			"Google's load balancer", `{"httpRequest":{"requestMethod":"GET","requestUrl":"https://example.org/p?q","status":200,"remoteIp":"192.0.2.7","latency":"0.25s"},"timestamp":"2026-01-02T03:04:05.5Z"}`,
			accesslog.Request{At: at("2026-01-02T03:04:05.5Z"), Took: 250 * time.Millisecond, Client: "192.0.2.7", Class: "read", Path: "/p", Status: 200},
		},
		{
			"milliseconds, escapes, null", `{"time":1767323045750,"ip":"192.0.2.7","method":"GET","url":"\/\u0070","status":null}`,
			accesslog.Request{At: at("2026-01-02T03:04:05.75Z"), Took: none, Client: "192.0.2.7", Class: "read", Path: "/p"},
		},
		{
			"microseconds, with an exponent", `{"timestamp":1.76732304575e15,"client":"c","method":"GET"}`,
			accesslog.Request{At: at("2026-01-02T03:04:05.75Z"), Took: none, Client: "c", Class: "read"},
		},
		{
			"whole seconds", `{"ts":1767323045,"client":"c","method":"GET","path":"no slash"}`,
			accesslog.Request{At: at("2026-01-02T03:04:05Z"), Whole: true, Took: none, Client: "c", Class: "read"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, r := read(t, test.line+"\n", accesslog.Options{})
			if len(got) != 1 || got[0] != test.want {
				t.Errorf("got %+v\nwant %+v\nskipped %+v", got, test.want, r.Skipped())
			}
		})
	}
}

const harLog = `{"log":{"version":"1.2","creator":{"name":"b","version":"1"},"pages":[{"id":"p"}],"entries":[
{"startedDateTime":"2026-01-02T03:04:05.123+01:00","time":12.5,"request":{"method":"GET","url":"https://u:pw@example.org/a?token=secret","headers":[{"name":"Cookie","value":"secret"}]},"response":{"status":200,"content":{"text":"…"}}},
{"startedDateTime":"yesterday","time":1,"request":{"method":"GET","url":"/"},"response":{"status":200}},
{"startedDateTime":7,"request":{},"response":{}},
{"startedDateTime":"2026-01-02T03:04:06Z","time":-1,"request":{"method":"POST","url":"https://example.org"},"response":{"status":0}}
],"comment":""}}`

func TestHAR(t *testing.T) {
	got, r := read(t, harLog, accesslog.Options{})
	want := []accesslog.Request{
		{At: at("2026-01-02T02:04:05.123Z"), Took: 12500 * time.Microsecond, Client: "browser", Class: "read", Path: "/a", Status: 200},
		{At: at("2026-01-02T03:04:06Z"), Whole: true, Took: none, Client: "browser", Class: "write", Path: "/"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if s := r.Skipped(); s.Unread != 2 || s.FirstLine != 2 || s.Truncated || !strings.HasPrefix(s.FirstWhy, "startedDateTime") {
		t.Errorf("skipped %+v", s)
	}
	cut, r := read(t, harLog[:strings.Index(harLog, "yesterday")], accesslog.Options{})
	if len(cut) != 1 || !r.Skipped().Truncated {
		t.Errorf("of a cut one: %d requests, %+v", len(cut), r.Skipped())
	}
}

// What cannot be read is counted, and the first is named; what is no request is
// counted apart.
func TestSkipped(t *testing.T) {
	good := `192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 5`
	log := strings.Join([]string{
		"", good, `192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "-" 400 0`, `192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "\x16\x03\x01" 400 0`,
		`192.0.2.7 - - [02/Foo/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 5`, "rubbish", strings.Repeat("x", 2<<20),
		`192.0.2.7 - - [02/Jan/1960:03:04:05 +0000] "GET / HTTP/1.1" 200 5`, good + "\r", good,
	}, "\n")
	got, r := read(t, log, accesslog.Options{})
	want := accesslog.Skipped{Unread: 4, FirstLine: 5, FirstWhy: "the time cannot be read", NoRequest: 2}
	if len(got) != 3 || r.Skipped() != want || r.Format() != accesslog.Common {
		t.Errorf("%d requests of %s, skipped %+v, want %+v", len(got), r.Format(), r.Skipped(), want)
	}
}

// A reason must hold nothing of the record: it may be a secret.
func TestReasonsAreNotQuotes(t *testing.T) {
	for _, line := range []string{
		`s3cret`, `s3cret s3cret s3cret [s3cret] "GET /" 200 1`, `1.2.3.4 - - [02/Jan/2026:03:04:05 +0000] "GET /" s3cret 1`, `1.2.3.4 - - [02/Jan/2026:03:04:05 +0000] s3cret`,
		`{"s3cret`, `{"s3cret":1}`, `{"time":"s3cret","method":"GET"}`, `{"ts":1767323045,"method":"GET","status":"s3cret"}`, `{"ts":1767323045,"s3cret":"GET"}`,
	} {
		for _, f := range []accesslog.Format{accesslog.Common, accesslog.JSON} {
			_, r := read(t, line, accesslog.Options{Format: f})
			if s := r.Skipped(); s.Unread != 1 || strings.Contains(s.FirstWhy, "s3cret") {
				t.Errorf("%s as %s: %+v", line, f, s)
			}
		}
	}
}

// Times that no clock wrote are not believed: offsets between them could not be
// counted.
func TestTimesOfTraces(t *testing.T) {
	for _, log := range []string{
		`{"format":"ratefit-trace/v1","started":"0001-01-01T00:00:00Z"}` + "\n" + `{"class":"read","sent":1,"done":2,"status":200}` + "\n",
		"-9000000000000000000,200,1000000,0,0,,,read@127.0.0.2,0,GET,http://127.0.0.1/,\n",
	} {
		got, r := read(t, log, accesslog.Options{})
		if len(got) != 0 || r.Skipped().Unread != 1 {
			t.Errorf("%s: %d requests, %+v", log, len(got), r.Skipped())
		}
	}
}

// An error of a trace names the file once.
func TestErrorOfTrace(t *testing.T) {
	r, err := accesslog.NewReader(strings.NewReader(`{"format":"ratefit-trace/v1","started":"2026-01-02T03:04:05Z"}`+"\nrubbish\n"), "log", accesslog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Next(new(accesslog.Request)); err == nil || strings.Count(err.Error(), "log: ") != 1 {
		t.Errorf("%v", err)
	}
}

// The names that the user gives take the place of those that are known.
func TestFields(t *testing.T) {
	line := `{"ts":1,"when":"2026-01-02T03:04:05Z","who":{"x":"192.0.2.7"},"remote_addr":"10.0.0.1","method":"GET","verb2":"POST"}`
	got, _ := read(t, line, accesslog.Options{Format: accesslog.JSON, Fields: map[accesslog.Role]string{
		accesslog.Time: "when", accesslog.Client: "who.x", accesslog.Method: "verb2",
	}})
	if len(got) != 1 || got[0].At != at("2026-01-02T03:04:05Z") || got[0].Client != "192.0.2.7" || got[0].Class != "write" {
		t.Errorf("got %+v", got)
	}
	_, r := read(t, line, accesslog.Options{Format: accesslog.JSON, Fields: map[accesslog.Role]string{accesslog.Time: "gone"}})
	if why := r.Skipped().FirstWhy; !strings.Contains(why, "--log-fields time=NAME") {
		t.Errorf("a field that is not there: %q", why)
	}
}

func zipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Formats are told by content, in gzip too.
func TestDetects(t *testing.T) {
	var own bytes.Buffer
	w, err := trace.NewWriter(&own, trace.Meta{Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Target: "http://127.0.0.1/"})
	if err != nil {
		t.Fatal(err)
	}
	for i, kind := range []trace.ErrorKind{"", trace.ErrUnsent, ""} {
		h := trace.Hit{Seq: uint64(i), Class: "read", Source: "127.0.0.2", Credential: "c1", Method: "GET", Sent: time.Second, End: 2 * time.Second, Status: 200, Error: kind}
		if i == 2 {
			h.Class, h.Phase, h.Method = trace.LoginClass, trace.LoginPhase, "POST"
		}
		if err := w.Write(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(trace.End{Reason: "done"}); err != nil {
		t.Fatal(err)
	}
	csv := "1767323045000000000,200,1000000,0,0,,,read@127.0.0.2,0,GET,http://127.0.0.1/,\n"
	common := `192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 5` + "\n"
	for _, test := range []struct {
		name, log string
		format    accesslog.Format
		requests  int
	}{
		{"common", common, accesslog.Common, 1},
		{"common behind other lines", "# a comment\n" + common, accesslog.Common, 1},
		{"json", `{"ts":1767323045,"method":"GET"}`, accesslog.JSON, 1},
		{"json with a byte order mark", "\ufeff" + `{"ts":1767323045,"method":"GET"}`, accesslog.JSON, 1},
		{"har", harLog, accesslog.HAR, 2},
		{"a trace of ratefit's", own.String(), accesslog.Trace, 2},
		{"a CSV of Vegeta's", csv, accesslog.Trace, 1},
	} {
		for _, log := range []string{test.log, zipped(t, test.log)} {
			if test.log[0] == 0x1f && log != test.log {
				continue // packed already
			}
			got, r := read(t, log, accesslog.Options{})
			if r.Format() != test.format || len(got) != test.requests {
				t.Errorf("%s: %d requests of %s, %+v", test.name, len(got), r.Format(), r.Skipped())
			}
			if test.name == "a trace of ratefit's" && len(got) == 2 && (got[0].User != "c1" || got[1].Class != "write" || r.Skipped().NoRequest != 1) {
				t.Errorf("%+v", got)
			}
		}
	}
	half := zipped(t, strings.Repeat(common, 1000))
	got, r := read(t, half[:len(half)-20], accesslog.Options{})
	if len(got) == 0 || !r.Skipped().Truncated {
		t.Errorf("of a cut gzip file: %d requests, %+v", len(got), r.Skipped())
	}
}

func TestRefuses(t *testing.T) {
	for log, want := range map[string]string{
		"":                      "the file is empty",
		" \n\n":                 "nothing but blank space",
		"hello\n":               "not a log that is known",
		`[{"ts":1}]`:            "one object on each line",
		"\x1f\x8bno":            "not a readable gzip file",
		`{"log":{"entries":7}}`: "no list log.entries",
		`{"log":{"pages":[]}}`:  "no list log.entries",
		"\x00\x01\x02":          "not a trace",
	} {
		_, err := accesslog.NewReader(strings.NewReader(log), "log", accesslog.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "log: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", log, err, want)
		}
	}
}
