package trace

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

const benchHits = 50000

// typicalHits are hits as a run against the reference API records them: two
// classes from two sources, most of them limited, the Date changing every
// second and Remaining with every admitted hit.
func typicalHits(n int) []Hit {
	started := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	hits := make([]Hit, n)
	for i := range hits {
		sent := 5000 + time.Duration(i)*1_003_517 + time.Duration(i*7919%911)
		h := Hit{
			Seq: uint64(i), Class: "read", Source: "127.0.0.2", Phase: "saturate", Method: "GET",
			URL:   "http://127.0.0.1:8080/spots?date=REDACTED",
			Asked: sent - 4321, Sent: sent, Written: sent + 34_567 + time.Duration(i%131), FirstByte: sent + 212_345 + time.Duration(i*31%7001),
			Status: 429, BytesIn: 17,
		}
		h.End = h.FirstByte + 1234
		if i%2 == 1 {
			h.Class, h.Method, h.BytesOut = "write", "POST", 120
		}
		if i%4 >= 2 {
			h.Source = "127.0.0.3"
		}
		h.Header = http.Header{
			"Date":                     {started.Add(sent).Format(http.TimeFormat)},
			"X-Rate-Limit-Read-Limit":  {"30"},
			"X-Rate-Limit-Read-Ttl":    {"500"},
			"X-Rate-Limit-Write-Limit": {"10"},
			"X-Rate-Limit-Write-Ttl":   {"500"},
			"X-Ratelimit-Remaining":    {fmt.Sprint(i / 50 % 30)},
		}
		if i%5 == 0 {
			h.Status = 200
		} else {
			h.Header["Retry-After"] = []string{"1"}
		}
		hits[i] = h
	}
	return hits
}

func typicalMeta() Meta {
	return Meta{Started: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Target: "http://127.0.0.1:8080/", Profile: "default", Tool: "ratefit test"}
}

func perHit(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/hit")
}

func BenchmarkWrite(b *testing.B) {
	hits := typicalHits(benchHits)
	b.ReportAllocs()
	var n int
	for b.Loop() {
		var buf counter
		w, err := NewWriter(&buf, typicalMeta())
		if err != nil {
			b.Fatal(err)
		}
		for i := range hits {
			if err := w.Write(&hits[i]); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(End{}); err != nil {
			b.Fatal(err)
		}
		n = int(buf)
	}
	perHit(b, len(hits))
	b.ReportMetric(float64(n)/benchHits, "B/hit")
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func benchmarkRead(b *testing.B, data []byte) {
	benchmarkOpen(b, func() (*Reader, error) { return NewReader(bytes.NewReader(data), "bench") })
}

func benchmarkOpen(b *testing.B, open func() (*Reader, error)) {
	b.ReportAllocs()
	for b.Loop() {
		r, err := open()
		if err != nil {
			b.Fatal(err)
		}
		var h Hit
		n := 0
		for ; ; n++ {
			if err := r.Next(&h); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		if n != benchHits {
			b.Fatal(n)
		}
		r.Close()
	}
	perHit(b, benchHits)
}

func BenchmarkRead(b *testing.B) {
	hits := typicalHits(benchHits)
	var buf bytes.Buffer
	w, err := NewWriter(&buf, typicalMeta())
	if err != nil {
		b.Fatal(err)
	}
	for i := range hits {
		if err := w.Write(&hits[i]); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(End{}); err != nil {
		b.Fatal(err)
	}
	b.Run("gzip", func(b *testing.B) { benchmarkRead(b, buf.Bytes()) })
	path := filepath.Join(b.TempDir(), "trace.jsonl.gz")
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("gzip-file", func(b *testing.B) { benchmarkOpen(b, func() (*Reader, error) { return Open(path) }) })
	plain := gunzip(b, buf.Bytes())
	b.Run("plain", func(b *testing.B) { benchmarkRead(b, plain) })
	for _, enc := range []string{"gob", "json", "csv"} {
		var out bytes.Buffer
		r, err := NewReader(bytes.NewReader(plain), "bench")
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := WriteVegeta(&out, enc, r); err != nil {
			b.Fatal(err)
		}
		b.Run("vegeta-"+enc, func(b *testing.B) { benchmarkRead(b, out.Bytes()) })
	}
}

// BenchmarkVegetaDecoders reads the same hits with Vegeta's decoders alone.
func BenchmarkVegetaDecoders(b *testing.B) {
	hits := typicalHits(benchHits)
	encoders := map[string]func(io.Writer) vegeta.Encoder{"gob": vegeta.NewEncoder, "json": vegeta.NewJSONEncoder, "csv": vegeta.NewCSVEncoder}
	decoders := map[string]vegeta.DecoderFactory{"gob": vegeta.NewDecoder, "json": vegeta.NewJSONDecoder, "csv": vegeta.NewCSVDecoder}
	for _, enc := range []string{"gob", "json", "csv"} {
		var out bytes.Buffer
		e := encoders[enc](&out)
		for _, h := range hits {
			if err := e.Encode(&vegeta.Result{
				Attack: "read@127.0.0.2", Seq: h.Seq, Code: uint16(h.Status), Timestamp: typicalMeta().Started.Add(h.Sent), Latency: h.End - h.Sent,
				Error: errorText(&h), Method: h.Method, URL: h.URL, Headers: h.Header, BytesIn: uint64(h.BytesIn), BytesOut: uint64(h.BytesOut),
			}); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(enc, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dec := decoders[enc](bytes.NewReader(out.Bytes()))
				n := 0
				for ; ; n++ {
					var r vegeta.Result
					if err := dec.Decode(&r); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
				if n != benchHits {
					b.Fatal(n)
				}
			}
			perHit(b, benchHits)
		})
	}
}

func gunzip(tb testing.TB, data []byte) []byte {
	tb.Helper()
	in, err := newInput(bytes.NewReader(data), nil)
	if err != nil {
		tb.Fatal(err)
	}
	plain, err := io.ReadAll(in.br)
	if err != nil {
		tb.Fatal(err)
	}
	return plain
}
