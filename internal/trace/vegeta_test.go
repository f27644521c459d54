package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	vegeta "github.com/tsenart/vegeta/v12/lib"
	"github.com/tsenart/vegeta/v12/lib/plot"
	"pgregory.net/rapid"
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

// ourVegeta writes a trace with a VegetaWriter.
func ourVegeta(t fataler, encoding string, m Meta, hits []Hit, e End, whole bool) []byte {
	var buf bytes.Buffer
	var order VegetaOrder
	for i := range hits {
		order.Add(&hits[i])
	}
	w, err := NewVegetaWriter(&buf, encoding, m, &order)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for i := range hits {
		if err := w.Write(&hits[i]); err != nil {
			t.Fatalf("%v", err)
		}
	}
	if err := w.Close(e, whole); err != nil {
		t.Fatalf("%v", err)
	}
	return buf.Bytes()
}

// TestVegetaLossless: a trace comes back from each encoding as it was, unsent
// hits excepted.
func TestVegetaLossless(t *testing.T) {
	for _, enc := range encodings {
		t.Run(enc, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := genMeta(t)
				e := End{At: time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "at")), Wall: m.Started, Reason: rapid.String().Draw(t, "reason")}
				whole := rapid.Bool().Draw(t, "whole")
				var hits, want []Hit
				for _, h := range rapid.SliceOfN(rapid.Custom(genHit), 1, 6).Draw(t, "hits") {
					if enc == "csv" { // its instants are nanoseconds since 1970 in 64 bits
						h.Sent %= 1e18
					}
					hits = append(hits, h)
					if h.Error != ErrUnsent {
						want = append(want, h)
					}
				}
				data := ourVegeta(t, enc, m, hits, e, whole)
				if len(want) == 0 {
					if len(data) != 0 {
						t.Fatalf("%q for no hit", data)
					}
					return
				}
				got := read(data)
				if got.err != nil {
					t.Fatalf("%v in %q", got.err, data)
				}
				sameHits(t, got.hits, want)
				if !reflect.DeepEqual(got.meta, m) {
					t.Fatalf("meta %+v, want %+v", got.meta, m)
				}
				if got.whole != whole || got.truncated == whole || whole && got.end != (End{e.At, e.Wall, cut(e.Reason, maxReason)}) {
					t.Fatalf("whole %v, truncated %v, end %+v, want %+v", got.whole, got.truncated, got.end, e)
				}
			})
		})
	}
}

// TestVegetaAccepts feeds what is written to Vegeta's own decoder, report and
// plot. The plot wants each attack numbered in the order of sending.
func TestVegetaAccepts(t *testing.T) {
	hits := typicalHits(400)
	for i := range hits { // completed in another order than sent
		j := i ^ 3
		if i < j {
			hits[i], hits[j] = hits[j], hits[i]
		}
	}
	hits[7].Error, hits[7].Status, hits[7].Header = ErrTimeout, 0, nil
	hits[9].Error = ErrUnsent
	native := write(t, testMeta, hits, testEnd)
	for _, enc := range encodings {
		t.Run(enc, func(t *testing.T) {
			r, err := NewReader(bytes.NewReader(native), "test")
			if err != nil {
				t.Fatal(err)
			}
			var buf bytes.Buffer
			written, skipped, err := WriteVegeta(&buf, enc, r)
			if err != nil || written != 399 || skipped != 1 {
				t.Fatalf("%d written, %d skipped, %v", written, skipped, err)
			}
			var m vegeta.Metrics
			p := plot.New()
			dec := vegeta.DecoderFor(&buf)
			if dec == nil {
				t.Fatal("Vegeta does not know the encoding")
			}
			for {
				var r vegeta.Result
				if err := dec.Decode(&r); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				m.Add(&r)
				if err := p.Add(&r); err != nil {
					t.Fatal(err)
				}
			}
			m.Close()
			p.Close()
			if m.Requests != 399 || m.StatusCodes["200"] != 79 && m.StatusCodes["200"] != 80 || m.StatusCodes["0"] != 1 || m.Duration <= 0 {
				t.Errorf("metrics %+v", m)
			}
			if want := []string{"429 Too Many Requests", "ratefit: timeout"}; !reflect.DeepEqual(m.Errors, want) {
				t.Errorf("errors %q", m.Errors)
			}
			var html bytes.Buffer
			if _, err := p.WriteTo(&html); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"read@127.0.0.2: OK", "read@127.0.0.2: ERROR", "write@127.0.0.3: ERROR"} {
				if !strings.Contains(html.String(), name) {
					t.Errorf("the plot lacks %q", name)
				}
			}
			if n := strings.Count(html.String(), "null"); n == 0 {
				t.Log("no gaps in the plot")
			}
		})
	}
}

// TestWriteVegetaFromPipe needs a copy, for a pipe cannot be read twice.
func TestWriteVegetaFromPipe(t *testing.T) {
	hits := typicalHits(30)
	hits[0], hits[4] = hits[4], hits[0]
	for _, whole := range []bool{true, false} {
		native := write(t, testMeta, hits, testEnd)
		if !whole {
			native = native[:len(native)-20]
		}
		r, err := NewReader(io.MultiReader(bytes.NewReader(native)), "pipe")
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		written, _, err := WriteVegeta(&buf, "json", r)
		if err != nil {
			t.Fatal(err)
		}
		got := read(buf.Bytes())
		sameHits(t, got.hits, hits[:written])
		if got.whole != whole || got.truncated == whole || whole && (written != 30 || got.end != testEnd) {
			t.Errorf("whole %v, truncated %v, end %+v", got.whole, got.truncated, got.end)
		}
		var first struct{ Seq int }
		if err := json.Unmarshal(bytes.SplitN(buf.Bytes(), []byte("\n"), 2)[0], &first); err != nil || first.Seq != 1 {
			t.Errorf("the first hit has number %d, %v", first.Seq, err)
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

// manyResults are results in the order of completion, the one that was sent
// first at the very end.
func manyResults(n int, late time.Duration) []vegeta.Result {
	results := make([]vegeta.Result, n)
	for i := range results {
		results[i] = vegeta.Result{Attack: "x", Seq: uint64(i), Code: 200, Timestamp: zero.Add(time.Duration(i) * time.Millisecond), Latency: time.Millisecond}
	}
	results[n-1].Timestamp = zero.Add(-late)
	results[n-1].Latency = late + time.Duration(n)*time.Millisecond
	return results
}

func TestVegetaZero(t *testing.T) {
	const many = lookAhead + 1000
	for _, tc := range []struct {
		n       int
		late    time.Duration
		pipe    bool
		started time.Duration // before zero
		err     string
	}{
		{n: 10, late: time.Hour, started: time.Hour},
		{n: 10, late: time.Hour, pipe: true, started: time.Hour},
		{n: lookAhead, late: time.Hour, pipe: true, started: time.Hour + 0},
		{n: many, late: time.Hour, started: time.Hour},
		{n: many, late: time.Minute, pipe: true, started: unseenSlack},
		{n: many, late: time.Hour, pipe: true, started: unseenSlack, err: "test: record 17384: sent 50m0s before the start"},
	} {
		t.Run(fmt.Sprintf("%d results, late %v, pipe %v", tc.n, tc.late, tc.pipe), func(t *testing.T) {
			var src io.Reader = bytes.NewReader(foreign(t, "gob", manyResults(tc.n, tc.late)...))
			if tc.pipe {
				src = io.MultiReader(src)
			}
			got := readFrom(src)
			if before := zero.Sub(got.meta.Started); tc.n != lookAhead && before != tc.started {
				t.Errorf("starts %v before the first result", before)
			}
			if tc.err != "" {
				if got.err == nil || !strings.Contains(got.err.Error(), tc.err) || len(got.hits) != tc.n-1 {
					t.Errorf("%d hits, %v", len(got.hits), got.err)
				}
				return
			}
			if got.err != nil || len(got.hits) != tc.n {
				t.Fatalf("%d hits, %v", len(got.hits), got.err)
			}
			for i, r := range manyResults(tc.n, tc.late) {
				h := got.hits[i]
				if at := got.meta.Started.Add(h.Sent); h.Sent < 0 || !at.Equal(r.Timestamp) || h.End-h.Sent != r.Latency || h.Seq != uint64(i) {
					t.Fatalf("hit %d: sent %v = %v, want %v", i, h.Sent, at, r.Timestamp)
				}
			}
		})
	}
}

// TestVegetaMerged: a converted trace keeps its instants when its results are
// shuffled with those of an earlier one.
func TestVegetaMerged(t *testing.T) {
	hits := typicalHits(8)
	later := ourVegeta(t, "json", testMeta, hits, testEnd, true)
	m := testMeta
	m.Started = m.Started.Add(-time.Hour)
	earlier := ourVegeta(t, "json", m, hits, testEnd, true)
	got := read(append(later, earlier...))
	if got.err != nil || len(got.hits) != 16 || !got.meta.Started.Equal(m.Started) {
		t.Fatalf("%d hits from %v, %v", len(got.hits), got.meta.Started, got.err)
	}
	sameHits(t, got.hits[8:], hits)
	for i, h := range got.hits[:8] {
		want := hits[i]
		for _, t := range []*time.Duration{&want.Asked, &want.Sent, &want.Written, &want.FirstByte, &want.End} {
			*t += time.Hour
		}
		sameHits(t, []Hit{h}, []Hit{want})
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

func TestVegetaWriterErrors(t *testing.T) {
	if _, err := NewVegetaWriter(io.Discard, "xml", testMeta, nil); err == nil || err.Error() != `unknown encoding "xml"; want gob, json or csv` {
		t.Error(err)
	}
	m := testMeta
	m.Started = time.Time{}
	w, err := NewVegetaWriter(io.Discard, "csv", m, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&Hit{}); err == nil || !strings.Contains(err.Error(), "hit 0: sent in the year 1, and CSV can hold 1678 to 2262") {
		t.Error(err)
	}
	if err := w.Close(End{}, true); err == nil {
		t.Error("Close hides the error")
	}
	w, err = NewVegetaWriter(io.Discard, "gob", testMeta, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&Hit{Status: -1}); err == nil {
		t.Error("status -1 accepted")
	}
}

func TestErrorKind(t *testing.T) {
	for _, tc := range []struct {
		status int
		text   string
		want   ErrorKind
	}{
		{200, "", ""},
		{429, "429 Too Many Requests", ""},
		{500, "500 ", ""},
		{200, "unexpected EOF", ErrReset},
		{0, "", ErrOther},
		{0, "no targets to attack", ErrOther},
		{0, `Get "http://127.0.0.1:1/": dial tcp 0.0.0.0:0->127.0.0.1:1: connect: connection refused`, ErrDial},
		{0, `Get "http://h/": dial tcp 10.0.0.1:80: i/o timeout`, ErrDial},
		{0, `Get "http://h/": dial tcp: lookup h: no such host`, ErrDNS},
		{0, `Get "http://h/": dial tcp: lookup h on 127.0.0.53:53: read udp 127.0.0.1:1->127.0.0.53:53: i/o timeout`, ErrDNS},
		{0, `Get "http://h/": dial tcp 127.0.0.2:0->127.0.0.1:80: bind: cannot assign requested address`, ErrDial},
		{0, `Get "http://h/": dial tcp 127.0.0.1:80: socket: too many open files`, ErrDial},
		{0, `Get "https://h/": tls: failed to verify certificate: x509: certificate signed by unknown authority`, ErrTLS},
		{0, `Get "https://h/": net/http: TLS handshake timeout`, ErrTLS},
		{0, `Get "https://h/": http: server gave HTTP response to HTTPS client`, ErrTLS},
		{0, `Get "http://h/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, ErrTimeout},
		{0, `Get "http://h/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)`, ErrTimeout},
		{0, `Get "http://h/": read tcp 127.0.0.1:1->127.0.0.1:2: i/o timeout`, ErrTimeout},
		{0, `Get "http://h/": context canceled`, ErrCanceled},
		{0, `Get "http://h/": EOF`, ErrReset},
		{0, `Post "http://h/": write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe`, ErrReset},
		{0, `Get "http://h/": read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer`, ErrReset},
		{0, `Get "http://h/": http: server closed idle connection`, ErrReset},
		{0, `Get "http://h/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "x"`, ErrProtocol},
		{0, `Get "http://timeout.tls:1/x509/eof?dial tcp": something else`, ErrOther},
		{0, `Get "/": stopped after 10 redirects`, ErrOther},
		{0, "ratefit: dial", ErrDial},
		{0, "ratefit: s3cret", ErrOther},
	} {
		if got := errorKind(tc.status, tc.text); got != tc.want {
			t.Errorf("%d %q: %q, want %q", tc.status, tc.text, got, tc.want)
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

// TestVegetaOrder: numbers are a permutation in the order of sending.
func TestVegetaOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var hits []Hit
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			hits = append(hits, Hit{
				Class: rapid.SampledFrom([]string{"read", "write"}).Draw(t, "class"),
				Sent:  time.Duration(rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "sent")),
			})
		}
		var o VegetaOrder
		for i := range hits {
			o.Add(&hits[i])
		}
		at := map[string]map[uint64]time.Duration{"read@": {}, "write@": {}}
		for i := range hits {
			name := attackName(&hits[i])
			at[name][o.seq(name, len(at[name]))] = hits[i].Sent
		}
		for name, sent := range at {
			for n := range uint64(len(sent)) {
				if _, ok := sent[n]; !ok || n > 0 && sent[n] < sent[n-1] {
					t.Fatalf("%s: number %d of %v", name, n, sent)
				}
			}
		}
	})
}
