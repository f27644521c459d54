package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The names of the files in the folder of a run.
const (
	traceFile    = "trace.jsonl.gz"
	analysisFile = "analysis.json"
	manifestFile = "manifest.json"
)

// defaultFolders is where runs go that name no --out.
const defaultFolders = "ratefit-out"

// stamp is how instants look in the names of files: UTC, sorts by time, and
// allowed on every file system.
const stamp = "20060102T150405Z"

// checkFolder refuses a folder that something is in. Nothing is ever
// overwritten.
func checkFolder(path string) error {
	if path == "" {
		return nil
	}
	const try = "give another --out: ratefit never overwrites"
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return usageFault(try, "--out: %v", err)
	case len(entries) > 0:
		return usageFault(try, "--out: folder %s is not empty", path)
	}
	return nil
}

// makeFolder creates the folder that --out names, or a new one of its own for
// the instant when it names none.
func makeFolder(path string, now time.Time) (string, error) {
	if path != "" {
		if err := checkFolder(path); err != nil {
			return "", err
		}
		if err := os.MkdirAll(path, 0o750); err != nil {
			return "", failure("", "--out: %v", err)
		}
		return path, nil
	}
	if err := os.MkdirAll(defaultFolders, 0o750); err != nil {
		return "", failure("name another place with --out", "%v", err)
	}
	base := filepath.Join(defaultFolders, now.UTC().Format(stamp))
	for n := 1; ; n++ {
		path = base
		if n > 1 {
			path = fmt.Sprintf("%s-%d", base, n)
		}
		err := os.Mkdir(path, 0o750)
		switch {
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrExist):
			return "", failure("name another place with --out", "%v", err)
		}
	}
}
