package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A target is a system to build for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// systems are all that are released.
var systems = []target{
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"windows", "amd64"},
	{"windows", "arm64"},
}

// A checkout is a clone of one commit, with nothing else in it.
type checkout struct {
	dir   string
	cache string    // of builds; "" = Go's own
	date  time.Time // of the commit
}

// clone checks a commit out into a new folder. Its tags come along: Go makes the
// version out of them.
func clone(repository, commit, dir string) (*checkout, error) {
	hash, err := output(repository, nil, "git", "rev-parse", "--verify", commit+"^{commit}")
	if err != nil {
		return nil, err
	}
	if _, err := output(repository, nil, "git", "clone", "--quiet", "--shared", "--no-checkout", ".", dir); err != nil {
		return nil, err
	}
	id := strings.TrimSpace(hash)
	if _, err := output(dir, nil, "git", "-c", "core.autocrlf=false", "checkout", "--quiet", "--detach", id); err != nil {
		return nil, err
	}
	stamp, err := output(dir, nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return nil, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(stamp), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("date of %s: %w", id, err)
	}
	return &checkout{dir: dir, date: time.Unix(seconds, 0).UTC()}, nil
}

// program builds ratefit for a target and returns the path.
func (c *checkout) program(t target) (string, error) {
	path := filepath.Join(filepath.Dir(c.dir), t.os+"-"+t.arch, binaryName(t))
	_, err := output(c.dir, c.environment(t), "go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", path, ".")
	return path, err
}

func binaryName(t target) string {
	if t.os == "windows" {
		return "ratefit.exe"
	}
	return "ratefit"
}

// environment is the caller's, but for everything that changes what is built.
func (c *checkout) environment(t target) []string {
	env := append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, "CGO_ENABLED=0", "GOAMD64=v1", "GOARM64=v8.0",
		"GOFLAGS=-mod=readonly", "GOEXPERIMENT=", "GOFIPS140=off", "GOWORK=off")
	if c.cache != "" {
		env = append(env, "GOCACHE="+c.cache)
	}
	return env
}

// documents are the manual page and the completions, printed by the program
// itself.
func (c *checkout) documents() ([]file, error) {
	path, err := c.program(target{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return nil, err
	}
	readme, err := os.ReadFile(filepath.Join(c.dir, "README.md"))
	if err != nil {
		return nil, err
	}
	files := []file{{name: "README.md", data: readme}}
	for _, d := range []struct{ name, command string }{
		{"ratefit.1", "man"},
		{"completions/ratefit.bash", "completion bash"},
		{"completions/_ratefit", "completion zsh"},
		{"completions/ratefit.fish", "completion fish"},
		{"completions/ratefit.ps1", "completion powershell"},
	} {
		text, err := output(c.dir, nil, path, strings.Fields(d.command)...)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: d.name, data: []byte(text)})
	}
	return files, nil
}

// output runs a program and returns what it prints; its complaints are in the
// error.
func output(dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, complaints.String())
	}
	return string(out), nil
}
