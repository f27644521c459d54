package trace

import (
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestKeepHeaderKnown: testdata/header-names.txt lists the header names of 90
// rate limit conventions in use, from vendors' documentation and from limiters'
// source code.
func TestKeepHeaderKnown(t *testing.T) {
	names, err := os.ReadFile("testdata/header-names.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for name := range strings.Lines(string(names)) {
		name = strings.TrimSpace(name)
		n++
		for _, spelled := range []string{name, strings.ToLower(name), http.CanonicalHeaderKey(name), strings.ToUpper(name)} {
			if !KeepHeader(spelled) {
				t.Errorf("%s is not kept", spelled)
			}
		}
	}
	if n < 190 {
		t.Errorf("only %d names", n)
	}
}

func TestKeepHeader(t *testing.T) {
	for name, want := range map[string]bool{
		"X-Rate-Limit-Read-Limit": true, "x_rate_limit": true, "RateLimit-Policy": true, "Retry-After": true, "Date": true, "Age": true,
		"Server": true, "Via": true, "X-RateLimit-Requested-Tokens": true, "anthropic-ratelimit-tokens-remaining": true,
		"x-ratelimit-limit-tokens": true, "X-Throttling-Remaining": true, "X-Quota": true, "CF-Cache-Status": true,

		"": false, "Set-Cookie": false, "Authorization": false, "WWW-Authenticate": false, "Location": false, "Proxy-Authorization": false,
		"X-Auth-Token": false, "X-Session-Limit": false, "X-Api-Key": false, "X-Api-Key-Usage": false, "X-Csrf-Token": false,
		"X-RateLimit-Token": false, "X-RateLimit-Key": false, "X-RateLimit-Api-Key": false, "X-RateLimit-Session": false, "X-Rate-Limit-Secret": false,
		"X-Ratelimit-Authorization": false, "X-Quota-Token": false, "Retry-After-Token": false, "X-Retry-Session-Usage": false,
		"Content-Type": false, "Content-Length": false, "Etag": false, "Link": false, "X-Powered-By": false, "Dateline": false,
		"Ratefit-Hit": false, "ratefit-hit": false, "RATEFIT_HIT": false,
		"X-RateLimit Limit": false, "X-RateLimit:": false, "X-RateLimit\r\n": false, "X-RateLimit-é": false,
		"X-RateLimit-" + strings.Repeat("x", 200): false,
	} {
		if got := KeepHeader(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestKeptHeaders(t *testing.T) {
	h := http.Header{"Retry-After": {"1", "2"}, "Set-Cookie": {"s3cret"}, "Date": {}, "X-Quota": {strings.Repeat("é", MaxHeaderValue)}}
	got := KeptHeaders(h)
	want := http.Header{"Retry-After": {"1", "2"}, "X-Quota": {strings.Repeat("é", MaxHeaderValue/2)}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	h["Retry-After"][0] = "changed"
	if got.Get("Retry-After") != "1" {
		t.Error("the copy shares its values")
	}
	if KeptHeaders(nil) != nil || KeptHeaders(http.Header{"Etag": {"x"}}) != nil {
		t.Error("nothing kept is not nil")
	}
}

// TestKeptHeadersBounded: a hostile server cannot make a record too long, and
// what is dropped does not depend on chance.
func TestKeptHeadersBounded(t *testing.T) {
	h := http.Header{}
	for i := range 100 {
		for range 3 {
			h.Add(fmt.Sprintf("X-Ratelimit-%03d", i), strings.Repeat("\x01", 5000))
		}
	}
	got := KeptHeaders(h)
	lines := 0
	for _, v := range got {
		lines += len(v)
	}
	if lines != MaxHeaderLines || len(got["X-Ratelimit-020"]) != 3 || len(got["X-Ratelimit-021"]) != 1 {
		t.Errorf("%d lines in %d names", lines, len(got))
	}
	if again := KeptHeaders(got); !reflect.DeepEqual(again, got) {
		t.Error("not idempotent")
	}
	data := write(t, testMeta, []Hit{{Header: h}}, testEnd)
	if read := read(data); read.err != nil || !reflect.DeepEqual(read.hits[0].Header, got) {
		t.Errorf("the writer keeps others: %v", read.err)
	}
}

func TestCut(t *testing.T) {
	for n := range 12 {
		s := cut("aé€😀x", n)
		if len(s) > n || !utf8.ValidString(s) || !strings.HasPrefix("aé€😀x", s) || n-len(s) > 3 {
			t.Errorf("%d: %q", n, s)
		}
	}
	if s := cut("\x80\x80\x80", 2); len(s) > 2 {
		t.Errorf("%q", s)
	}
}

// A filter keeps what KeptHeaders does, whatever it has seen before.
func TestHeaderFilter(t *testing.T) {
	described := []DescribedHeader{{Name: "X-Calls-Left", Declares: "remaining"}}
	f := NewHeaderFilter(described)
	rapid.Check(t, func(t *rapid.T) {
		h := http.Header{}
		for range rapid.IntRange(0, 12).Draw(t, "lines") {
			name := rapid.SampledFrom([]string{"X-Ratelimit-Limit", "X-Ratelimit-Reset", "Retry-After", "Date", "Set-Cookie", "X-Calls-Left", "Etag"}).Draw(t, "name")
			if rapid.Bool().Draw(t, "odd") {
				name += rapid.StringN(1, 3, -1).Draw(t, "end")
			}
			h.Add(name, rapid.SampledFrom([]string{"", "1", strings.Repeat("x", MaxHeaderValue+1)}).Draw(t, "value"))
		}
		want := KeptHeaders(h, described...)
		for range 2 {
			got := f.Kept(h)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("kept %v, want %v", got, want)
			}
			for name := range got { // lines of one do not run into those of another
				got[name] = append(got[name], "more")
			}
			for name, lines := range got {
				if len(lines) != len(want[name])+1 || !slices.Equal(lines[:len(lines)-1], want[name]) {
					t.Fatalf("%s: %q", name, lines)
				}
			}
		}
	})
}

func BenchmarkKeptHeaders(b *testing.B) {
	h := typicalHits(1)[0].Header.Clone()
	for _, name := range []string{"Content-Type", "Content-Length", "Connection", "Set-Cookie", "X-Request-Id", "Vary", "Cache-Control"} {
		h.Set(name, "x")
	}
	b.ReportAllocs()
	for b.Loop() {
		KeptHeaders(h)
	}
}
