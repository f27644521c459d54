package foreign

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A zone is limit_req as nginx's configuration writes it, and what it means.
// "burst=N nodelay" admits N+1 at once.
type zone struct {
	rate, limit string
	setting
}

// TestNginx measures nginx with limit_req. All servers are ports of one
// process; reads and writes have zones of their own.
func TestNginx(t *testing.T) {
	servers := []struct {
		profile     string
		read, write zone
	}{
		{brisk, zone{"200r/s", "burst=100 nodelay", setting{200, 101}}, zone{"5r/s", "burst=10 nodelay", setting{5, 11}}},
		{brisk, zone{"100r/s", "", setting{100, 1}}, zone{"20r/s", "burst=30 nodelay", setting{20, 31}}},
		{brisk, zone{"40r/s", "burst=15 nodelay", setting{40, 16}}, zone{"150r/m", "burst=3 nodelay", setting{2.5, 4}}},
		{patient, zone{"2r/s", "burst=29 nodelay", setting{2, 30}}, zone{"2r/s", "burst=9 nodelay", setting{2, 10}}},
	}
	program := nginx(t)
	var blocks []string
	ports := make([]int, len(servers))
	for i, s := range servers {
		ports[i] = freePort(t)
		blocks = append(blocks, server(i, ports[i], s.read, s.write))
	}
	startNginx(t, program, blocks, ports)

	var rows table
	for i, s := range servers {
		name := "nginx " + s.read.rate + " " + s.read.limit
		rows.measure(t, name, fmt.Sprintf("http://127.0.0.1:%d/", ports[i]), s.profile, [2]setting{s.read.setting, s.write.setting})
	}
	rows.log(t)
}

// nginx finds the program, or skips the test.
func nginx(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("RATEFIT_REQUIRE_NGINX") != "" {
		t.Fatal("nginx is not installed, and RATEFIT_REQUIRE_NGINX is set: install Debian's nginx-light")
	}
	t.Skip("nginx is not installed: install Debian's nginx-light to measure it")
	return ""
}

// server is the configuration of one port. A request with an empty key is not
// counted: that keeps reads and writes apart. What "return" answers would not
// pass limit_req, which acts in a later phase: a second server answers.
func server(i, port int, read, write zone) string {
	return fmt.Sprintf(`
  limit_req_zone $read_key zone=read%[1]d:1m rate=%[3]s;
  limit_req_zone $write_key zone=write%[1]d:1m rate=%[5]s;
  server {
    listen 127.0.0.1:%[2]d;
    limit_req_status 429;
    limit_req zone=read%[1]d %[4]s;
    limit_req zone=write%[1]d %[6]s;
    location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://app; }
  }
`, i, port, read.rate, read.limit, write.rate, write.limit)
}

const configuration = `
daemon off; worker_processes 1; pid nginx.pid; error_log stderr error;
%s
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 100000;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  map $request_method $read_key { POST ""; default $binary_remote_addr; }
  map $request_method $write_key { POST $binary_remote_addr; default ""; }
  upstream app { server unix:%s; keepalive 16; }
  server { listen unix:%[2]s; location / { if ($request_method = POST) { return 201 "made\n"; } return 200 "here\n"; } }
%[3]s}
`

// startNginx starts one process and ends it with the test.
func startNginx(t *testing.T, program string, blocks []string, ports []int) {
	t.Helper()
	// A socket's path may have 107 bytes: shorter than a test's own folder.
	folder, err := os.MkdirTemp("", "nginx")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;" // else its worker could not enter the folder
	}
	conf := filepath.Join(folder, "nginx.conf")
	text := fmt.Sprintf(configuration, user, filepath.Join(folder, "app.sock"), strings.Join(blocks, ""))
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd := exec.Command(program, "-e", "stderr", "-p", folder, "-c", conf)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // the master ends its worker
		<-ended
	})
	for _, port := range ports {
		if !answers(port, ended) {
			t.Fatalf("nginx does not listen on 127.0.0.1:%d: %s", port, said.String())
		}
	}
}

// answers waits until somebody listens. Connecting costs no limiter anything.
func answers(port int, ended chan error) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return c.Close() == nil
		}
		select {
		case err := <-ended:
			ended <- err // for the cleanup
			return false
		case <-tick.C:
		}
	}
	return false
}

// freePort asks the system for a port that nobody uses.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
