package trace

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
)

// TestCloseEarly: the goroutine that decompresses ends with its reader.
func TestCloseEarly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.jsonl.gz")
	if err := os.WriteFile(path, write(t, testMeta, typicalHits(20000), testEnd), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) { // fails for a goroutine that is left
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
		synctest.Wait() // until it has no free block left
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	})
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

// endless is a first line and then one without an end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	if e.read == 0 {
		copy(p, `{"format":"ratefit-trace/v1","started":"2026-01-02T03:04:05Z"}`+"\n")
	}
	if e.read += len(p); e.read > 8*maxResult {
		return 0, errors.New("the whole stream was read")
	}
	return len(p), nil
}

func TestEndlessLine(t *testing.T) {
	src := new(endless)
	got := readFrom(src)
	if got.err == nil || !strings.Contains(got.err.Error(), "line 2: longer than the 1048576 bytes") || src.read > 2*MaxLine {
		t.Errorf("%v after %d bytes", got.err, src.read)
	}
	src = &endless{read: 1}
	if got := readFrom(src); got.err == nil || src.read > 2*maxResult {
		t.Errorf("%v after %d bytes", got.err, src.read)
	}
}

// TestMemoryIsBounded: a reader forgets, so that hostile variety does not fill
// the memory.
func TestMemoryIsBounded(t *testing.T) {
	var d decoder
	var h Hit
	for i := range 8000 {
		line := []byte(`{"class":"c` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i%1009) + `","header":{"N` +
			strings.Repeat("z", i%1013) + `":["` + strings.Repeat("w", i*31%9973) + `"]}}`)
		if _, err := d.hit(line, &h); err != nil {
			t.Fatal(err)
		}
		if len(d.strings) > maxInterned {
			t.Fatalf("%d strings", len(d.strings))
		}
	}
	for _, s := range d.headers.slots {
		if cap(s.raw) > 2*maxHeaderSlot {
			t.Fatalf("a header slot of %d bytes", cap(s.raw))
		}
	}
}
