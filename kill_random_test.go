package main

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// TestKilledAtAnyInstant kills an attack fifty times, whenever that is: in the
// start, between hits, in the middle of a write. What the file holds is whole up
// to its last record, and true.
func TestKilledAtAnyInstant(t *testing.T) {
	if testing.Short() {
		t.Skip("starts fifty processes")
	}
	program, err := exec.LookPath("ratefit") // as it is for the scripts
	if err != nil {
		t.Fatal(err)
	}
	profile := filepath.Join(t.TempDir(), "endless.yaml")
	if err := os.WriteFile(profile, []byte(endless), 0o600); err != nil {
		t.Fatal(err)
	}
	const kills, together = 50, 5
	random := rand.New(rand.NewPCG(1, 9))
	instants := make(chan time.Duration, kills)
	for range kills {
		instants <- time.Duration(random.IntN(700)) * time.Millisecond
	}
	close(instants)
	var hits, traces atomic.Int64
	var all sync.WaitGroup
	for range together {
		all.Go(func() {
			for at := range instants {
				n, ok := killedAt(t, program, profile, at)
				hits.Add(n)
				if ok {
					traces.Add(1)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d traces of %d runs have a record; %d hits in all", traces.Load(), kills, hits.Load())
	if traces.Load() < kills/5 {
		t.Error("too few runs came to their first hit: the test tests too little")
	}
}

// killedAt kills one attack and reads what is left. It reports how many hits that
// are, and whether there was a trace.
func killedAt(t *testing.T, program, profile string, at time.Duration) (hits int64, ok bool) {
	var served atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Ratelimit-Remaining", strconv.FormatInt(served.Add(1), 10))
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "trace.jsonl.gz")
	cmd := exec.CommandContext(t.Context(), program, "attack", "--no-progress", "--profile", profile, "--out", file, server.URL)
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return 0, false
	}
	<-time.After(at)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) || len(data) == 0 {
		return 0, false // it had not begun
	}
	r, err := trace.NewReader(bytes.NewReader(data), file)
	if err != nil {
		if !strings.Contains(err.Error(), "cut before the first record was complete") {
			t.Errorf("killed after %s: %v", at, err)
		}
		return 0, false
	}
	seen := map[string]bool{}
	var h trace.Hit
	for ; ; hits++ {
		if err = r.Next(&h); err != nil {
			break
		}
		n := h.Header.Get("X-Ratelimit-Remaining")
		if number, _ := strconv.ParseInt(n, 10, 64); h.Error == "" && (h.Status != 200 || seen[n] || number < 1 || number > served.Load()) || h.Seq != uint64(hits) {
			t.Errorf("killed after %s: recorded %+v, the server says %d", at, h, served.Load())
		}
		seen[n] = true
	}
	if !errors.Is(err, io.EOF) || !r.Truncated() {
		t.Errorf("killed after %s: %v, truncated %t", at, err, r.Truncated())
	}
	return hits, true
}
