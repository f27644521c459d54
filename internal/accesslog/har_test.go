package accesslog

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// A HAR may be of any length, an entry not.
func TestHARIsBounded(t *testing.T) {
	entry := `{"startedDateTime":"2026-01-02T03:04:05Z","request":{"method":"GET","url":"/"},"response":{"status":200,"content":{"text":"` + strings.Repeat("x", 2000) + `"}}}`
	read := func(log string) (n int, err error) {
		h, err := newHAR(strings.NewReader(log), 10_000)
		if err != nil {
			return 0, err
		}
		for ; err == nil; n++ {
			err = h.next(new(Request))
		}
		return n - 1, err
	}
	if n, err := read(`{"log":{"entries":[` + entry + strings.Repeat(","+entry, 99) + "]}}"); n != 100 || err != io.EOF {
		t.Errorf("%d requests, %v", n, err)
	}
	if n, err := read(`{"log":{"entries":[` + entry + `,{"comment":"` + strings.Repeat("x", 30_000)); n != 1 || !errors.Is(err, errRation) {
		t.Errorf("%d requests, %v", n, err)
	}
	if _, err := read(`{"log":{"comment":"` + strings.Repeat("x", 30_000)); !errors.Is(err, errHAR) {
		t.Errorf("%v", err)
	}
}
