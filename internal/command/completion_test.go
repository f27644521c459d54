package command

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ratefit/reports"
)

// Every shell's script names every command and flag, and is accepted by the
// shell where that is installed.
func TestCompletion(t *testing.T) {
	check := map[string][]string{
		"bash": {"bash", "-n"}, "zsh": {"zsh", "-n"}, "fish": {"fish", "--no-execute"}, "powershell": nil,
	}
	for shell, checker := range check {
		code, script, stderr := invoke("completion", shell)
		if code != OK || stderr != "" {
			t.Fatalf("completion %s: code %d, %s", shell, code, stderr)
		}
		for _, c := range completions() {
			if !strings.Contains(script, c.name) {
				t.Errorf("%s: command %s is missing", shell, c.name)
			}
			for _, f := range c.flags {
				if !strings.Contains(script, f.name) {
					t.Errorf("%s: flag --%s of %s is missing", shell, f.name, c.name)
				}
			}
		}
		if checker == nil {
			continue
		}
		path, err := exec.LookPath(checker[0])
		if err != nil {
			t.Logf("%s is not installed: syntax not checked", checker[0])
			continue
		}
		cmd := exec.CommandContext(t.Context(), path, checker[1:]...)
		cmd.Stdin = strings.NewReader(script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
}

// completed words, in every shell: what is typed, and what is offered. Files are
// offered where they make sense: there is one, v.yaml.
var completedWords = map[string]string{
	"ratefit ver":               "verify version",
	"ratefit run --format ":     strings.Join(reports.DocumentNames(), " "),
	"ratefit run --format j":    "json",
	"ratefit run --max-d":       "--max-duration",
	"ratefit help sch":          "schema",
	"ratefit completion z":      "zsh",
	"ratefit profiles ":         "list show check",
	"ratefit sandbox --lis":     "--listen",
	"ratefit nonsense --form":   "",
	"ratefit run --profile sur": "survey",
}

// bash really offers what it should.
func TestBashCompletes(t *testing.T) {
	bash := installed(t, "bash")
	_, script, _ := invoke("completion", "bash")
	offers := func(fields []string) string {
		quoted := "'" + strings.Join(fields, "' '") + "'"
		return run(t, bash, "-c", script+
			"\nCOMP_WORDS=("+quoted+"); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _ratefit; echo \"${COMPREPLY[*]}\"")
	}
	for words, want := range completedWords {
		fields := strings.Fields(words)
		if strings.HasSuffix(words, " ") {
			fields = append(fields, "")
		}
		if got := strings.TrimSpace(offers(fields)); got != want {
			t.Errorf("%q completes to %q, want %q", words, got, want)
		}
	}
	for _, fields := range [][]string{{"ratefit", "run", "--format", "="}, {"ratefit", "run", "--format", "=", ""}} {
		if got := strings.TrimSpace(offers(fields)); got != strings.Join(reports.DocumentNames(), " ") {
			t.Errorf("%q completes to %q", fields, got)
		}
	}
}

// fish really offers what it should, and files only where they make sense.
func TestFishCompletes(t *testing.T) {
	fish := installed(t, "fish")
	_, script, _ := invoke("completion", "fish")
	offers := func(words string) []string {
		var got []string
		for line := range strings.Lines(run(t, fish, "--no-config", "-c", script+"\ncomplete -C "+singleQuote(words))) {
			offer, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			got = append(got, offer)
		}
		slices.Sort(got)
		return got
	}
	for words, want := range completedWords {
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if got := offers(words); !slices.Equal(got, wanted) {
			t.Errorf("%q completes to %q, want %q", words, got, wanted)
		}
	}
	for words, want := range map[string]string{
		"ratefit run --format=j":     "--format=json",
		"ratefit analyze v":          "v.yaml",
		"ratefit profiles check v":   "v.yaml",
		"ratefit run --profile v":    "v.yaml",
		"ratefit run --accounts v":   "v.yaml",
		"ratefit version v":          "",
		"ratefit help run --max-dur": "",
	} {
		if got := strings.Join(offers(words), " "); got != want {
			t.Errorf("%q completes to %q, want %q", words, got, want)
		}
	}
}

// zshSession types into an interactive zsh: each line of its input, a tab, and
// Ctrl-G, which prints the line as it is then.
const zshSession = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; autoload -Uz compinit; compinit -u -D; source $1; show() { print -r -- \"<\$BUFFER>\" }"
zpty -w z "zle -N show; bindkey '^I' complete-word '^G' show '^U' kill-whole-line; setopt no_list_beep; echo REA''DY"
zpty -r z out '*READY*'
while IFS= read -r line; do
	zpty -w -n z "$line"$'\t\a\x15'
	zpty -r z out '*<*>*'
	out=${out##*<}
	print -r -- "${out%%>*}"
done
zpty -d z
`

// zsh really completes what has one completion. Behind a flag that takes a value
// it may put a space or "=".
func TestZshCompletes(t *testing.T) {
	zsh := installed(t, "zsh")
	_, script, _ := invoke("completion", "zsh")
	file := filepath.Join(t.TempDir(), "_ratefit")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		"ratefit run --format=j":   "ratefit run --format=json",
		"ratefit analyze v":        "ratefit analyze v.yaml",
		"ratefit profiles check v": "ratefit profiles check v.yaml",
		"ratefit run --profile v":  "ratefit run --profile v.yaml",
	}
	for words, want := range completedWords {
		if want != "" && !strings.Contains(want, " ") {
			cases[words] = words[:strings.LastIndex(words, " ")+1] + want
		}
	}
	typed := slices.Collect(maps.Keys(cases))
	cmd := shell(t, zsh, "-f", "-c", zshSession, "zsh", file)
	cmd.Stdin = strings.NewReader(strings.Join(typed, "\n") + "\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shown := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(shown) != len(typed) {
		t.Fatalf("%d lines for %d typed ones:\n%s", len(shown), len(typed), out)
	}
	for i, words := range typed {
		if got := strings.TrimRight(shown[i], " ="); got != cases[words] {
			t.Errorf("%q becomes %q, want %q", words, got, cases[words])
		}
	}
}

// installed skips the test where a shell is missing.
func installed(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(name + " is not installed")
	}
	return path
}

// shell is a command in a folder with one file, which ends after 20 s.
func shell(t *testing.T, name string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir, "TERM=dumb")
	cmd.WaitDelay = time.Second
	if err := os.WriteFile(filepath.Join(cmd.Dir, "v.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func run(t *testing.T, name string, args ...string) string {
	out, err := shell(t, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}
