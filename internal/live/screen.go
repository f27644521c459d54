package live

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"ratefit/internal/cells"
)

// frameEvery is the time from one frame to the next, at least.
const frameEvery = 100 * time.Millisecond

// A Screen keeps lines at the bottom of a terminal and writes text above them.
// One goroutine, that of [Screen.Show], owns the terminal; all others hand over
// and never wait.
//
// The cursor stands on the empty line below the lines and is never hidden: even
// after a kill there is nothing to be put back.
type Screen struct {
	Out io.Writer
	// Size tells the columns and lines of the terminal; zeros = not known.
	Size func() (width, height int)
	// View returns the lines to show in so many columns and lines.
	View func(width, height int) []string
	// Reflows: when the terminal becomes narrower it wraps lines, else it cuts them.
	Reflows bool
	// Resumed begins to tell that the process went on after it was stopped: somebody
	// else may have written meanwhile. stop ends that. nil = it never happens.
	Resumed func() (c <-chan os.Signal, stop func())

	mu    sync.Mutex
	above bytes.Buffer // whole lines, and the beginning of one

	drawn         []string // below which the cursor stands
	width, height int      // when they were drawn
}

// Write takes text that is to stand above the lines. What is not a whole line
// waits for its end.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.above.Write(p)
}

// Show draws until ctx is done, and then takes away what it has drawn.
func (s *Screen) Show(ctx context.Context) {
	ticks := time.NewTicker(frameEvery)
	defer ticks.Stop()
	var resumed <-chan os.Signal
	if s.Resumed != nil {
		var stop func()
		resumed, stop = s.Resumed()
		defer stop()
	}
	s.frame()
	for {
		select {
		case <-ctx.Done():
			s.end()
			return
		case <-resumed:
			s.drawn = nil
		case <-ticks.C:
			s.frame()
		}
	}
}

// frame draws what has changed.
func (s *Screen) frame() {
	width, height := s.Size()
	if width <= 0 || height <= 0 {
		width, height = 80, 24
	}
	above := s.take(false)
	// The last column stays free: a terminal may wrap behind it. One line is the
	// cursor's.
	lines := s.View(width-1, height-1)
	resized := width != s.width || height != s.height
	if above == "" && !resized && slices.Equal(lines, s.drawn) {
		return
	}
	var b strings.Builder
	s.back(&b, width, height)
	if above != "" || resized {
		b.WriteString("\x1b[J")
	}
	b.WriteString(above)
	for _, l := range lines {
		b.WriteString(l + "\x1b[K\n")
	}
	b.WriteString("\x1b[J")
	s.drawn, s.width, s.height = lines, width, height
	_, _ = io.WriteString(s.Out, b.String()) // who cannot be shown anything is not told so either
}

// end takes the lines away and writes what is left of the text.
func (s *Screen) end() {
	width, height := s.Size()
	var b strings.Builder
	s.back(&b, width, height)
	b.WriteString("\x1b[J" + s.take(true))
	s.drawn = nil
	_, _ = io.WriteString(s.Out, b.String())
}

// back moves the cursor to where the lines begin. Lines that have become too long
// for the terminal take several.
func (s *Screen) back(b *strings.Builder, width, height int) {
	up := len(s.drawn)
	if width > 0 && s.Reflows {
		up = 0
		for _, l := range s.drawn {
			up += max(1, (cells.Width(bare(l))+width-1)/width)
		}
	}
	if height > 0 {
		up = min(up, height-1)
	}
	b.WriteString("\r")
	if up > 0 {
		fmt.Fprintf(b, "\x1b[%dA", up)
	}
}

// take returns the text to be written: whole lines, or all of it.
func (s *Screen) take(all bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := bytes.LastIndexByte(s.above.Bytes(), '\n') + 1
	if all {
		n = s.above.Len()
	}
	lines := strings.SplitAfter(string(s.above.Next(n)), "\n")
	for i, l := range lines {
		text, ended := strings.CutSuffix(l, "\n")
		if lines[i] = cells.Printable(text); ended {
			lines[i] += "\n"
		}
	}
	return strings.Join(lines, "")
}

// bare removes colours.
func bare(s string) string {
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(s, "\x1b[")
		b.WriteString(text)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(rest, "m")
	}
}
