//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// A glass is a terminal with a program in it.
type glass struct {
	t       *testing.T
	master  *os.File
	command *exec.Cmd
	drained chan struct{}

	mu      sync.Mutex
	vt      vt10x.Terminal
	changed chan struct{} // holds something when more was shown
	raw     bytes.Buffer
}

// inTerminal starts the program with its three streams on a terminal.
func inTerminal(t *testing.T, width, height int, args ...string) *glass {
	t.Helper()
	program, err := exec.LookPath("ratefit") // as it is for the scripts
	if err != nil {
		t.Fatal(err)
	}
	g := &glass{t: t, vt: vt10x.New(vt10x.WithSize(width, height)), changed: make(chan struct{}, 1), drained: make(chan struct{})}
	g.command = exec.Command(program, args...)
	g.command.Dir = t.TempDir()
	// A terminal that cuts its lines when it becomes narrower, as vt10x does.
	g.command.Env = append(os.Environ(), "TERM=xterm", "XTERM_VERSION=XTerm(379)", "TMUX=", "NO_COLOR=1", "LC_ALL=C.UTF-8")
	if g.master, err = pty.StartWithSize(g.command, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.command.Process.Kill()
		g.master.Close()
	})
	go g.drain()
	return g
}

func (g *glass) drain() {
	defer close(g.drained)
	piece := make([]byte, 4096)
	for {
		n, err := g.master.Read(piece)
		g.mu.Lock()
		g.vt.Write(piece[:n])
		g.raw.Write(piece[:n])
		g.mu.Unlock()
		select {
		case g.changed <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (g *glass) shown() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.vt.String()
}

// await waits until the terminal shows a text.
func (g *glass) await(text string) {
	g.t.Helper()
	for end := time.After(20 * time.Second); !strings.Contains(g.shown(), text); {
		select {
		case <-g.changed:
		case <-end:
			g.t.Fatalf("%q was never shown, but\n%s", text, g.shown())
		}
	}
}

// resize makes the terminal as wide as that, and as high.
func (g *glass) resize(width, height int) {
	g.t.Helper()
	g.mu.Lock()
	g.vt.Resize(width, height)
	g.mu.Unlock()
	if err := pty.Setsize(g.master, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		g.t.Fatal(err)
	}
}

// end waits for the program to end by itself and returns its exit code.
func (g *glass) end() int {
	g.t.Helper()
	<-g.drained
	var exit *exec.ExitError
	if err := g.command.Wait(); err != nil && !errors.As(err, &exit) {
		g.t.Fatal(err)
	}
	return g.command.ProcessState.ExitCode()
}

const inOneGo = `
name: one-go
about: What does the terminal show?
classes:
  read:
    phases:
      - {name: opening, kind: burst, hits: 12}
      - {name: going-on, kind: hold, rate: 40/s, duration: 100s}
`

// While a run goes on the terminal shows how far it is; at the end there is
// nothing left of that, however the run has ended and whatever size the terminal
// has been given.
func TestTerminal(t *testing.T) {
	server := httptest.NewServer(limitedAPI(20, 5))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	profile := filepath.Join(dir, "one-go.yaml")
	if err := os.WriteFile(profile, []byte(inOneGo), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		flags   []string
		disturb func(*glass)
	}{
		"to its end":  {[]string{"--max-duration", "2s"}, func(*glass) {}},
		"interrupted": {nil, func(g *glass) { g.master.Write([]byte{3}) }}, // Ctrl-C
		"narrower": {[]string{"--max-duration", "2s"}, func(g *glass) {
			g.resize(30, 100)
			g.await("adm+lim")
			g.resize(80, 100)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			args := append([]string{"run", "--no-plots", "--profile", profile, "--out", out, server.URL}, c.flags...)
			g := inTerminal(t, 80, 100, args...)
			g.await("address    sent  admitted  limited  failed")
			g.await("sending read going-on")
			c.disturb(g)
			code, shown := g.end(), g.shown()
			if want := strings.Contains(name, "interrupted"); (code == 130) != want {
				t.Errorf("exit code %d", code)
			}
			for _, remains := range []string{" left", "address    sent", "adm+lim", "sending read", "stopping"} {
				if strings.Contains(shown, remains) {
					t.Errorf("%q is left over", remains)
				}
			}
			for _, once := range []string{"sending profile one-go", "not tested: separate limiters", "trace.jsonl.gz", "foretold  headers"} {
				if n := strings.Count(shown, once); n != 1 {
					t.Errorf("%q is shown %d times", once, n)
				}
			}
			if t.Failed() {
				t.Logf("shown is\n%s", shown)
			}
			if strings.Contains(g.raw.String(), "\x1b[?25l") {
				t.Error("the cursor was hidden")
			}
			if strings.Contains(g.raw.String(), "\x1b[1m") || strings.Contains(g.raw.String(), "\x1b[3") {
				t.Error("colours, in spite of NO_COLOR")
			}
		})
	}
}

// On a terminal whose cursor cannot be moved there are plain lines, and --quiet
// leaves nothing but the result.
func TestTerminalIsPlain(t *testing.T) {
	server := httptest.NewServer(limitedAPI(20, 5))
	defer server.Close()
	profile := filepath.Join(t.TempDir(), "one-go.yaml")
	if err := os.WriteFile(profile, []byte(inOneGo), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--yes", "--quiet"} {
		cmd := exec.Command("ratefit", "run", flag, "--no-plots", "--profile", profile, "--max-duration", "1s", server.URL)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "TERM=dumb")
		master, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(master) // ends with an error when the program does
		master.Close()
		cmd.Wait()
		if bytes.ContainsRune(text, '\x1b') {
			t.Errorf("%s: escape sequences in %q", flag, text)
		}
		for _, remark := range []string{"sending profile", "left  read "} {
			if got, want := bytes.Contains(text, []byte(remark)), flag != "--quiet"; got != want {
				t.Errorf("%s: %q is shown: %t\n%s", flag, remark, got, text)
			}
		}
		if !bytes.Contains(text, []byte("target")) {
			t.Errorf("%s: no result in %q", flag, text)
		}
	}
}
