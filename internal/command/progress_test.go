package command

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/internal/trace"
)

func hit(class, phase string, status int) *trace.Hit {
	return &trace.Hit{Class: class, Phase: phase, Status: status}
}

func TestTally(t *testing.T) {
	y := newTally([]int{503})
	y.add(hit("write", "burst", 503))
	y.add(hit("read", "burst", 200))
	y.add(hit("read", "hold", 429)) // admitted: only 503 means "limited" here
	y.add(&trace.Hit{Class: "read", Phase: "hold", Error: trace.ErrTimeout})
	line, phases := y.state()
	if want := "read hold: 2 admitted, 0 limited, 1 failed or unknown; write burst: 0 admitted, 1 limited"; line != want {
		t.Errorf("line %q, want %q", line, want)
	}
	if want := "read hold write burst"; phases != want {
		t.Errorf("phases %q, want %q", phases, want)
	}
}

// Without a terminal there is a line at each change of phase and otherwise one
// each ten seconds.
func TestProgressLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		y := newTally(nil)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			(&progress{out: &out, tally: y, length: 30 * time.Second}).show(ctx)
		}()
		y.add(hit("read", "burst", 200))
		time.Sleep(5 * time.Second)
		y.add(hit("read", "hold", 429))
		time.Sleep(19 * time.Second)
		cancel()
		<-done
		want := []string{
			"30s left  read burst: 1 admitted, 0 limited",
			"25s left  read hold: 1 admitted, 1 limited",
			"15s left  read hold: 1 admitted, 1 limited",
		}
		if got := strings.Split(strings.TrimSpace(out.String()), "\n"); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
