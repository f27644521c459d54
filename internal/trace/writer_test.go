package trace

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestWriterRefuses(t *testing.T) {
	long := strings.Repeat("x", MaxLine)
	for _, tc := range []struct {
		hit  Hit
		want string
	}{
		{Hit{Sent: -1}, "an instant before the start"},
		{Hit{End: -1}, "an instant before the start"},
		{Hit{Status: 1000}, "status 1000"},
		{Hit{Status: -1}, "status -1"},
		{Hit{BytesIn: -1}, "negative number of bytes"},
		{Hit{Error: "dial tcp user:pw@host"}, "unknown kind of error"},
		{Hit{Class: long}, "above the 1048576"},
	} {
		w, err := NewWriter(io.Discard, testMeta)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(&Hit{}); err != nil {
			t.Fatal(err)
		}
		err = w.Write(&tc.hit)
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "hit 1") || strings.Contains(err.Error(), "pw") {
			t.Errorf("%.80v: %v", tc.hit, err)
		}
		if again := w.Write(&Hit{}); again != err {
			t.Errorf("a broken writer goes on: %v", again)
		}
		if err := w.Close(End{}); err == nil {
			t.Error("Close hides the error")
		}
	}
	if _, err := NewWriter(io.Discard, Meta{LimitedStatus: []int{1000}}); err == nil {
		t.Error("limited status 1000 accepted")
	}
	if _, err := NewWriter(io.Discard, Meta{Started: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}); err == nil {
		t.Error("year 10000 accepted")
	}
	if _, err := NewWriter(failing{}, testMeta); err == nil {
		t.Error("a failing destination accepted")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestWriterKeepsSecretsOut: whatever the caller forgot.
func TestWriterKeepsSecretsOut(t *testing.T) {
	m := testMeta
	m.Target = "https://user:s3cret@host/?key=s3cret"
	data := write(t, m, []Hit{{
		URL:    "https://user:s3cret@host/path?access_token=s3cret#s3cret",
		Header: http.Header{"Set-Cookie": {"s3cret"}, "Authorization": {"s3cret"}, "Retry-After": {"3"}, VegetaHeader: {"s3cret"}},
	}}, testEnd)
	if plain := gunzip(t, data); bytes.Contains(plain, []byte("s3cret")) {
		t.Errorf("%s", plain)
	}
	got := read(data)
	if want := (http.Header{"Retry-After": {"3"}}); !reflect.DeepEqual(got.hits[0].Header, want) {
		t.Errorf("header %v", got.hits[0].Header)
	}
	if got.meta.Target != "https://host/?key=REDACTED" {
		t.Errorf("target %q", got.meta.Target)
	}
}
