package live

import (
	"testing"
	"time"

	"ratefit/analyze"
	"ratefit/internal/probe"
	"ratefit/internal/trace"
)

// hit is the reply to a hit sent at an instant.
func hit(class, source, phase string, at time.Duration, status int) *trace.Hit {
	return &trace.Hit{
		Class: class, Source: source, Phase: phase, Status: status,
		Asked: at, Sent: at, FirstByte: at + time.Millisecond, End: at + time.Millisecond,
	}
}

// bucket leaves out every model but one.
func bucket() map[string]bool {
	without := map[string]bool{}
	for _, m := range analyze.Models() {
		title := m.Doc().Title
		without[title] = title != "token bucket"
	}
	return without
}

// known fits models to hits on a token bucket of 2/s and a burst of 30.
func known(without map[string]bool) *probe.Known {
	a := analyze.New(analyze.Options{Without: without})
	left, before := 30.0, time.Duration(0)
	for i := range 120 {
		at := time.Duration(i) * 100 * time.Millisecond
		left, before = min(30, left+2*(at-before).Seconds()), at
		status := 429
		if left >= 1 {
			left, status = left-1, 200
		}
		a.Add(hit("read", "a", "", at, status))
	}
	r := a.Result(trace.Meta{})
	k := &probe.Known{Limit: r.Limits[0], Members: []probe.Member{{Class: "read", Source: "a"}}}
	for _, c := range a.Candidates() {
		k.Limiters = append(k.Limiters, c.Limiter)
	}
	return k
}

// BenchmarkFrame is what a frame takes from the processor while the hits are
// sent.
func BenchmarkFrame(b *testing.B) {
	board := NewBoard(Budget{Requests: 20_000, Limited: 5000, Length: 2 * time.Minute, AtMost: true}, nil)
	k := known(nil)
	b.Logf("%s, %d limiters", k.Limit.Survivors, len(k.Limiters))
	for i := range 300 {
		board.Count(hit("read", "a", "", time.Duration(i), 200))
		board.Count(hit("read", "b", "", time.Duration(i), 200))
	}
	board.Tell(probe.Progress{Task: probe.Limits, Class: "read", Stage: probe.Refining, Known: k})
	now := 30 * time.Second
	for b.Loop() {
		now += 100 * time.Millisecond
		board.State(now).Render(79, 23, Style{Color: true})
	}
}

// BenchmarkCount is what each hit takes.
func BenchmarkCount(b *testing.B) {
	board := NewBoard(Budget{}, nil)
	h := hit("read", "a", "burst", 0, 200)
	for b.Loop() {
		board.Count(h)
	}
}
