package live

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hinshun/vt10x"
	"pgregory.net/rapid"
)

// aFrame is a time in which at least one frame is drawn.
const aFrame = frameEvery * 3 / 2

// A glass is a terminal that shows what it was told to.
type glass struct {
	vt            vt10x.Terminal
	mu            sync.Mutex // of what follows
	width, height int
	writes        int
	slow          time.Duration // each write takes
}

func newGlass(width, height int) *glass {
	return &glass{vt: vt10x.New(vt10x.WithSize(width, height)), width: width, height: height}
}

// Write does what the driver of a terminal does to line ends.
func (g *glass) Write(p []byte) (int, error) {
	g.mu.Lock()
	g.writes++
	g.mu.Unlock()
	time.Sleep(g.slow)
	_, err := g.vt.Write([]byte(strings.ReplaceAll(string(p), "\n", "\r\n")))
	return len(p), err
}

func (g *glass) size() (width, height int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.width, g.height
}

func (g *glass) written() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.writes
}

func (g *glass) resize(width, height int) {
	g.mu.Lock()
	g.width, g.height = width, height
	g.mu.Unlock()
	g.vt.Resize(width, height)
}

// shown is what stands on it, without empty lines at the end.
func (g *glass) shown() string {
	var lines []string
	for l := range strings.SplitSeq(g.vt.String(), "\n") {
		lines = append(lines, strings.TrimRight(l, " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// showing runs a screen inside a bubble. stop ends it and waits for that.
func showing(s *Screen) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Show(ctx)
	}()
	synctest.Wait()
	return func() {
		cancel()
		<-done
	}
}

func TestScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGlass(20, 8)
		var view atomic.Pointer[[]string]
		show := func(lines ...string) { view.Store(&lines) }
		show("one", "\x1b[1mtwo\x1b[0m")
		s := &Screen{Out: g, Size: g.size, View: func(width, height int) []string {
			if width != 19 || height != 7 {
				t.Errorf("lines for %d columns and %d lines: the last column and the last line stay free", width, height)
			}
			return *view.Load()
		}}
		check := func(want string) {
			t.Helper()
			if got := g.shown(); got != want {
				t.Errorf("shown is\n%s\nwant\n%s", got, want)
			}
		}
		fmt.Fprintln(g, "before")
		stop := showing(s)
		check("before\none\ntwo")
		time.Sleep(time.Second)
		if n := g.written(); n != 2 {
			t.Errorf("%d writes, though nothing changed", n)
		}
		fmt.Fprint(s, "warning: ", "beware\nand")
		show("1", "2", "3")
		time.Sleep(aFrame)
		check("before\nwarning: beware\n1\n2\n3")
		fmt.Fprint(s, " so on\n\x1b[2J\u202eevil\n")
		show("last")
		time.Sleep(aFrame)
		check("before\nwarning: beware\nand so on\n\\x1b[2J\\u202eevil\nlast")
		show("much longer", "than")
		time.Sleep(aFrame)
		show("much", "shorter")
		time.Sleep(aFrame)
		check("before\nwarning: beware\nand so on\n\\x1b[2J\\u202eevil\nmuch\nshorter")
		fmt.Fprint(s, "a\n")
		time.Sleep(aFrame)
		check("before\nwarning: beware\nand so on\n\\x1b[2J\\u202eevil\na\nmuch\nshorter")
		fmt.Fprint(s, "not ended")
		stop()
		fmt.Fprint(g, "\nreport\n")
		check("before\nwarning: beware\nand so on\n\\x1b[2J\\u202eevil\na\nnot ended\nreport")
	})
}

// Frames are ten in a second at most, and fewer where the terminal is slow; who
// hands over text never waits.
func TestScreenIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for slow, most := range map[time.Duration]int{0: 101, 3 * time.Second: 4} {
			g := newGlass(20, 8)
			g.slow = slow
			n := 0
			s := &Screen{Out: g, Size: g.size, View: func(int, int) []string {
				n++
				return []string{fmt.Sprint("frame ", n)}
			}}
			stop := showing(s)
			start := time.Now()
			for range 1000 {
				fmt.Fprintln(s, "text")
			}
			if took := time.Since(start); took != 0 {
				t.Errorf("text waited for %s", took)
			}
			time.Sleep(10 * time.Second)
			if writes := g.written(); writes > most || writes < most-1 {
				t.Errorf("a terminal that takes %s has got %d frames in 10 s, want %d", slow, writes, most)
			}
			stop()
		}
	})
}

// Whatever is written, shown and resized meanwhile: at the end there is what was
// written, once.
func TestScreenLeavesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 2), 1, 25).Draw(rt, "steps")
		sizes := rapid.SliceOfN(rapid.IntRange(12, 60), len(steps), len(steps)).Draw(rt, "sizes")
		synctest.Test(t, func(*testing.T) {
			g := newGlass(60, 60)
			var view atomic.Int64
			view.Store(3)
			s := &Screen{Out: g, Size: g.size, View: func(width, height int) (out []string) {
				for i := range view.Load() {
					out = append(out, strings.Repeat("#", min(width, 5+10*int(i))))
				}
				return out
			}}
			stop := showing(s)
			var want []string
			for i, step := range steps {
				switch step {
				case 0:
					want = append(want, fmt.Sprint("text ", i))
					fmt.Fprintln(s, want[len(want)-1])
				case 1:
					view.Store(int64(sizes[i] / 4))
				case 2:
					g.resize(sizes[i], 60)
				}
				time.Sleep(aFrame)
			}
			stop()
			if got := g.shown(); got != strings.Join(want, "\n") {
				rt.Errorf("left is\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
		})
	})
}

// Where lines are wrapped when they become too long for the terminal, they take
// several lines of it.
func TestScreenReflows(t *testing.T) {
	for _, c := range []struct {
		width, height int
		reflows       bool
		want          string
	}{
		{20, 10, true, "\r\x1b[3A"},
		{10, 10, true, "\r\x1b[3A"},
		{9, 10, true, "\r\x1b[4A"},
		{4, 10, true, "\r\x1b[5A"},
		{4, 4, true, "\r\x1b[3A"},
		{4, 10, false, "\r\x1b[3A"},
	} {
		s := &Screen{Reflows: c.reflows, drawn: []string{"\x1b[1m0123456789\x1b[0m", "", "读取"}}
		var b strings.Builder
		if s.back(&b, c.width, c.height); b.String() != c.want {
			t.Errorf("%+v: %q", c, b.String())
		}
	}
}

// After Ctrl-Z somebody else has written: what stands there stays.
func TestScreenResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGlass(20, 8)
		resumed := make(chan os.Signal)
		s := &Screen{Out: g, Size: g.size, Resumed: func() (<-chan os.Signal, func()) { return resumed, func() {} }, View: func(int, int) []string { return []string{"one", "two"} }}
		stop := showing(s)
		fmt.Fprint(g, "stopped\n$ fg\n")
		resumed <- os.Interrupt
		time.Sleep(aFrame)
		stop()
		if got, want := g.shown(), "one\ntwo\nstopped\n$ fg"; got != want {
			t.Errorf("shown is\n%s\nwant\n%s", got, want)
		}
	})
}
