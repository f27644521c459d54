package command

import (
	"os"
	"strings"
	"testing"
)

// The table of models in README.md is the one that ratefit prints.
func TestReadmeHasTheModels(t *testing.T) {
	code, table, stderr := invoke("models", "--format", "markdown")
	if code != OK || stderr != "" {
		t.Fatalf("models: code %d, %s", code, stderr)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), table) {
		t.Error("the table of models in README.md is an older one: put there what ratefit models --format markdown prints")
	}
}
