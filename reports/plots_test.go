package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"iter"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// A shape is one phase of simulated traffic: so many hits per second for so
// long, or all at once.
type shape struct {
	hits int
	over time.Duration
}

var survey = []shape{{150, 15 * time.Millisecond}, {1200, 3 * time.Second}, {200, 8 * time.Second}, {0, 18 * time.Second}, {150, 15 * time.Millisecond}, {1200, 3 * time.Second}}

// instants lists when the hits of a profile are sent.
func instants(shapes []shape) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		begin := 50 * time.Millisecond
		for _, s := range shapes {
			for i := range s.hits {
				if !yield(begin + s.over*time.Duration(i)/time.Duration(s.hits)) {
					return
				}
			}
			begin += s.over
		}
	}
}

// simulated sends shapes at a token bucket of its own for each source, and
// answers after a millisecond.
func simulated(class string, rate, burst float64, shapes []shape, sources ...string) HitSource {
	return func(yield func(*trace.Hit) bool) error {
		var h trace.Hit
		for _, source := range sources {
			level, last := 0.0, time.Duration(0)
			for at := range instants(shapes) {
				level, last = max(0, level-rate*(at-last).Seconds()), at
				h = trace.Hit{Class: class, Source: source, Sent: at, FirstByte: at + time.Millisecond, Status: 429}
				if level+1 <= burst+1e-9 {
					h.Status = 200
					level++
				}
				if !yield(&h) {
					return nil
				}
			}
		}
		return nil
	}
}

func nginx() analyze.Limit {
	l := readLimit()
	l.Sources = []string{"127.0.0.1"}
	l.SustainedRate, l.Burst, l.Declared = between(200.002, 199.964, 200.018), between(101, 101, 101), nil
	l.Region = []analyze.RegionPoint{
		{Rate: 199.964, BurstLow: 101.152, BurstHigh: new(101.17)},
		{Rate: 199.98, BurstLow: 101.051, BurstHigh: new(101.13)},
		{Rate: 200.00, BurstLow: 100.99, BurstHigh: new(101.05)},
		{Rate: 200.018, BurstLow: 100.961, BurstHigh: new(100.97)},
	}
	return l
}

var nginxTraffic = []shape{{400, 40 * time.Millisecond}, {4800, 4 * time.Second}, {0, time.Second}, {200, 20 * time.Millisecond}, {1600, time.Second}}

// A drawing is an analysis with its hits.
type drawing struct {
	a    *analyze.Analysis
	hits HitSource
}

func drawings() map[string]drawing {
	one := readLimit()
	one.Sources = []string{"127.0.0.2"}
	tiny := readLimit()
	tiny.Sources, tiny.Verdict, tiny.SustainedRate, tiny.Burst = []string{"127.0.0.2"}, analyze.Insufficient, nil, atLeastIs(1)
	tiny.Region = nil
	window := slowWindow()
	window.Limits[0].Declared.SustainedRate = new(1000.0)
	window.Limits[0].Declared.Agrees = new(false)
	open := burstOpen()
	return map[string]drawing{
		"survey":  {analysis(one), simulated("read", 2, 30, survey, "127.0.0.2")},
		"two":     {analysis(readLimit(), writeLimit()), simulated("read", 2, 30, survey, "127.0.0.2", "127.0.0.3")},
		"nginx":   {short(analysis(nginx()), 6.2), simulated("read", 200, 101, nginxTraffic, "127.0.0.1")},
		"twelve":  {twelveSources(), simulated("read", 2, 30, survey, "127.0.0.2", "127.0.0.3")},
		"shared":  {shared(), simulated("read", 2, 30, survey, "127.0.0.2")},
		"one-hit": {short(analysis(tiny), 0.004), simulated("read", 2, 30, []shape{{1, time.Millisecond}}, "127.0.0.2")},
		"window":  {window, simulated("read", 5.0/60, 5, []shape{{40, 400 * time.Second}, {100, 1400 * time.Second}}, "127.0.0.2")},
		"open":    {open, simulated("read", 2, 30, survey, "127.0.0.2", "127.0.0.3")},
		"differ":  {disagreeing(), nil},
		"claimed": {analysis(writeLimit()), nil},
		"hostile": {hostile(), nil},
		"queue":   {short(modelFixtures()["queue"], 12), queued(10, 20, queueTraffic, "127.0.0.1")},
		"pacer":   {short(modelFixtures()["pacer"], 12), queued(20, 1000, queueTraffic, "127.0.0.1")},
		"block":   {short(modelFixtures()["block"], 34), simulated("read", 2, 30, survey, "127.0.0.1")},
		"flight":  {short(modelFixtures()["concurrency"], 34), simulated("read", 2, 30, survey, "127.0.0.1")},
		"tiers":   {short(modelFixtures()["tiers"], 34), simulated("read", 1.667, 10, survey, "127.0.0.1")},
		"unknown": {insufficient(), simulated("read", 2, 30, []shape{{32, 3 * time.Millisecond}}, "127.0.0.2")},
	}
}

func short(a *analyze.Analysis, d float64) *analyze.Analysis {
	a.Duration = d
	return a
}

// kept names the SVG files that are goldens; the others are drawn all the same.
var kept = []string{
	"survey-read-timeline.svg", "survey-read-arrivals.svg", "survey-read-region.svg", "survey-read-declared.svg",
	"survey-read-recovery.svg", "queue-read-recovery.svg",
	"two-read-timeline.svg", "shared-read-write-arrivals.svg", "open-read-region.svg", "differ-read-declared.svg", "differ-read-region.svg",
	"window-read-timeline.svg", "window-read-declared.svg", "unknown-read-arrivals.svg",
	"queue-read-delays.svg", "pacer-read-delays.svg", "block-read-timeline.svg", "flight-read-arrivals.svg", "tiers-read-arrivals.svg",
}

// sheets returns the figures of a drawing by the name of their file.
func sheets(t *testing.T, d drawing) map[string]*sheet {
	t.Helper()
	scenes := scenesOf(d.a)
	if err := collect(scenes, d.hits); err != nil {
		t.Fatal(err)
	}
	all := map[string]*sheet{}
	for _, sc := range scenes {
		sc.end = max(d.a.Duration, sc.lastHit())
		for _, f := range Figures {
			if s := f.draw(sc); s != nil {
				all[sc.file+"-"+f.Name] = s
			}
		}
	}
	return all
}

// drawn says which figures there are to draw.
var drawn = map[string][]string{
	"survey": {"read-arrivals", "read-declared", "read-recovery", "read-region", "read-timeline"},
	"differ": {"read-declared", "read-region", "write-declared"}, // no hits
	"shared": {"read-write-arrivals", "read-write-declared", "read-write-recovery", "read-write-region", "read-write-timeline"},
	"window": {"read-arrivals", "read-declared", "read-timeline"},
	"queue":  {"read-arrivals", "read-delays", "read-recovery", "read-timeline"},
	"pacer":  {"read-arrivals", "read-delays", "read-timeline"},
	"flight": {"read-arrivals", "read-timeline"}, // no rate, no region
	"block":  {"read-arrivals", "read-recovery", "read-timeline"},
	"tiers":  {"read-arrivals", "read-recovery", "read-timeline"},
}

func TestFigures(t *testing.T) {
	for name, d := range drawings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := sheets(t, d)
			if want, ok := drawn[name]; ok && !slices.Equal(slices.Sorted(maps.Keys(all)), want) {
				t.Errorf("drew %v, want %v", slices.Sorted(maps.Keys(all)), want)
			}
			for file, s := range all {
				b, err := s.svg()
				if err != nil {
					t.Fatal(err)
				}
				if one, err := s.pdf(); err != nil {
					t.Error(err)
				} else if again, _ := s.pdf(); !bytes.Equal(one, again) {
					t.Errorf("%s.pdf differs when it is drawn again", file)
				}
				if again, _ := s.svg(); !bytes.Equal(b, again) {
					t.Errorf("%s differs when it is drawn again", file)
				}
				wellFormed(t, file, b)
				if slices.Contains(kept, name+"-"+file+".svg") {
					golden(t, "plots/"+name+"-"+file+".svg", b)
				}
			}
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wellFormed(t *testing.T, name string, svg []byte) {
	t.Helper()
	if bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
		t.Errorf("%s holds a number that is not finite", name)
	}
	if bytes.Count(svg, []byte("<title>")) != 1 {
		t.Errorf("%s has no title for screen readers", name)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

// Plots writes and lists what there is to show, and leaves the rest out.
func TestPlots(t *testing.T) {
	for name, want := range map[string][]string{
		"claimed": {"write-declared"}, // no hits, no region
		"unknown": {"read-timeline", "read-arrivals"},
	} {
		dir := t.TempDir()
		d := drawings()[name]
		got, err := Plots(dir, d.a, d.hits)
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, w := range want {
			files = append(files, w+".svg", w+".png", w+".pdf")
			if c, err := png.DecodeConfig(bytes.NewReader(read(t, filepath.Join(dir, w+".png")))); err != nil || c.Width != 1360 {
				t.Errorf("%s: %d pixels wide, %v", w, c.Width, err)
			}
			if b := read(t, filepath.Join(dir, w+".pdf")); !bytes.HasPrefix(b, []byte("%PDF-")) || !bytes.Contains(b, []byte("/CreationDate (D:19700101")) {
				t.Errorf("%s.pdf is no PDF file of a fixed date", w)
			}
		}
		if !slices.Equal(got, files) {
			t.Errorf("%s: wrote %v, want %v", name, got, files)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != len(files) {
			t.Errorf("%s: %d files in the folder, want %d", name, len(entries), len(files))
		}
	}
}

func TestPlotsErrors(t *testing.T) {
	broken := errors.New("trace: record 7 is damaged")
	_, err := Plots(t.TempDir(), analysis(readLimit()), func(func(*trace.Hit) bool) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want it to wrap %v", err, broken)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Plots(file, analysis(readLimit()), nil); err == nil {
		t.Error("no error for a folder that is a file")
	}
	a := analysis(readLimit())
	a.Duration = math.Inf(1)
	if _, err := Plots(t.TempDir(), a, nil); err == nil {
		t.Error("no error for an infinite duration")
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Figures {
		if seen[f.Name] || f.Title == "" || f.About == "" || f.Name != slug(f.Name) {
			t.Errorf("figure %+v", f)
		}
		seen[f.Name] = true
	}
	for _, d := range Documents {
		var b bytes.Buffer
		if err := d.Write(&b, analysis(readLimit()), TextOptions{}); err != nil || b.Len() == 0 || seen[d.Name] {
			t.Errorf("document %s: %v", d.Name, err)
		}
		seen[d.Name] = true
	}
}

func TestFileNames(t *testing.T) {
	limit := func(class string, sources ...string) analyze.Limit {
		return analyze.Limit{Class: class, Sources: sources}
	}
	for _, c := range []struct {
		limits []analyze.Limit
		want   []string
	}{
		{[]analyze.Limit{limit("read", "127.0.0.2"), limit("write", "127.0.0.2")}, []string{"read", "write"}},
		{[]analyze.Limit{limit("read+write")}, []string{"read-write"}},
		{[]analyze.Limit{limit("read", "127.0.0.2", "127.0.0.4"), limit("read", "2001:db8::2")}, []string{"read-127.0.0.2", "read-2001-db8-2"}},
		{[]analyze.Limit{limit("read"), limit("READ"), limit("read")}, []string{"read", "read-2", "read-3"}},
		{[]analyze.Limit{limit("../../etc/passwd"), limit("..\\c:"), limit("读取"), limit(""), limit("a b\x00c")}, []string{"etc-passwd", "c", "class", "class-2", "a-b-c"}},
		{[]analyze.Limit{limit(strings.Repeat("x", 300))}, []string{strings.Repeat("x", 60)}},
	} {
		if got := fileNames(c.limits); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	for _, s := range []string{"read", "../x", "CON", "a\x00b", "\xff", "-.-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := slug(s)
		if got == "" || len(got) > 60 || strings.HasPrefix(got, ".") || strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
			t.Fatalf("%q became %q", s, got)
		}
		if slug(got) != got {
			t.Fatalf("%q becomes %q, then %q", s, got, slug(got))
		}
	})
}

// Render writes the PNG files of all drawings, to look at.
func TestRender(t *testing.T) {
	dir := os.Getenv("RATEFIT_RENDER")
	if dir == "" {
		t.Skip("set RATEFIT_RENDER to a folder")
	}
	for name, d := range drawings() {
		if _, err := Plots(filepath.Join(dir, name), d.a, d.hits); err != nil {
			t.Error(err)
		}
	}
}
