package reports

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		s     string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 6, "one|two|three"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"a abcdefghij b", 4, "a|abcd|efgh|ij b"},
		{"读取写入", 5, "读取|写入"},
		{"读", 1, "读"},
		{tied("2 s") + " x", 3, tied("2 s") + "|x"},
	} {
		if got := strings.Join(wrap(c.s, c.width), "|"); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.s, c.width, got, c.want)
		}
	}
}

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{"": 0, "read": 4, "über": 4, "u\u0308ber": 4, "读取": 4, "ｱ": 1, "🚀": 2, "–✓…": 3} {
		if got := columns(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{and(nil), ""},
		{and([]string{"a"}), "a"},
		{and([]string{"a", "b", "c"}), "a, b and c"},
		{or([]string{"a", "b"}), "a or b"},
		{some([]string{"a", "b"}, 4), "a and b"},
		{some([]string{"a", "b", "c", "d", "e"}, 4), "a, b, c and 2 more"},
		{modelTitle("token-bucket"), "token bucket"},
		{modelTitle("new-\x1bmodel"), `new \x1bmodel`},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"read", "\x1b[31m", "\u202e", "\xff\xfe", "a\nb", "읽기", "\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := printable(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q became invalid UTF-8: %q", s, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q still holds %q", s, r)
			}
		}
		if printable(got) != got {
			t.Fatalf("%q is escaped twice", got)
		}
	})
}
