package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"ratefit/internal/trace"
)

// A tally counts the hits of a running attack for the progress display. It is
// safe for several goroutines.
type tally struct {
	mu      sync.Mutex
	limited []int // statuses that mean "limited"
	classes []string
	counts  map[string]*count
}

type count struct {
	phase                            string // the latest that has begun
	begun                            map[string]bool
	admitted, limited, unsent, other int
}

func newTally(limited []int) *tally {
	return &tally{limited: limited, counts: map[string]*count{}}
}

func (t *tally) add(h *trace.Hit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts[h.Class]
	if c == nil {
		c = &count{begun: map[string]bool{}}
		t.counts[h.Class] = c
		t.classes = append(t.classes, h.Class)
		slices.Sort(t.classes)
	}
	if h.Phase != "" && !c.begun[h.Phase] {
		c.phase, c.begun[h.Phase] = h.Phase, true
	}
	if h.Error == trace.ErrUnsent {
		c.unsent++
		return
	}
	switch h.Outcome(t.limited) {
	case trace.Admitted:
		c.admitted++
	case trace.Limited:
		c.limited++
	default:
		c.other++
	}
}

// state returns the counts as one line, and the phases that they are in.
func (t *tally) state() (line, phases string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts, names []string
	for _, class := range t.classes {
		c := t.counts[class]
		part := fmt.Sprintf("%s %s: %d admitted, %d limited", class, c.phase, c.admitted, c.limited)
		if c.other > 0 {
			part += fmt.Sprintf(", %d failed or unknown", c.other)
		}
		if c.unsent > 0 {
			part += fmt.Sprintf(", %d not sent", c.unsent)
		}
		parts = append(parts, part)
		names = append(names, class+" "+c.phase)
	}
	return strings.Join(parts, "; "), strings.Join(names, " ")
}

// lineEvery is the time between two lines of progress, at most.
const lineEvery = 10 * time.Second

// progress writes lines about a tally where there is no terminal to keep a view
// on: one at each change of phase and at most ten seconds apart.
type progress struct {
	out    io.Writer
	tally  *tally
	length time.Duration
	atMost bool // the attack may end earlier, and its phases are many
}

// show runs until ctx is done.
func (p *progress) show(ctx context.Context) {
	start := time.Now()
	ticks := time.NewTicker(200 * time.Millisecond)
	defer ticks.Stop()
	var phases string
	printed := start
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticks.C:
			line, at := p.tally.state()
			if (at == phases || p.atMost) && now.Sub(printed) < lineEvery {
				continue
			}
			left := max(0, p.length-now.Sub(start)).Round(time.Second).String() + " left"
			if p.atMost {
				left = "at most " + left
			}
			fmt.Fprintln(p.out, left+"  "+line)
			phases, printed = at, now
		}
	}
}
