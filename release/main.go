// Release builds the archives of a commit: for each system the program, its
// manual page, shell completions, the licences of everything inside, and a bill
// of materials, with one file of checksums beside them.
//
//	cd release && go run . --out DIR [--commit HEAD] [--only linux/amd64] [--twice [--cold]]
//
// The same commit with the same tags and the same version of Go gives the same
// bytes on every machine: the commit is built from a clone of its own, not from
// the working tree; paths, clocks and the environment leave no trace; files in
// archives have the date of the commit. --twice proves it: everything is built
// again in another folder, with --cold compiled with an empty cache too, and the
// bytes are compared.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// options are what to build and where.
type options struct {
	repository string // a clone of ratefit
	commit     string
	out        string // a folder that does not exist yet
	targets    []target
	twice      bool
	cold       bool // the second time with an empty build cache
}

const usage = "usage: go run . --out DIR [--commit HEAD] [--only linux/amd64] [--twice [--cold]]"

func run(args []string, stdout io.Writer) error {
	repository, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	o := options{repository: repository}
	f := flag.NewFlagSet("release", flag.ContinueOnError)
	f.StringVar(&o.out, "out", "", "write into this new `folder`")
	f.StringVar(&o.commit, "commit", "HEAD", "release this commit or tag")
	f.BoolVar(&o.twice, "twice", false, "build again elsewhere, and compare the bytes")
	f.BoolVar(&o.cold, "cold", false, "with --twice: the second time with an empty build cache")
	f.Func("only", "build for this `system`, e.g. linux/amd64; repeatable (default all)", func(s string) error {
		i := slices.IndexFunc(systems, func(t target) bool { return t.String() == s })
		if i < 0 {
			return fmt.Errorf("not one of %v", systems)
		}
		o.targets = append(o.targets, systems[i])
		return nil
	})
	f.SetOutput(io.Discard)
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("%w; %s", err, usage)
	}
	if o.out == "" || f.NArg() > 0 || o.cold && !o.twice {
		return errors.New(usage)
	}
	if o.targets == nil {
		o.targets = systems
	}
	return o.release(stdout)
}

// release builds, compares, and only then writes the folder.
func (o *options) release(stdout io.Writer) error {
	if _, err := os.Lstat(o.out); err == nil {
		return fmt.Errorf("%s exists already: name a new folder", o.out)
	}
	// Named once: the branch may move while the first build is made.
	hash, err := output(o.repository, nil, "git", "rev-parse", "--verify", o.commit+"^{commit}")
	if err != nil {
		return err
	}
	o.commit = strings.TrimSpace(hash)
	files, err := o.build("")
	if err != nil {
		return err
	}
	if o.twice {
		if err := o.again(files); err != nil {
			return err
		}
		fmt.Fprintln(stdout, "built twice, in different folders: the same bytes")
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(o.out, f.name), f.data, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%11d  %s\n", len(f.data), f.name)
	}
	return nil
}

// again builds a second time and names the first file that differs.
func (o *options) again(files []file) error {
	var cache string
	if o.cold {
		dir, err := os.MkdirTemp("", "ratefit-release-cache-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		cache = dir
	}
	second, err := o.build(cache)
	if err != nil {
		return err
	}
	return same(files, second)
}

// same compares the files of two builds.
func same(a, b []file) error {
	if len(a) != len(b) {
		return fmt.Errorf("not reproducible: %d files, then %d", len(a), len(b))
	}
	for i := range a {
		if a[i].name != b[i].name || string(a[i].data) != string(b[i].data) {
			return fmt.Errorf("not reproducible: %s differs from %s of the second build", a[i].name, b[i].name)
		}
	}
	return nil
}

// build clones the commit into a folder of its own and makes every file of the
// release. An empty cache is Go's own.
func (o *options) build(cache string) ([]file, error) {
	work, err := os.MkdirTemp("", "ratefit-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	c, err := clone(o.repository, o.commit, filepath.Join(work, "ratefit"))
	if err != nil {
		return nil, err
	}
	c.cache = cache
	texts, err := c.documents()
	if err != nil {
		return nil, err
	}
	var files []file
	for _, t := range o.targets {
		made, err := c.pack(t, texts)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", t, err)
		}
		files = append(files, made...)
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return append(files, checksums(files)), nil
}
