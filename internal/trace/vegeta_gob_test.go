package trace

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"io"
	"reflect"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

var gobbed = []vegeta.Result{
	{Attack: "first"},
	{},
	{Attack: "read@127.0.0.2", Seq: 300, Code: 200, Timestamp: time.Unix(1e9, 7).UTC(), Latency: time.Millisecond, BytesOut: 3, BytesIn: 1 << 40, Body: bytes.Repeat([]byte("a"), 300), Method: "GET", URL: "http://h/", Headers: map[string][]string{"Date": {"x"}, "Retry-After": {"1", "2"}}},
	{Code: 429, Timestamp: time.Unix(1e9, 8).In(time.FixedZone("", -3600)), Latency: -5, Error: "429 Too Many Requests", Headers: map[string][]string{"Retry-After": {"3"}}},
	{Code: 65535, Headers: map[string][]string{"Retry-After": {"3"}}},
}

func TestGobIsVegetas(t *testing.T) {
	var file bytes.Buffer
	enc := vegeta.NewEncoder(&file)
	for i := range gobbed {
		if err := enc.Encode(&gobbed[i]); err != nil {
			t.Fatal(err)
		}
	}
	slow := vegeta.NewDecoder(bytes.NewReader(file.Bytes()))
	f := &frames{br: bufio.NewReader(&file)}
	first := vegeta.NewDecoder(f)
	var usual usualGob
	for i := range gobbed {
		var want, got vegeta.Result
		if err := slow.Decode(&want); err != nil {
			t.Fatal(err)
		}
		switch err := f.fill(); {
		case err != nil:
			t.Fatal(err)
		case i == 0 && f.ownTypes():
			t.Fatal("the types are known before they were read")
		case i == 0:
			if err := first.Decode(&got); err != nil {
				t.Fatal(err)
			}
			continue
		case !f.ownTypes() || !usual.decode(f.buf.Bytes(), &got):
			t.Fatalf("result %d is not a usual one", i)
		}
		f.buf.Reset()
		want.Body = nil
		if !want.Timestamp.Equal(got.Timestamp) {
			t.Errorf("result %d: timestamp %v, want %v", i, got.Timestamp, want.Timestamp)
		}
		got.Timestamp = want.Timestamp
		if !reflect.DeepEqual(want, got) {
			t.Errorf("result %d decoded\n%+v, by Vegeta\n%+v", i, got, want)
		}
	}
}

// TestGobOfOtherTypes is left to Vegeta's decoder.
func TestGobOfOtherTypes(t *testing.T) {
	type Result struct {
		Seq    uint64
		Attack string
	}
	var file bytes.Buffer
	enc := gob.NewEncoder(&file)
	for range 2 {
		if err := enc.Encode(Result{7, "a"}); err != nil {
			t.Fatal(err)
		}
	}
	next := gobResults(bufio.NewReader(&file))
	for range 2 {
		var r vegeta.Result
		if err := next(&r); err != nil || r.Seq != 7 || r.Attack != "a" {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if err := next(new(vegeta.Result)); err != io.EOF {
		t.Error(err)
	}
}

// TestDamagedGob: no cut or changed byte of a message makes it panic.
func TestDamagedGob(t *testing.T) {
	for i := range gobbed {
		var file bytes.Buffer
		if err := vegeta.NewEncoder(&file).Encode(&gobbed[i]); err != nil {
			t.Fatal(err)
		}
		f := &frames{br: bufio.NewReader(&file)}
		for typeOf(f.buf.Bytes()) <= 0 {
			if err := f.frame(); err != nil {
				t.Fatal(err)
			}
		}
		message := f.buf.Bytes()
		var r vegeta.Result
		for at := range message {
			if new(usualGob).decode(message[:at], &r) {
				t.Errorf("result %d cut at %d was decoded", i, at)
			}
			for _, c := range []byte{0, 1, 0x7f, 0x80, 0xf8, 0xff} {
				changed := bytes.Clone(message)
				changed[at] = c
				new(usualGob).decode(changed, &r)
			}
		}
	}
}
