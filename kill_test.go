package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ratefit/internal/command"
	"ratefit/internal/trace"
)

// endless goes on until it is killed: no kill can come too late.
const endless = `
name: endless
about: When does it end?
classes:
  read:
    phases:
      - {name: opening, kind: burst, hits: 12}
      - {name: hold, kind: hold, rate: 150/s, duration: 100s}
`

// TestKilled kills a run, as kill -9 does, at its first request and when its
// trace has reached a size: what the file holds by then can be read, is true,
// and can be analyzed.
func TestKilled(t *testing.T) {
	program, err := exec.LookPath("ratefit") // as it is for the scripts
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		bytes   int64 // of the trace
		verdict bool  // there is enough to say the rate
	}{
		{"first request", 0, false}, {"first hits", 1500, false}, {"many hits", 9000, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var admitted, limited atomic.Int64
			server := httptest.NewServer(counting(limitedAPI(20, 5), &admitted, &limited))
			defer server.Close()
			out := killed(t, program, server.URL, func(trace string) bool {
				info, err := os.Stat(trace)
				return admitted.Load() > 0 && err == nil && info.Size() >= c.bytes
			})

			entries, err := os.ReadDir(out)
			if err != nil || len(entries) != 1 {
				t.Errorf("%v, %v: want the trace and nothing else", entries, err)
			}
			file := filepath.Join(out, "trace.jsonl.gz")
			readable(t, file, admitted.Load(), limited.Load())

			var said, failed bytes.Buffer
			code := command.Run(t.Context(), source, []string{"analyze", file}, strings.NewReader(""), &said, &failed)
			if code != command.OK && code != command.Inconclusive {
				t.Errorf("analyze: exit code %d\n%s%s", code, failed.String(), said.String())
			}
			if text := strings.Join(strings.Fields(said.String()), " "); !strings.Contains(text, "was cut off") {
				t.Errorf("analyze does not say that the trace was cut off:\n%s", said.String())
			}
			if c.verdict && !regexp.MustCompile(`token bucket[^.]*: (20|19\.9|20\.0)[0-9]* requests/s`).MatchString(strings.Join(strings.Fields(said.String()), " ")) {
				t.Errorf("a token bucket of 20/s was not found:\n%s", said.String())
			}
		})
	}
}

// killed runs ratefit on a URL, kills it when its trace is as wanted, and
// returns the folder that it wrote to.
func killed(t *testing.T, program, url string, wanted func(trace string) bool) (out string) {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "endless.yaml")
	if err := os.WriteFile(profile, []byte(endless), 0o600); err != nil {
		t.Fatal(err)
	}
	out = filepath.Join(t.TempDir(), "out")
	var said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, "run", "--no-progress", "--profile", profile, "--out", out, url)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reached := becomes(func() bool { return wanted(filepath.Join(out, "trace.jsonl.gz")) })
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Errorf("it ended by itself: %v\n%s", err, said.String())
	}
	if !reached {
		t.Fatalf("the trace did not grow\n%s", said.String())
	}
	return out
}

// becomes waits until something is so, or for too long.
func becomes(so func() bool) bool {
	late := time.After(30 * time.Second)
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case <-late:
			return false
		}
	}
	return true
}

// readable reads a cut trace to its end. It cannot hold more than the server
// saw.
func readable(t *testing.T, file string, admitted, limited int64) {
	t.Helper()
	r, err := trace.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var hits uint64
	var saw [2]int64
	for {
		var h trace.Hit
		err := r.Next(&h)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Seq != hits {
			t.Errorf("hit %d is numbered %d", hits, h.Seq)
		}
		hits++
		switch h.Outcome(nil) {
		case trace.Admitted:
			saw[0]++
		case trace.Limited:
			saw[1]++
		}
	}
	if _, closed := r.End(); closed || !r.Truncated() {
		t.Errorf("closed %t, truncated %t", closed, r.Truncated())
	}
	if saw[0] > admitted || saw[1] > limited {
		t.Errorf("%d admitted and %d limited in the trace, but the server says %d and %d", saw[0], saw[1], admitted, limited)
	}
	t.Logf("%d of %d decisions are in the trace", saw[0]+saw[1], admitted+limited)
}

// counting counts the decisions of an API, each before it is known outside.
func counting(next http.HandlerFunc, admitted, limited *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		decision := httptest.NewRecorder()
		next(decision, r)
		if decision.Code == http.StatusTooManyRequests {
			limited.Add(1)
		} else {
			admitted.Add(1)
		}
		w.WriteHeader(decision.Code)
	}
}
