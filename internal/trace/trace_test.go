package trace

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
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
	hits := typicalHits(40)
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
		if i%5 == 4 {
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
