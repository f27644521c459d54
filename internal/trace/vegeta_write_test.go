package trace

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
	"github.com/tsenart/vegeta/v12/lib/plot"
	"pgregory.net/rapid"
)

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
