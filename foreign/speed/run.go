package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// A job is a program that is run again and again.
type job struct {
	title string
	args  []string
	wall  []time.Duration
	cpu   []time.Duration
	rss   int64 // bytes, the largest of all runs
}

func (j *job) seconds() float64 { return median(j.wall).Seconds() }

// run runs the program once. Exit codes of ratefit above 1 are verdicts.
func (j *job) run() error {
	cmd := exec.Command(j.args[0], j.args[1:]...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	began := time.Now()
	err := cmd.Run()
	j.wall = append(j.wall, time.Since(began))
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 1 {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %s", j.title, err, strings.TrimSpace(said.String()))
	}
	state := cmd.ProcessState
	j.cpu = append(j.cpu, state.UserTime()+state.SystemTime())
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		j.rss = max(j.rss, usage.Maxrss*1024) // kilobytes on Linux
	}
	return nil
}
