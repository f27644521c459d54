package command

import (
	"os/exec"
	"strings"
	"testing"

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

// bash really offers what it should.
func TestBashCompletes(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	_, script, _ := invoke("completion", "bash")
	for words, want := range map[string]string{
		"ratefit ver":             "verify version",
		"ratefit run --format ":   strings.Join(reports.DocumentNames(), " "),
		"ratefit run --format j":  "json",
		"ratefit run --max-d":     "--max-duration",
		"ratefit help sch":        "schema",
		"ratefit completion z":    "zsh",
		"ratefit profiles ":       "list show check",
		"ratefit sandbox --lis":   "--listen",
		"ratefit nonsense --form": "",
	} {
		fields := strings.Fields(words)
		if strings.HasSuffix(words, " ") {
			fields = append(fields, "")
		}
		quoted := "'" + strings.Join(fields, "' '") + "'"
		cmd := exec.CommandContext(t.Context(), bash, "-c", script+
			"\nCOMP_WORDS=("+quoted+"); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _ratefit; echo \"${COMPREPLY[*]}\"")
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); got != want || err != nil {
			t.Errorf("%q completes to %q, want %q (%v)", words, got, want, err)
		}
	}
}
