package attack

import (
	"bytes"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// inside says in a process of its own what it is there for.
const inside = "RATEFIT_TEST_INSIDE"

// alone runs the test that calls it again in a process of its own, behind prefix,
// and reports whether this is that process. value is what it is given.
func alone(t *testing.T, value string, prefix ...string) (self bool) {
	t.Helper()
	if os.Getenv(inside) != "" {
		return true
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(prefix, program, "-test.run=^"+t.Name()+"$", "-test.v")
	if len(prefix) > 0 && exec.CommandContext(t.Context(), prefix[0], append(prefix[1:], "true")...).Run() != nil {
		t.Skipf("%s is not allowed here", strings.Join(prefix, " "))
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), inside+"="+value)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// kinds is what is recorded of c, by kind of error.
func kinds(t *testing.T, c Config) (count map[trace.ErrorKind]int, end trace.End, err error) {
	t.Helper()
	count = map[trace.ErrorKind]int{}
	end, err = Run(t.Context(), c, func(h *trace.Hit) {
		count[h.Error]++
		if h.Error != "" && !h.Error.NeverReached() && h.Error != trace.ErrCanceled || h.Error == "" && h.Status != 200 {
			t.Errorf("recorded %+v", h)
		}
	})
	return count, end, err
}

// Without a free descriptor no connection can be made: those hits never reached
// anybody, and others go on.
func TestSocketFilesRunOut(t *testing.T) {
	var arrived atomic.Int64
	url := os.Getenv(inside)
	if url == "" {
		s := newTarget(t, "http", func(http.ResponseWriter, *http.Request) {
			arrived.Add(1)
			<-time.After(20 * time.Millisecond)
		})
		url = s.URL
	}
	if !alone(t, url) {
		if arrived.Load() < 10 {
			t.Errorf("%d requests arrived", arrived.Load())
		}
		return
	}
	const most = 200
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
		t.Skip(err)
	}
	var held []*os.File
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		held = append(held, f)
	}
	for _, f := range held[len(held)-12:] {
		_ = f.Close()
	}
	c := Config{
		Profile: reads(burst("burst", 60), pause("rest", 50*time.Millisecond), hold("hold", 20*profiles.PerSecond, 200*time.Millisecond)), GiveUpAfter: -1,
		Requests: []Request{{Class: "read", URL: url}},
	}
	count, end, err := kinds(t, c)
	if err != nil || end.Reason != "done" || count[trace.ErrDial] < 30 || count[""] < 5 || count[""]+count[trace.ErrDial]+count[trace.ErrUnsent] != 64 {
		t.Errorf("recorded %v, end %q, error %v", count, end.Reason, err)
	}
	c.Profile, c.AbortOn = reads(burst("burst", 60)), DefaultAborts()
	if _, _, err = kinds(t, c); err == nil || !strings.Contains(err.Error(), "no file descriptor left") {
		t.Errorf("error %v", err)
	}
}

// So it is without a free port.
func TestSocketPortsRunOut(t *testing.T) {
	if !alone(t, "yes", "unshare", "--net") {
		return
	}
	setUp(t)
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte("40000 40007"), 0); err != nil {
		t.Skip(err)
	}
	s := listenOn(t, "127.0.0.1:80")
	c := Config{
		Profile: reads(burst("burst", 60), pause("rest", 50*time.Millisecond), hold("hold", 20*profiles.PerSecond, 200*time.Millisecond)), GiveUpAfter: -1,
		Requests: []Request{{Class: "read", URL: "http://127.0.0.1/"}},
	}
	count, end, err := kinds(t, c)
	if err != nil || end.Reason != "done" || count[trace.ErrDial] < 30 || count[""] < 4 || s.Load() != int64(count[""]) {
		t.Errorf("recorded %v, %d arrived, end %q, error %v", count, s.Load(), end.Reason, err)
	}
	c.Profile, c.AbortOn = reads(burst("burst", 60)), DefaultAborts()
	if _, _, err = kinds(t, c); err == nil || !strings.Contains(err.Error(), "leave a free port") {
		t.Errorf("error %v", err)
	}
}

// setUp gives a network of its own an interface.
func setUp(t *testing.T, addresses ...string) {
	t.Helper()
	commands := [][]string{{"ip", "link", "set", "lo", "up"}}
	for _, a := range addresses {
		commands = append(commands, []string{"ip", "address", "add", a, "dev", "lo"})
	}
	for _, args := range commands {
		if out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Skipf("%v: %s", err, out)
		}
	}
}

// listenOn serves an address, slowly, and counts.
func listenOn(t *testing.T, address string) *atomic.Int64 {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip(err)
	}
	var arrived atomic.Int64
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived.Add(1)
		<-time.After(20 * time.Millisecond)
	})}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return &arrived
}

// Addresses of IPv6 can be sent from like others, and one that the machine does
// not have is named before anything is sent.
func TestSocketManyIPv6(t *testing.T) {
	if !alone(t, "yes", "unshare", "--net") {
		return
	}
	setUp(t, "fd00::1/128", "fd00::2/128", "fd00::3/128", "fd00::4/128", "fd00::5/128", "fd00::6/128")
	var mu sync.Mutex
	seen := map[netip.Addr]int{}
	l, err := net.Listen("tcp", "[::1]:80")
	if err != nil {
		t.Skip(err)
	}
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen[netip.MustParseAddrPort(r.RemoteAddr).Addr()]++
		}))
	}()
	addrs, err := ExpandSources([]string{"fd00::2/127", "fd00::4", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckSources(t.Context(), addrs); err != nil {
		t.Fatal(err)
	}
	c := Config{Profile: reads(burst("burst", 3)), Requests: []Request{{Class: "read", URL: "http://[::1]/"}}, Sources: addrs}
	if count, end, err := kinds(t, c); err != nil || count[""] != 12 {
		t.Errorf("recorded %v, end %q, error %v", count, end.Reason, err)
	}
	for _, a := range addrs {
		if seen[a] != 3 {
			t.Errorf("%d requests from %s", seen[a], a)
		}
	}
	more, err := ExpandSources([]string{"fd00::/125"})
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckSources(t.Context(), more); err == nil || !strings.HasPrefix(err.Error(), "source fd00::7: not an address of this machine") {
		t.Errorf("error %v", err)
	}
}

// Hundreds of addresses are really sent from, each as often as the others.
func TestSocketHundredsOfSources(t *testing.T) {
	addrs, err := ExpandSources([]string{"127.0.1.0/24"})
	if err != nil || len(addrs) != 254 {
		t.Fatal(len(addrs), err)
	}
	if err := CheckSources(t.Context(), addrs); err != nil {
		t.Skip(err)
	}
	var mu sync.Mutex
	seen := map[string]int{}
	s := newTarget(t, "http", func(_ http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		mu.Lock()
		defer mu.Unlock()
		seen[host]++
	})
	files := descriptors()
	c := s.config(burst("burst", 2), pause("rest", 200*time.Millisecond), burst("again", 1))
	c.Sources, c.MaxInFlight = addrs, 2
	sent := map[string]int{}
	for _, h := range collect(t, c) {
		if h.Error != "" {
			t.Errorf("recorded %+v", h)
		}
		sent[h.Source]++
	}
	for _, a := range addrs {
		if n := sent[a.String()]; n == 0 || n > 3 || n != seen[a.String()] {
			t.Errorf("%s: %d recorded, %d arrived", a, n, seen[a.String()])
		}
	}
	s.CloseClientConnections()
	settles(t, files+3)
}
