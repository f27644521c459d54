package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The README names every direct dependency with its reason, and no other.
func TestReadmeNamesDependencies(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	named := map[string]int{} // by module, how often the README names it
	for _, r := range mod.Require {
		if !r.Indirect {
			named[r.Path] = 0
		}
	}
	if len(named) < 5 {
		t.Fatalf("only %d direct dependencies in go.mod", len(named))
	}
	for _, name := range namedDependencies(t) {
		found := false
		for path := range named {
			if path == name || strings.HasSuffix(path, "/"+name) {
				named[path]++
				found = true
			}
		}
		if !found {
			t.Errorf("the README names %s, which go.mod does not require directly", name)
		}
	}
	for path, times := range named {
		if times != 1 {
			t.Errorf("the README names %s %d times, want once", path, times)
		}
	}
}

// namedDependencies are the modules in the README's table, whose rows must give
// reasons.
func namedDependencies(t *testing.T) []string {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(readme), "\n| module | for |\n|---|---|\n")
	if !found {
		t.Fatal("the README has no table of dependencies")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	var names []string
	for row := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(row, "|")
		if len(cells) != 4 || strings.TrimSpace(cells[2]) == "" {
			t.Errorf("no reason in the row %q", row)
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			names = append(names, m[1])
		}
	}
	return names
}
