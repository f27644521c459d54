package command

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"
)

// The workflow that people copy is YAML, and its commands have the flags that it
// gives them.
func TestWorkflowExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/github-actions.yml")
	if err != nil {
		t.Fatal(err)
	}
	var w struct {
		Jobs map[string]struct {
			Steps []struct {
				Name, Uses, Run string
			}
		}
	}
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, step := range w.Jobs["limits"].Steps {
		if step.Run == "" && step.Uses == "" {
			t.Errorf("the step %q does nothing", step.Name)
		}
		for line := range strings.SplitSeq(strings.ReplaceAll(step.Run, "\\\n", " "), "\n") {
			words := shellWords(line)
			if len(words) < 2 || words[0] != "$RUNNER_TEMP/ratefit" {
				continue
			}
			seen++
			c, ok := lookup(words[1])
			if !ok {
				t.Fatalf("there is no command %s", words[1])
			}
			f := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
			c.setup(f)
			if err := f.Parse(words[2:]); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d commands of ratefit, want sandbox and verify", seen)
	}
}

// Each expectation that the example and the manual show can be read.
func TestShownExpectations(t *testing.T) {
	read := 0
	for _, file := range []string{"../../docs/github-actions.yml", "../../docs/gate.md", "../../README.md", "verify.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(strings.NewReplacer("`", " ", ",", " ").Replace(string(text)))
		for i, word := range words[:len(words)-1] {
			var g gating
			f := pflag.NewFlagSet("", pflag.ContinueOnError)
			g.add(f)
			if f.Lookup(strings.TrimPrefix(word, "--")) == nil || !strings.HasPrefix(word, "--expect") || strings.HasPrefix(words[i+1], "-") || !strings.ContainsAny(words[i+1], "=-") {
				continue
			}
			read++
			if err := f.Parse(words[i : i+2]); err != nil {
				t.Fatal(file, err)
			}
			if err := g.parse(f); err != nil {
				t.Errorf("%s: %s %s: %v", file, word, words[i+1], err)
			}
		}
	}
	if read < 15 {
		t.Errorf("only %d were read", read)
	}
}

// shellWords splits a line as a shell does, without expanding anything.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	open := false
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, open = r, true
		case quote == 0 && (r == ' ' || r == '&'):
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	return words
}
