package foreign

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ratefit/analyze"
	"ratefit/internal/trace"
	"ratefit/reports"
)

// traffic is bursts, pauses and saturation of a token bucket for reads and
// another one for writes, from two addresses: some hits of each kind.
func traffic(rate, burst float64) []trace.Hit {
	random := rand.New(rand.NewPCG(5, 8))
	var all []trace.Hit
	type key struct{ class, source string }
	used, last := map[key]float64{}, map[key]time.Duration{}
	send := func(k key, at time.Duration) {
		used[k], last[k] = max(0, used[k]-rate*(at-last[k]).Seconds()), at
		h := trace.Hit{
			Seq: uint64(len(all)), Class: k.class, Source: k.source, Method: "GET", URL: "http://127.0.0.1/items",
			Asked: at, Sent: at - 200*time.Microsecond, Written: at - 100*time.Microsecond, FirstByte: at + 200*time.Microsecond, End: at + 300*time.Microsecond,
			Status: 429, Header: map[string][]string{"Retry-After": {"1"}},
		}
		if used[k]+1 <= burst {
			used[k]++
			h.Status = 200
		}
		all = append(all, h)
	}
	for at := 10 * time.Millisecond; at < 60*time.Second; {
		step := 150 * time.Millisecond
		switch s := int(at.Seconds()) % 20; {
		case s < 1:
			step = 4 * time.Millisecond
		case s > 12:
			step = 6 * time.Second
		}
		for _, k := range []key{{"read", "127.0.0.2"}, {"write", "127.0.0.2"}, {"read", "127.0.0.3"}} {
			send(k, at)
			at += step/3 + time.Duration(random.IntN(1000))*time.Microsecond
		}
	}
	return all
}

func source(all []trace.Hit) reports.HitSource {
	return func(yield func(*trace.Hit) bool) error {
		for i := range all {
			if !yield(&all[i]) {
				break
			}
		}
		return nil
	}
}

// written writes a page into a file, and returns its name.
func written(t testing.TB, a *analyze.Analysis, hits reports.HitSource) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := reports.HTML(f, a, reports.TextOptions{Hits: hits}); err != nil {
		t.Fatal(err)
	}
	return name
}

func analysed(all []trace.Hit) *analyze.Analysis {
	fit := analyze.New(analyze.Options{})
	for i := range all {
		fit.Add(&all[i])
	}
	return fit.Result(trace.Meta{Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Target: "http://127.0.0.1/"})
}

// TestPage opens a page in Chromium, from disk.
func TestPage(t *testing.T) {
	browser := browse(t)
	all := traffic(2, 30)
	a := analysed(all)
	file := written(t, a, source(all))

	t.Run("numbers", func(t *testing.T) { numbers(t, browser, file, a) })
	t.Run("explore", func(t *testing.T) { explore(t, browser, file) })
	t.Run("edges", func(t *testing.T) { edges(t, browser) })
	t.Run("without scripts", func(t *testing.T) { withoutScripts(t, browser, file) })
	t.Run("hostile", func(t *testing.T) { hostile(t, browser, all) })
	t.Run("screens", func(t *testing.T) { screens(t, browser, file, all) })
	t.Run("paper", func(t *testing.T) { paper(t, browser, file) })
}

// numbers compares what is embedded and what is shown with analysis.json.
func numbers(t *testing.T, browser context.Context, file string, a *analyze.Analysis) {
	p := newTab(t, browser)
	p.open(t, file)
	var want strings.Builder
	if err := reports.JSON(&want, a); err != nil {
		t.Fatal(err)
	}
	embedded := eval[string](t, p, `JSON.stringify(JSON.parse(document.getElementById("analysis").textContent))`)
	if same := eval[bool](t, p, `JSON.stringify(`+want.String()+`) === JSON.stringify(JSON.parse(document.getElementById("analysis").textContent))`); !same {
		t.Errorf("embedded is %s, want %s", embedded, want.String())
	}
	wrong := eval[[]string](t, p, `(() => {
		const root = `+want.String()+`;
		return [...document.querySelectorAll("[data-path]")].flatMap((e) => {
			const want = e.dataset.path.split(".").reduce((v, k) => v[k], root), shown = parseFloat(e.innerText.replaceAll(",", ""));
			const unit = 10 ** -(e.innerText.split(".")[1] || "").replace(/[^0-9].*/, "").length;
			const near = [1, 60, 3600, 86400].some((u) => Math.abs(shown * u - want) <= 1.001 * unit * u);
			return +e.value === want && near ? [] : [e.dataset.path + ": " + e.value + ", shown as " + e.innerText + ", is " + want];
		});
	})()`)
	for _, w := range wrong {
		t.Error(w)
	}
	if n := eval[int](t, p, `document.querySelectorAll("[data-path]").length`); n < 30 {
		t.Errorf("%d numbers on the page", n)
	}
	p.quiet(t)
}

// explore uses the timeline as people do.
func explore(t *testing.T, browser context.Context, file string) {
	p := newTab(t, browser)
	p.show(t, 1100, "light")
	p.open(t, file)
	type view struct{ From, To, X, Y, W, H float64 }
	look := func() (v view) {
		p.settle(t)
		return eval[view](t, p, `(() => {
			const e = document.querySelector(".explore"), r = e.querySelector("canvas").getBoundingClientRect();
			return {From: +e.dataset.from, To: +e.dataset.to, X: r.x, Y: r.y, W: r.width, H: r.height};
		})()`)
	}
	said := func() string { return eval[string](t, p, `document.querySelector(".readout").textContent`) }
	eval[bool](t, p, `(document.querySelector("canvas").scrollIntoView({block: "center", behavior: "instant"}), true)`)
	whole := look()
	middle, row := whole.X+whole.W/2, whole.Y+whole.H-50 // in the row of limited hits
	wheel := func(up float64) {
		call(t, p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: middle, Y: row, DeltaX: 0.01, DeltaY: -up})
	}

	wheel(300) // the chart has not been clicked: the page scrolls
	if v := look(); v.From != whole.From || v.To != whole.To {
		t.Errorf("the wheel zooms before the chart is clicked: %+v", v)
	}
	eval[bool](t, p, `(document.querySelector("canvas").scrollIntoView({block: "center", behavior: "instant"}), true)`)
	p.do(t, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, middle, row))
	p.settle(t)
	if s := said(); !strings.Contains(s, "limited · status 429") || !strings.Contains(s, "from 127.0.0.2") || !strings.Contains(s, "tokens left") {
		t.Errorf("pointing at a limited hit says %q", s)
	}
	p.do(t, chromedp.MouseClickXY(middle, row))
	wheel(300)
	zoomed := look()
	if zoomed.To-zoomed.From > 0.6*(whole.To-whole.From) || zoomed.From < whole.From {
		t.Errorf("after the wheel %+v is in view, before %+v", zoomed, whole)
	}
	p.do(t, chromedp.DragAndDropXY(zoomed.X+zoomed.W*0.4, row, zoomed.X+zoomed.W*0.6, row))
	dragged := look()
	if got := (dragged.To - dragged.From) / (zoomed.To - zoomed.From); got < 0.15 || got > 0.3 {
		t.Errorf("a fifth was selected, %v of what was in view is now", got)
	}
	p.do(t, chromedp.KeyEvent("0"))
	if v := look(); v.From != whole.From || v.To != whole.To {
		t.Errorf("after 0 %+v is in view, want %+v", v, whole)
	}
	p.do(t, chromedp.KeyEvent(kb.Home))
	first := said()
	p.do(t, chromedp.KeyEvent(kb.ArrowRight))
	if second := said(); !strings.HasPrefix(first, "hit 0 · ") || second == first || !strings.HasPrefix(second, "hit ") {
		t.Errorf("the first hit is %q, the next %q", first, second)
	}
	p.do(t, chromedp.KeyEvent("n"))
	if s := said(); !strings.Contains(s, "limited") {
		t.Errorf("the first change is %q", s)
	}
	for range 40 {
		p.do(t, chromedp.KeyEvent("+"))
	}
	if v := look(); v.To-v.From > 21e-6 {
		t.Errorf("the closest look shows %v s", v.To-v.From)
	}
	p.do(t, chromedp.Click(chromedp.CSS(`button[data-do="all"]`)))
	p.do(t, chromedp.Click(chromedp.CSS(`td[data-hit] button`)))
	hit := eval[string](t, p, `document.querySelector("td[data-hit]").dataset.hit`)
	if s := said(); !strings.HasPrefix(s, "hit "+hit+" ·") {
		t.Errorf("evidence of hit %s leads to %q", hit, s)
	}
	p.do(t, chromedp.Click(chromedp.CSS("#theme")))
	if got := eval[string](t, p, `getComputedStyle(document.body).backgroundColor`); got != "rgb(22, 24, 27)" {
		t.Errorf("the dark page is %s", got)
	}
	p.quiet(t)
}

// edges checks what the script draws: at each zoom level every hit shows in its
// column, so that no change between admitted and limited is hidden. Hits change so
// often here that they do not all have a place of their own in the page.
func edges(t *testing.T, browser context.Context) {
	const hits = 200_000
	limit := analyze.Limit{Class: "read", Verdict: analyze.Insufficient, Hits: hits, LimitedStatuses: map[string]int{"429": 1}}
	file := written(t, &analyze.Analysis{Limits: []analyze.Limit{limit}}, func(yield func(*trace.Hit) bool) error {
		for i := range hits {
			h := trace.Hit{Seq: uint64(i), Class: "read", Sent: time.Duration(i) * 300 * time.Microsecond, Status: 200}
			h.FirstByte = h.Sent + 2*time.Microsecond // decided a microsecond after it was sent
			if i*5%13 > 5 {
				h.Status = 429
			}
			yield(&h)
		}
		return nil
	})
	p := newTab(t, browser)
	p.open(t, file)
	lost := eval[[]string](t, p, `(() => {
		const c = ratefit.series[0], lost = [];
		if (!(c.count < 100000)) lost.push(c.count + " cells: each hit has a place of its own");
		for (let n = 0; n < 150; n++) { // windows at all scales
			const from = 60 * ((n * 0.6180339887) % 1), to = from + 60 / 1.1 ** n, wide = 100 + 5 * n;
			const sums = ratefit.columns(c, from, to, wide);
			for (let i = Math.max(0, Math.floor(from / 3e-4)); i < 200000 && i * 3e-4 < to; i++) {
				const k = Math.floor((i * 300 + 1 - from * 1e6) * wide / ((to - from) * 1e6)), o = i * 5 % 13 > 5 ? 1 : 0;
				const near = [k, k - 1, k + 1].some((k) => sums[o][k] > 0); // a hit on the line between two columns is in one of them
				if (k > 0 && k < wide - 1 && !near) lost.push("hit " + i + " in " + from + " to " + to);
			}
		}
		return lost.slice(0, 5);
	})()`)
	for _, l := range lost {
		t.Error("not drawn: ", l)
	}
	p.quiet(t)
}

func withoutScripts(t *testing.T, browser context.Context, file string) {
	p := newTab(t, browser)
	call(t, p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.do(t, chromedp.Navigate("file://"+file))
	if eval[bool](t, p, `document.documentElement.classList.contains("scripted")`) {
		t.Error("the script ran")
	}
	for _, want := range []string{"Hits over time", "Arrival curve", "Recovery curve", "Scope"} {
		if !strings.Contains(eval[string](t, p, `document.body.innerText`), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := eval[int](t, p, `[...document.querySelectorAll("svg.wide")].filter((e) => e.getBoundingClientRect().height > 100).length`); n < 6 {
		t.Errorf("%d pictures are shown", n)
	}
	if n := eval[int](t, p, `[...document.querySelectorAll(".explore, button")].filter((e) => e.getBoundingClientRect().height > 0).length`); n != 0 {
		t.Errorf("%d things are shown that do nothing", n)
	}
	p.quiet(t)
}

// hostile has a server choose all names.
func hostile(t *testing.T, browser context.Context, all []trace.Hit) {
	for _, evil := range []string{
		`<script>document.title="owned"</script>`, `"><img src=x onerror="document.title='owned'">`, `</script><script>document.title="owned"</script>`,
		"\u202etxt.exe", `javascript:document.title="owned"`, `</title></style><svg onload="document.title='owned'">`, "<!--<script>",
	} {
		hits := append([]trace.Hit(nil), all...)
		for i := range hits {
			hits[i].Class, hits[i].Source = evil, evil
			hits[i].Header = map[string][]string{"X-Ratelimit-Limit": {evil}, evil: {evil}}
		}
		a := analysed(hits)
		a.Target, a.Warnings, a.Findings = evil, []string{evil}, []string{evil}
		for i := range a.Limits {
			l := &a.Limits[i]
			l.Why, l.Warnings = evil, append(l.Warnings, evil)
			l.Declared = &analyze.Declared{Convention: evil, Findings: []string{evil}}
		}
		p := newTab(t, browser)
		p.open(t, written(t, a, source(hits)))
		p.do(t, chromedp.Focus(chromedp.CSS("canvas")), chromedp.KeyEvent(kb.Home))
		p.settle(t)
		if title := eval[string](t, p, `document.title`); !strings.HasPrefix(title, "ratefit: ") {
			t.Errorf("%q ran", evil)
		}
		if n := eval[int](t, p, `document.querySelectorAll("script").length`); n != 3 {
			t.Errorf("%q: %d scripts", evil, n)
		}
		if n := eval[int](t, p, `document.querySelectorAll("img, [onerror], [onload], a[href^='javascript']").length`); n != 0 {
			t.Errorf("%q became markup", evil)
		}
		said := eval[string](t, p, `document.querySelector(".readout").textContent`)
		if want := strings.ReplaceAll(evil, "\u202e", `\u202e`); !strings.Contains(said, want) {
			t.Errorf("the hit is described as %q, without %q", said, want)
		}
		p.quiet(t)
	}
}

// screens looks at the page on small and large screens, in both themes.
func screens(t *testing.T, browser context.Context, file string, all []trace.Hit) {
	twelve := append([]trace.Hit(nil), all...)
	for i := range twelve {
		twelve[i].Source = fmt.Sprintf("127.0.0.%d", 2+i%12)
	}
	p := newTab(t, browser)
	for _, f := range []string{file, written(t, analysed(twelve), source(twelve)), written(t, analysed(nil), nil), written(t, analysed(all[:1]), source(all[:1]))} {
		for _, width := range []int64{320, 360, 1280} {
			for _, theme := range []string{"light", "dark"} {
				p.show(t, width, theme)
				p.open(t, f)
				if over := eval[int](t, p, `document.scrollingElement.scrollWidth - innerWidth`); over > 0 {
					t.Errorf("%d pixels too wide at %d: %q", over, width, eval[[]string](t, p, tooWide))
				}
				if low := eval[[]string](t, p, contrast); len(low) > 0 {
					t.Errorf("%s at %d: too little contrast: %q", theme, width, low)
				}
			}
		}
	}
	p.quiet(t)
}

// tooWide lists what reaches beyond the right edge of the screen, but for tables
// in boxes of their own.
const tooWide = `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth && !e.closest(".scroll"))
	.map((e) => e.tagName + "." + e.className + " " + e.textContent.slice(0, 40))`

// contrast lists texts whose contrast to the page is below 4.5 (WCAG 2.2, 1.4.3 AA).
const contrast = `(() => {
	const parts = (c) => c.match(/[0-9.]+/g).slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	const light = (c) => { const [r, g, b] = parts(c); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const paper = light(getComputedStyle(document.body).backgroundColor), low = new Set();
	for (const e of document.body.querySelectorAll("*")) {
		const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
		if (!own || !e.getClientRects().length || e.tagName === "TITLE" || e.tagName === "DESC") continue;
		const s = getComputedStyle(e), ink = light(e.tagName === "text" ? s.fill : s.color);
		if ((Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5) low.add(e.textContent);
	}
	return [...low];
})()`

// paper prints the page.
func paper(t *testing.T, browser context.Context, file string) {
	p := newTab(t, browser)
	p.show(t, 1100, "dark")
	p.open(t, file)
	call(t, p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	if got := eval[string](t, p, `getComputedStyle(document.body).backgroundColor`); got != "rgb(255, 255, 255)" {
		t.Errorf("the paper is %s", got)
	}
	if n := eval[int](t, p, `[...document.querySelectorAll(".static svg.wide")].filter((e) => e.getBoundingClientRect().height > 100).length`); n < 6 {
		t.Errorf("%d pictures are printed", n)
	}
	b := run(t, p, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if len(b) < 20_000 || string(b[:5]) != "%PDF-" {
		t.Errorf("printed %d bytes", len(b))
	}
	p.quiet(t)
}

// BenchmarkZoom reports how long the script takes for a frame of a million hits.
func BenchmarkZoom(b *testing.B) {
	const hits = 1_000_000
	l := analyze.Limit{
		Class: "read", Verdict: analyze.Identified, Model: "token-bucket", Hits: hits,
		SustainedRate: &analyze.Interval{Value: 500}, Burst: &analyze.Interval{Value: 100}, LimitedStatuses: map[string]int{"429": 1},
	}
	random := rand.New(rand.NewPCG(1, 2))
	file := written(b, &analyze.Analysis{Duration: 1000, Limits: []analyze.Limit{l}}, func(yield func(*trace.Hit) bool) error {
		h := trace.Hit{Class: "read", Source: "127.0.0.1"}
		for i := range hits {
			at := time.Duration(i)*time.Millisecond + time.Duration(random.IntN(900))*time.Microsecond
			h.Seq, h.Sent, h.FirstByte, h.Status = uint64(i), at, at+time.Millisecond, 200+229*random.IntN(2)
			yield(&h)
		}
		return nil
	})
	p := newTab(b, browse(b))
	p.show(b, 1280, "light")
	p.open(b, file)
	b.ReportMetric(float64(size(b, file)), "bytes")
	var worst, sum float64
	for b.Loop() {
		times := eval[[]float64](b, p, `new Promise((done) => {
			const line = ratefit.timelines[0], times = [];
			line.all();
			const frame = () => {
				const before = performance.now();
				line.zoom(times.length < 30 ? 0.8 : 1.25, 500);
				requestAnimationFrame(() => {
					const drawn = performance.now();
					setTimeout(() => { times.push(performance.now() - drawn); times.length < 60 ? frame() : done(times); });
				});
			};
			frame();
		})`)
		for _, ms := range times {
			worst, sum = max(worst, ms), sum+ms/float64(len(times))
		}
	}
	b.ReportMetric(sum/float64(b.N), "ms/frame")
	b.ReportMetric(worst, "ms/worst")
	p.quiet(b)
}

func size(t testing.TB, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
