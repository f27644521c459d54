package command

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for raw, want := range map[string]string{
		"http://127.0.0.1:8080":          "http://127.0.0.1:8080/",
		"https://example.org/a?b=c":      "https://example.org/a?b=c",
		"https://lilly:SECRET@host/x":    "https://host/x",
		"http://[::1]:80/":               "http://[::1]:80/",
		"https://bearerSECRET@host:81/x": "https://host:81/x",
	} {
		got, err := parseTarget(raw)
		if err != nil {
			t.Errorf("parseTarget(%q): %v", raw, err)
			continue
		}
		if got.url.String() != want {
			t.Errorf("parseTarget(%q) = %s, want %s", raw, got.url, want)
		}
		if strings.Contains(raw, "@") != (got.authorization != "") {
			t.Errorf("parseTarget(%q): authorization %q", raw, got.authorization)
		}
	}
	got, _ := parseTarget("http://lilly:kunde@host/")
	if want := "Basic bGlsbHk6a3VuZGU="; got.authorization != want { // RFC 7617
		t.Errorf("authorization %q, want %q", got.authorization, want)
	}
}

func TestParseTargetMistakes(t *testing.T) {
	for raw, want := range map[string]string{
		"":                        "empty",
		" ":                       "empty",
		"example.org":             "no scheme",
		"example.org:80/x":        "no scheme",
		"localhost:8080/x":        "no scheme",
		"ftp://u:SECRET@host/":    `scheme is "ftp"`,
		"http:///path":            "no host",
		"http://u:SECRET@/path":   "no host",
		"http://host/#SECRET":     "fragment",
		"http://u:SEC/RET@host/":  "cannot be read",
		"http://u:SECRET@host:x/": "cannot be read",
		"http://host/%zzSECRET":   "cannot be read",
		"http://[::1/SECRET":      "cannot be read",
	} {
		_, err := parseTarget(raw)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parseTarget(%q): %v, want %q", raw, err, want)
			continue
		}
		if strings.Contains(err.Error(), "SEC") {
			t.Errorf("parseTarget(%q): the error repeats a secret: %v", raw, err)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	f.Add("http://user:pass@host:80/path?query=1")
	f.Add("//host")
	f.Add("http://[::1%25lo]:80/")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := parseTarget(raw)
		if err != nil {
			return
		}
		if got.url.User != nil || got.url.Hostname() == "" || !strings.HasPrefix(got.url.Scheme, "http") {
			t.Errorf("parseTarget(%q) = %s", raw, got.url)
		}
	})
}

func TestAt(t *testing.T) {
	target, err := parseTarget("http://host:81/base?x=1")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/":          "http://host:81/",
		"/a/b?c=d":   "http://host:81/a/b?c=d",
		"//evil/x":   "",
		"http://e/x": "",
		"a":          "",
		"/%zz":       "",
		"/a#b":       "",
	} {
		got, err := target.at(path)
		switch {
		case want == "" && err == nil:
			t.Errorf("at(%q) = %s, want an error", path, got)
		case want != "" && (err != nil || got.String() != want):
			t.Errorf("at(%q) = %v, %v, want %s", path, got, err, want)
		}
	}
}

func TestLoopback(t *testing.T) {
	for raw, want := range map[string]bool{
		"http://127.0.0.1:1/":          true,
		"http://127.9.9.9/":            true,
		"http://[::1]/":                true,
		"http://[::ffff:127.0.0.1]/":   true,
		"http://localhost:8080/":       true,
		"http://0.0.0.0/":              false,
		"http://192.0.2.1/":            false,
		"http://[2001:db8::1]/":        false,
		"http://[::ffff:198.51.100.1]": false,
	} {
		target, err := parseTarget(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := target.loopback(t.Context()); got != want || err != nil {
			t.Errorf("loopback(%s) = %v, %v, want %v", raw, got, err, want)
		}
	}
}
