package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

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

// brief returns the counts of all classes in few columns.
func (t *tally) brief() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, class := range t.classes {
		c := t.counts[class]
		parts = append(parts, fmt.Sprintf("%s %d+%d", class, c.admitted, c.limited))
	}
	return "admitted+limited: " + strings.Join(parts, "  ")
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

// progress shows a tally while an attack of a known length runs: one line that
// is repainted on a terminal, else a line at each change of phase and at most
// ten seconds apart.
type progress struct {
	out    io.Writer
	width  func() int // columns of the terminal; nil = not a terminal
	tally  *tally
	length time.Duration
	atMost bool // the attack may end earlier, and its phases are many
}

// progress is the display for a job.
func (j *job) progress(s *streams, t *tally) *progress {
	p := newProgress(s.err, t, j.plan.length)
	p.atMost = j.adaptive != nil
	return p
}

// How often the display changes.
const (
	repaintEvery = 200 * time.Millisecond
	lineEvery    = 10 * time.Second
)

func newProgress(out io.Writer, t *tally, length time.Duration) *progress {
	p := &progress{out: out, tally: t, length: length}
	if fd, ok := terminal(out); ok {
		p.width = func() int {
			w, _, err := term.GetSize(fd)
			if err != nil {
				return 80
			}
			return w
		}
	}
	return p
}

// show runs until ctx is done and leaves the cursor on an empty line.
func (p *progress) show(ctx context.Context) {
	start := time.Now()
	ticks := time.NewTicker(repaintEvery)
	defer ticks.Stop()
	var phases string
	printed := start
	for {
		select {
		case <-ctx.Done():
			if p.width != nil {
				fmt.Fprint(p.out, "\r\x1b[K")
			}
			return
		case now := <-ticks.C:
			line, at := p.tally.state()
			left := max(0, p.length-now.Sub(start)).Round(time.Second)
			if p.width != nil && len(line)+20 > p.width() {
				line = p.tally.brief()
			}
			line = fmt.Sprintf("%s left  %s", left, line)
			if p.atMost {
				line = "at most " + line
			}
			switch {
			case p.width != nil:
				fmt.Fprintf(p.out, "\r%s\x1b[K", fit(line, p.width()-1))
			case at != phases && !p.atMost || now.Sub(printed) >= lineEvery:
				fmt.Fprintln(p.out, line)
				phases, printed = at, now
			}
		}
	}
}

// fit cuts a line to a number of columns: a line that wraps cannot be
// repainted.
func fit(line string, columns int) string {
	r := []rune(line)
	if columns < 1 || len(r) <= columns {
		return line
	}
	return string(r[:columns])
}
