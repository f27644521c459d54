package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ratefit/analyze"
)

func markdownOf(t interface{ Fatal(...any) }, a *analyze.Analysis) string {
	var b bytes.Buffer
	if err := Markdown(&b, a, TextOptions{Files: someFiles}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	for _, name := range []string{
		"capacity", "capacity-open", "capacity-unlimited", "capacity-unknown", "capacity-concurrency", "capacity-hostile", "capacity-twelve",
		"no-hits", "no-limits", "one-hit", "tiers", "disagreeing", "warnings",
	} {
		golden(t, "markdown/"+name+".md", []byte(markdownOf(t, fixtures()[name])))
	}
}

// cellsOf counts the cells of a table's line: bars that are not escaped.
func cellsOf(line string) int {
	return strings.Count(strings.ReplaceAll(strings.ReplaceAll(line, `\\`, ""), `\|`, ""), "|") - 1
}

var (
	ownHTML = regexp.MustCompile("^</?details>$|^<details><summary>[^<>&]*</summary>$")
	rawHTML = regexp.MustCompile("[<>`]|://|www\\.")
)

// Every table is one, blocks of code end, and no HTML is there that is not our own.
func wellFormedMarkdown(t interface{ Fatalf(string, ...any) }, text string) {
	code, width := false, 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch fence := strings.HasPrefix(line, "```"); {
		case fence:
			code, width = !code, 0
			continue
		case code:
			continue
		case strings.HasPrefix(line, "|"):
			if width == 0 {
				width = cellsOf(line)
			}
			if n := cellsOf(line); n != width {
				t.Fatalf("%d cells, not %d: %s", n, width, line)
			}
		default:
			width = 0
		}
		plain := strings.NewReplacer("\\`", "", "<!-- -->", "").Replace(line)
		if rawHTML.MatchString(plain) && !ownHTML.MatchString(line) {
			t.Fatalf("not escaped: %s", line)
		}
	}
	if code {
		t.Fatalf("a block of code does not end")
	}
}

func TestMarkdownIsWellFormed(t *testing.T) {
	for _, a := range fixtures() {
		wellFormedMarkdown(t, markdownOf(t, a))
	}
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.StringOf(rapid.SampledFrom([]rune("a|`<>&*_[]()#!\\~\n\r\t\"'@:/$-+. é读\u202e\u00a0")))
		l := readLimit()
		l.Capacity = bucketCapacity(2, 30, 30)
		l.Class, l.Sources = odd.Draw(t, "class"), []string{odd.Draw(t, "source"), "::1"}
		l.Why, l.Declared.Convention = odd.Draw(t, "why"), odd.Draw(t, "convention")
		l.Model = odd.Draw(t, "model")
		l.Alternatives = []analyze.Alternative{{Model: odd.Draw(t, "other"), First: &analyze.Witness{Expected: odd.Draw(t, "expected"), Observed: odd.Draw(t, "observed")}}}
		a := analysis(l)
		a.Target, a.Warnings = odd.Draw(t, "target"), []string{odd.Draw(t, "warning")}
		wellFormedMarkdown(t, markdownOf(t, a))
	})
}

func TestInline(t *testing.T) {
	for _, c := range [][2]string{
		{"plain words, 1–2 %", "plain words, 1–2 %"},
		{"a|b", `a\|b`},
		{"<script>&`x`", "&lt;script&gt;&amp;\\`x\\`"},
		{"@all *b* [c](d) http://e", `@<!-- -->all \*b\* \[c\](d) http:&#47;&#47;e`},
		{"a\nb\u202e", `a\\nb\\u202e`},
		{tied("2 s"), "2 s"},
	} {
		if got := inline(c[0]); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}
