package profiles

import (
	"math"
	"slices"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

var _ vegeta.Pacer = (*Schedule)(nil)

const (
	ms = time.Millisecond
	s  = time.Second
)

// compile is for phases that must be sound.
func compile(t testing.TB, p Phase) *Schedule {
	t.Helper()
	c, err := p.Schedule()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// instants lists the hits of a schedule.
func instants(c *Schedule) []time.Duration {
	var all []time.Duration
	for n := 0; ; n++ {
		at, ok := c.At(n)
		if !ok {
			return all
		}
		all = append(all, at)
	}
}

// Schedules that fit in a line, one table for all kinds without chance.
func TestInstants(t *testing.T) {
	for name, c := range map[string]struct {
		phase    Phase
		want     []time.Duration
		duration time.Duration
		peak     float64
	}{
		"burst at once": {Phase{Kind: Burst, Hits: 3}, []time.Duration{0, 0, 0}, 0, 3},
		"burst spread":  {Phase{Kind: Burst, Hits: 3, Over: 150 * ms}, []time.Duration{0, 50 * ms, 100 * ms}, 150 * ms, 3},
		"burst slow":    {Phase{Kind: Burst, Hits: 3, Over: 6 * s}, []time.Duration{0, 2 * s, 4 * s}, 6 * s, 1},
		"burst thirds": {
			Phase{Kind: Burst, Hits: 3, Over: 1},
			[]time.Duration{0, 0, 1},
			1, 3,
		},
		"hold": {Phase{Kind: Hold, Rate: 4 * PerSecond, Duration: s}, []time.Duration{0, 250 * ms, 500 * ms, 750 * ms}, s, 4},
		"hold rounds each": {
			Phase{Kind: Hold, Rate: 3 * PerSecond, Duration: s},
			[]time.Duration{0, 333_333_333, 666_666_667},
			s, 3,
		},
		"hold, part of a slot":   {Phase{Kind: Hold, Rate: PerSecond, Duration: 2*s + 1}, []time.Duration{0, s, 2 * s}, 2*s + 1, 1},
		"hold, less than a slot": {Phase{Kind: Hold, Rate: PerDay, Duration: ms}, []time.Duration{0}, ms, 1},
		"ramp up from nothing": {
			Phase{Kind: Ramp, To: 2 * PerSecond, Duration: 4 * s}, // H(t) = t²/4
			[]time.Duration{0, 2 * s, 2_828_427_125, 3_464_101_615},
			4 * s, 2,
		},
		"ramp down to nothing": { // the same in the mirror, one slot earlier
			Phase{Kind: Ramp, From: 2 * PerSecond, Duration: 4 * s},
			[]time.Duration{0, 535_898_385, 1_171_572_875, 2 * s},
			4 * s, 2,
		},
		"ramp that is level": {
			Phase{Kind: Ramp, From: 2 * PerSecond, To: 2 * PerSecond, Duration: 2 * s},
			[]time.Duration{0, 500 * ms, s, 1500 * ms},
			2 * s, 2,
		},
		"steps": {
			Phase{Kind: Steps, Steps: []Step{{PerSecond, 1500 * ms}, {4 * PerSecond, 500 * ms}}},
			[]time.Duration{0, s, 1500 * ms, 1750 * ms},
			2 * s, 3,
		},
		"pause":  {Phase{Kind: Pause, Duration: s}, nil, s, 0},
		"replay": {Phase{Kind: Replay, At: []time.Duration{0, 0, 10 * ms, s}}, []time.Duration{0, 0, 10 * ms, s}, s, 3},
		"replay that goes on": {
			Phase{Kind: Replay, At: []time.Duration{10 * ms}, Duration: s}, []time.Duration{10 * ms}, s, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := compile(t, c.phase)
			if at := instants(got); !slices.Equal(at, c.want) || got.Hits() != len(c.want) {
				t.Errorf("%d hits at %v, want %v", got.Hits(), at, c.want)
			}
			if got.Duration() != c.duration || got.Peak() != c.peak {
				t.Errorf("duration %v, peak %v, want %v, %v", got.Duration(), got.Peak(), c.duration, c.peak)
			}
		})
	}
}

// Vegeta's constant pacer sends one hit too many; see the package comment.
func TestHoldSendsNoHitTooMany(t *testing.T) {
	for _, c := range []struct {
		rate Rate
		d    time.Duration
		want int
	}{
		{50 * PerSecond, 10 * time.Minute, 30_000},
		{5 * PerHour, time.Hour, 5},
		{5 * PerHour, time.Hour + 1, 6},
		{PerSecond / 10, 10 * s, 1},
		{7 * PerMinute, time.Minute, 7},
		{3 * PerSecond, 24 * time.Hour, 259_200},
		{115 * PerSecond, 24 * time.Hour, 9_936_000},
		{MaxRate, s, 1_000_000},
	} {
		got := compile(t, Phase{Kind: Hold, Rate: c.rate, Duration: c.d})
		if got.Hits() != c.want {
			t.Errorf("%s for %v: %d hits, want %d", c.rate, c.d, got.Hits(), c.want)
		}
		if last, _ := got.At(got.Hits() - 1); last > c.d {
			t.Errorf("%s for %v: last hit at %v", c.rate, c.d, last)
		}
	}
}

// Nothing accumulates: after a day, hit n is still where it belongs.
func TestHoldDoesNotDrift(t *testing.T) {
	got := compile(t, Phase{Kind: Hold, Rate: 3 * PerSecond, Duration: 24 * time.Hour})
	for _, n := range []int{3, 2_999, 86_400, 259_197} {
		at, _ := got.At(n)
		whole := time.Duration(n/3) * s
		if want := []time.Duration{0, 333_333_333, 666_666_667}[n%3] + whole; at != want {
			t.Errorf("hit %d at %v, want %v", n, at, want)
		}
	}
}

func TestAtOutside(t *testing.T) {
	got := compile(t, Phase{Kind: Hold, Rate: PerSecond, Duration: 2 * s})
	for _, n := range []int{-1, 2, math.MaxInt, math.MinInt} {
		if at, ok := got.At(n); ok || at != 0 {
			t.Errorf("At(%d) = %v, %v", n, at, ok)
		}
	}
}

func TestPace(t *testing.T) {
	got := compile(t, Phase{Kind: Hold, Rate: 2 * PerSecond, Duration: 2 * s})
	for _, c := range []struct {
		elapsed time.Duration
		hits    uint64
		wait    time.Duration
		stop    bool
	}{
		{0, 0, 0, false}, // the first at once
		{0, 1, 500 * ms, false},
		{400 * ms, 1, 100 * ms, false},
		{500 * ms, 1, 0, false},
		{1700 * ms, 1, 0, false}, // late: nothing to wait for
		{time.Hour, 3, 0, false},
		{0, 3, 1500 * ms, false},
		{0, 4, 0, true},
		{0, math.MaxUint64, 0, true},
	} {
		wait, stop := got.Pace(c.elapsed, c.hits)
		if wait != c.wait || stop != c.stop {
			t.Errorf("Pace(%v, %d) = %v, %v, want %v, %v", c.elapsed, c.hits, wait, stop, c.wait, c.stop)
		}
	}
	pause := compile(t, Phase{Kind: Pause, Duration: s})
	if wait, stop := pause.Pace(0, 0); wait != 0 || !stop {
		t.Errorf("a pause waits %v and stops: %v", wait, stop)
	}
}

func TestRateNow(t *testing.T) {
	steps := Phase{Kind: Steps, Steps: []Step{{PerSecond, s}, {4 * PerSecond, s}}}
	for _, c := range []struct {
		phase   Phase
		elapsed time.Duration
		want    float64
	}{
		{Phase{Kind: Hold, Rate: 120 * PerMinute, Duration: s}, 0, 2},
		{Phase{Kind: Hold, Rate: 120 * PerMinute, Duration: s}, s, 0},
		{Phase{Kind: Hold, Rate: 120 * PerMinute, Duration: s}, -1, 0},
		{Phase{Kind: Ramp, From: 2 * PerSecond, To: 10 * PerSecond, Duration: 4 * s}, s, 4},
		{Phase{Kind: Ramp, From: 10 * PerSecond, To: 2 * PerSecond, Duration: 4 * s}, s, 8},
		{steps, s - 1, 1},
		{steps, s, 4},
		{Phase{Kind: Burst, Hits: 30, Over: 100 * ms}, 0, 300},
		{Phase{Kind: Burst, Hits: 30}, 0, 30},
		{Phase{Kind: Burst, Hits: 30}, 1, 0},
		{Phase{Kind: Pause, Duration: s}, 0, 0},
		{Phase{Kind: Poisson, Rate: 3 * PerSecond, Duration: s}, 0, 3},
		{Phase{Kind: Replay, At: []time.Duration{0, s}, Duration: 4 * s}, 0, 0.5},
		{Phase{Kind: Replay, At: []time.Duration{0, 0}}, 0, 2},
	} {
		if got := compile(t, c.phase).Rate(c.elapsed); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: Rate(%v) = %v, want %v", c.phase.Describe(), c.elapsed, got, c.want)
		}
	}
}

// A schedule stays what it is when the phase it was made from changes.
func TestScheduleIsImmutable(t *testing.T) {
	p := Phase{Kind: Replay, At: []time.Duration{0, s}}
	replay := compile(t, p)
	p.At[0] = s
	if at, _ := replay.At(0); at != 0 {
		t.Errorf("replay changed to %v", at)
	}
	p = Phase{Kind: Steps, Steps: []Step{{PerSecond, 2 * s}}}
	steps := compile(t, p)
	p.Steps[0].Rate = MaxRate
	if at, _ := steps.At(1); at != s {
		t.Errorf("steps changed to %v", at)
	}
}
