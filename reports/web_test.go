package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// pages are the fixtures as pages, some of them with hits.
func pages() map[string]drawing {
	all := map[string]drawing{}
	for name, a := range fixtures() {
		all[name] = drawing{a: a}
	}
	for name, d := range drawings() {
		all[name+"-drawn"] = d
	}
	return all
}

func pageOf(t *testing.T, d drawing) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, d.a, TextOptions{Hits: d.hits}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// keptPages names the pages that are goldens.
var keptPages = []string{
	"identified", "no-hits", "no-limits", "one-hit-drawn", "unlimited", "undetermined", "insufficient", "contradicted",
	"twelve-drawn", "hostile", "warnings", "disagreeing", "survey-drawn", "tiers", "cost-tested", "per-source",
}

// What is the same in all pages, or has goldens of its own, is left out of those.
var (
	pictures = regexp.MustCompile(`(?s)(<svg [^>]*>).*?</svg>`)
	elements = regexp.MustCompile(`(?s)<(style|script)([^>]*)>.*?</(style|script)>`)
	hashes   = regexp.MustCompile(`sha256-[^&]*`)
)

func TestHTML(t *testing.T) {
	for name, d := range pages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := pageOf(t, d)
			if again := pageOf(t, d); !bytes.Equal(b, again) {
				t.Error("the page differs when it is written again")
			}
			checkPage(t, b)
			checkNumbers(t, b, d.a)
			if slices.Contains(keptPages, name) {
				b = pictures.ReplaceAll(b, []byte("$1…</svg>"))
				b = elements.ReplaceAll(b, []byte("<$1$2>…</$1>"))
				golden(t, "html/"+name+".html", hashes.ReplaceAll(b, []byte("sha256-…")))
			}
		})
	}
}

// A picture in a page has no colours of its own but names them.
func TestThemedPictures(t *testing.T) {
	d := drawings()["survey"]
	page := pageOf(t, d)
	picture := regexp.MustCompile(`(?s)<svg class="narrow"[^>]*recovery.*?</svg>\n`).Find(page)
	golden(t, "html/survey-recovery-narrow.svg", picture)
	for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAll(page, -1) {
		if bytes.Contains(svg, []byte("#")) || bytes.Contains(svg, []byte("NaN")) {
			t.Errorf("a colour without a name, or a number that is not finite, in %s", svg)
		}
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOfNode(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// checkPage holds a page against the rules for all of them: nothing is loaded,
// nothing runs but the script, and who cannot see it finds the way.
func checkPage(t *testing.T, page []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, level, titles := map[string]bool{}, 0, 0
	for n := range doc.Descendants() {
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("two elements have the id %s", id)
			}
			ids[id] = true
		}
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "action", a.Key == "src":
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case a.Key == "href" && !strings.HasPrefix(a.Val, "#") && a.Val != "data:,":
				t.Errorf("<%s href=%q>", n.Data, a.Val)
			case a.Key == "href" && strings.HasPrefix(a.Val, "#") && !ids[a.Val[1:]]:
				t.Errorf("a link to %s, which is not there", a.Val)
			case a.Key == "aria-labelledby" || a.Key == "aria-describedby":
				for id := range strings.FieldsSeq(a.Val) {
					if !ids[id] {
						t.Errorf("%s=%q, which is not there", a.Key, id)
					}
				}
			}
		}
		switch n.Data {
		case "h1", "h2", "h3":
			next := int(n.Data[1] - '0')
			if next > level+1 {
				t.Errorf("<%s> %q below <h%d>", n.Data, textOfNode(n), level)
			}
			level = next
			if next == 1 {
				titles++
			}
		case "th":
			if attribute(n, "scope") == "" {
				t.Errorf("a header without a scope: %q", textOfNode(n))
			}
		case "svg":
			if attribute(n, "aria-labelledby") == "" || attribute(n, "role") != "img" {
				t.Error("a picture without a name")
			}
		case "img", "iframe", "object", "embed", "form", "base", "video", "audio":
			t.Errorf("an element <%s>", n.Data)
		}
	}
	if titles != 1 {
		t.Errorf("%d headings of the first level", titles)
	}
	for _, bad := range []string{"\u202e", "\x1b", "\x07", "ZgotmplZ"} {
		if visible := elements.ReplaceAll(page, nil); bytes.Contains(visible, []byte(bad)) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

// checkNumbers compares the numbers of a page with the document in it, and that
// with what JSON writes.
func checkNumbers(t *testing.T, page []byte, a *analyze.Analysis) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var embedded string
	for n := range doc.Descendants() {
		if attribute(n, "id") == "analysis" {
			embedded = textOfNode(n)
		}
	}
	if got, want := strings.ReplaceAll(embedded, `\u003c`, "<")+"\n", string(marshalled(t, a)); got != want {
		t.Errorf("embedded is\n%s\nwant\n%s", got, want)
	}
	var root any
	d := json.NewDecoder(strings.NewReader(embedded))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for n := range doc.Descendants() {
		path := attribute(n, "data-path")
		if path == "" {
			continue
		}
		seen++
		want := fmt.Sprint(at(t, root, path))
		if got := attribute(n, "value"); got != want {
			t.Errorf("%s is %s on the page, %s in the document", path, got, want)
		}
		if text := textOfNode(n); !shows(text, want) {
			t.Errorf("%s is shown as %q, it is %s", path, text, want)
		}
	}
	if seen < 5+5*len(a.Limits) {
		t.Errorf("%d numbers on the page", seen)
	}
}

// at returns what a path leads to.
func at(t *testing.T, v any, path string) any {
	t.Helper()
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(x) {
				t.Fatalf("no %s in the document", path)
			}
			v = x[i]
		}
	}
	return v
}

var digits = regexp.MustCompile(`-?[0-9][0-9,]*(\.[0-9]+)?(e[-+]?[0-9]+)?`)

// shows reports whether a text shows a number, rounded to its digits, up or
// down; in seconds, minutes, hours or days.
func shows(text, number string) bool {
	want, err := strconv.ParseFloat(number, 64)
	shown := strings.ReplaceAll(digits.FindString(text), ",", "")
	got, err2 := strconv.ParseFloat(shown, 64)
	if err != nil || err2 != nil {
		return false
	}
	unit := 1.0
	if _, decimals, ok := strings.Cut(shown, "."); ok {
		unit = math.Pow10(-len(decimals))
	} else if math.Abs(got) >= 1e9 {
		unit = math.Abs(got) * 1e-3
	}
	for _, in := range []float64{1, 60, 3600, 86400} {
		if math.Abs(got*in-want) <= unit*in*1.001 {
			return true
		}
	}
	return false
}

// The rules of the template hold for what a server could send.
func TestHTMLIsInert(t *testing.T) {
	evil := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</script><b>`, "\u202etxt.exe", `javascript:alert(1)`, `{{.}}`, `<!--`, `]]>`}
	for _, s := range evil {
		l := readLimit()
		l.Class, l.Sources, l.Why = s, []string{s, s + "2"}, s
		l.Declared.Convention, l.Declared.Findings = s, []string{s}
		l.Warnings, l.Modifiers, l.Model = []string{s}, []string{s}, s
		l.Verdict = analyze.Verdict(s)
		l.LimitedStatuses = map[string]int{s: 3}
		l.Params = map[string]analyze.Parameter{s: {Text: s}}
		l.Alternatives = []analyze.Alternative{{Model: s, Variant: s, Contradictions: 1, First: &analyze.Witness{Expected: s, Observed: s}}}
		l.HeaderChecks = []analyze.HeaderCheck{{Text: s, Example: &analyze.HeaderExample{}}}
		l.Clients = []analyze.Client{{Name: s}}
		a := analysis(l)
		a.Target, a.Warnings, a.Findings = s, []string{s}, []string{s}
		page := pageOf(t, drawing{a, simulated(s, 2, 30, survey, s, s+"2")})
		checkPage(t, page)
		if n := bytes.Count(page, []byte("<script")); n != 3 {
			t.Errorf("%q: %d scripts", s, n)
		}
		if n := bytes.Count(page, []byte("</script")); n != 3 {
			t.Errorf("%q: %d ends of scripts", s, n)
		}
	}
}

func TestHTMLErrors(t *testing.T) {
	broken := errors.New("trace: record 7 is damaged")
	hits := func(func(*trace.Hit) bool) error { return broken }
	if err := HTML(io.Discard, analysis(readLimit()), TextOptions{Hits: hits}); !errors.Is(err, broken) {
		t.Errorf("error %v, want it to wrap %v", err, broken)
	}
	a := analysis(readLimit())
	a.Duration = math.NaN()
	var b bytes.Buffer
	if err := HTML(&b, a, TextOptions{}); err == nil || b.Len() > 0 {
		t.Errorf("error %v after %d bytes for a duration that is no number", err, b.Len())
	}
}

// A million hits make a page of at most 3 MB, even if nothing in them repeats.
func TestHTMLIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	l := readLimit()
	l.Sources, l.SustainedRate = []string{"127.0.0.2"}, between(500, 500, 500)
	random := rand.New(rand.NewPCG(1, 2))
	for name, hits := range map[string]HitSource{
		"even": simulated("read", 500, 30, []shape{{1_000_000, 1000 * time.Second}}, "127.0.0.2"),
		"random": func(yield func(*trace.Hit) bool) error {
			h := trace.Hit{Class: "read", Source: "127.0.0.2"}
			for range 1_000_000 {
				h.Sent += time.Duration(random.ExpFloat64() * float64(time.Millisecond))
				h.Seq, h.FirstByte, h.Status = random.Uint64N(1e6), h.Sent+time.Millisecond, 200+229*random.IntN(2)
				yield(&h)
			}
			return nil
		},
	} {
		page := pageOf(t, drawing{analysis(l), hits})
		t.Logf("%s: %d bytes", name, len(page))
		if len(page) > 3_000_000 {
			t.Errorf("%s: %d bytes", name, len(page))
		}
	}
}

// The capacity of a limit is in the document, and shown when it is.
func TestCapacityTables(t *testing.T) {
	caps, err := capacities([]byte(`{"limits": [{}, {"capacity": {
		"fits": [{"duration_s": 60, "from_rest": 149, "sustained": 119}, {"duration_s": 86400, "sustained": 172800}],
		"takes": [{"requests": 10000, "duration_s": 4985}],
		"client": {"rate": 1.9991, "burst": 30}}}]}`))
	if err != nil || caps[0].tables("x") != nil {
		t.Fatal(caps, err)
	}
	got, _ := json.Marshal(caps[1].tables("limits.1.capacity."))
	golden(t, "html/capacity.json", append(got, '\n'))
}

// TestRenderPages writes the pages, to look at.
func TestRenderPages(t *testing.T) {
	dir := os.Getenv("RATEFIT_RENDER")
	if dir == "" {
		t.Skip("set RATEFIT_RENDER to a folder")
	}
	for name, d := range pages() {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), pageOf(t, d), 0o644); err != nil {
			t.Error(err)
		}
	}
}
