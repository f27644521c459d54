package trace

import (
	"net/url"
	"strings"
	"testing"
)

func TestRedactURL(t *testing.T) {
	for in, want := range map[string]string{
		"":                                      "",
		"http://127.0.0.1:8080/":                "http://127.0.0.1:8080/",
		"http://h":                              "http://h",
		"https://user:pw@h:1/a/b":               "https://h:1/a/b",
		"https://token@h/":                      "https://h/",
		"http://h/?q=1&r=2&q=":                  "http://h/?q=REDACTED&r=REDACTED&q=REDACTED",
		"http://h/?":                            "http://h/?",
		"http://h/?s3cret":                      "http://h/?REDACTED",
		"http://h/?=s3cret":                     "http://h/?REDACTED",
		"http://h/?a=1;b=2":                     "http://h/?a=REDACTED&b=REDACTED",
		"http://h/?a%20b=1&%zz=2&a b=3":         "http://h/?a%20b=REDACTED&REDACTED&REDACTED",
		"http://h/?filter[x]=1":                 "http://h/?filter[x]=REDACTED",
		"http://h/?a=b=c":                       "http://h/?a=REDACTED",
		"http://h/p#s3cret":                     "http://h/p",
		"http://h/p;jsessionid=s3cret/q;s3cret": "http://h/p;jsessionid=REDACTED/q;REDACTED",
		"http://h/@scope/pkg":                   "http://h/@scope/pkg",
		"http://h/users/a@b.c":                  "http://h/users/REDACTED",
		"http://h/users/a%40b.c":                "http://h/users/REDACTED",
		"http://u:12/s3cret@h/":                 "http://u:12/REDACTED/",
		"http://u:s3/cret@h/":                   "",
		"http://[::1]:80/":                      "http://[::1]:80/",
		"http://h/a%2fb?x=%2f":                  "http://h/a%2fb?x=REDACTED",
		"/spots?date=1":                         "/spots?date=REDACTED",
		"//h/x":                                 "",
		"///x":                                  "",
		"spots":                                 "",
		"user:pw@h/x":                           "",
		"mailto:user:pw@h":                      "",
		"http:user:pw@h":                        "",
		"http:///user:pw@h":                     "",
		"http://h/\x00":                         "",
		"http://h/\xff":                         "",
		"://":                                   "",
		"%zz":                                   "",
		"http://h/" + strings.Repeat("x", 9000): "",
		"http://h/x?" + strings.Repeat("a=1&", 9000):  "http://h/x",
		"http://h/?" + strings.Repeat("n", 65) + "=1": "http://h/?REDACTED",
	} {
		if got := RedactURL(in); got != want {
			t.Errorf("%.100q: %.100q, want %.100q", in, got, want)
		}
	}
}

// FuzzRedactURL puts a secret wherever a URL can hold one.
func FuzzRedactURL(f *testing.F) {
	for _, s := range []string{"", "a", "a/b", "@", ":", "#", "?", "%", ";", "&", "=", "\\", "\r\n", "é", "[", "//", "user:pw@host"} {
		f.Add("http://h/p", s, s)
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, u, name, pad string) {
		const secret = "S3CRETS3CRET"
		value := url.QueryEscape(pad) + secret + url.QueryEscape(pad)
		for _, in := range []string{
			u,
			"http://" + url.UserPassword(name, secret).String() + "@h/" + url.PathEscape(pad),
			"http://" + url.User(secret+pad).String() + "@h",
			"http://h/?" + value,
			"http://h/?" + url.QueryEscape(name) + "=" + value + "&b=" + value,
			"http://h/" + url.PathEscape(name) + ";" + url.PathEscape(pad) + "=" + value,
			"http://h/?a=" + pad + secret,
			"http://h/#" + pad + secret,
			u + "?x=" + secret,
			u + "#" + secret,
		} {
			out := RedactURL(in)
			if strings.Contains(out, secret) && !strings.Contains(u+name+pad, secret[:4]) {
				t.Errorf("%q: %q", in, out)
			}
			if again := RedactURL(out); again != out {
				t.Errorf("%q: %q, then %q", in, out, again)
			}
			if len(out) > maxURL || strings.ContainsAny(out, "\r\n\x00 ") {
				t.Errorf("%q: %q", in, out)
			}
			if _, err := url.Parse(out); err != nil {
				t.Errorf("%q: %v", in, err)
			}
		}
	})
}
