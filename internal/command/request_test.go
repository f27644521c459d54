package command

import (
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestParseRequest(t *testing.T) {
	tests := []struct{ text, method, path, err string }{
		{"GET /a", "GET", "/a", ""},
		{"  post   /a?b=c ", "POST", "/a?b=c", ""},
		{"/only/path", "GET", "/only/path", ""},
		{"", "", "", "a method and a path"},
		{"GET /a b", "", "", "a method and a path"},
		{"GET a", "", "", "must begin with /"},
		{"GET http://elsewhere/", "", "", "must begin with /"},
		{"G€T /a", "", "", "must be letters"},
	}
	for _, test := range tests {
		method, path, err := parseRequest("--read", test.text)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) || !strings.HasPrefix(err.Error(), "--read: ") {
				t.Errorf("parseRequest(%q): %v, want %q", test.text, err, test.err)
			}
			continue
		}
		if err != nil || method != test.method || path != test.path {
			t.Errorf("parseRequest(%q) = %q %q %v", test.text, method, path, err)
		}
	}
}

func TestParseHeaders(t *testing.T) {
	file := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(file, []byte("# a comment\n\nX-One: 1\r\nx-one: 2\nCookie: a=b; c=d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := parseHeaders([]string{"Authorization: Bearer a:b", "@" + file, "Empty:"})
	want := http.Header{"Authorization": {"Bearer a:b"}, "X-One": {"1", "2"}, "Cookie": {"a=b; c=d"}, "Empty": {""}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("parseHeaders = %v, %v, want %v", got, err, want)
	}
	for text, wantErr := range map[string]string{
		"SECRET":             "no colon",
		"Bad Name: SECRET":   "not allowed",
		"Name: SEC\x00RET":   "value of Name",
		"@/nowhere/headers":  "no such file",
		": SECRET":           "not allowed",
		"Name: SEC\nRET: x":  "value of Name",
		"@" + file + "/none": "not a directory",
	} {
		_, err := parseHeaders([]string{text})
		if err == nil || !strings.Contains(err.Error(), wantErr) || strings.Contains(err.Error(), "SEC") {
			t.Errorf("parseHeaders(%q): %v, want %q and no secret", text, err, wantErr)
		}
	}
}

func TestReadBody(t *testing.T) {
	file := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(file, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"": "", "text": "text", "@" + file: "{}\n"} {
		if got, err := readBody(text); string(got) != want || err != nil {
			t.Errorf("readBody(%q) = %q, %v", text, got, err)
		}
	}
	if _, err := readBody("@nowhere"); err == nil || !strings.HasPrefix(err.Error(), "--body: ") {
		t.Errorf("readBody of a missing file: %v", err)
	}
}

func TestBodyHeader(t *testing.T) {
	own := http.Header{"Content-Type": {"application/vnd.api+json"}}
	for _, test := range []struct {
		header http.Header
		body   string
		want   string
	}{
		{http.Header{}, `{"a":1}`, "application/json"},
		{http.Header{}, `a=1`, ""},
		{http.Header{}, ``, ""},
		{own, `{"a":1}`, "application/vnd.api+json"},
	} {
		if got := bodyHeader(test.header, []byte(test.body)).Get("Content-Type"); got != test.want {
			t.Errorf("content type of %q with %v: %q, want %q", test.body, test.header, got, test.want)
		}
	}
}

// What the parser accepts, net/http can send, to the target's host.
func FuzzParseRequest(f *testing.F) {
	f.Add("GET /a?b=c")
	f.Add("post //host/")
	f.Add("X-Y /%zz")
	target, err := parseTarget("http://host:81/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		method, path, err := parseRequest("--read", text)
		if err != nil {
			return
		}
		u, err := target.at(path)
		if err != nil {
			return
		}
		if _, err := http.NewRequestWithContext(t.Context(), method, u.String(), nil); err != nil || u.Host != "host:81" {
			t.Errorf("%q: %s %s: %v", text, method, u, err)
		}
	})
}

// What the parser accepts, net/http can write as one header line.
func FuzzAddHeader(f *testing.F) {
	f.Add("Name: value")
	f.Add("Name:\r\nInjected: x")
	f.Add("Näme: x")
	f.Fuzz(func(t *testing.T, line string) {
		h := http.Header{}
		if addHeader(h, "--header", line) != nil {
			return
		}
		var b strings.Builder
		if err := h.Write(&b); err != nil || strings.Count(b.String(), "\n") != 1 {
			t.Errorf("%q is written as %q, %v", line, b.String(), err)
		}
	})
}
