package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ratefit/internal/command"
)

// TestDiskFull runs on a disk of 64 kB: it says so in one line and ends with 1;
// what fitted is a trace that can be read, and what it tells is told.
func TestDiskFull(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "mount", "-t", "tmpfs", "none", t.TempDir()).CombinedOutput(); err != nil {
		t.Skipf("no disk of its own is to be had: %v %s", err, out)
	}
	program, err := exec.LookPath("ratefit") // as it is for the scripts
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(limitedAPI(20, 5))
	defer server.Close()
	small, kept := t.TempDir(), t.TempDir()
	profile := filepath.Join(t.TempDir(), "endless.yaml")
	if err := os.WriteFile(profile, []byte(strings.ReplaceAll(endless, "150/s", "2000/s")), 0o600); err != nil {
		t.Fatal(err)
	}
	const script = `mount -t tmpfs -o size=64k none "$1" && cd "$1" || exit 99
"$2" run --no-progress --profile "$3" --out out "$4"; code=$?
cp out/* "$5"; exit $code`
	cmd := exec.CommandContext(t.Context(), "unshare", "--mount", "sh", "-c", script, "sh", small, program, profile, server.URL, kept)
	var said, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &failed
	_ = cmd.Run()
	const want = "ratefit: the trace cannot be written: out/trace.jsonl.gz: no space left on device\n  what was recorded until then is kept\n"
	if code := cmd.ProcessState.ExitCode(); code != command.Failed || !strings.HasSuffix(failed.String(), want) {
		t.Errorf("exit code %d\n%s", code, failed.String())
	}
	if !strings.Contains(said.String(), "read") || !strings.Contains(said.String(), "token bucket") {
		t.Errorf("the analysis says\n%s", said.String())
	}
	if entries, err := os.ReadDir(kept); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v: want the trace and nothing else", entries, err)
	}
	said.Reset()
	if code := command.Run(t.Context(), source, []string{"analyze", filepath.Join(kept, "trace.jsonl.gz")}, strings.NewReader(""), &said, &failed); code != command.OK && code != command.Inconclusive {
		t.Errorf("analyze: exit code %d\n%s", code, failed.String())
	}
	if !strings.Contains(said.String(), "token bucket") {
		t.Errorf("what is left of the trace says\n%s", said.String())
	}
}
