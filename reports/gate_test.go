package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ratefit/analyze"
	"ratefit/analyze/gate"
	"ratefit/expect"
)

// gated are analyses that were held against the same expectations, as each case of
// them ends in another way.
func gated(t testing.TB) map[string]*analyze.Analysis {
	t.Helper()
	var s expect.Set
	for _, err := range []error{
		s.Add("read=2/s:30"), s.Add("write=120/m:10"), s.Add("declared"), s.AddModel("token-bucket"), s.AddParam("read=window_s=60"),
		s.AddScope("source=separate"), s.AddScope("credential=shared"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	out := map[string]*analyze.Analysis{}
	for _, name := range []string{
		"identified", "undetermined", "insufficient", "unlimited", "contradicted", "burst-open", "shared", "twelve-sources", "per-source",
		"no-hits", "no-limits", "one-hit", "disagreeing", "slow-window", "concurrency", "warnings",
	} {
		a := fixtures()[name]
		a.Expectations = gate.Judge(&s, a)
		out[name] = a
	}
	all := fixtures()["identified"]
	var good expect.Set
	for _, err := range []error{good.Add("read=2/s:30"), good.Add("write=2/s:10"), good.AddScope("class=separate")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	all.Expectations = gate.Judge(&good, all)
	out["held"] = all
	cut := fixtures()["identified"]
	cut.Partial = "the run was interrupted"
	cut.Expectations = gate.Judge(&good, cut)
	out["interrupted"] = cut
	evil := fixtures()["hostile"] // names come from traces
	evil.Expectations = gate.Judge(&s, evil)
	class := evil.Limits[0].Class
	evil.Expectations = append(evil.Expectations, analyze.Expectation{
		ID: class + ".rate", Given: class + "=2/s", Class: class, About: "rate", Verdict: analyze.IsBroken,
		Expected: analyze.Parameter{Interval: *between(2, 1.98, 2.02)},
		Text:     "100 %, a\nb::error title=x::y | [a](http://b) <script> `x` @all \xff\x1b]0;\a",
	})
	out["hostile"] = evil
	return out
}

// gateReports are the documents of the gate by the ending of their files.
var gateReports = map[string]func(io.Writer, *analyze.Analysis) error{
	"xml": JUnit, "md": Summary, "prom": Prometheus, "github": Annotations,
	"txt": func(w io.Writer, a *analyze.Analysis) error {
		p := TextOptions{}.page()
		p.expectations(a)
		_, err := io.WriteString(w, p.b.String())
		return err
	},
}

func TestGateReports(t *testing.T) {
	schema := compiled(t, "analysis")
	for name, a := range gated(t) {
		t.Run(name, func(t *testing.T) {
			for ending, write := range gateReports {
				var b bytes.Buffer
				if err := write(&b, a); err != nil {
					t.Fatal(err)
				}
				golden(t, "gate/"+name+"."+ending, b.Bytes())
				if s := b.String(); strings.ContainsAny(s, "\x1b\a\r\u202e") || strings.ToValidUTF8(s, "") != s {
					t.Errorf("%s: control characters in\n%q", ending, s)
				}
			}
			document := marshalled(t, a)
			if err := validate(t, schema, document); err != nil {
				t.Error(err)
			}
			var back analyze.Analysis
			if err := json.Unmarshal(document, &back); err != nil || len(back.Expectations) != len(a.Expectations) {
				t.Errorf("read back %v, %v", back.Expectations, err)
			}
			if again := marshalled(t, &back); name != "hostile" && !bytes.Equal(again, document) { // it holds a byte that JSON replaces
				t.Errorf("read back and written again:\n%s", again)
			}
		})
	}
}

// The table comes before the report, inside of its width.
func TestTextBeginsWithExpectations(t *testing.T) {
	for name, a := range gated(t) {
		for _, width := range []int{40, 57, 80, 132} {
			var b bytes.Buffer
			if err := Text(&b, a, TextOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
			if first, _, _ := strings.Cut(b.String(), ":"); first != string(sumOf(a.Expectations)) {
				t.Errorf("%s begins with %q", name, first)
			}
			for line := range strings.Lines(b.String()) {
				if n := columns(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("%s at %d columns: %d columns in %q", name, width, n, line)
				}
			}
		}
	}
}

// What is not held must not look like a pass: to those who count failures and
// errors, nor to those who read the first word.
func TestJUnitNeverPassesWhatIsNotHeld(t *testing.T) {
	for name, a := range gated(t) {
		var b bytes.Buffer
		if err := JUnit(&b, a); err != nil {
			t.Fatal(err)
		}
		var s junitSuites
		if err := xml.Unmarshal(b.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		held, broken, undecided := tally(a.Expectations)
		if s.Suite.Tests != len(a.Expectations) || s.Suite.Failures != broken || s.Suite.Errors != undecided || held+broken+undecided != s.Suite.Tests {
			t.Errorf("%s: %d held, %d broken and %d undecided are %+v", name, held, broken, undecided, s.Suite)
		}
	}
	for _, name := range []string{"no-limits", "undetermined", "insufficient", "contradicted", "no-hits"} {
		var b bytes.Buffer
		if err := JUnit(&b, fixtures()[name]); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), `errors="1"`) {
			t.Errorf("%s without expectations has no error:\n%s", name, b.String())
		}
	}
}

// tool finds a program that checks what we write. Where it must not be missing,
// RATEFIT_REQUIRE_TOOLS says so.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("RATEFIT_REQUIRE_TOOLS") != "" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func TestJUnitObeysItsSchema(t *testing.T) {
	xmllint := tool(t, "xmllint")
	check := func(file string) ([]byte, error) {
		return exec.CommandContext(t.Context(), xmllint, "--nonet", "--noout", "--schema", "testdata/junit.xsd", file).CombinedOutput()
	}
	files, err := filepath.Glob("testdata/gate/*.xml")
	if err != nil || len(files) < 15 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if out, err := check(file); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
	// The schema can refuse.
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.xml")
	if err := os.WriteFile(bad, bytes.Replace(b, []byte(`hostname="localhost"`), nil, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := check(bad); err == nil {
		t.Error("a suite without a host was accepted")
	}
}

func TestPrometheusPassesPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed; foreign/ reads the same files with Prometheus' own parser")
	}
	files, err := filepath.Glob("testdata/gate/*.prom")
	if err != nil || len(files) < 15 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := exec.CommandContext(t.Context(), promtool, "check", "metrics")
		c.Stdin = bytes.NewReader(b)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}

func TestMarkdownEscapes(t *testing.T) {
	for text, want := range map[string]string{
		"a|b":            `a\|b`,
		"[x](http://y)":  `\[x\](http:&#47;&#47;y)`,
		"<b>&`c`*d*_e_":  "&lt;b&gt;&amp;\\`c\\`\\*d\\*\\_e\\_",
		"@all #1 ~x~ !$": `&#64;all \#1 \~x\~ \!\$`,
		"läsning-读取":     "läsning-读取",
		"a\nb":           `a\\nb`,
	} {
		if got := markdown(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestWorkflowCommandEscapes(t *testing.T) {
	var b strings.Builder
	workflowCommand(&b, "error", "a:b,c%\n", "d:e,f%\r\ng")
	if want := "::error title=a%3Ab%2Cc%25%0A::d:e,f%25%0D%0Ag\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
