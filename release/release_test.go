package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/licenseclassifier/v2/assets"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var date = time.Date(2026, 3, 4, 5, 6, 8, 0, time.UTC)

// An archive has the files in their order, with the date and modes given, and
// the same bytes each time.
func TestArchives(t *testing.T) {
	files := []file{{name: "ratefit", data: []byte("program"), program: true}, {name: "b/a", data: []byte("text")}}
	const want = "x/ratefit -rwxr-xr-x program\nx/b/a -rw-r--r-- text\n"
	for name, pack := range map[string]func(string, []file, time.Time) ([]byte, error){"tar": tarball, "zip": zipped} {
		first, err := pack("x", files, date)
		if err != nil {
			t.Fatal(err)
		}
		if second, _ := pack("x", files, date.In(time.FixedZone("", 3600))); name == "tar" && !bytes.Equal(first, second) {
			t.Errorf("%s: the zone of the date changes the bytes", name)
		}
		list := unpackTar
		if name == "zip" {
			list = unpackZip
		}
		if got := list(t, first); got != want {
			t.Errorf("%s holds\n%s, want\n%s", name, got, want)
		}
	}
}

func unpackTar(t *testing.T, archive []byte) string {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	if !z.ModTime.IsZero() || z.Name != "" {
		t.Errorf("the envelope tells %v, %q", z.ModTime, z.Name)
	}
	var b strings.Builder
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return b.String()
		} else if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || !h.ModTime.Equal(date) || h.Uid != 0 || h.Uname != "" {
			t.Errorf("%+v, %v", h, err)
		}
		b.WriteString(h.Name + " " + h.FileInfo().Mode().String() + " " + string(text) + "\n")
	}
}

func unpackZip(t *testing.T, archive []byte) string {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil || !f.Modified.Equal(date) {
			t.Errorf("%s: %v, %v", f.Name, f.Modified, err)
		}
		b.WriteString(f.Name + " " + f.Mode().String() + " " + string(text) + "\n")
	}
	return b.String()
}

func TestChecksums(t *testing.T) {
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.zip\n" // FIPS 180-2, B.1
	if got := string(checksums([]file{{name: "a.zip", data: []byte("abc")}}).data); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSame(t *testing.T) {
	a := []file{{name: "a", data: []byte("1")}, {name: "b", data: []byte("2")}}
	for _, test := range []struct {
		second []file
		want   string
	}{
		{[]file{a[0], a[1]}, ""},
		{[]file{a[0], {name: "b", data: []byte("3")}}, "not reproducible: b differs from b of the second build"},
		{[]file{{name: "c", data: []byte("1")}, a[1]}, "not reproducible: a differs from c of the second build"},
		{a[:1], "not reproducible: 2 files, then 1"},
	} {
		var got string
		if err := same(a, test.second); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%v: %q, want %q", test.second, got, test.want)
		}
	}
}

// A bill obeys the schema that CycloneDX publishes, and names every part.
func TestBillIsValid(t *testing.T) {
	in := &contents{version: "v1.2.3", goVersion: "go1.26.0", revision: "0123", parts: []part{
		{path: "std", version: "1.26.0", licences: []string{"BSD-3-Clause"}},
		{path: "git.sr.ht/~sbinet/GG", version: "v0.7.0+x", sum: "h1:abc=", licences: []string{"LGPL-3.0-only", "MIT"}},
	}}
	text, err := in.bill(target{"linux", "amd64"}, []byte("program"), date)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := billSchema(t).Validate(document); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`"serialNumber": "urn:uuid:`, `"timestamp": "2026-03-04T05:06:08Z"`, `"value": "h1:abc="`, `"id": "LGPL-3.0-only"`,
		`"purl": "pkg:golang/git.sr.ht/~sbinet/gg@v0.7.0+x"`, `"purl": "pkg:golang/std@1.26.0"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the bill lacks %s:\n%s", want, text)
		}
	}
	delete(document.(map[string]any), "bomFormat")
	if billSchema(t).Validate(document) == nil {
		t.Error("the schema accepts anything")
	}
}

// published reads the schemas that the CycloneDX module has copies of.
type published string

func (dir published) Load(url string) (any, error) {
	name := path.Base(url)
	if name == "jsf-0.82.schema.json" {
		name = "jsf-0.82.schemax.json"
	}
	f, err := os.Open(filepath.Join(string(dir), name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return jsonschema.UnmarshalJSON(f)
}

func billSchema(t *testing.T) *jsonschema.Schema {
	dir, err := output(".", nil, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(published(filepath.Join(strings.TrimSpace(dir), "schema")))
	schema, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// Licences are told by their text; one that is not expected, or none, is
// refused.
func TestLicences(t *testing.T) {
	text := func(name string) string {
		b, err := assets.ReadLicenseFile("License/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	mit := text("MIT/pristine.txt")
	for _, test := range []struct{ name, text, want string }{
		{"LICENSE.md", mit, ""},
		{"license", mit, ""},
		{"README.md", mit, "no licence is known in "},
		{"LICENSE", "All rights reserved.", "no licence is known in "},
		{"COPYING", text("Unlicense/license.txt"), "licence Unlicense is not one of"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, test.name), []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var p part
		err := p.read(dir)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err == nil && (len(p.texts) != 1 || p.licences[0] != "MIT") {
			t.Errorf("%s: %v", test.name, p.licences)
		}
	}
}

// What is not committed is not released.
func TestClone(t *testing.T) {
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		env := append(os.Environ(), "GIT_COMMITTER_DATE=2026-03-04T06:06:08+0100")
		args = append([]string{"-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"}, args...)
		if _, err := output(dir, env, "git", args...); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "--quiet")
	write("a", "committed")
	git("add", "a")
	git("commit", "--quiet", "-m", "x")
	write("a", "changed")
	write("b", "new")
	c, err := clone(dir, "HEAD", filepath.Join(t.TempDir(), "clone"))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(c.dir, "a"))
	if _, err := os.Stat(filepath.Join(c.dir, "b")); string(text) != "committed" || err == nil || !c.date.Equal(date) {
		t.Errorf("the clone has %q, b: %v, date %v", text, err, c.date)
	}
	if _, err := clone(dir, "nothing", filepath.Join(t.TempDir(), "clone")); err == nil {
		t.Error("a commit that does not exist was cloned")
	}
}

func TestUsage(t *testing.T) {
	there := t.TempDir()
	for args, want := range map[string]string{
		"":                           "usage: go run . --out DIR",
		"--out x y":                  "usage: go run . --out DIR",
		"--out x --cold":             "usage: go run . --out DIR",
		"--out x --only plan9/amd64": "not one of [linux/amd64",
		"--out " + there:             "exists already",
	} {
		if err := run(strings.Fields(args), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}
