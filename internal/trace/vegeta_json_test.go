package trace

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// TestUsualResultsAreVegetas: what is decoded without Vegeta's decoder is what
// that makes of it, the body aside.
func TestUsualResultsAreVegetas(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.FixedZone("", 3600))
	for _, want := range []vegeta.Result{
		{},
		{Attack: "read@127.0.0.2", Seq: 7, Code: 200, Timestamp: at, Latency: time.Millisecond, BytesOut: 3, BytesIn: 1, Body: []byte("a"), Method: "GET", URL: "http://h/?q=\"é\"", Headers: map[string][]string{"Date": {"x"}, "Retry-After": {"1", "2"}}},
		{Code: 429, Timestamp: at.UTC(), Error: "429 Too Many Requests", Body: []byte("ok"), Headers: map[string][]string{"Retry-After": {"3"}}},
		{Code: 65535, Timestamp: at, Error: "a\nb", Body: []byte("abc")},
	} {
		var line bytes.Buffer
		if err := vegeta.NewJSONEncoder(&line).Encode(&want); err != nil {
			t.Fatal(err)
		}
		var u usualResults
		var slow, fast vegeta.Result
		if err := vegeta.NewJSONDecoder(bytes.NewReader(line.Bytes())).Decode(&slow); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second finds what the first left
			if !u.decode(bytes.TrimSpace(line.Bytes()), &fast) {
				t.Fatalf("not a usual result: %s", line.String())
			}
			slow.Body = nil
			if !slow.Timestamp.Equal(fast.Timestamp) {
				t.Errorf("timestamp %v, want %v", fast.Timestamp, slow.Timestamp)
			}
			fast.Timestamp = slow.Timestamp
			if len(slow.Headers) == 0 {
				slow.Headers, fast.Headers = nil, nil
			}
			if !reflect.DeepEqual(slow, fast) {
				t.Errorf("decoded\n%+v, by Vegeta\n%+v", fast, slow)
			}
		}
	}
}

// TestUnusualResults are left to Vegeta's decoder.
func TestUnusualResults(t *testing.T) {
	const usual = `{"attack":"","seq":0,"code":0,"timestamp":"2026-01-02T03:04:05Z","latency":0,"bytes_out":0,"bytes_in":0,"error":"","body":"YQ==","method":"","url":"","headers":null}`
	var u usualResults
	var r vegeta.Result
	if !u.decode([]byte(usual), &r) {
		t.Fatal("the usual one is not")
	}
	for _, change := range [][2]string{
		{`"latency":0`, `"latency":-1`},
		{`"seq":0`, `"seq":1.5`},
		{`"seq":0`, `"seq":null`},
		{`"code":0`, `"code":65536`},
		{`"attack"`, `"other"`},
		{`YQ==`, `YQ=`},
		{`YQ==`, `Y===`},
		{`YQ==`, `Y-==`},
		{`2026-01-02T03`, `2026-01-02 03`},
		{`null}`, `null}}`},
		{`null}`, `[]}`},
		{`null}`, `null`},
	} {
		line := strings.Replace(usual, change[0], change[1], 1)
		if u.decode([]byte(line), &r) {
			t.Errorf("decoded as usual: %s", line)
		}
	}
}
