package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ratefit/foreign/programs"
)

const profile = `name: full
classes:
  read:
    phases:
      - {kind: saturate, workers: %d, duration: %s}
`

// attackers builds the programs and says how they are called.
func attackers(o options, dir, url string) ([]*attacker, error) {
	ratefit, vegeta, err := programs.Build(dir)
	if err != nil {
		return nil, err
	}
	call := func(name string, sources int) (*attacker, error) {
		file := filepath.Join(dir, name+".yaml")
		text := fmt.Sprintf(profile, o.workers/sources, o.duration)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return nil, err
		}
		a := &attacker{title: fmt.Sprintf("ratefit, %s", name), out: filepath.Join(dir, name+".jsonl.gz")}
		a.args = []string{ratefit, "attack", url, "--profile", file, "--out", a.out, "--max-requests", "100000000", "--max-duration", "1h"}
		if sources > 1 {
			for i := range sources {
				a.args = append(a.args, "--source", fmt.Sprintf("127.0.0.%d", 2+i))
			}
		}
		return a, nil
	}
	one, err := call("one address", 1)
	if err != nil {
		return nil, err
	}
	many, err := call(fmt.Sprintf("%d addresses", o.sources), o.sources)
	if err != nil {
		return nil, err
	}
	out, n := filepath.Join(dir, "results.gob"), strconv.Itoa(o.workers)
	return []*attacker{one, {
		title: "vegeta, one address", stdin: "GET " + url + "\n", out: out,
		args: []string{vegeta, "attack", "-rate=0", "-workers=" + n, "-max-workers=" + n, "-duration=" + o.duration.String(), "-output=" + out},
	}, many}, nil
}

// attack runs the program once.
func (a *attacker) attack(s *server, length time.Duration) error {
	before, err := s.count()
	if err != nil {
		return err
	}
	cmd := exec.Command(a.args[0], a.args[1:]...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(a.stdin), &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", a.title, err, said.String())
	}
	after, err := s.count()
	if err != nil {
		return err
	}
	requests := after - before
	if requests == 0 {
		return fmt.Errorf("%s: sent nothing: %s", a.title, said.String())
	}
	a.rates = append(a.rates, float64(requests)/length.Seconds())
	state := cmd.ProcessState
	a.cpu = append(a.cpu, (state.UserTime()+state.SystemTime())/time.Duration(requests))
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		a.rss = max(a.rss, usage.Maxrss*1024) // kilobytes on Linux
	}
	return os.Remove(a.out)
}
