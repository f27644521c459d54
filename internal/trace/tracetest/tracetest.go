// Package tracetest builds traces for the tests of other packages.
package tracetest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// Started is the start of the traces that have no Meta of their own.
var Started = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Bytes is a closed trace of these hits. A zero m.Started becomes [Started].
func Bytes(tb testing.TB, m trace.Meta, hits ...trace.Hit) []byte {
	tb.Helper()
	if m.Started.IsZero() {
		m.Started = Started
	}
	var buf bytes.Buffer
	w, err := trace.NewWriter(&buf, m)
	if err != nil {
		tb.Fatal(err)
	}
	var last time.Duration
	for i := range hits {
		last = max(last, hits[i].End)
		if err := w.Write(&hits[i]); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(trace.End{At: last, Wall: m.Started.Add(last), Reason: "done"}); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// File is the path of a closed trace of these hits in a temporary folder.
func File(tb testing.TB, m trace.Meta, hits ...trace.Hit) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "trace.jsonl.gz")
	if err := os.WriteFile(path, Bytes(tb, m, hits...), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// Hits reads all hits of a trace.
func Hits(tb testing.TB, r *trace.Reader) []trace.Hit {
	tb.Helper()
	var hits []trace.Hit
	for {
		var h trace.Hit
		err := r.Next(&h)
		if errors.Is(err, io.EOF) {
			return hits
		}
		if err != nil {
			tb.Fatal(err)
		}
		hits = append(hits, h)
	}
}
