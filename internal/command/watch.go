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
	wait  func()           // until all of it is over
}

// watch shows the job until ctx is done: as a view at the bottom of a terminal,
// else in lines. What is written to standard error meanwhile goes through it.
func (j *job) watch(ctx context.Context, s *streams, zero time.Time) *watching {
	o := j.options
	b := live.Budget{Requests: j.plan.total, Limited: j.plan.limited, Length: j.plan.length, AtMost: j.adaptive != nil}
	w := &watching{board: live.NewBoard(b, o.limitedStatus), count: func(*trace.Hit) {}, wait: func() {}}
	if o.noProgress || o.quiet {
		return w
	}
	show := func(context.Context) {}
	before := s.err
	if fd, ok := terminal(s.err); ok && canMove(os.Getenv) {
		w.count = w.board.Count
		screen := newScreen(s.err, fd, func(width, height int) []string {
			return w.board.State(time.Since(zero)).Render(width, height, liveStyle(os.Getenv))
		})
		s.err, show = screen, func(ctx context.Context) {
			var forget func()
			screen.Resumed, forget = resumed()
			defer forget()
			screen.Show(ctx)
		}
	} else {
		t := newTally(o.limitedStatus)
		w.count = t.add
		show = (&progress{out: s.err, tally: t, length: b.Length, atMost: b.AtMost}).show
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		show(ctx)
	}()
	w.wait = func() {
		<-over
		s.err = before
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
