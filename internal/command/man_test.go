package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func manual(t *testing.T) string {
	source, err := os.ReadFile("../../main.go")
	if err != nil {
		t.Fatal(err)
	}
	return manPage(Handbook(string(source)), "v1.2.3", time.Date(2026, 3, 4, 23, 0, 0, 0, time.UTC))
}

// The page has every command, flag, exit code and example, in macros of man(7)
// and plain ASCII.
func TestManPageIsComplete(t *testing.T) {
	page := manual(t)
	has := func(line string) {
		if !strings.Contains(page, "\n"+line) {
			t.Errorf("the page lacks %q", line)
		}
	}
	if want := `.TH RATEFIT 1 "2026-03-04" "ratefit v1.2.3" "User Commands"`; !strings.HasPrefix(page, want) {
		t.Errorf("the page does not begin with %q", want)
	}
	has(`.SH "EXIT CODES"`)
	has("130  interrupted; what was recorded until then is kept and analyzed\n")
	for _, c := range commands() {
		has(`.SS "ratefit ` + c.name)
		c.flags().VisitAll(func(fl *pflag.Flag) {
			if !regexp.MustCompile(`\\fB(-\w, |\\-\w, )?\\-\\-` + strings.ReplaceAll(fl.Name, "-", `\\-`) + `\\fR`).MatchString(page) {
				t.Errorf("the page lacks --%s of %s", fl.Name, c.name)
			}
		})
	}
	macro := regexp.MustCompile(`^\.(TH|SH|SS|PP|TP|RS 4|RE|nf|fi|IP \\\(bu 2)\b`)
	for line := range strings.Lines(page) {
		switch {
		case strings.HasPrefix(line, ".") && !macro.MatchString(line):
			t.Errorf("not a macro: %q", line)
		case strings.HasPrefix(line, "'"), regexp.MustCompile(`[^\x00-\x7f]`).MatchString(line):
			t.Errorf("not plain: %q", line)
		}
	}
}

// What text could do to roff it does not.
func TestProseIsNotRoff(t *testing.T) {
	for text, want := range map[string]string{
		".SH evil":                            "\\&.SH evil\n",
		`a\fBb 'c' -d`:                        "a\\efBb \\(aqc\\(aq \\-d\n",
		"# Head\n\nx":                         ".SH \"HEAD\"\nx\n",
		"# A \"b\"\n\nx":                      ".SH \"A \\(dqB\\(dq\"\nx\n",
		"see:\n\n\t.x\n\ty":                   "see:\n.PP\n.RS 4\n.nf\n\\&.x\ny\n.fi\n.RE\n",
		"x\n\n  - one\n  - two":               "x\n.IP \\(bu 2\none\n.IP \\(bu 2\ntwo\n",
		"one\n\ntwo":                          "one\n.PP\ntwo\n",
		strings.Repeat("abcdefgh ", 9) + ".i": strings.TrimRight(strings.Repeat("abcdefgh ", 8), " ") + " abcdefgh\n\\&.i\n",
	} {
		var p page
		p.prose(text)
		if got := p.String(); got != want {
			t.Errorf("%q becomes\n%s\nwant\n%s", text, got, want)
		}
	}
}

// The programs that people read it with have nothing to say against it.
func TestManPageIsClean(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ratefit.1")
	if err := os.WriteFile(file, []byte(manual(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, checker := range [][]string{{"mandoc", "-Tlint"}, {"groff", "-man", "-ww", "-z"}} {
		path, err := exec.LookPath(checker[0])
		if err != nil {
			t.Logf("%s is not installed: not checked", checker[0])
			continue
		}
		cmd := exec.CommandContext(t.Context(), path, append(checker[1:], file)...)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", checker[0], err, out)
		}
	}
}
