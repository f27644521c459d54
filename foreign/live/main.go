// Live measures the limiters of a folder and compares what ratefit finds with
// how they were configured.
//
//	go run ./live [--limiters DIR] [--out DIR] [--profile P] [--parallel N] [ID…]
//
// The folder holds limiters.json with the truth, and up.sh and down.sh, which
// start and stop one member by its id. Without an ID all are measured, N of them
// at a time. The exit code is 1 if anything that ratefit was certain of is
// false, or if a limiter could not be measured, and 2 for wrong usage.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"ratefit/foreign/measure"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx))
}

func run(ctx context.Context) int {
	limiters := flag.String("limiters", "../../shared/limiters", "`folder` with limiters.json, up.sh and down.sh")
	out := flag.String("out", "", "keep the traces in this `folder` (default: a temporary one, removed at the end)")
	profile := flag.String("profile", "", "`name` or file of the profile to send (default: ratefit's own)")
	parallel := flag.Int("parallel", 1, "measure this `number` of limiters at a time")
	flag.Parse()

	members, err := load(*limiters, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "live:", err)
		return 2
	}
	folder := *out
	if folder == "" {
		if folder, err = os.MkdirTemp("", "live"); err != nil {
			fmt.Fprintln(os.Stderr, "live:", err)
			return 1
		}
		defer os.RemoveAll(folder)
	} else if err := os.MkdirAll(folder, 0o777); err != nil {
		fmt.Fprintln(os.Stderr, "live:", err)
		return 1
	}
	var s summary
	s.head()
	var mu sync.Mutex // of s and the output
	var measuring sync.WaitGroup
	slots := make(chan struct{}, max(1, *parallel))
	for i := range members {
		m := &members[i]
		slots <- struct{}{}
		measuring.Go(func() {
			defer func() { <-slots }()
			if ctx.Err() != nil {
				return
			}
			r, err := once(ctx, m, *limiters, filepath.Join(folder, m.ID), *profile)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				fmt.Printf("%-20s not measured: %v\n", m.ID, err)
				s.unmeasured++
				return
			}
			s.add(m, r)
		})
	}
	measuring.Wait()
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "live: interrupted")
		return 130
	}
	return s.close()
}

// once starts a member, measures it, and stops it whatever happened.
func once(ctx context.Context, m *member, limiters, out, profile string) (r *measure.Run, err error) {
	down, err := m.up(limiters)
	if err != nil {
		return nil, err
	}
	defer func() {
		if stopped := down(); err == nil {
			err = stopped
		}
	}()
	return measure.URL(ctx, m.URL, out, profile, "--limited-status", strconv.Itoa(m.RejectStatus))
}
