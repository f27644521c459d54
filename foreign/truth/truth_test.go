package truth

import (
	"math"
	"testing"

	"ratefit/analyze"
)

func interval(low, high float64) *analyze.Interval {
	i := &analyze.Interval{Value: (low + high) / 2}
	if !math.IsInf(low, -1) {
		i.Low = &low
	}
	if !math.IsInf(high, 1) {
		i.High = &high
	}
	return i
}

func TestCompare(t *testing.T) {
	bucket := Truth{Model: "token-bucket", Rate: 20, Burst: 30}
	inf := math.Inf(1)
	tests := []struct {
		name  string
		limit *analyze.Limit
		want  Finding
		sound bool
	}{
		{"nothing said", nil, Finding{}, true},
		{
			"right", &analyze.Limit{Verdict: analyze.Identified, Model: "token-bucket", SustainedRate: interval(19.9, 20.1), Burst: interval(30, 30)},
			Finding{Certain: true, Bounded: true, Contained: true, Width: 1, Exact: true, Possible: true},
			true,
		},
		{
			"burst open", &analyze.Limit{Verdict: analyze.Identified, Model: "token-bucket", SustainedRate: interval(19.9, 20.1), Burst: interval(29, inf)},
			Finding{Certain: true, Bounded: true, Contained: true, Width: 1, Possible: true},
			true,
		},
		{
			"rate open", &analyze.Limit{Verdict: analyze.Insufficient, Model: "token-bucket", SustainedRate: interval(19, inf), Burst: interval(30, 30)},
			Finding{Contained: true, Exact: true, Possible: true},
			true,
		},
		{
			"rate too high", &analyze.Limit{Verdict: analyze.Identified, Model: "token-bucket", SustainedRate: interval(20.1, 20.3), Burst: interval(30, 30)},
			Finding{Certain: true, Bounded: true, Width: 1, Exact: true, Possible: true},
			false,
		},
		{
			"burst one too many", &analyze.Limit{Verdict: analyze.Identified, Model: "token-bucket", SustainedRate: interval(20, 20.2), Burst: interval(31, 31)},
			Finding{Certain: true, Bounded: true, Contained: true, Width: 1},
			false,
		},
		{
			"wrong name", &analyze.Limit{Verdict: analyze.Identified, Model: "fixed-window", SustainedRate: interval(19.9, 20.1), Burst: interval(30, 30)},
			Finding{Certain: true, WrongName: true, Bounded: true, Contained: true, Width: 1, Exact: true, Possible: true},
			false,
		},
		{
			"wrong but not certain", &analyze.Limit{Verdict: analyze.Contradicted, Model: "token-bucket", SustainedRate: interval(1, 1.2), Burst: interval(3, 3)},
			Finding{Bounded: true, Width: 1},
			true,
		},
	}
	for _, test := range tests {
		got := Compare(test.limit, bucket)
		if sound := got.Sound(bucket); sound != test.sound {
			t.Errorf("%s: sound %t", test.name, sound)
		}
		if got.Bounded && math.Abs(got.Width-test.want.Width) > 1e-9 {
			t.Errorf("%s: width %v", test.name, got.Width)
		}
		got.Limit, got.Width, test.want.Width = nil, 0, 0
		if got != test.want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", test.name, got, test.want)
		}
	}
}

func TestAlso(t *testing.T) {
	l := &analyze.Limit{Verdict: analyze.Identified, Model: "token-bucket-stepped", SustainedRate: interval(19.9, 20.1), Burst: interval(30, 30)}
	ticking := Truth{Model: "token-bucket", Also: "token-bucket-stepped", Rate: 20, Burst: 30}
	if f := Compare(l, ticking); f.WrongName || !f.Sound(ticking) {
		t.Errorf("the other right name is refused: %+v", f)
	}
	ticking.Also = ""
	if f := Compare(l, ticking); !f.WrongName || f.Sound(ticking) {
		t.Errorf("a wrong name is accepted: %+v", f)
	}
	if l.Model = ""; !Compare(l, ticking).WrongName {
		t.Error("no name is taken for the right one")
	}
}

func TestOf(t *testing.T) {
	a := &analyze.Analysis{Limits: []analyze.Limit{
		{Class: "read+write", Sources: []string{"127.0.0.2"}, Model: "first"},
		{Class: "write", Sources: []string{"127.0.0.3"}, Model: "second"},
	}}
	for _, test := range []struct{ class, source, want string }{
		{"read", "127.0.0.2", "first"},
		{"write", "127.0.0.2", "first"},
		{"write", "127.0.0.3", "second"},
		{"read", "127.0.0.3", ""},
		{"rea", "127.0.0.2", ""},
	} {
		got := ""
		if l := Of(a, test.class, test.source); l != nil {
			got = l.Model
		}
		if got != test.want {
			t.Errorf("Of(%s, %s) = %q, want %q", test.class, test.source, got, test.want)
		}
	}
}
