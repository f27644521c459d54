package command

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The sandbox serves, says where and how to log in, and stops cleanly when
// interrupted.
func TestSandboxServes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, stdout := io.Pipe()
	var stderr bytes.Buffer
	code := make(chan int, 1)
	go func() {
		defer stdout.Close()
		code <- Run(ctx, []string{"sandbox", "--listen", "127.0.0.1:0", "--read-burst", "1"}, strings.NewReader(""), stdout, &stderr)
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url, found := strings.CutPrefix(strings.TrimSpace(line), "serving on ")
	if !found {
		t.Fatalf("the first line is %q", line)
	}
	bearer, err := logIn(ctx, url)
	if err != nil || bearer == "" {
		t.Fatalf("log in: %q, %v", bearer, err)
	}
	for _, want := range []int{http.StatusOK, http.StatusTooManyRequests} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/services", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+bearer)
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
	cancel()
	if got := <-code; got != OK {
		t.Errorf("exit code %d", got)
	}
	for _, want := range []string{"burst 1;", "curl -s " + url + "/login", "Authorization: Bearer"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("standard error does not say %q:\n%s", want, stderr.String())
		}
	}
}
