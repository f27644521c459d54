package command

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ratefit/internal/trace"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// writeTrace writes a trace of hits, sent at these offsets, from a source.
func writeTrace(t *testing.T, started time.Time, limited []int, source string, at ...time.Duration) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trace.jsonl.gz")
	w, err := trace.Create(name, trace.Meta{Started: started, LimitedStatus: limited, Target: "http://host/"})
	if err != nil {
		t.Fatal(err)
	}
	for i, sent := range at {
		h := trace.Hit{
			Seq: uint64(i), Class: "read", Source: source, Method: "GET", Status: 200,
			Asked: sent, Sent: sent, FirstByte: sent + time.Millisecond, End: sent + 2*time.Millisecond,
		}
		if err := w.Write(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(trace.End{Reason: "done"}); err != nil {
		t.Fatal(err)
	}
	return name
}

// Several traces are put on one time line by their wall clocks, and their hits
// are numbered through.
func TestTracesTogether(t *testing.T) {
	late := writeTrace(t, noon.Add(time.Second), nil, "127.0.0.2", 0, 5*time.Millisecond)
	early := writeTrace(t, noon, nil, "127.0.0.3", 7*time.Millisecond)
	r, err := openTraces(&streams{}, []string{late, early}, false)
	if err != nil {
		t.Fatal(err)
	}
	if !r.meta.Started.Equal(noon) || r.meta.Target != "http://host/" {
		t.Errorf("meta %+v", r.meta)
	}
	var sent, firstByte []time.Duration
	var seq []uint64
	warnings, err := r.each(t.Context(), func(h *trace.Hit) {
		sent = append(sent, h.Sent)
		firstByte = append(firstByte, h.FirstByte)
		seq = append(seq, h.Seq)
		if h.End != h.Sent+2*time.Millisecond || h.Asked != h.Sent {
			t.Errorf("asked %s, sent %s, end %s", h.Asked, h.Sent, h.End)
		}
		if h.Written != 0 {
			t.Errorf("an unknown instant became %s", h.Written)
		}
	})
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v, warnings %q", err, warnings)
	}
	const ms = time.Millisecond
	if want := []time.Duration{1000 * ms, 1005 * ms, 7 * ms}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	if want := []time.Duration{1001 * ms, 1006 * ms, 8 * ms}; !slices.Equal(firstByte, want) {
		t.Errorf("first bytes %v, want %v", firstByte, want)
	}
	if want := []uint64{0, 1, 2}; !slices.Equal(seq, want) {
		t.Errorf("numbers %v, want %v", seq, want)
	}
}

func TestTracesDisagree(t *testing.T) {
	one := writeTrace(t, noon, []int{429}, "127.0.0.2", 0)
	two := writeTrace(t, noon.Add(time.Second), []int{503}, "127.0.0.3", 0)
	code, _, stderr := invoke("analyze", one, two)
	if code != Usage || !strings.Contains(stderr, "disagree") || !strings.Contains(stderr, "--limited-status") {
		t.Errorf("code %d, stderr %q", code, stderr)
	}
	if code, _, stderr = invoke("analyze", "--limited-status=429,503", one, two); code == Usage || code == Failed {
		t.Errorf("with --limited-status: code %d, stderr %q", code, stderr)
	}
}

// TestTraceGivenTwice: counting every hit twice would double every figure.
func TestTraceGivenTwice(t *testing.T) {
	one := writeTrace(t, noon, []int{429}, "127.0.0.2", 0)
	if code, _, stderr := invoke("analyze", one, one); code != Usage || !strings.Contains(stderr, "the same trace") {
		t.Errorf("code %d, stderr %q", code, stderr)
	}
}

func TestAnalyzeInterrupted(t *testing.T) {
	name := writeTrace(t, noon, nil, "127.0.0.2", 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var f fault
	if _, err := (&fitting{}).analyzeTraces(ctx, &streams{}, []string{name}); !errors.As(err, &f) || f.code != Interrupted {
		t.Errorf("got %v", err)
	}
}

// An empty trace is no pass.
func TestAnalyzeNoSample(t *testing.T) {
	code, stdout, stderr := invoke("analyze", "--format", "json", writeTrace(t, noon, nil, ""))
	if code != Inconclusive || !strings.HasPrefix(stdout, "{\n") {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestPlotsNeedAFile(t *testing.T) {
	code, _, stderr := invoke("analyze", "--plots", "pictures", "-")
	if code != Usage || !strings.Contains(stderr, "standard input can only be read once") {
		t.Errorf("code %d, stderr %q", code, stderr)
	}
}

// Instants that no time line of all traces can hold are named, not wrapped round.
func TestTracesCenturiesApart(t *testing.T) {
	const end = time.Duration(math.MaxInt64) - 10*time.Millisecond
	for name, later := range map[string]string{
		"an instant": writeTrace(t, noon.Add(time.Second), nil, "127.0.0.2", 0, end),
		"the start":  writeTrace(t, noon.AddDate(5000, 0, 0), nil, "127.0.0.2", 0, time.Second),
	} {
		r, err := openTraces(&streams{}, []string{writeTrace(t, noon, nil, "127.0.0.3", 0), later}, false)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.each(t.Context(), func(h *trace.Hit) {
			if h.Asked < 0 || h.Sent < 0 || h.End < h.Sent {
				t.Errorf("%s: %+v", name, h)
			}
		})
		if err == nil || !strings.Contains(err.Error(), "lies centuries after the start of the other traces") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
