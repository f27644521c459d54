package trace

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

var encodings = []string{"gob", "json", "csv"}

func newEncoder(encoding string, w io.Writer) vegeta.Encoder {
	switch encoding {
	case "gob":
		return vegeta.NewEncoder(w)
	case "json":
		return vegeta.NewJSONEncoder(w)
	}
	return vegeta.NewCSVEncoder(w)
}

// foreign encodes results as vegeta itself does.
func foreign(tb testing.TB, encoding string, results ...vegeta.Result) []byte {
	tb.Helper()
	var buf bytes.Buffer
	enc := newEncoder(encoding, &buf)
	for i := range results {
		if err := enc.Encode(&results[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return buf.Bytes()
}

var zero = time.Date(2026, 1, 2, 3, 4, 5, 678, time.FixedZone("", 3600))

func TestReadVegeta(t *testing.T) {
	results := []vegeta.Result{
		{
			Attack: "read@127.0.0.2", Seq: 1, Code: 200, Timestamp: zero.Add(time.Second), Latency: 5 * time.Millisecond, BytesIn: 3, BytesOut: 4,
			Body: []byte("{\"bearer\":\"s3cret\"}\n"), Method: "POST", URL: "http://u:s3cret@h/p?k=s3cret",
			Headers: http.Header{"Set-Cookie": {"s3cret"}, "Retry-After": {"1", "2"}},
		},
		{Attack: "steady", Code: 429, Error: "429 Too Many Requests", Timestamp: zero, Latency: 2 * time.Second, Method: "DELETE", URL: "http://h/"},
		{Attack: "", Seq: 9, Timestamp: zero.Add(3 * time.Second), Latency: time.Second, Error: "Get \"http://h/?k=s3cret\": context deadline exceeded", Method: "HEAD", URL: "http://h/"},
		{Attack: "a b@c", Code: 500, Error: "500 s3cret\n\"quoted\"", Timestamp: zero.Add(4 * time.Second), Method: "OPTIONS", URL: "x y", Headers: http.Header{}},
	}
	want := []Hit{
		{
			Class: "read", Source: "127.0.0.2", Method: "POST", URL: "http://h/p?k=REDACTED", Asked: time.Second, Sent: time.Second,
			FirstByte: 1005 * time.Millisecond, End: 1005 * time.Millisecond, Status: 200, BytesIn: 3, BytesOut: 4, Header: http.Header{"Retry-After": {"1", "2"}},
		},
		{Seq: 1, Class: "write", Phase: "steady", Method: "DELETE", URL: "http://h/", FirstByte: 2 * time.Second, End: 2 * time.Second, Status: 429},
		{Seq: 2, Class: "read", Method: "HEAD", URL: "http://h/", Asked: 3 * time.Second, Sent: 3 * time.Second, End: 4 * time.Second, Error: ErrTimeout},
		{Seq: 3, Class: "read", Phase: "a b@c", Method: "OPTIONS", Asked: 4 * time.Second, Sent: 4 * time.Second, FirstByte: 4 * time.Second, End: 4 * time.Second, Status: 500},
	}
	for _, enc := range encodings {
		data := foreign(t, enc, results...)
		var zipped bytes.Buffer
		gz := gzip.NewWriter(&zipped)
		if _, err := gz.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := gz.Close(); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{enc: data, enc + ".gz": zipped.Bytes()} {
			t.Run(name, func(t *testing.T) {
				got := read(data)
				if got.err != nil {
					t.Fatal(got.err)
				}
				sameHits(t, got.hits, want)
				if !got.meta.Started.Equal(zero) || got.meta.Target != "http://h/" || got.meta.Tool != "vegeta" {
					t.Errorf("meta %+v", got.meta)
				}
				if got.whole || got.truncated {
					t.Errorf("whole %v, truncated %v: Vegeta's files cannot tell", got.whole, got.truncated)
				}
			})
		}
	}
}

func TestVegetaCutAnywhere(t *testing.T) {
	hits := typicalHits(4)
	for _, enc := range encodings {
		t.Run(enc, func(t *testing.T) {
			data := ourVegeta(t, enc, testMeta, hits, testEnd, true)
			least := 0
			for n := range data {
				got := read(data[:n])
				if got.err != nil && (len(got.hits) > 0 || n > 0 && !strings.Contains(got.err.Error(), "nothing to read") && n > 40) {
					t.Fatalf("cut at %d: %v after %d hits", n, got.err, len(got.hits))
				}
				if len(got.hits) < least {
					t.Fatalf("cut at %d: %d hits, but %d in a shorter file", n, len(got.hits), least)
				}
				least = len(got.hits)
				sameHits(t, got.hits, hits[:least])
				if got.err == nil && got.truncated == got.whole {
					t.Fatalf("cut at %d: truncated %v, whole %v", n, got.truncated, got.whole)
				}
			}
			if least < len(hits)-1 {
				t.Errorf("only %d hits before the last byte", least)
			}
		})
	}
}

// TestVegetaHeaderFromServer: a server may send the pseudo header to a plain
// vegeta attack.
func TestVegetaHeaderFromServer(t *testing.T) {
	r := vegeta.Result{Attack: "plain", Code: 200, Timestamp: zero, Latency: time.Second, Method: "GET", Headers: http.Header{VegetaHeader: {`{"seq":9,"class":"x"}`}}}
	got := read(foreign(t, "json", r))
	want := []Hit{{Class: "read", Phase: "plain", Method: "GET", FirstByte: time.Second, End: time.Second, Status: 200}}
	if got.err != nil {
		t.Fatal(got.err)
	}
	sameHits(t, got.hits, want)
	r.Attack, r.Headers[VegetaHeader] = "read@h", []string{"junk"}
	if got := read(foreign(t, "json", r)); got.err == nil || !strings.Contains(got.err.Error(), "record 1: in its header Ratefit-Hit: not the JSON") {
		t.Errorf("%v", got.err)
	}
}

func TestVegetaDamaged(t *testing.T) {
	good := vegeta.Result{Attack: "a", Code: 200, Timestamp: zero, Latency: 1, Method: "GET", URL: "http://h/"}
	with := func(f func(*vegeta.Result)) vegeta.Result {
		r := good
		f(&r)
		return r
	}
	for _, enc := range encodings {
		for _, tc := range []struct {
			name   string
			result vegeta.Result
			want   string
		}{
			{"status", with(func(r *vegeta.Result) { r.Code = 1000 }), "record 2: status 1000"},
			{"latency", with(func(r *vegeta.Result) { r.Latency = -1 }), "record 2: a negative latency"},
			{"size", with(func(r *vegeta.Result) { r.BytesIn = 1 << 63 }), "record 2: an impossible number"},
		} {
			got := read(foreign(t, enc, good, tc.result))
			if got.err == nil || !strings.Contains(got.err.Error(), tc.want) || len(got.hits) != 1 {
				t.Errorf("%s %s: %d hits, %v", enc, tc.name, len(got.hits), got.err)
			}
		}
	}
	far := with(func(r *vegeta.Result) { r.Timestamp = zero.AddDate(900, 0, 0) })
	if got := read(foreign(t, "json", good, far)); got.err == nil || !strings.Contains(got.err.Error(), "record 2: sent centuries away") {
		t.Errorf("%v", got.err)
	}
	gobbed := foreign(t, "gob", good, good)
	size := len(gobbed) - len(foreign(t, "gob", good))
	broken := bytes.Clone(gobbed)
	broken[len(broken)-size+3] ^= 0x7f
	for name, tc := range map[string]struct{ data, want string }{
		"json":     {string(foreign(t, "json", good)) + "{]\n", "record 2: not a result of vegeta attack; the 1 records before it are good"},
		"csv":      {string(foreign(t, "csv", good)) + "1,2,3\n", "record 2: not the 12 columns"},
		"csv text": {string(foreign(t, "csv", good)) + strings.Replace(string(foreign(t, "csv", good)), "200", "s3cret", 1), "record 2: not a result of vegeta attack"},
		"gob":      {string(broken), "record 2: not a result of vegeta attack"},
		"gob size": {string(gobbed) + "\xfc\x7f\xff\xff\xff", "record 3: longer than the 16777216 bytes"},
		"old csv":  {"1522,200,3,4,5,,\n", "record 1: not the 12 columns of Vegeta 12"},
	} {
		got := read([]byte(tc.data))
		if got.err == nil || !strings.Contains(got.err.Error(), tc.want) || strings.Contains(got.err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, got.err)
		}
	}
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string][2]string{
		"read@127.0.0.2": {"read", "127.0.0.2"}, "x@::1": {"x", "::1"}, "écrit@h-1": {"écrit", "h-1"},
		"": {}, "@": {}, "read": {}, "read@": {}, "@h": {}, "a@b@c": {}, "a b@c": {}, "a@b\n": {}, "a@\xff": {},
	} {
		class, source, ok := splitName(name)
		if [2]string{class, source} != want || ok != (want[0] != "") {
			t.Errorf("%q: %q, %q, %v", name, class, source, ok)
		}
	}
}
