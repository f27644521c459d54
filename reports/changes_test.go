package reports

import (
	"bytes"
	"strings"
	"testing"

	"ratefit/analyze/change"
)

// changes are pairs of fixtures.
var changes = map[string][2]string{
	"same": {"identified", "identified"}, "slower": {"identified", "slow-window"}, "free": {"identified", "unlimited"},
	"contradicted": {"identified", "contradicted"}, "twelve": {"twelve-sources", "per-source"}, "shared": {"identified", "shared"},
	"headers": {"identified", "disagreeing"}, "nothing": {"no-limits", "no-limits"}, "one-hit": {"one-hit", "no-hits"},
	"undetermined": {"undetermined", "undetermined"}, "burst-open": {"burst-open", "identified"}, "hostile": {"hostile", "hostile"},
}

func TestChanges(t *testing.T) {
	schema := compiled(t, "comparison")
	for name, pair := range changes {
		t.Run(name, func(t *testing.T) {
			c := change.Compare(fixtures()[pair[0]], fixtures()[pair[1]], 0.01)
			var text, markdown, document bytes.Buffer
			for _, err := range []error{Changes(&text, c, TextOptions{}), ChangesMarkdown(&markdown, c), ChangesJSON(&document, c)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			golden(t, "changes/"+name+".txt", text.Bytes())
			golden(t, "changes/"+name+".md", markdown.Bytes())
			golden(t, "changes/"+name+".json", document.Bytes())
			if err := validate(t, schema, document.Bytes()); err != nil {
				t.Error(err)
			}
			if s := text.String() + markdown.String(); strings.ContainsAny(s, "\x1b\a\r\u202e\u00a0") || strings.ToValidUTF8(s, "") != s {
				t.Errorf("control characters in %q", s)
			}
			for _, width := range []int{40, 57, 80} {
				text.Reset()
				if err := Changes(&text, c, TextOptions{Width: width}); err != nil {
					t.Fatal(err)
				}
				for line := range strings.Lines(text.String()) {
					if n := columns(strings.TrimSuffix(line, "\n")); n > width {
						t.Errorf("%d columns of %d in %q", n, width, line)
					}
				}
			}
		})
	}
}
