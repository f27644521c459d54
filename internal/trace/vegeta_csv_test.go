package trace

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
	"pgregory.net/rapid"
)

// TestUsualCSVIsVegetas: what is decoded without Vegeta's decoder is what that makes
// of it, the body aside; what is not usual is left to it.
func TestUsualCSVIsVegetas(t *testing.T) {
	usual := 0
	var u usualCSV
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "", "GET", "GET", "a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "read@127.0.0.2", "GET", "http://h/?q=1", "x y", "429 Too Many Requests", "http://h/", "POST", " a", "a b", "a,b", `"a"`, "a\nb", "ä", "a\r"})
		want := vegeta.Result{
			Attack: text.Draw(t, "attack"), Method: text.Draw(t, "method"), URL: text.Draw(t, "url"), Error: text.Draw(t, "error"),
			Seq: rapid.Uint64().Draw(t, "seq"), Code: rapid.Uint16().Draw(t, "code"),
			Timestamp: time.Unix(0, rapid.Int64Min(-5).Draw(t, "at")), Latency: time.Duration(rapid.Int64Min(-5).Draw(t, "latency")),
			BytesIn: rapid.Uint64().Draw(t, "in"), BytesOut: rapid.Uint64().Draw(t, "out"),
			Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "headers") {
			if want.Headers == nil {
				want.Headers = http.Header{}
			}
			want.Headers.Add(rapid.SampledFrom([]string{"Date", "Retry-After"}).Draw(t, "name"), rapid.SampledFrom([]string{"1", "x: y", ""}).Draw(t, "value"))
		}
		var record bytes.Buffer
		if err := vegeta.NewCSVEncoder(&record).Encode(&want); err != nil {
			t.Fatal(err)
		}
		var slow, fast vegeta.Result
		if err := vegeta.NewCSVDecoder(bytes.NewReader(record.Bytes())).Decode(&slow); err != nil {
			return
		}
		for range 2 { // the second finds what the first left
			if !u.decode(bytes.TrimSuffix(record.Bytes(), []byte("\n")), &fast) {
				return
			}
			usual++
			slow.Body = nil
			if len(slow.Headers) == 0 {
				slow.Headers, fast.Headers = nil, nil
			}
			if !reflect.DeepEqual(slow, fast) {
				t.Fatalf("%q: decoded\n%+v, by Vegeta\n%+v", record.String(), fast, slow)
			}
		}
	})
	if usual == 0 {
		t.Errorf("no usual record")
	}
}

// TestUnusualCSV is left to Vegeta's decoder.
func TestUnusualCSV(t *testing.T) {
	const record = "1767323045000000000,200,1000,3,4,,YQ==,read@a,7,GET,http://h/,RGF0ZTogeA0KDQo="
	var u usualCSV
	var r vegeta.Result
	if !u.decode([]byte(record), &r) || r.Headers.Get("Date") != "x" || r.Seq != 7 {
		t.Fatalf("the usual one is not: %+v", r)
	}
	for _, change := range [][2]string{
		{",200,", ",65536,"},
		{",1000,", ",-1,"},
		{",1000,", ",9223372036854775808,"},
		{",3,4,", ",3,18446744073709551616,"},
		{"YQ==", "YQ="},
		{"read@a", " read@a"},
		{"read@a", `"read@a"`},
		{",7,", ",,"},
		{",7,", ",7,8,"},
		{",7,", ","},
		{"RGF0ZTogeA0KDQo=", "RGF0ZTogeA0KDQo"},
		{"RGF0ZTogeA0KDQo=", "RGF0Zf=="},
	} {
		if line := strings.Replace(record, change[0], change[1], 1); u.decode([]byte(line), &r) {
			t.Errorf("decoded as usual: %s", line)
		}
	}
}
