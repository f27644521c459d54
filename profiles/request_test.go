package profiles

import (
	"strings"
	"testing"
)

func TestRequest(t *testing.T) {
	for _, request := range []string{
		"GET /", "GET /items", "POST /a/b?c=d&e=%20", "PURGE /x", "M-SEARCH /x", "OPTIONS /", "GET /größe", "GET /a//b", "GET /?q=%zz",
		"GET /" + strings.Repeat("x", 7999),
	} {
		if text := checkRequest(request); text != "" {
			t.Errorf("%s: %s", request, text)
		}
	}
	for request, want := range map[string]string{
		"/items":                            "must begin with a method",
		" /items":                           "must begin with a method",
		"GE(T /items":                       "must begin with a method",
		"GËT /items":                        "must begin with a method",
		"get /items":                        "must have its method in upper case",
		"CONNECT /items":                    "must not use CONNECT",
		"GET":                               "must have a path that begins with one /",
		"GET items":                         "must have a path that begins with one /",
		"GET  /items":                       "must have a path that begins with one /",
		"GET //host/items":                  "must have a path that begins with one /",
		"GET http://h/items":                "must have a path that begins with one /",
		"OPTIONS *":                         "must have a path that begins with one /",
		"GET /items HTTP/2":                 "must have a path without spaces",
		"GET /items#top":                    "must have a path without spaces",
		`GET /\host`:                        "must have a path without spaces",
		"GET /a\r\nHost: x":                 "must have a path without spaces",
		"GET /%zz":                          "must have a path whose percent signs",
		"GET /" + strings.Repeat("x", 8000): "must have a path of at most 8000 bytes",
	} {
		if text := checkRequest(request); !strings.HasPrefix(text, want) {
			t.Errorf("%.40q: %q, want %q", request, text, want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"rate", "duration", "over", "to"}
	for name, want := range map[string]string{
		"durration":              "; did you mean duration?",
		"Rate":                   "; did you mean rate?",
		"ovr":                    "; did you mean over?",
		"xy":                     "",
		"":                       "",
		"something else":         "",
		strings.Repeat("d", 100): "",
	} {
		if got := didYouMean(name, known); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// What a message shows of a file is short and cannot steer a terminal.
func TestQuoted(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "empty",
		"50/s":                  "50/s",
		"a b":                   `"a b"`,
		"a,b":                   `"a,b"`,
		"\x1b[2J":               `"\x1b[2J"`,
		"\u202egnp":             `"\u202egnp"`,
		strings.Repeat("é", 41): strings.Repeat("é", 40) + "…",
	} {
		if got := quoted(text); got != want {
			t.Errorf("%q is shown as %s, want %s", text, got, want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -123: "-123", -1234: "-1,234"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}
