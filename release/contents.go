package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/google/licenseclassifier/v2/assets"
)

// contents are what a program was made of.
type contents struct {
	version   string
	goVersion string
	revision  string
	parts     []part // Go's own library first, then modules in the order of the program
}

// A part is a module, or Go's library, under its licences.
type part struct {
	path, version, sum string
	licences           []string // SPDX identifiers, sorted
	texts              []file   // of the licences, as the module ships them
}

// allowed are the licences that a part may have. The LGPL is juju/ratelimit's,
// whose text makes an exception for programs that are linked with it.
var allowed = []string{
	"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "FTL", "LGPL-3.0-only", "MIT", "OFL-1.1",
}

// chosen are the licences of modules that offer several, with the file that
// holds the text.
var chosen = map[string]struct{ licence, file string }{
	"github.com/golang/freetype": {"FTL", "licenses/ftl.txt"},
}

// contents reads what Go wrote into a program, and the licences of the modules
// named there.
func (c *checkout) contents(program string) (*contents, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, err
	}
	in := &contents{version: info.Main.Version, goVersion: info.GoVersion}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			in.revision = s.Value
		case s.Key == "vcs.modified" && s.Value != "false":
			return nil, fmt.Errorf("%s was built from changed files", program)
		}
	}
	if in.version == "" || in.version == "(devel)" || in.revision == "" {
		return nil, fmt.Errorf("%s does not say which commit it is", program)
	}
	dirs, err := c.folders()
	if err != nil {
		return nil, err
	}
	in.parts = append(in.parts, part{path: "std", version: strings.TrimPrefix(info.GoVersion, "go")})
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		in.parts = append(in.parts, part{path: m.Path, version: m.Version, sum: m.Sum})
	}
	for i := range in.parts {
		p := &in.parts[i]
		if err := p.read(dirs[p.path]); err != nil {
			return nil, fmt.Errorf("%s %s: %w", p.path, p.version, err)
		}
	}
	return in, nil
}

// folders tells where modules are, by path; "std" is Go's own.
func (c *checkout) folders() (map[string]string, error) {
	env := c.environment(systems[0])
	root, err := output(c.dir, env, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	list, err := output(c.dir, env, "go", "list", "-m", "-json=Path,Dir", "all")
	if err != nil {
		return nil, err
	}
	dirs := map[string]string{"std": strings.TrimSpace(root)}
	d := json.NewDecoder(strings.NewReader(list))
	for {
		var m struct{ Path, Dir string }
		if err := d.Decode(&m); err == io.EOF {
			return dirs, nil
		} else if err != nil {
			return nil, err
		}
		dirs[m.Path] = m.Dir
	}
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|unlicense|patents)([-.].*)?$`)

// read finds the licences in a folder.
func (p *part) read(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !licenceName.MatchString(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		p.texts = append(p.texts, file{name: e.Name(), data: text})
		p.licences = append(p.licences, identify(text)...)
	}
	if c, ok := chosen[p.path]; ok {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(c.file)))
		if err != nil {
			return err
		}
		p.texts = append(p.texts, file{name: c.file, data: text})
		p.licences = []string{c.licence}
	}
	slices.Sort(p.licences)
	p.licences = slices.Compact(p.licences)
	if len(p.licences) == 0 {
		return fmt.Errorf("no licence is known in %s", dir)
	}
	for _, l := range p.licences {
		if !slices.Contains(allowed, l) {
			return fmt.Errorf("licence %s is not one of %s", l, strings.Join(allowed, ", "))
		}
	}
	return nil
}

var licenceTexts = sync.OnceValues(assets.DefaultClassifier)

// identify names the licences in a text.
func identify(text []byte) []string {
	known, err := licenceTexts()
	if err != nil {
		panic("the embedded licences cannot be read: " + err.Error())
	}
	var found []string
	for _, m := range known.Match(text).Matches {
		if m.MatchType == "License" {
			found = append(found, strings.Replace(m.Name, "LGPL-3.0", "LGPL-3.0-only", 1)) // SPDX gave up the short name
		}
	}
	return found
}

// licences are all texts, as most of the licences want them passed on.
func (in *contents) licences() []byte {
	var b strings.Builder
	b.WriteString("Ratefit contains the following, under these licences.\n")
	for _, p := range in.parts {
		fmt.Fprintf(&b, "\n%s\n%s %s: %s\n", strings.Repeat("=", 80), p.path, p.version, strings.Join(p.licences, ", "))
		for _, t := range p.texts {
			fmt.Fprintf(&b, "\n--- %s\n\n%s\n", t.name, strings.TrimSpace(strings.ReplaceAll(string(t.data), "\r\n", "\n")))
		}
	}
	return []byte(b.String())
}
