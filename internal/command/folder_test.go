package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMakeFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	for _, want := range []string{"20260102T020405Z", "20260102T020405Z-2", "20260102T020405Z-3"} {
		if got, err := makeFolder("", now); got != filepath.Join("ratefit-out", want) || err != nil {
			t.Errorf("makeFolder = %q, %v, want %s", got, err, want)
		}
	}
	if got, err := makeFolder(filepath.Join("a", "b"), now); got != filepath.Join("a", "b") || err != nil {
		t.Errorf("makeFolder = %q, %v", got, err)
	}
	if _, err := makeFolder(filepath.Join("a", "b"), now); err != nil {
		t.Errorf("an empty folder is refused: %v", err)
	}
	if err := os.WriteFile(filepath.Join("a", "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"a": "folder a is not empty", filepath.Join("a", "file"): "not a directory"} {
		if _, err := makeFolder(path, now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("makeFolder(%s): %v, want %q", path, err, want)
		}
	}
}
