package command

import (
	"errors"
	"fmt"
	"io"
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
	pageFile     = "report.html"
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

// checkNew refuses to overwrite a file. from names the flag that it is given
// by, and try says what to do.
func checkNew(from, try, path string) error {
	if path == "" || path == "-" {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return usageFault(try+": ratefit never overwrites", "%s%s exists", from, path)
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
		if err := os.MkdirAll(path, 0o755); err != nil {
			return "", failure("", "--out: %v", err)
		}
		return path, nil
	}
	if err := os.MkdirAll(defaultFolders, 0o755); err != nil {
		return "", failure("name another place with --out", "%v", err)
	}
	base := filepath.Join(defaultFolders, now.UTC().Format(stamp))
	for n := 1; ; n++ {
		path = base
		if n > 1 {
			path = fmt.Sprintf("%s-%d", base, n)
		}
		err := os.Mkdir(path, 0o755)
		switch {
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrExist):
			return "", failure("name another place with --out", "%v", err)
		}
	}
}

// checkPlots refuses a folder in which plots would be overwritten.
func checkPlots(folder string) error {
	if folder == "" {
		return nil
	}
	for _, pattern := range []string{"*.svg", "*.png", "*.pdf"} {
		if old, _ := filepath.Glob(filepath.Join(folder, pattern)); len(old) > 0 {
			return usageFault("give another folder: ratefit never overwrites", "--plots: %s exists", old[0])
		}
	}
	return nil
}

// writeFile creates a file that must not exist yet. Nothing is left of it when
// it cannot be written whole.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return failure("", "%v", err)
	}
	err = write(f)
	if e := f.Close(); err == nil && e != nil {
		err = e
	}
	if err == nil {
		return nil
	}
	_ = os.Remove(name)
	var known fault
	if errors.As(err, &known) {
		return known
	}
	return failure("", "%s: %v", name, err)
}

// appendTo writes at the end of a file, which is made if it is not there.
func appendTo(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return failure("", "%v", err)
	}
	err = write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return failure("", "%s: %v", name, err)
	}
	return nil
}

// replaceFile writes a file beside the one that is meant and renames it, so that
// whoever reads it at any moment sees all of the old one or all of the new one.
// The other one's name ends so that no collector reads it.
func replaceFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.tmp")
	if err != nil {
		return failure("", "%v", err)
	}
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644) // the collector is somebody else
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return failure("", "%s: %v", name, err)
	}
	return nil
}
