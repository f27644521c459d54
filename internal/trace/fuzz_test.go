package trace

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"reflect"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// FuzzRead reads arbitrary bytes: no panic, no hit that could not be written
// again, and what was read is a trace that reads the same.
func FuzzRead(f *testing.F) {
	hits := typicalHits(3)
	native := write(f, testMeta, hits, testEnd)
	plain := gunzip(f, native)
	f.Add(native)
	f.Add(native[:len(native)-9])
	f.Add(plain)
	f.Add(plain[:len(plain)/2])
	f.Add(bytes.ReplaceAll(plain, []byte(`"sent":`), []byte(`"sent":-`)))
	f.Add([]byte(`{"format":"ratefit-trace/v1","started":"2026-01-02T03:04:05Z"}` + "\n{}\n" + `{"x":[{"y":null}],"header":{"A":["\ud83d\ude00"]}}`))
	for _, enc := range encodings {
		f.Add(ourVegeta(f, enc, testMeta, hits, testEnd, true))
		f.Add(foreign(f, enc, vegeta.Result{Attack: "read@h", Code: 200, Timestamp: zero, Body: []byte("\"\n,"), Error: "\"x\ny\"", Headers: http.Header{"A": {"b"}}}))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		got := read(data)
		if got.err != nil && len(got.err.Error()) > 400 {
			t.Errorf("a long error: %q", got.err)
		}
		if got.meta.Started.IsZero() && len(got.hits) == 0 || got.meta.Started.Year() > 9999 || got.meta.Started.Year() < 0 {
			return
		}
		for i := range got.hits {
			if err := check(&got.hits[i]); err != nil {
				t.Fatalf("hit %d: %v", i, err)
			}
		}
		first := read(write(t, got.meta, got.hits, got.end)) // redacts
		second := read(write(t, first.meta, first.hits, first.end))
		if first.err != nil || second.err != nil || len(first.hits) != len(got.hits) {
			t.Fatal(first.err, second.err)
		}
		if !reflect.DeepEqual(first.meta, second.meta) || first.end != second.end {
			t.Errorf("%+v, then %+v", first, second)
		}
		sameHits(t, second.hits, first.hits)
	})
}

// FuzzDecode: what the decoder accepts is valid JSON, and means what
// encoding/json says it means.
func FuzzDecode(f *testing.F) {
	for line := range bytes.SplitSeq(gunzip(f, write(f, testMeta, typicalHits(3), testEnd)), []byte("\n")) {
		f.Add(line)
	}
	for _, s := range []string{
		`{}`, ` { } `, `{"seq":18446744073709551615}`, `{"sent":9223372036854775807,"sent":0}`, `{"class":"\ud800\u0041\"\\\/\b\f\n\r\t"}`,
		`{"status":null,"header":null,"url":null}`, `{"x":-0.5e+10,"y":[[],{}],"z":tru}`, `{"in":1,"in":2}`, `{"class":"a","class":"b"}`, `{"\u0069n":1}`, `{"class" :"x"}`,
		`{"header":{"A":["b"],"A":[]}}`, `{"end":null}`, `{"status":00}`, `{"status":1}}`, `{"status":1},`, `{,}`, `{"a":1,}`, "{\"a\":\"\x7f\"}", `{"class":"x""y"}`,
	} {
		f.Add([]byte(s))
	}
	var again decoder // remembers the lines before
	f.Fuzz(func(t *testing.T, line []byte) {
		var d decoder
		var h, h2 Hit
		kind, err := d.hit(line, &h)
		kind2, err2 := again.hit(line, &h2)
		if kind != kind2 || (err == nil) != (err2 == nil) || err == nil && !reflect.DeepEqual(h, h2) {
			t.Fatalf("what was remembered matters: %v %+v %v, %v %+v %v", kind, h, err, kind2, h2, err2)
		}
		decodeMeta(line)
		firstKeys(line)
		if err != nil {
			return
		}
		if !json.Valid(line) {
			t.Fatalf("accepted: %q", line)
		}
		if kind != hitLine {
			return
		}
		want, ok := reference(line)
		if ok && !reflect.DeepEqual(h, want) {
			t.Fatalf("%q\n got %+v\nwant %+v", line, h, want)
		}
	})
}

// reference decodes a line with encoding/json. ok is false where that differs
// by design: it ignores the case of keys, and keeps the first of two headers.
func reference(line []byte) (h Hit, ok bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(line, &members) != nil {
		return h, false
	}
	var offsets [5]int64
	var kind string
	for key, to := range map[string]any{
		"seq": &h.Seq, "class": &h.Class, "source": &h.Source, "credential": &h.Credential, "phase": &h.Phase, "method": &h.Method, "url": &h.URL,
		"asked": &offsets[0], "sent": &offsets[1], "written": &offsets[2], "first_byte": &offsets[3], "done": &offsets[4],
		"status": &h.Status, "in": &h.BytesIn, "out": &h.BytesOut, "error": &kind, "header": &h.Header,
	} {
		if raw, has := members[key]; has && json.Unmarshal(raw, to) != nil {
			return h, false
		}
		if bytes.Count(line, []byte(`"`+key+`"`)) > 1 || bytes.Contains(line, []byte(`\u`)) && bytes.Contains(line, []byte("null")) {
			return h, false // a repeated key and null: the last that is not null
		}
	}
	for name, values := range h.Header {
		if len(values) == 0 {
			delete(h.Header, name)
		}
		if bytes.Count(line, []byte(name)) > 1 {
			return h, false
		}
	}
	if len(h.Header) == 0 {
		h.Header = nil
	}
	h.Asked, h.Sent, h.Written = time.Duration(offsets[0]), time.Duration(offsets[1]), time.Duration(offsets[2])
	h.FirstByte, h.End, h.Error = time.Duration(offsets[3]), time.Duration(offsets[4]), kindOf(kind)
	return h, true
}

// FuzzRoundTrip writes a hit and reads it, as a trace and in each of Vegeta's
// encodings.
func FuzzRoundTrip(f *testing.F) {
	f.Add(uint64(0), "read", "127.0.0.2", "c1", "burst", "GET", "http://h/?a=1", int64(5), int64(6), int64(7), int64(8), int64(9), 200, int64(10), int64(11), uint8(0), "Retry-After", "1")
	f.Add(uint64(math.MaxUint64), "\xff", "\x00", "c\x01", "\"\\", "\u2028", "http://u:p@h/é", int64(math.MaxInt64), int64(0), int64(0), int64(0), int64(0), 0, int64(math.MaxInt64), int64(0), uint8(5), "X-Quota", " \r\n\xff")
	f.Fuzz(func(t *testing.T, seq uint64, class, source, credential, phase, method, url string, asked, sent, written, first, end int64, status int, in, out int64, kind uint8, name, value string) {
		kinds := []ErrorKind{"", ErrDNS, ErrDial, ErrTLS, ErrTimeout, ErrReset, ErrProtocol, ErrCanceled, ErrOther}
		h := Hit{
			Seq: seq, Class: class, Source: source, Credential: credential, Phase: phase, Method: method, URL: url,
			Asked: time.Duration(asked), Sent: time.Duration(sent), Written: time.Duration(written), FirstByte: time.Duration(first), End: time.Duration(end),
			Status: status, BytesIn: in, BytesOut: out, Error: kinds[int(kind)%len(kinds)], Header: http.Header{name: {value, value}},
		}
		var buf bytes.Buffer
		w, err := NewWriter(&buf, testMeta)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(&h); err != nil {
			if check(&h) == nil && buf.Len() < MaxLine/8 && len(class+source+credential+phase+method) < MaxLine/8 {
				t.Fatal(err)
			}
			return
		}
		if err := w.Close(testEnd); err != nil {
			t.Fatal(err)
		}
		once := read(buf.Bytes())
		if once.err != nil || len(once.hits) != 1 {
			t.Fatal(once.err)
		}
		again := read(write(t, testMeta, once.hits, testEnd))
		sameHits(t, again.hits, once.hits)
		g := once.hits[0]
		if g.Seq != h.Seq || g.Asked != h.Asked || g.Sent != h.Sent || g.Written != h.Written || g.FirstByte != h.FirstByte || g.End != h.End ||
			g.Status != h.Status || g.BytesIn != h.BytesIn || g.BytesOut != h.BytesOut || g.Error != h.Error {
			t.Fatalf("got %+v, want %+v", g, h)
		}
		for _, enc := range encodings {
			r, err := NewReader(bytes.NewReader(buf.Bytes()), "test")
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, _, err := WriteVegeta(&out, enc, r); err != nil {
				if enc == "csv" || enc == "json" && once.meta.Started.Add(g.Sent).Year() > 9999 {
					return
				}
				t.Fatal(err)
			}
			back := read(out.Bytes())
			if back.err != nil || back.end != testEnd {
				t.Fatalf("%s: %v", enc, back.err)
			}
			sameHits(t, back.hits, once.hits)
		}
	})
}

// TestSkipsLongBody: Vegeta keeps bodies, and a record of its may be longer than
// a line of a trace.
func TestSkipsLongBody(t *testing.T) {
	for _, enc := range encodings {
		data := foreign(t, enc, vegeta.Result{Code: 200, Timestamp: zero, Body: make([]byte, 3<<20)}, vegeta.Result{Code: 429, Error: "429", Timestamp: zero})
		got := readFrom(io.MultiReader(bytes.NewReader(data)))
		if got.err != nil || len(got.hits) != 2 || got.hits[1].Status != 429 {
			t.Errorf("%s: %d hits, %v", enc, len(got.hits), got.err)
		}
	}
}
