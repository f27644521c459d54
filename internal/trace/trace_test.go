package trace

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"pgregory.net/rapid"
)

var testMeta = Meta{
	Started: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Target: "http://127.0.0.1:8080/",
	Profile: "default", LimitedStatus: []int{429, 503}, Tool: "ratefit test",
}

var testEnd = End{At: 40 * time.Second, Wall: time.Date(2026, 1, 2, 3, 4, 45, 123, time.UTC), Reason: "done"}

func write(tb testing.TB, m Meta, hits []Hit, e End) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, m)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range hits {
		if err := w.Write(&hits[i]); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(e); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// seen is all that a reader yields.
type seen struct {
	meta      Meta
	hits      []Hit
	end       End
	whole     bool
	truncated bool
	err       error // other than io.EOF
}

func read(data []byte) seen { return readFrom(bytes.NewReader(data)) }

func readFrom(src io.Reader) (got seen) {
	r, err := NewReader(src, "test")
	if err != nil {
		return seen{err: err}
	}
	defer r.Close()
	got.meta = r.Meta()
	for {
		var h Hit
		if err := r.Next(&h); err != nil {
			if err != io.EOF {
				got.err = err
			}
			break
		}
		got.hits = append(got.hits, h)
	}
	got.end, got.whole = r.End()
	got.truncated = r.Truncated()
	return got
}

func TestRoundTripFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.jsonl.gz")
	w, err := Create(path, testMeta)
	if err != nil {
		t.Fatal(err)
	}
	hits := typicalHits(3000)
	for i := range hits {
		if err := w.Write(&hits[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(testEnd); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&hits[0]); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Write after Close: %v", err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r.Meta(), testMeta) {
		t.Errorf("meta %+v", r.Meta())
	}
	var h Hit
	for i := range hits {
		if err := r.Next(&h); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(h, hits[i]) {
			t.Fatalf("hit %d\n got %+v\nwant %+v", i, h, hits[i])
		}
	}
	if err := r.Next(&h); err != io.EOF {
		t.Fatal(err)
	}
	if e, ok := r.End(); !ok || e != testEnd || r.Truncated() {
		t.Errorf("end %+v %v, truncated %v", e, ok, r.Truncated())
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Next(&h); err == nil || err == io.EOF {
		t.Errorf("Next after Close: %v", err)
	}
	if _, err := Create(path, testMeta); err == nil || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("Create over a trace: %v", err)
	}
}

// TestCutAnywhere cuts a trace at every byte: what is left is read to a prefix
// of the records, never an error, and a longer file never yields fewer.
func TestCutAnywhere(t *testing.T) {
	hits := typicalHits(80)
	var buf bytes.Buffer
	w, err := NewWriter(&buf, testMeta)
	if err != nil {
		t.Fatal(err)
	}
	metaSize := buf.Len()
	flushed := map[int]int{} // length of the file → hits that must be readable
	for i := range hits {
		if err := w.Write(&hits[i]); err != nil {
			t.Fatal(err)
		}
		if i%10 == 9 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			flushed[buf.Len()] = i + 1
		}
	}
	if err := w.Close(testEnd); err != nil {
		t.Fatal(err)
	}
	data := buf.Bytes()
	for name, data := range map[string][]byte{"gzip": data, "plain": gunzip(t, data)[:3000]} {
		t.Run(name, func(t *testing.T) {
			least := 0
			for n := range data {
				got := read(data[:n])
				if name == "gzip" && n >= metaSize && got.err != nil {
					t.Fatalf("cut at %d: %v", n, got.err)
				}
				if got.err != nil && (len(got.hits) > 0 || !strings.Contains(got.err.Error(), "nothing to read") && n > 0) {
					t.Fatalf("cut at %d: %v after %d hits", n, got.err, len(got.hits))
				}
				if name == "gzip" {
					if must, ok := flushed[n]; ok && len(got.hits) < must {
						t.Fatalf("cut at %d: %d hits after a flush of %d", n, len(got.hits), must)
					}
				}
				if len(got.hits) < least {
					t.Fatalf("cut at %d: %d hits, but %d in a shorter file", n, len(got.hits), least)
				}
				least = len(got.hits)
				for i := max(0, least-2); i < least; i++ {
					if !reflect.DeepEqual(got.hits[i], hits[i]) {
						t.Fatalf("cut at %d: hit %d differs", n, i)
					}
				}
				if got.err == nil && got.truncated == got.whole {
					t.Fatalf("cut at %d: truncated %v, whole %v", n, got.truncated, got.whole)
				}
			}
		})
	}
	if got := read(data); got.truncated || !got.whole || len(got.hits) != len(hits) {
		t.Errorf("the whole file: %d hits, truncated %v", len(got.hits), got.truncated)
	}
}

func TestFlushOnlyWhenNeeded(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewWriter(&buf, testMeta)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(buf.Bytes()); got.err != nil || !reflect.DeepEqual(got.meta, testMeta) || !got.truncated {
		t.Errorf("after NewWriter: %+v", got)
	}
	n := buf.Len()
	for range 100 {
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if buf.Len() != n {
		t.Errorf("idle flushes wrote %d bytes", buf.Len()-n)
	}
	h := Hit{Status: 200}
	for i := range flushEvery {
		if err := w.Write(&h); err != nil {
			t.Fatal(err)
		}
		if i < flushEvery-1 && buf.Len() != n {
			t.Fatalf("flushed after %d hits", i+1)
		}
	}
	if got := read(buf.Bytes()); len(got.hits) != flushEvery {
		t.Errorf("%d hits readable after %d", len(got.hits), flushEvery)
	}
}

func TestAbandon(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewWriter(&buf, testMeta)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(&Hit{Seq: 3}), w.Abandon()); err != nil {
		t.Fatal(err)
	}
	if got := read(buf.Bytes()); len(got.hits) != 1 || !got.truncated || got.whole || got.err != nil {
		t.Errorf("%+v", got)
	}
}

func TestWriterRefuses(t *testing.T) {
	long := strings.Repeat("x", MaxLine)
	for _, tc := range []struct {
		hit  Hit
		want string
	}{
		{Hit{Sent: -1}, "an instant before the start"},
		{Hit{End: -1}, "an instant before the start"},
		{Hit{Status: 1000}, "status 1000"},
		{Hit{Status: -1}, "status -1"},
		{Hit{BytesIn: -1}, "negative number of bytes"},
		{Hit{Error: "dial tcp user:pw@host"}, "unknown kind of error"},
		{Hit{Class: long}, "above the 1048576"},
	} {
		w, err := NewWriter(io.Discard, testMeta)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(&Hit{}); err != nil {
			t.Fatal(err)
		}
		err = w.Write(&tc.hit)
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "hit 1") || strings.Contains(err.Error(), "pw") {
			t.Errorf("%.80v: %v", tc.hit, err)
		}
		if again := w.Write(&Hit{}); again != err {
			t.Errorf("a broken writer goes on: %v", again)
		}
		if err := w.Close(End{}); err == nil {
			t.Error("Close hides the error")
		}
	}
	if _, err := NewWriter(io.Discard, Meta{LimitedStatus: []int{1000}}); err == nil {
		t.Error("limited status 1000 accepted")
	}
	if _, err := NewWriter(io.Discard, Meta{Started: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}); err == nil {
		t.Error("year 10000 accepted")
	}
	if _, err := NewWriter(failing{}, testMeta); err == nil {
		t.Error("a failing destination accepted")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestWriterKeepsSecretsOut: whatever the caller forgot.
func TestWriterKeepsSecretsOut(t *testing.T) {
	m := testMeta
	m.Target = "https://user:s3cret@host/?key=s3cret"
	data := write(t, m, []Hit{{
		URL:    "https://user:s3cret@host/path?access_token=s3cret#s3cret",
		Header: http.Header{"Set-Cookie": {"s3cret"}, "Authorization": {"s3cret"}, "Retry-After": {"3"}, VegetaHeader: {"s3cret"}},
	}}, testEnd)
	if plain := gunzip(t, data); bytes.Contains(plain, []byte("s3cret")) {
		t.Errorf("%s", plain)
	}
	got := read(data)
	if want := (http.Header{"Retry-After": {"3"}}); !reflect.DeepEqual(got.hits[0].Header, want) {
		t.Errorf("header %v", got.hits[0].Header)
	}
	if got.meta.Target != "https://host/?key=REDACTED" {
		t.Errorf("target %q", got.meta.Target)
	}
}

// TestReadsAnyJSON: other programs may write the format, too.
func TestReadsAnyJSON(t *testing.T) {
	text := `
  { "tool" : null, "new":{"a":[1,-2.5e+3,true,false,null,"\u00e9\ud83d\ude00\ud800"]}, "started":"2026-01-02T04:04:05+01:00" , "format":"ratefit-trace/v1"}` + "\r\n" + `
{"status":200,"sent":7,"class":"r\u0065ad","status":404,"later":[],"header":{ "Date" : [ "a\"b\\\/\n" , "é" ] , "X":[] }, "error":"from the future","end_":3}

{}
{ "end" : { "reason":"done", "at" : 9, "more":0 } }
`
	got := read([]byte(text))
	if got.err != nil {
		t.Fatal(got.err)
	}
	if !got.meta.Started.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("started %v", got.meta.Started)
	}
	want := []Hit{{Status: 404, Sent: 7, Class: "read", Error: ErrOther, Header: http.Header{"Date": {"a\"b\\/\n", "é"}}}, {}}
	if !reflect.DeepEqual(got.hits, want) {
		t.Errorf("hits %+v", got.hits)
	}
	if !got.whole || got.end.At != 9 || got.end.Reason != "done" {
		t.Errorf("end %+v", got.end)
	}
}

func TestDamaged(t *testing.T) {
	good := write(t, testMeta, typicalHits(50), testEnd)
	plain := string(gunzip(t, good))
	line := strings.SplitAfter(plain, "\n")
	flipped := bytes.Clone(good)
	flipped[len(flipped)-6] ^= 0x10 // in the checksum
	middle := bytes.Clone(good)
	for i := range 20 {
		middle[len(middle)/2+i] ^= 0xff
	}
	for _, tc := range []struct {
		name, data string
		want       []string
	}{
		{"empty", "", []string{"test: the file is empty; wanted"}},
		{"text", "hello\nworld\n", []string{"test: not a trace; wanted"}},
		{"binary", "\x00\x01\x02", []string{"test: not a trace"}},
		{"html", "<html>", []string{"test: not a trace"}},
		{"other JSON", `{"a":1}` + "\n", []string{`neither "format" nor "timestamp"`}},
		{"array", "[1]\n", []string{"not a trace"}},
		{"version", `{"format":"ratefit-trace/v9","started":"x"}` + "\n", []string{`"ratefit-trace/v9"`, `reads "ratefit-trace/v1"`}},
		{"no start", `{"format":"ratefit-trace/v1"}` + "\n", []string{`line 1: no "started"`}},
		{"bad start", `{"format":"ratefit-trace/v1","started":"today"}` + "\n", []string{"line 1: not a time"}},
		{"gzip header", "\x1f\x8b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", []string{"not a readable gzip file"}},
		{"checksum", string(flipped), []string{"test: line 53: ", "checksum", "52 lines before it are good"}},
		{"middle", string(middle), []string{"test: line "}},
		{"garbage line", line[0] + line[1] + "garbage\n" + line[2], []string{"test: line 3: not the JSON of a record (byte 1); the 2 lines before it are good: zcat -f FILE | head -n 2"}},
		{"cut inside", line[0] + line[1][:40] + "\n" + line[2], []string{"line 2: "}},
		{"two traces", line[0] + line[1] + plain, []string{"line 3: a second trace begins"}},
		{"after the end", plain + line[1], []string{"line 53: more data after the end record"}},
		{"negative", line[0] + `{"sent":-1}` + "\n", []string{"line 2: a negative number"}},
		{"fraction", line[0] + `{"sent":1.5}` + "\n", []string{"line 2: not the JSON"}},
		{"exponent", line[0] + `{"sent":1e3}` + "\n", []string{"line 2: not the JSON"}},
		{"NaN", line[0] + `{"sent":NaN}` + "\n", []string{"line 2: not the JSON"}},
		{"leading zero", line[0] + `{"sent":01}` + "\n", []string{"line 2: not the JSON"}},
		{"overflow", line[0] + `{"sent":9223372036854775808}` + "\n", []string{"line 2: a number out of range"}},
		{"overflow of 64 bits", line[0] + `{"seq":18446744073709551616}` + "\n", []string{"line 2: a number out of range"}},
		{"status", line[0] + `{"status":1000}` + "\n", []string{"line 2: a number out of range"}},
		{"type", line[0] + `{"status":"200"}` + "\n", []string{"line 2: not the JSON"}},
		{"UTF-8", line[0] + "{\"class\":\"\xff\"}\n", []string{"line 2: not valid UTF-8"}},
		{"control", line[0] + "{\"class\":\"\x01\"}\n", []string{"line 2: not the JSON"}},
		{"trailing comma", line[0] + `{"sent":1,}` + "\n", []string{"line 2: not the JSON"}},
		{"depth", line[0] + `{"x":` + strings.Repeat("[", 5000) + "\n", []string{"line 2: not the JSON"}},
		{"long line", line[0] + `{"class":"` + strings.Repeat("x", MaxLine) + `"}` + "\n", []string{"line 2: longer than the 1048576 bytes"}},
		{"endless line", line[0] + strings.Repeat("x", 3*MaxLine), []string{"line 2: longer than the 1048576 bytes"}},
		{"end", line[0] + `{"end":{"at":-1}}` + "\n", []string{"line 2: a negative number"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := read([]byte(tc.data))
			if got.err == nil {
				t.Fatalf("no error: %+v", got)
			}
			for _, want := range tc.want {
				if !strings.Contains(got.err.Error(), want) {
					t.Errorf("error %q lacks %q", got.err, want)
				}
			}
			if strings.Contains(got.err.Error(), "\n") || len(got.err.Error()) > 300 {
				t.Errorf("not one short line: %q", got.err)
			}
		})
	}
	if got := read([]byte(line[0] + line[1] + "garbage\n")); len(got.hits) != 1 {
		t.Errorf("%d hits before the damage", len(got.hits))
	}
	if got := read(flipped); len(got.hits) != 50 {
		t.Errorf("%d hits before a wrong checksum", len(got.hits))
	}
}

func TestLongestLine(t *testing.T) {
	const frame = len(`{"class":""}` + "\n")
	h := Hit{Class: strings.Repeat("x", MaxLine-frame)}
	data := write(t, testMeta, []Hit{h, h, {}}, testEnd)
	if got := read(data); got.err != nil || len(got.hits) != 3 || got.hits[1].Class != h.Class {
		t.Errorf("%d hits, %v", len(got.hits), got.err)
	}
}

func TestSeveralMembers(t *testing.T) {
	plain := gunzip(t, write(t, testMeta, typicalHits(10), testEnd))
	var buf bytes.Buffer
	for len(plain) > 0 {
		n := min(777, len(plain))
		gz := gzip.NewWriter(&buf)
		if _, err := gz.Write(plain[:n]); err != nil {
			t.Fatal(err)
		}
		if err := gz.Close(); err != nil {
			t.Fatal(err)
		}
		plain = plain[n:]
	}
	if got := read(buf.Bytes()); got.err != nil || len(got.hits) != 10 || !got.whole {
		t.Errorf("%+v", got)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Error(err)
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Create(filepath.Join(dir, "none", "x"), testMeta); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Create(filepath.Join(dir, "bad"), Meta{LimitedStatus: []int{-1}}); err == nil {
		t.Error("bad meta accepted")
	} else if _, err := os.Stat(filepath.Join(dir, "bad")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a file without a record is left behind")
	}
}

// TestCloseEarly: the goroutine that decompresses ends with its reader.
func TestCloseEarly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.jsonl.gz")
	if err := os.WriteFile(path, write(t, testMeta, typicalHits(20000), testEnd), 0o600); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for range 20 {
		r, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if r.in.ahead == nil {
			t.Fatal("no goroutine: the test tests nothing")
		}
		var h Hit
		if err := r.Next(&h); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

// TestHitsAreStable: a kept hit does not change when reading goes on, and hits
// with equal headers share them.
func TestHitsAreStable(t *testing.T) {
	hits := typicalHits(2000)
	got := read(write(t, testMeta, hits, testEnd))
	if !reflect.DeepEqual(got.hits, hits) {
		t.Error("hits changed after they were read")
	}
	shared := 0
	for i := 4; i < len(got.hits); i++ {
		if reflect.ValueOf(got.hits[i].Header).Pointer() == reflect.ValueOf(got.hits[i-1].Header).Pointer() {
			shared++
		}
	}
	if shared < 1000 {
		t.Errorf("only %d of %d hits share their header", shared, len(got.hits))
	}
}

func TestReadAllocates(t *testing.T) {
	data := gunzip(t, write(t, testMeta, typicalHits(4000), testEnd))
	r, err := NewReader(bytes.NewReader(data), "test")
	if err != nil {
		t.Fatal(err)
	}
	var h Hit
	for range 1000 {
		if err := r.Next(&h); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(2000, func() {
		if err := r.Next(&h); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("%v allocations for a hit", n)
	}
}

// TestMemoryIsBounded: a reader forgets, so that hostile variety does not fill
// the memory.
func TestMemoryIsBounded(t *testing.T) {
	var d decoder
	var h Hit
	for i := range 50000 {
		line := []byte(`{"class":"c` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i%1009) + `","header":{"N` +
			strings.Repeat("z", i%1013) + `":["` + strings.Repeat("w", i%1019) + `"]}}`)
		if _, err := d.hit(line, &h); err != nil {
			t.Fatal(err)
		}
		if len(d.strings) > maxInterned {
			t.Fatalf("%d strings", len(d.strings))
		}
	}
	for _, s := range d.headers.slots {
		if cap(s.raw) > 4*maxHeaderSlot {
			t.Fatalf("a header slot of %d bytes", cap(s.raw))
		}
	}
}

// genHit makes valid hits, ordinary and strange ones.
func genHit(t *rapid.T) Hit {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{"", "read", "write", "127.0.0.2", "::1", "fe80::1%eth0", "a b", "x@y", "GET", "é", "\"\\\n\r\x00\u2028", ",", " lead", "trail "}),
		rapid.String(),
	)
	instant := rapid.OneOf(rapid.Int64Range(0, 1e12), rapid.Int64Range(0, math.MaxInt64), rapid.Just(int64(0)))
	at := func(name string) time.Duration { return time.Duration(instant.Draw(t, name)) }
	size := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, math.MaxInt64))
	h := Hit{
		Seq:   rapid.OneOf(rapid.Uint64Range(0, 100), rapid.Uint64()).Draw(t, "seq"),
		Class: text.Draw(t, "class"), Source: text.Draw(t, "source"), Phase: text.Draw(t, "phase"),
		Method: text.Draw(t, "method"),
		URL:    RedactURL(rapid.OneOf(rapid.SampledFrom([]string{"", "http://h/", "https://h:1/a;b=c/é?d=e&f", "http://\"<>,/'"}), rapid.String()).Draw(t, "url")),
		Asked:  at("asked"), Sent: at("sent"), Written: at("written"), FirstByte: at("first"), End: at("end"),
		Status:  rapid.OneOf(rapid.SampledFrom([]int{0, 200, 404, 429, 503}), rapid.IntRange(0, maxStatus)).Draw(t, "status"),
		BytesIn: size.Draw(t, "in"), BytesOut: size.Draw(t, "out"),
		Error: rapid.SampledFrom([]ErrorKind{"", "", "", ErrUnsent, ErrDNS, ErrDial, ErrTLS, ErrTimeout, ErrReset, ErrProtocol, ErrCanceled, ErrOther}).Draw(t, "error"),
	}
	n := rapid.IntRange(0, 4).Draw(t, "headers")
	for range n {
		name := rapid.SampledFrom([]string{"Date", "Retry-After", "X-Ratelimit-Limit", "x-rate-limit-remaining", "RateLimit-Policy", "X-Quota"}).Draw(t, "name")
		values := rapid.SliceOfN(text, 1, 3).Draw(t, "values")
		if h.Header == nil {
			h.Header = http.Header{}
		}
		h.Header[name] = values
	}
	return h
}

func genMeta(t *rapid.T) Meta {
	return Meta{
		Started:       time.Unix(rapid.Int64Range(-5e9, 5e9).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
		Target:        RedactURL(rapid.SampledFrom([]string{"", "http://h/", "http://h?x"}).Draw(t, "target")),
		Profile:       rapid.String().Draw(t, "profile"),
		LimitedStatus: append([]int(nil), rapid.SliceOfN(rapid.IntRange(0, maxStatus), 0, 3).Draw(t, "limited")...),
		Tool:          rapid.String().Draw(t, "tool"),
	}
}

func TestRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := genMeta(t)
		hits := rapid.SliceOfN(rapid.Custom(genHit), 0, 5).Draw(t, "hits")
		e := End{At: time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "at")), Wall: m.Started, Reason: rapid.StringN(-1, -1, maxReason).Draw(t, "reason")}
		var buf bytes.Buffer
		w, err := NewWriter(&buf, m)
		if err != nil {
			t.Fatal(err)
		}
		for i := range hits {
			if err := w.Write(&hits[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(e); err != nil {
			t.Fatal(err)
		}
		got := read(buf.Bytes())
		if got.err != nil || !got.whole || got.end != e {
			t.Fatalf("err %v, end %+v, want %+v", got.err, got.end, e)
		}
		if !reflect.DeepEqual(got.meta, m) {
			t.Fatalf("meta %+v, want %+v", got.meta, m)
		}
		sameHits(t, got.hits, hits)
	})
}

type fataler interface{ Fatalf(string, ...any) }

func sameHits(t fataler, got, want []Hit) {
	if len(got) != len(want) {
		t.Fatalf("%d hits, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("hit %d\n got %#v\nwant %#v", i, got[i], want[i])
		}
	}
}
