package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
)

// serve answers on a port of its own until its standard input ends. It writes
// its URL, and for each line that it reads how many requests it has had.
func serve() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var requests atomic.Int64
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n := requests.Add(1)
			h := w.Header()
			h["X-Ratelimit-Limit"] = []string{"1000000"}
			h["X-Ratelimit-Remaining"] = []string{strconv.FormatInt(1_000_000-n%1_000_000, 10)}
			h["X-Ratelimit-Reset"] = []string{"60"}
			_, _ = io.WriteString(w, "ok\n")
		}))
	}()
	fmt.Printf("http://%s/\n", l.Addr())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(requests.Load())
	}
	return nil
}

// A server is this program, serving.
type server struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	url string
}

func startServer() (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{cmd: exec.Command(self, "serve")}
	s.cmd.Stderr = os.Stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := s.out.ReadString('\n')
	s.url = strings.TrimSpace(line)
	return s, err
}

func (s *server) count() (int64, error) {
	if _, err := io.WriteString(s.in, "\n"); err != nil {
		return 0, err
	}
	line, err := s.out.ReadString('\n')
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(line), 10, 64)
}

func (s *server) stop() {
	_ = s.in.Close()
	_ = s.cmd.Wait()
}
