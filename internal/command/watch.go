package command

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"ratefit/internal/live"
	"ratefit/internal/trace"
)

// watching is what people see of a job while it runs.
type watching struct {
	board *live.Board
	count func(*trace.Hit) // to be called with each hit
	sent  func()           // to be called after the last one
	end   func()           // to be called when what follows is done, too
}

// watch shows the job as a view at the bottom of a terminal, else in lines while
// hits are sent. What is written to standard error meanwhile goes through it.
func (j *job) watch(s *streams, zero time.Time) *watching {
	o := j.options
	b := live.Budget{Requests: j.plan.total, Limited: j.plan.limited, Length: j.plan.length, AtMost: j.adaptive != nil || j.plan.workers > 0}
	w := &watching{board: live.NewBoard(b, o.limitedStatus), count: func(*trace.Hit) {}, sent: func() {}, end: func() {}}
	if o.noProgress || o.quiet {
		return w
	}
	var show func(context.Context)
	before := s.err
	fd, ok := terminal(s.err)
	if ok && canMove(os.Getenv) {
		w.count = w.board.Count
		screen := newScreen(s.err, fd, func(width, height int) []string {
			return w.board.State(time.Since(zero)).Render(width, height, liveStyle(os.Getenv))
		})
		s.err, show = screen, screen.Show
	} else {
		t := newTally(o.limitedStatus)
		w.count = t.add
		show = (&progress{out: s.err, tally: t, length: b.Length, atMost: b.AtMost}).show
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		show(ctx)
	}()
	w.end = func() {
		cancel()
		<-over
		s.err = before
	}
	if s.err == before {
		w.sent = w.end // lines are about what is sent
	}
	return w
}

func newScreen(out io.Writer, fd int, view func(width, height int) []string) *live.Screen {
	return &live.Screen{
		Out: out, View: view, Reflows: reflows(os.Getenv),
		Size: func() (width, height int) {
			width, height, _ = term.GetSize(fd)
			return width, height
		},
		Resumed: resumed,
	}
}

// canMove reports whether the terminal has a cursor that can be moved.
func canMove(env func(string) string) bool { return env("TERM") != "dumb" }

// reflows reports whether the terminal wraps its lines when it becomes narrower,
// as nearly all do. These are known not to.
func reflows(env func(string) string) bool {
	t := env("TERM")
	if env("TMUX") != "" {
		return true // whatever it runs in
	}
	return !strings.HasPrefix(t, "rxvt") && !strings.HasPrefix(t, "screen") && t != "linux" && env("XTERM_VERSION") == ""
}

func liveStyle(env func(string) string) live.Style {
	return live.Style{Color: env("NO_COLOR") == "", ASCII: !showsUnicode(env)}
}

// showsUnicode reports whether what is written may hold more than ASCII: the
// locale is of UTF-8 or not known, and the terminal has the characters.
func showsUnicode(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(env(name)); value != "" {
			return env("TERM") != "linux" && (strings.Contains(value, "utf-8") || strings.Contains(value, "utf8"))
		}
	}
	return env("TERM") != "linux"
}
