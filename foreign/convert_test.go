package foreign

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"ratefit/internal/command"
	"ratefit/internal/trace"
	"ratefit/internal/trace/tracetest"
)

// A program is the path of one that is not ours.
type program string

// buildVegeta builds the command of the version that ratefit uses as a library.
func buildVegeta(t *testing.T) program {
	t.Helper()
	file := filepath.Join(t.TempDir(), "vegeta")
	program("go").run(t, "build", "-o", file, "github.com/tsenart/vegeta/v12")
	return program(file)
}

func (p program) run(t *testing.T, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), string(p), args...)
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v: %s", filepath.Base(string(p)), strings.Join(args, " "), err, said.String())
	}
	return out.String()
}

// ratefit runs a command that must end with one of two exit codes: the given
// one, or 0.
func ratefit(t *testing.T, code int, args ...string) []byte {
	t.Helper()
	var out, said bytes.Buffer
	if got := command.Run(t.Context(), "", args, strings.NewReader(""), &out, &said); got != code && got != 0 {
		t.Fatalf("ratefit %s: exit code %d: %s", strings.Join(args, " "), got, said.String())
	}
	return out.Bytes()
}

// document is what ratefit analyze says of a trace, whatever the verdict.
func document(t *testing.T, file string) []byte {
	t.Helper()
	return ratefit(t, 3, "analyze", "--format", "json", file)
}

// sameAnalysis compares everything that two documents say.
func sameAnalysis(t *testing.T, want, got []byte) {
	t.Helper()
	var w, g map[string]any
	for _, d := range []struct {
		text []byte
		into *map[string]any
	}{{want, &w}, {got, &g}} {
		if err := json.Unmarshal(d.text, d.into); err != nil {
			t.Fatal(err)
		}
	}
	for _, member := range []string{"limits", "scope", "sent"} {
		if w[member] == nil {
			t.Errorf("the analysis has no %s", member)
		}
	}
	for member := range w {
		if !reflect.DeepEqual(w[member], g[member]) {
			t.Errorf("%s: %v\nwant %v", member, g[member], w[member])
		}
	}
	if len(w) != len(g) {
		t.Errorf("%d members, want %d", len(g), len(w))
	}
}

// A recording is what a trace holds. Hits that were never sent are counted.
type recording struct {
	meta   trace.Meta
	hits   []trace.Hit
	unsent int
	end    trace.End
	ended  bool
}

func readTrace(t *testing.T, file string) recording {
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
	var got recording
	for _, h := range tracetest.Hits(t, r) {
		if h.Error == trace.ErrUnsent {
			got.unsent++
		} else {
			got.hits = append(got.hits, h)
		}
	}
	got.meta = r.Meta()
	got.end, got.ended = r.End()
	return got
}

// sameTrace compares all that two traces hold, unsent hits excepted.
func sameTrace(t *testing.T, want, got recording) {
	t.Helper()
	if !got.meta.Started.Equal(want.meta.Started) {
		t.Errorf("started %v, want %v", got.meta.Started, want.meta.Started)
	}
	got.meta.Started = want.meta.Started
	if !reflect.DeepEqual(got.meta, want.meta) {
		t.Errorf("meta %+v\nwant %+v", got.meta, want.meta)
	}
	if got.ended != want.ended || got.end.At != want.end.At || got.end.Reason != want.end.Reason || !got.end.Wall.Equal(want.end.Wall) {
		t.Errorf("end %+v, want %+v", got.end, want.end)
	}
	if len(got.hits) != len(want.hits) {
		t.Fatalf("%d hits, want %d", len(got.hits), len(want.hits))
	}
	for i := range want.hits {
		if !reflect.DeepEqual(got.hits[i], want.hits[i]) {
			t.Fatalf("hit %d: %+v\nwant %+v", i, got.hits[i], want.hits[i])
		}
	}
}

// sentOnly is the native trace without the hits that were never sent, which
// Vegeta has no place for. There are some only when this machine could not keep
// up: else it is the trace itself.
func sentOnly(t *testing.T, native string, r recording) string {
	t.Helper()
	if r.unsent == 0 {
		return native
	}
	t.Logf("%d hits were not sent: compared without them", r.unsent)
	file := filepath.Join(t.TempDir(), "sent.jsonl.gz")
	w, err := trace.Create(file, r.meta)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.hits {
		if err := w.Write(&r.hits[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(r.end); err != nil {
		t.Fatal(err)
	}
	return file
}
