package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"time"
)

// A file is a name, with slashes, and what is in it.
type file struct {
	name    string
	data    []byte
	program bool // may be executed
}

func (f file) mode() os.FileMode {
	if f.program {
		return 0o755
	}
	return 0o644
}

// pack makes the files of a target: the archive, and the bill of materials that
// is in it too.
func (c *checkout) pack(t target, texts []file) ([]file, error) {
	path, err := c.program(t)
	if err != nil {
		return nil, err
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	inside, err := c.contents(path)
	if err != nil {
		return nil, err
	}
	bill, err := inside.bill(t, binary, c.date)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("ratefit_%s_%s_%s", strings.TrimPrefix(inside.version, "v"), t.os, t.arch)
	files := append([]file{
		{name: binaryName(t), data: binary, program: true},
		{name: "LICENSES.txt", data: inside.licences()},
		{name: "ratefit.cdx.json", data: bill},
	}, texts...)
	write, suffix := tarball, ".tar.gz"
	if t.os == "windows" {
		write, suffix = zipped, ".zip"
	}
	archive, err := write(name, files, c.date)
	if err != nil {
		return nil, err
	}
	return []file{{name: name + suffix, data: archive}, {name: name + ".cdx.json", data: bill}}, nil
}

// tarball packs files below a folder. Nobody owns them and all are as old as
// the commit.
func tarball(folder string, files []file, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: folder + "/" + f.name, Size: int64(len(f.data)),
			Mode: int64(f.mode()), ModTime: date, Format: tar.FormatUSTAR,
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// zipped is tarball in the format that Windows opens.
func zipped(folder string, files []file, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: folder + "/" + f.name, Method: zip.Deflate, Modified: date}
		h.SetMode(f.mode())
		part, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// checksums is the file that "sha256sum -c" reads.
func checksums(files []file) file {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(f.data), f.name)
	}
	return file{name: "SHA256SUMS", data: []byte(b.String())}
}
