package reports

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func textOf(t *testing.T, name string, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, fixtures()[name], o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var someFiles = []string{"ratefit-out/20260102T030405Z/analysis.json", "ratefit-out/20260102T030405Z/read-timeline.svg"}

func TestText(t *testing.T) {
	for name := range fixtures() {
		t.Run(name, func(t *testing.T) {
			golden(t, "text/"+name+".txt", []byte(textOf(t, name, TextOptions{Files: someFiles})))
		})
	}
	golden(t, "text/identified-colour.txt", []byte(textOf(t, "identified", TextOptions{Color: true})))
	golden(t, "text/warnings-narrow.txt", []byte(textOf(t, "warnings", TextOptions{Width: 50})))
	golden(t, "text/disagreeing-wide.txt", []byte(textOf(t, "disagreeing", TextOptions{Width: 120})))
}

// A whole run has many files; they take a few lines.
func TestManyFiles(t *testing.T) {
	var files []string
	for _, n := range []string{"trace.jsonl.gz", "analysis.json", "manifest.json", "read-timeline.svg", "read-timeline.png", "read-region.svg", "read-region.png"} {
		files = append(files, filepath.Join("ratefit-out", "20260102T030405Z", n))
	}
	golden(t, "text/many-files.txt", []byte(textOf(t, "one-hit", TextOptions{Files: files})))
}

func TestTextStaysInsideItsWidth(t *testing.T) {
	for name := range fixtures() {
		for _, width := range []int{40, 57, 80, 132} {
			for line := range strings.Lines(textOf(t, name, TextOptions{Width: width})) {
				if n := columns(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("%s at %d columns: %d columns in %q", name, width, n, line)
				}
			}
		}
	}
}

func TestTextHasNoControlCharacters(t *testing.T) {
	for name := range fixtures() {
		got := textOf(t, name, TextOptions{})
		if strings.ContainsAny(got, "\x1b\x07\u202e\u00a0\r\t") || strings.ToValidUTF8(got, "") != got {
			t.Errorf("%s: control characters in %q", name, got)
		}
	}
}
