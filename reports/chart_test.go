package reports

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratefit/internal/trace"
)

// charted is the charts of a drawing alone.
func charted(t *testing.T, d drawing, o TextOptions) string {
	t.Helper()
	charts, err := chartsOf(d.a, d.hits)
	if err != nil {
		t.Fatal(err)
	}
	p := o.page()
	for _, c := range charts {
		p.chart(c, chartHeight(len(charts)))
	}
	return p.b.String()
}

func TestCharts(t *testing.T) {
	var b strings.Builder
	all := drawings()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "== %s\n%s\n", name, charted(t, all[name], TextOptions{}))
	}
	for _, o := range []TextOptions{{Width: 40}, {Width: 120}, {ASCII: true}, {Color: true}} {
		fmt.Fprintf(&b, "== survey, width %d, ASCII %t, colour %t\n%s\n", o.Width, o.ASCII, o.Color, charted(t, all["survey"], o))
	}
	golden(t, "text/charts.txt", []byte(b.String()))
}

// The whole text has the charts in it, and says when they could not be made.
func TestTextWithHits(t *testing.T) {
	d := drawings()["two"]
	var b strings.Builder
	if err := Text(&b, d.a, TextOptions{Hits: d.hits, Files: someFiles}); err != nil {
		t.Fatal(err)
	}
	golden(t, "text/two-with-hits.txt", []byte(b.String()))
	b.Reset()
	broken := func(func(*trace.Hit) bool) error { return errors.New("a bad \x1bsector") }
	if err := Text(&b, d.a, TextOptions{Hits: broken}); err != nil {
		t.Fatal(err)
	}
	if want := `warning  no pictures of the hits: a bad \x1bsector`; !strings.Contains(b.String(), want) {
		t.Errorf("%q is not in\n%s", want, b.String())
	}
}

// However many hits are drawn, and however wide: the column of each limited hit
// is marked, and none beside; nothing is wider than the page.
func TestChartsLoseNoLimitedHit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := readLimit()
		a := analysis(limit)
		a.Duration = rapid.SampledFrom([]float64{0.02, 3, 5000}).Draw(t, "duration")
		at := rapid.SliceOfN(rapid.Float64Range(0, a.Duration), 5, 300).Draw(t, "at")
		every := rapid.IntRange(1, 50).Draw(t, "every") // so many hits one is limited
		width := rapid.IntRange(40, 160).Draw(t, "width")
		charts, err := chartsOf(a, func(yield func(*trace.Hit) bool) error {
			for i, x := range at {
				h := trace.Hit{Class: "read", Source: "127.0.0.2", Status: 200, Sent: time.Duration(x * 1e9)}
				if h.FirstByte = h.Sent; i%every == 0 {
					h.Status = 429
				}
				if h.FirstByte == 0 {
					h.FirstByte = 1
				}
				yield(&h)
			}
			return nil
		})
		if err != nil || charts[0] == nil {
			t.Fatal("no chart", err)
		}
		p := TextOptions{Width: width}.page()
		p.chart(charts[0], 5)
		var marks []rune
		left := 0 // of the columns
		for line := range strings.Lines(p.b.String()) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Fatalf("%d columns in %q", n, line)
			}
			if before, rest, ok := strings.Cut(line, "limited "); ok && strings.TrimSpace(before) == "" {
				marks, left = []rune(strings.TrimSuffix(rest, "\n")), len(before)+len("limited ")
			}
		}
		cells := min(widestChart, width-left)
		want := make([]bool, cells)
		for i, x := range at {
			if i%every == 0 {
				s := &charts[0].hits.interval
				middle := (float64(time.Duration(x*1e9) / *s) + 0.5) * s.Seconds()
				want[clamp(int(middle/(charts[0].end/float64(cells))), 0, cells-1)] = true
			}
		}
		for i, w := range want {
			if got := i < len(marks) && marks[i] == '×'; got != w {
				t.Fatalf("column %d is marked: %t, want %t, in %q", i, got, w, string(marks))
			}
		}
	})
}
