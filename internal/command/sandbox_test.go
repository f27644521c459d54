package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ratefit/analyze"
	"ratefit/internal/sandbox"
)

// serve runs "ratefit sandbox" until the function that it returns is called,
// which returns what was said on standard error.
func serve(t *testing.T, flags ...string) (url string, stop func() string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	var stderr bytes.Buffer
	code := make(chan int, 1)
	go func() {
		defer stdout.Close()
		args := append([]string{"sandbox", "--listen", "127.0.0.1:0"}, flags...)
		code <- Run(ctx, "", args, strings.NewReader(""), stdout, &stderr)
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	url, found := strings.CutPrefix(strings.TrimSpace(line), "serving on ")
	if err != nil || !found {
		t.Fatalf("the first line is %q (%v): %s", line, err, stderr.String())
	}
	return url, func() string {
		cancel()
		if got := <-code; got != OK {
			t.Errorf("exit code %d", got)
		}
		return stderr.String()
	}
}

// The sandbox serves, says where and how to log in, and stops cleanly when
// interrupted.
func TestSandboxServes(t *testing.T) {
	url, stop := serve(t, "--read-burst", "1", "--order", "after-authentication", "--limiter", "tiers-log", "--trust-forwarded")
	bearer, err := logIn(t.Context(), url)
	if err != nil || bearer == "" {
		t.Fatalf("log in: %q, %v", bearer, err)
	}
	for i, want := range []int{http.StatusUnauthorized, http.StatusOK, http.StatusTooManyRequests} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/services", nil)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			req.Header.Set("Authorization", "Bearer "+bearer)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("status %d, want %d", resp.StatusCode, want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	said := stop()
	for _, want := range []string{
		"burst 1;", "curl -s " + url + "/login", "Authorization: Bearer", url + "/openapi.json",
		"limiter tiers-log, after authentication, before validation", "x-forwarded-for",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("standard error does not say %q:\n%s", want, said)
		}
	}
}

// What the sandbox says can be pasted into a shell.
func TestSandboxCommandsWork(t *testing.T) {
	for _, program := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	url, stop := serve(t)
	var said bytes.Buffer
	introduce(&streams{err: &said}, url, sandbox.Options{})
	var script []string
	for line := range strings.Lines(said.String()) {
		if strings.HasPrefix(line, "  ") {
			script = append(script, line)
		}
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", strings.Join(script, "")).Output()
	if err != nil || !strings.Contains(string(out), "200 OK") || !strings.Contains(string(out), "201 Created") {
		t.Errorf("%v: %s\nfrom\n%s", err, out, strings.Join(script, ""))
	}
	stop()
}

// The help lists every limiter, and the flag takes it.
func TestSandboxLimitersListed(t *testing.T) {
	_, manual, _ := invoke("help", "sandbox")
	for _, k := range sandbox.Limiters() {
		if !strings.Contains(manual, "\n  "+k.Name+" ") || !strings.Contains(manual, k.By) {
			t.Errorf("the help does not list %s by %s", k.Name, k.By)
		}
		code, _, stderr := invoke("sandbox", "--limiter", k.Name, "--listen", "127.0.0.1:99999")
		if code != Failed || !strings.Contains(stderr, "--listen") {
			t.Errorf("--limiter %s: code %d, %s", k.Name, code, stderr)
		}
	}
}

// What a run says about some of the limiters: the right name, or that it does
// not know, with the right name among what is possible.
func TestSandboxLimitersNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("measures for seconds")
	}
	for limiter, want := range map[string]string{
		"sliding-window-log": "sliding-window-log",
		"fixed-window":       "fixed-window",
		"none":               "unlimited",
	} {
		t.Run(limiter, func(t *testing.T) {
			t.Parallel()
			url, stop := serve(t, "--limiter", limiter, "--read-rate", "20", "--read-burst", "5")
			bearer, err := logIn(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			_, stdout, stderr := invoke("run", url+"/services", "-H", "Authorization: Bearer "+bearer, "--max-duration", "6s",
				"--no-plots", "--no-progress", "--format", "json", "--out", filepath.Join(t.TempDir(), "out"))
			stop()
			var a analyze.Analysis
			if err := json.Unmarshal([]byte(stdout), &a); err != nil || len(a.Limits) != 1 {
				t.Fatalf("%v: %s %s", err, stdout, stderr)
			}
			l := a.Limits[0]
			named := l.Verdict == analyze.Identified && l.Model == want || string(l.Verdict) == want
			open := (l.Verdict == analyze.Undetermined || l.Verdict == analyze.Insufficient) && slices.Contains(l.Survivors, want)
			if !named && !open {
				t.Errorf("%s %s, possible %v", l.Verdict, l.Model, l.Survivors)
			}
		})
	}
}
