package command

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// invoke runs a command line with no input.
func invoke(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Run(context.Background(), "", args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestNoArguments(t *testing.T) {
	code, stdout, stderr := invoke()
	if code != Usage || stdout != "" || !strings.Contains(stderr, "usage: ratefit COMMAND") {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// Every command has a manual that shows a real example, by help and by --help,
// on standard output.
func TestManuals(t *testing.T) {
	for _, c := range commands() {
		code, byHelp, stderr := invoke("help", c.name)
		if code != OK || stderr != "" {
			t.Errorf("help %s: code %d, stderr %q", c.name, code, stderr)
		}
		if !strings.HasPrefix(byHelp, "usage: ratefit "+c.name) {
			t.Errorf("help %s does not begin with its usage:\n%s", c.name, byHelp)
		}
		_, examples, found := strings.Cut(byHelp, "\nexample")
		if !found || !strings.Contains(examples, "ratefit "+c.name) {
			t.Errorf("help %s shows no example of it", c.name)
		}
		code, byFlag, _ := invoke(c.name, "--help")
		if code != OK || byFlag != byHelp {
			t.Errorf("%s --help (code %d) differs from help %s", c.name, code, c.name)
		}
		for line := range strings.Lines(byHelp) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > manualWidth {
				t.Errorf("help %s has a line of %d characters: %s", c.name, n, line)
			}
		}
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		args   string
		stderr string // what the error must say
		hint   string
	}{
		{"rnu", `unknown command "rnu"`, "did you mean run?"},
		{"anal", `unknown command "anal"`, "did you mean analyze?"},
		{"zzzzzzzz", `unknown command "zzzzzzzz"`, "try: ratefit help"},
		{"--yes run", "flag --yes stands before the command", "try: ratefit help"},
		{"https://u:SECRET@host/", "a URL is not a command", "ratefit run URL"},
		{"help rnu", `unknown command "rnu"`, "did you mean run?"},
		{"version --hlep", "unknown flag --hlep of version", "did you mean --help?"},
		{"version -xSECRET", "unknown flag -x of version", "try: ratefit version --help"},
		{"version --=SECRET", "cannot be read", "try: ratefit version --help"},
		{"version SECRET", "version takes no arguments", "try: ratefit version --help"},
		{"run --max-requests many", `--max-requests: "many" is not a whole number`, "try: ratefit run --help"},
		{"run --max-requests", "flag --max-requests needs a value", "try: ratefit run --help"},
		{"run --timeout 5", `--timeout: "5" is not a duration`, "try: ratefit run --help"},
		{"run --format xml", `--format: "xml" is not one of text, json`, "try: ratefit run --help"},
		{"run --limited-status 4x", `--limited-status: "4x" is not a list`, "try: ratefit run --help"},
		{"run --proflie x", "unknown flag --proflie of run", "did you mean --profile?"},
		{"completion csh", `no completion for "csh"`, "try: ratefit completion bash"},
		{"schema nothing", "schema takes one of analysis, manifest", "try: ratefit schema"},
	}
	for _, test := range tests {
		code, stdout, stderr := invoke(strings.Fields(test.args)...)
		if code != Usage || stdout != "" {
			t.Errorf("%s: code %d, stdout %q", test.args, code, stdout)
		}
		if !strings.Contains(stderr, test.stderr) || !strings.Contains(stderr, test.hint) {
			t.Errorf("%s: stderr %q\nwant %q and %q", test.args, stderr, test.stderr, test.hint)
		}
		if strings.Contains(stderr, "SECRET") {
			t.Errorf("%s: a value is repeated: %s", test.args, stderr)
		}
		if strings.Count(stderr, "\n") != 2 || !strings.HasPrefix(stderr, "ratefit: ") {
			t.Errorf("%s: not one line and a hint: %q", test.args, stderr)
		}
	}
}

func TestClosest(t *testing.T) {
	words := []string{"run", "attack", "analyze", "report", "profiles"}
	for word, want := range map[string]string{
		"rnu": "run", "atack": "attack", "analyse": "analyze", "prof": "profiles", "reprot": "report",
		"x": "", "zebra": "", "run": "run", "": "",
	} {
		if got, _ := closest(word, words); got != want {
			t.Errorf("closest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"run", "rnu", 1}, {"kitten", "sitting", 3}, {"abc", "abc", 0}} {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
