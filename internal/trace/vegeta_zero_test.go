package trace

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

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

// TestVegetaMergedLate: the start cannot move any more once hits were handed
// out.
func TestVegetaMergedLate(t *testing.T) {
	hits := make([]Hit, lookAhead+1)
	later := ourVegeta(t, "gob", testMeta, hits, testEnd, true)
	r, err := NewReader(bytes.NewReader(later), "test")
	if err != nil {
		t.Fatal(err)
	}
	v := r.src.(*vegetaSource)
	if err := v.settle(new(Hit), &vegetaHit{at: testMeta.Started.Add(-time.Second), ours: true}); err == nil || !strings.Contains(err.Error(), "give them one by one") {
		t.Error(err)
	}
}

// TestVegetaWithoutItsFirst: without the Meta, the first result gives the start,
// and what was asked for before it is at the start.
func TestVegetaWithoutItsFirst(t *testing.T) {
	hits := typicalHits(6)
	_, rest, _ := bytes.Cut(ourVegeta(t, "json", testMeta, hits, testEnd, true), []byte("\n"))
	got := read(rest)
	if got.err != nil || !got.meta.Started.Equal(testMeta.Started.Add(hits[1].Sent)) || got.meta.Tool != "vegeta" {
		t.Fatalf("%+v, %v", got.meta, got.err)
	}
	for i, h := range got.hits {
		want := hits[i+1]
		for _, t := range []*time.Duration{&want.Sent, &want.Written, &want.FirstByte, &want.End} {
			*t -= hits[1].Sent
		}
		want.Asked = max(0, want.Asked-hits[1].Sent)
		sameHits(t, []Hit{h}, []Hit{want})
	}
}

// TestReadTwiceFromTheMiddle: what was before the trace is not read again.
func TestReadTwiceFromTheMiddle(t *testing.T) {
	src := bytes.NewReader(append([]byte("before"), foreign(t, "csv", manyResults(lookAhead+1, time.Hour)...)...))
	if _, err := src.Seek(6, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got := readFrom(src); got.err != nil || len(got.hits) != lookAhead+1 || !got.meta.Started.Equal(zero.Add(-time.Hour)) {
		t.Errorf("%d hits from %v, %v", len(got.hits), got.meta.Started, got.err)
	}
}
