package foreign

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium finds the browser, or skips the test.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("RATEFIT_REQUIRE_CHROMIUM") != "" {
		t.Fatal("chromium is not installed, and RATEFIT_REQUIRE_CHROMIUM is set: install Debian's chromium")
	}
	t.Skip("chromium is not installed: install Debian's chromium to open the page in it")
	return ""
}

// A tab is a page of a browser, and what the browser complained of.
type tab struct {
	context.Context
	mu     sync.Mutex
	faults []string // errors, warnings, dialogs
	asked  []string // addresses that were requested
}

// browse starts a browser that sees nothing but what it is given. It ends with
// the test.
func browse(t testing.TB) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WSURLReadTimeout(2*time.Minute), // machines of others can be busy
	)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // the folder is free once the browser has ended
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// newTab opens an empty page in a browser, and listens to it.
func newTab(t testing.TB, browser context.Context) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	p := &tab{Context: ctx}
	fault := func(format string, args ...any) { p.faults = append(p.faults, fmt.Sprintf(format, args...)) }
	listen := func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			fault("exception: %s", e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			fault("console: %s", e.Type)
		case *cdplog.EventEntryAdded:
			fault("log: %s: %s", e.Entry.Level, e.Entry.Text)
		case *cdpnetwork.EventRequestWillBeSent:
			p.asked = append(p.asked, e.Request.URL)
		}
	}
	if err := chromedp.Listen(ctx, listen); err != nil {
		t.Fatal(err)
	}
	call(t, p, cdpnetwork.Enable, cdpnetwork.EnableParams{})
	call(t, p, cdplog.Enable, cdp.Empty{})
	call(t, p, runtime.Enable, cdp.Empty{})
	return p
}

func (p *tab) do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p, steps...); err != nil {
		t.Fatal(err)
	}
}

// run returns what an action returns.
func run[T any](t testing.TB, p *tab, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(p, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// call sends a command of the DevTools protocol.
func call[P, R any](t testing.TB, p *tab, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(p, command, params); err != nil {
		t.Fatal(err)
	}
}

// open loads a file, and waits until it has been drawn.
func (p *tab) open(t testing.TB, file string) {
	t.Helper()
	p.do(t, chromedp.Navigate("file://"+file))
	p.settle(t)
}

// settle waits until what was changed has been drawn.
func (p *tab) settle(t testing.TB) {
	t.Helper()
	eval[bool](t, p, `new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame(() => ok(true))))`)
}

// eval returns what an expression is in the page. A promise is waited for.
func eval[T any](t testing.TB, p *tab, expression string) T {
	t.Helper()
	return run(t, p, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// show has the page think that it is on a screen of so many pixels across, of a
// person who prefers a theme.
func (p *tab) show(t testing.TB, width int64, theme string) {
	t.Helper()
	p.do(t, chromedp.EmulateViewport(width, 1300))
	call(t, p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
	})
	p.settle(t)
}

// quiet reports an error unless the page asked for nothing but itself, and the
// browser had nothing to say.
func (p *tab) quiet(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.faults {
		t.Error(f)
	}
	for _, url := range p.asked {
		if !strings.HasPrefix(url, "file://") || !strings.HasSuffix(url, ".html") {
			if url != "data:," {
				t.Errorf("the page asked for %s", url)
			}
		}
	}
}

// keep writes a picture of a page into the folder RATEFIT_SHOTS, to look at.
func keep(t testing.TB, name string, b []byte) {
	t.Helper()
	if dir := os.Getenv("RATEFIT_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Error(err)
		}
	}
}
