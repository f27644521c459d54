package attack

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// instantsOf is a schedule that lists its instants.
type instantsOf struct {
	at     []time.Duration
	length time.Duration
}

func (s instantsOf) At(n int) (time.Duration, bool) {
	if n < 0 || n >= len(s.at) {
		return 0, false
	}
	return s.at[n], true
}
func (s instantsOf) Hits() int               { return len(s.at) }
func (s instantsOf) Duration() time.Duration { return s.length }

// A paced hit was let through, or dropped, at an instant.
type paced struct {
	asked, at time.Duration
	sent      bool
}

// pace runs a pacer in virtual time. stall(n) is how long the sender stalls
// after letting its n-th hit through.
func pace(ctx context.Context, s schedule, next time.Duration, stall func(n int) time.Duration) []paced {
	c := newClock(time.Now(), -1)
	var all []paced
	p := &pacer{
		phase: phase{schedule: s, next: next}, clock: c, halted: ctx,
		gate: func(asked time.Duration) bool {
			all = append(all, paced{asked, c.now(), true})
			return true
		},
		unsent: func(asked time.Duration) { all = append(all, paced{asked, c.now(), false}) },
	}
	for n := 0; ; n++ {
		wait, stop := p.Pace(0, 0)
		if stop {
			return all
		}
		if wait != 0 {
			panic("the pacer left the waiting to Vegeta")
		}
		time.Sleep(stall(n))
	}
}

func every(gap time.Duration, hits int) instantsOf {
	s := instantsOf{length: time.Duration(hits) * gap}
	for n := range hits {
		s.at = append(s.at, time.Duration(n)*gap)
	}
	return s
}

func TestPacerAfterStall(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name     string
		schedule instantsOf
		next     time.Duration
		stall    map[int]time.Duration // after the n-th hit that was sent
		dropped  []time.Duration       // asked instants
		late     []time.Duration       // asked instants of hits sent late
	}{
		{"none", every(20*ms, 50), never, nil, nil, nil},
		{"within the gap", every(20*ms, 50), never, map[int]time.Duration{3: 19 * ms}, nil, nil},
		{"late, but before its successor", every(20*ms, 6), never, map[int]time.Duration{1: 35 * ms}, nil, []time.Duration{40 * ms}},
		{
			"the successor takes its place", every(20*ms, 8), never,
			map[int]time.Duration{1: 75 * ms},
			[]time.Duration{40 * ms, 60 * ms},
			[]time.Duration{80 * ms},
		},
		{
			"dense: as many as fit into the tolerance", every(ms/2, 100), never,
			map[int]time.Duration{9: 10 * ms},
			[]time.Duration{5 * ms, 5*ms + ms/2, 6 * ms, 6*ms + ms/2, 7 * ms, 7*ms + ms/2, 8 * ms, 8*ms + ms/2, 9 * ms, 9*ms + ms/2, 10 * ms, 10*ms + ms/2, 11 * ms, 11*ms + ms/2, 12 * ms, 12*ms + ms/2},
			[]time.Duration{13 * ms, 13*ms + ms/2, 14 * ms},
		},
		{
			"a group stays together",
			instantsOf{at: []time.Duration{0, 100 * ms, 100 * ms, 100 * ms, 300 * ms}, length: time.Second},
			never,
			map[int]time.Duration{0: 150 * ms},
			nil,
			[]time.Duration{100 * ms, 100 * ms, 100 * ms},
		},
		{
			"a group is dropped whole",
			instantsOf{at: []time.Duration{0, 100 * ms, 100 * ms, 100 * ms, 300 * ms}, length: time.Second},
			never,
			map[int]time.Duration{0: 350 * ms},
			[]time.Duration{100 * ms, 100 * ms, 100 * ms},
			[]time.Duration{300 * ms},
		},
		{
			"a group that has begun is finished",
			instantsOf{at: []time.Duration{0, 0, 0, 0, 50 * ms}, length: time.Second},
			never,
			map[int]time.Duration{0: 30 * ms, 1: 30 * ms},
			nil,
			[]time.Duration{0, 0, 0, 50 * ms},
		},
		{
			"the last group gives way to the next phase",
			instantsOf{at: []time.Duration{0, 100 * ms}, length: time.Second},
			200 * ms,
			map[int]time.Duration{0: 250 * ms},
			[]time.Duration{100 * ms},
			nil,
		},
		{
			"the last group of all is sent late",
			instantsOf{at: []time.Duration{0, 100 * ms}, length: 100 * ms},
			never,
			map[int]time.Duration{0: 1090 * ms},
			nil,
			[]time.Duration{100 * ms},
		},
		{
			"but not later than a second",
			instantsOf{at: []time.Duration{0, 100 * ms}, length: 100 * ms},
			never,
			map[int]time.Duration{0: 1110 * ms},
			[]time.Duration{100 * ms},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var dropped, late []time.Duration
				for _, h := range pace(t.Context(), test.schedule, test.next, func(n int) time.Duration { return test.stall[n] }) {
					switch {
					case !h.sent:
						dropped = append(dropped, h.asked)
					case h.at != h.asked:
						late = append(late, h.asked)
					}
				}
				if !slices.Equal(dropped, test.dropped) || !slices.Equal(late, test.late) {
					t.Errorf("dropped %v, late %v\nwant    %v, late %v", dropped, late, test.dropped, test.late)
				}
			})
		})
	}
}

// Whatever the plan and however the sender stalls: every hit is accounted for
// once and in order, none is early, and at no instant do more hits leave than
// were planned for that instant or the tolerance before it, but for one late
// group and the rest of one that had begun.
func TestPacerNeverPilesUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var s instantsOf
		at := time.Duration(0)
		for range rapid.IntRange(1, 80).Draw(rt, "hits") {
			at += time.Duration(rapid.SampledFrom([]int{0, 0, 1, 200, 1000, 5000, 40_000}).Draw(rt, "gap")) * time.Microsecond
			s.at = append(s.at, at)
		}
		stalls := rapid.SliceOfN(rapid.SampledFrom([]int{0, 0, 0, 100, 900, 3000, 90_000, 1_500_000}), len(s.at), len(s.at)).Draw(rt, "stalls")
		var all []paced
		synctest.Test(t, func(t *testing.T) {
			all = pace(t.Context(), s, never, func(n int) time.Duration { return time.Duration(stalls[n]) * time.Microsecond })
		})
		if len(all) != len(s.at) {
			rt.Fatalf("%d hits accounted for, want %d", len(all), len(s.at))
		}
		groups := map[time.Duration]map[time.Duration]bool{} // sent at → asked instants
		for n, h := range all {
			if h.asked != s.at[n] || h.at < h.asked {
				rt.Fatalf("hit %d: asked at %v, planned for %v, at %v", n, h.asked, s.at[n], h.at)
			}
			if h.sent {
				if groups[h.at] == nil {
					groups[h.at] = map[time.Duration]bool{}
				}
				groups[h.at][h.asked] = true
			}
		}
		for sent, asked := range groups {
			planned := 2
			for n, at := range s.at {
				if at >= sent-tolerance && at <= sent && (n == 0 || s.at[n-1] != at) {
					planned++
				}
			}
			if len(asked) > planned {
				rt.Fatalf("at %v left the groups %v, want at most %d", sent, asked, planned)
			}
		}
	})
}

func TestPacerStopsWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		began := time.Now()
		all := pace(ctx, every(time.Hour, 3), never, func(int) time.Duration { return 0 })
		if len(all) != 1 || time.Since(began) != 30*time.Second {
			t.Errorf("%d hits in %v", len(all), time.Since(began))
		}
	})
}

func TestPacerRate(t *testing.T) {
	p := &pacer{phase: phase{schedule: every(20*time.Millisecond, 50)}}
	if r := p.Rate(0); r != 50 {
		t.Errorf("rate %v, want 50", r)
	}
	p.phase.schedule = instantsOf{at: []time.Duration{0, 0}}
	if r := p.Rate(0); r != 0 {
		t.Errorf("rate of a burst %v, want 0", r)
	}
}

func TestPlace(t *testing.T) {
	const s = time.Second
	phases := []phase{
		{schedule: instantsOf{at: []time.Duration{0, 0, 0}}},                    // burst at 5 s
		{schedule: instantsOf{at: []time.Duration{0, 0}, length: s}},            // again at 5 s
		{schedule: instantsOf{length: 3 * s}},                                   // pause
		{schedule: instantsOf{at: []time.Duration{0, s / 2, s}, length: 2 * s}}, // from 9 s
		{schedule: instantsOf{at: []time.Duration{s, s}, length: s}},            // at 12 s
		{schedule: instantsOf{length: s}},                                       // pause
	}
	place(phases, 5*s)
	begins := []time.Duration{5 * s, 5 * s, 6 * s, 9 * s, 11 * s, 12 * s}
	nexts := []time.Duration{9 * s, 9 * s, 9 * s, 12 * s, never, never}
	for k, p := range phases {
		if p.begin != begins[k] || p.next != nexts[k] {
			t.Errorf("phase %d: begins at %v, next %v, want %v and %v", k, p.begin, p.next, begins[k], nexts[k])
		}
	}
}

func TestLargestGroup(t *testing.T) {
	tests := []struct {
		groups []int
		want   int // exact above DefaultMaxInFlight
	}{
		{[]int{1, 1, 1}, 1},
		{[]int{513}, 513},
		{[]int{1, 5000, 3}, 5000},
		{[]int{700, 900, 600, 1}, 900},
		{append(slices.Repeat([]int{1}, 3000), 777, 1, 1), 777},
	}
	for _, test := range tests {
		var s instantsOf
		for g, size := range test.groups {
			s.at = append(s.at, slices.Repeat([]time.Duration{time.Duration(g)}, size)...)
		}
		if got := largestGroup(s); got != test.want {
			t.Errorf("groups %v…: largest %d, want %d", test.groups[:min(5, len(test.groups))], got, test.want)
		}
	}
	if got := largestGroup(instantsOf{}); got != 0 {
		t.Errorf("no hits: %d", got)
	}
}
