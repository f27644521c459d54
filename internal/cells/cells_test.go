package cells

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFit(t *testing.T) {
	for _, c := range []struct {
		s     string
		width int
		want  string
	}{
		{"read", 4, "read"},
		{"reads", 4, "rea…"},
		{"读取服务", 5, "读取…"},
		{"reads", 0, ""},
		{"reads", -1, ""},
		{"", 0, ""},
	} {
		if got := Fit(c.s, c.width, "…"); got != c.want {
			t.Errorf("%q in %d cells: %q, want %q", c.s, c.width, got, c.want)
		}
	}
}

func TestPad(t *testing.T) {
	if got := Pad("读", 4, false) + "|" + Pad("读", 4, true) + "|" + Pad("reads", 4, true); got != "读  |  读|reads" {
		t.Errorf("got %q", got)
	}
}

// Nothing is lost where text is cut, and what is wrapped stays inside.
func TestCutAndWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Printable(rapid.String().Draw(t, "text"))
		width := rapid.IntRange(2, 60).Draw(t, "width")
		head, tail := Cut(s, width)
		if head+tail != s || s != "" && head == "" {
			t.Fatalf("%q became %q and %q", s, head, tail)
		}
		if Width(Fit(s, width, "…")) > width {
			t.Fatalf("%q does not fit", Fit(s, width, "…"))
		}
		lines := Wrap(s, width)
		for _, l := range lines {
			if Width(l) > width {
				t.Fatalf("%q is wider than %d", l, width)
			}
		}
		if got, want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.ReplaceAll(s, " ", ""); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}
