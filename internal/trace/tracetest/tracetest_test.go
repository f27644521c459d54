package tracetest_test

import (
	"testing"
	"time"

	"ratefit/internal/trace"
	"ratefit/internal/trace/tracetest"
)

func TestFile(t *testing.T) {
	r, err := trace.Open(tracetest.File(t, trace.Meta{Profile: "p"}, trace.Hit{Status: 200, End: 3}, trace.Hit{Seq: 1, Status: 429, End: 2}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	if m := r.Meta(); !m.Started.Equal(tracetest.Started) || m.Profile != "p" {
		t.Errorf("meta %+v", m)
	}
	if hits := tracetest.Hits(t, r); len(hits) != 2 || hits[1].Status != 429 {
		t.Errorf("hits %+v", hits)
	}
	if e, ok := r.End(); !ok || e.At != 3 || !e.Wall.Equal(tracetest.Started.Add(3*time.Nanosecond)) {
		t.Errorf("end %+v %v", e, ok)
	}
}
