package reports

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// A series keeps every hit, close to its instant, whatever the order.
func TestSeries(t *testing.T) {
	outcomes := []trace.Outcome{trace.Admitted, trace.Limited, trace.Unknown, trace.Ignored}
	rapid.Check(t, func(t *rapid.T) {
		span := rapid.SampledFrom([]time.Duration{time.Millisecond, time.Minute, 30 * 24 * time.Hour}).Draw(t, "span")
		at := rapid.SliceOfN(rapid.Int64Range(0, int64(span)), 1, 200).Draw(t, "at")
		build := func(order []int) *series {
			var s series
			for _, i := range order {
				d := time.Duration(at[i])
				s.add(&trace.Hit{Sent: d, FirstByte: max(d, 1), Status: 200}, outcomes[i%4])
			}
			return &s
		}
		order := make([]int, len(at))
		want := [4]int{}
		for i := range order {
			order[i] = i
			want[i%4]++
		}
		a := build(order)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		b := build(order)
		if a.interval != b.interval || a.last != b.last || !slices.Equal(trimmed(a.admitted), trimmed(b.admitted)) ||
			!slices.Equal(trimmed(a.limited), trimmed(b.limited)) {
			t.Fatal("the order of the hits matters")
		}
		if got := [3]int{total(a.admitted), total(a.limited), total(a.unknown)}; got != [3]int(want[:3]) {
			t.Fatalf("counted %v of %v", got, want)
		}
		if a.interval > time.Microsecond && a.interval > 2*a.last/bins {
			t.Fatalf("interval %v for %v", a.interval, a.last)
		}
		for i, d := range at {
			if k := time.Duration(d) / max(a.interval, 1); i%4 == 1 && a.limited[k] == 0 {
				t.Fatalf("the limited hit at %v is gone", time.Duration(d))
			}
		}
	})
}

// trimmed drops empty bins from the end: they carry nothing.
func trimmed(c []uint32) []uint32 {
	for len(c) > 0 && c[len(c)-1] == 0 {
		c = c[:len(c)-1]
	}
	return c
}

func TestCollect(t *testing.T) {
	read, write, both := readLimit(), writeLimit(), readLimit()
	both.Class, both.Sources = "read+write", nil
	write.LimitedStatuses = map[string]int{"503": 1}
	a := analysis(read, write, both)
	scenes := scenesOf(a)
	hits := []trace.Hit{
		{Class: "read", Source: "127.0.0.2", Status: 200},
		{Class: "read", Source: "127.0.0.2", Status: 429},
		{Class: "read", Source: "127.0.0.3", Status: 404},
		{Class: "read", Source: "10.0.0.1", Status: 200}, // not among the sources
		{Class: "write", Source: "127.0.0.2", Status: 503},
		{Class: "write", Source: "127.0.0.2", Status: 429}, // admitted: 503 means limited here
		{Class: "write", Source: "127.0.0.3", Error: trace.ErrDial},
		{Class: "write", Source: "127.0.0.3", Error: trace.ErrTimeout},
		{Class: "other", Source: "127.0.0.2", Status: 200},
	}
	var h trace.Hit
	err := collect(scenes, func(yield func(*trace.Hit) bool) error {
		for i := range hits {
			h = hits[i] // the source reuses its hit
			h.Sent, h.FirstByte = time.Duration(i), time.Duration(i+1)
			if !yield(&h) {
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][3]int{
		"read 127.0.0.2": {1, 1, 0}, "read 127.0.0.3": {1, 0, 0},
		"write 127.0.0.2": {1, 1, 0}, "write 127.0.0.3": {0, 0, 1},
		"read+write ": {3, 2, 2}, // by the statuses of its own, 503 is unknown
	}
	for _, sc := range scenes {
		for _, s := range sc.series {
			key := sc.limit.Class + " " + s.source
			if got := [3]int{total(s.admitted), total(s.limited), total(s.unknown)}; got != want[key] {
				t.Errorf("%s: counted %v, want %v", key, got, want[key])
			}
		}
	}
}

func TestSeriesOf(t *testing.T) {
	twelve := twelveSources().Limits[0]
	two := readLimit()
	for _, c := range []struct {
		name    string
		l       *analyze.Limit
		scope   analyze.ScopeVerdict
		sources []string
		noted   bool
	}{
		{"two, separate", &two, analyze.Separate, []string{"127.0.0.2", "127.0.0.3"}, false},
		{"two, shared", &two, analyze.Shared, []string{""}, true},
		{"twelve, separate", &twelve, analyze.Separate, []string{"127.0.0.2"}, true},
		{"none named", &analyze.Limit{}, analyze.Untested, []string{""}, false},
	} {
		all, note := seriesOf(c.l, analyze.Scope{Source: c.scope})
		var got []string
		for _, s := range all {
			got = append(got, s.source)
		}
		if !slices.Equal(got, c.sources) || (note != "") != c.noted {
			t.Errorf("%s: %q, note %q", c.name, got, note)
		}
	}
}

// The bucket of 2/s and burst 3: what is left, step by step.
func TestSteps(t *testing.T) {
	s := &series{interval: 100 * time.Millisecond}
	for i, n := range map[int]uint32{10: 3, 20: 1, 60: 1} { // bins at 1.05, 2.05 and 6.05 s
		for len(s.admitted) <= i {
			s.admitted = append(s.admitted, 0)
		}
		s.admitted[i] = n
	}
	want := []step{
		{0, 3, 0},
		{1.05, 3, 0},
		{1.05, 0, 3},
		{2.05, 2, 3},
		{2.05, 1, 4},
		{3.05, 3, 4}, // full again
		{6.05, 3, 4},
		{6.05, 2, 5},
		{6.55, 3, 5},
		{7, 3, 5},
	}
	got := s.steps(2, 3, 7)
	near := func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }
	if !slices.EqualFunc(got, want, func(a, b step) bool {
		return near(a.at, b.at) && near(a.left, b.left) && near(a.admitted, b.admitted)
	}) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// What a token bucket admits never leaves less than nothing, but for the
// width of a bin.
func TestStepsOfASimulatedBucket(t *testing.T) {
	for _, c := range []struct {
		rate, burst float64
		shapes      []shape
	}{{2, 30, survey}, {200, 101, nginxTraffic}} {
		l := readLimit()
		l.Sources = []string{"127.0.0.2"}
		sc := scenesOf(analysis(l))
		if err := collect(sc, simulated("read", c.rate, c.burst, c.shapes, "127.0.0.2")); err != nil {
			t.Fatal(err)
		}
		s := sc[0].series[0]
		slack := c.rate * s.interval.Seconds()
		for _, st := range s.steps(c.rate, c.burst, 40) {
			if st.left < -slack || st.left > c.burst {
				t.Fatalf("%v/s, burst %v: %v tokens left at %v s", c.rate, c.burst, st.left, st.at)
			}
		}
	}
}

// One limited hit among many admitted ones keeps a bin of its own.
func TestNoEdgeIsLost(t *testing.T) {
	var s series
	for i := range 1_000_000 {
		at := time.Duration(i) * time.Millisecond
		s.add(&trace.Hit{Sent: at, FirstByte: at + 1}, trace.Admitted)
	}
	s.add(&trace.Hit{Sent: 7 * time.Minute, FirstByte: 7*time.Minute + 1}, trace.Limited)
	if total(s.limited) != 1 || total(s.admitted) != 1_000_000 {
		t.Errorf("%d limited, %d admitted", total(s.limited), total(s.admitted))
	}
	if len(s.admitted) > bins || len(s.limited) > bins {
		t.Errorf("%d bins, want at most %d", len(s.admitted), bins)
	}
}

func BenchmarkCollect(b *testing.B) {
	scenes := scenesOf(analysis(readLimit(), writeLimit()))
	h := trace.Hit{Class: "read", Source: "127.0.0.3", Status: 429}
	b.ReportAllocs()
	n := time.Duration(0)
	if err := collect(scenes, func(yield func(*trace.Hit) bool) error {
		for b.Loop() {
			n += 3 * time.Microsecond
			h.Sent, h.FirstByte = n, n+time.Millisecond
			yield(&h)
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

// Logins, and experiments about the cost of refused hits, are in no picture.
func TestCollectMeasuredHitsOnly(t *testing.T) {
	sc := &scene{limit: &analyze.Limit{Class: "write", Sources: []string{"127.0.0.2"}}}
	sc.series = []*series{{source: "127.0.0.2"}}
	hit := trace.Hit{Class: "write", Source: "127.0.0.2", Status: 200, FirstByte: 1}
	beside := []trace.Hit{hit, hit, hit}
	beside[0].Phase = trace.CostPhaseOf("no credentials", false)
	beside[1].Phase = trace.CostPhaseOf("no credentials", true)
	beside[2].Class, beside[2].Phase = trace.LoginClass, trace.LoginPhase
	err := collect([]*scene{sc}, func(yield func(*trace.Hit) bool) error {
		for _, h := range append(beside, hit) {
			yield(&h)
		}
		return nil
	})
	if n := total(sc.series[0].admitted); err != nil || n != 1 {
		t.Errorf("%d hits counted, error %v, want 1", n, err)
	}
}
