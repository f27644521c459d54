package live

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"ratefit/internal/cells"
)

var update = flag.Bool("update", false, "rewrite the goldens in testdata")

// What is said of each state, at four widths, and where there are few lines.
func TestRender(t *testing.T) {
	for name, s := range states() {
		var b strings.Builder
		for _, size := range [][2]int{{120, 24}, {80, 24}, {40, 16}, {20, 12}, {80, 7}, {60, 3}} {
			fmt.Fprintf(&b, "== %d columns, %d lines\n", size[0], size[1])
			for _, l := range s.Render(size[0], size[1], Style{}) {
				b.WriteString(l + "\n")
			}
		}
		b.WriteString("== ASCII, colours made visible\n")
		for _, l := range s.Render(80, 24, Style{ASCII: true, Color: true}) {
			b.WriteString(strings.ReplaceAll(l, "\x1b[", "«") + "\n")
		}
		golden(t, name+".txt", b.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs from what is shown now: run go test -update and compare\n%s", path, got)
	}
}

// A view never has more lines or cells than there is room for, and nothing in it
// moves the cursor, whatever the names are.
func TestRenderStaysInside(t *testing.T) {
	all := states()
	names := []string{"starting", "probing", "resting", "confirming", "last", "stopping", "finishing", "twelve", "profile", "foreign", "unlimited", "discover", "logging-in"}
	rapid.Check(t, func(t *rapid.T) {
		s := *all[rapid.SampledFrom(names).Draw(t, "state")]
		if len(s.Sources) > 0 {
			s.Sources = append([]Source(nil), s.Sources...)
			s.Sources[0].Class = rapid.String().Draw(t, "class")
			s.Sources[0].Address = rapid.String().Draw(t, "address")
		}
		s.Note = rapid.OneOf(rapid.Just(""), rapid.String()).Draw(t, "note")
		width, height := rapid.IntRange(1, 200).Draw(t, "width"), rapid.IntRange(0, 40).Draw(t, "height")
		style := Style{ASCII: rapid.Bool().Draw(t, "ASCII"), Color: rapid.Bool().Draw(t, "colour")}
		lines := s.Render(width, height, style)
		if len(lines) > height {
			t.Fatalf("%d lines in %d", len(lines), height)
		}
		for _, l := range lines {
			if !style.Color && strings.Contains(l, "\x1b") {
				t.Fatalf("colours in %q", l)
			}
			l = bare(l)
			if n := cells.Width(l); n > width {
				t.Fatalf("%d cells in %d: %q", n, width, l)
			}
			if i := strings.IndexFunc(l, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
				t.Fatalf("%q at %d in %q", l[i:], i, l)
			}
		}
	})
}
