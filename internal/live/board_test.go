package live

import (
	"slices"
	"testing"
	"time"

	"ratefit/internal/probe"
	"ratefit/internal/trace"
)

func TestCount(t *testing.T) {
	b := NewBoard(Budget{Requests: 9}, []int{503})
	p := probe.Probe{Class: "read", Source: "a", Name: "burst", Reason: "why not", At: []time.Duration{1, 2, 3}}
	b.Chosen(p)
	b.Count(hit("write", "a", "hold", 0, 200))
	b.Count(hit("read", "b", "burst", 0, 429)) // admitted: only 503 means "limited" here
	b.Count(hit("read", "a", "burst", 0, 503))
	b.Count(hit("read", "a", "hold", 2, 500))
	b.Count(&trace.Hit{Class: "read", Source: "a", Phase: "hold", Asked: 3, Error: trace.ErrUnsent})
	b.Count(hit("read", "a", "burst", 1, 503)) // answered later
	b.Count(&trace.Hit{Class: trace.LoginClass, Phase: trace.LoginPhase, Source: "a", Status: 503})
	s := b.State(time.Second)
	want := []Source{
		{Class: "read", Address: "a", Phase: "hold", Limited: 2, Failed: 1, Unsent: 1},
		{Class: "read", Address: "b", Phase: "burst", Admitted: 1},
		{Class: "write", Address: "a", Phase: "hold", Admitted: 1},
	}
	if !slices.Equal(s.Sources, want) {
		t.Errorf("sources %+v, want %+v", s.Sources, want)
	}
	if s.Logins != (Logins{Sent: 1, Limited: 1}) {
		t.Errorf("logins %+v", s.Logins)
	}
	if doing := (Doing{Class: "read", Address: "a", Reason: "why not", From: 1, To: 3, Hits: 3, Done: 2}); len(s.Doing) != 1 || s.Doing[0] != doing {
		t.Errorf("doing %+v, want %+v", s.Doing, doing)
	}
	b.Done(p)
	if s := b.State(time.Second); len(s.Doing) != 0 {
		t.Errorf("still doing %+v", s.Doing)
	}
}

func TestSourcesInOrder(t *testing.T) {
	b := NewBoard(Budget{}, nil)
	for _, address := range []string{"10.0.0.10", "::1", "here", "10.0.0.9"} {
		b.Count(hit("read", address, "", 0, 200))
	}
	var got []string
	for _, s := range b.State(0).Sources {
		got = append(got, s.Address)
	}
	if want := []string{"10.0.0.9", "10.0.0.10", "::1", "here"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Levels follow the hits that come after the fit. Another address has a limiter of
// the same kind.
func TestLevels(t *testing.T) {
	b := NewBoard(Budget{}, nil)
	b.Tell(probe.Progress{Task: probe.Limits, Class: "read", Stage: probe.Refining})
	k := known(bucket())
	k.Limiters = k.Limiters[:1]
	b.Count(hit("read", "a", "", 0, 200))
	b.Count(hit("read", "b", "", 0, 200))
	level := func(at time.Duration) (out []string) {
		for _, s := range b.State(at).Sources {
			out = append(out, s.Level.bar(0))
		}
		return out
	}
	check := func(at time.Duration, want ...string) {
		t.Helper()
		if got := level(at); !slices.Equal(got, want) {
			t.Errorf("at %s levels are %q, want %q", at, got, want)
		}
	}
	check(12*time.Second, "?", "?")
	b.Tell(probe.Progress{Task: probe.Limits, Class: "read", Stage: probe.Refining, Known: k})
	check(60*time.Second, "30 of 30", "30 of 30")
	for i := range 10 {
		b.Observe(hit("read", "a", "", 60*time.Second+time.Duration(i), 200))
	}
	check(60*time.Second+5*time.Millisecond, "20 of 30", "30 of 30")
	check(63*time.Second+200*time.Millisecond, "26 of 30", "30 of 30")
	// Whether refused hits cost anything is not known.
	for i := range 4 {
		b.Observe(hit("read", "a", "", 90*time.Second+time.Duration(i), 401))
	}
	check(90*time.Second+5*time.Millisecond, "26–30 of 30", "30 of 30")
	b.Observe(hit("read", "a", "", 90*time.Second+6*time.Millisecond, 200))
	check(90*time.Second+10*time.Millisecond, "25–29 of 30", "30 of 30")
	check(120*time.Second, "30 of 30", "30 of 30")
}

// The likes of a bucket that was identified are followed from its own hits.
func TestAlike(t *testing.T) {
	l := states()["last"].Limits[0].Known // 2/s, burst 9
	taken := make([]time.Duration, 6)
	for i := range taken {
		taken[i] = 10 * time.Second
	}
	for at, want := range map[time.Duration]string{10 * time.Second: "3 of 9", 11 * time.Second: "5 of 9", time.Minute: "9 of 9"} {
		if got := alike(l, taken, at).bar(0); got != want {
			t.Errorf("at %s: %s, want %s", at, got, want)
		}
	}
	window := *l
	window.Model = "fixed-window"
	if alike(&window, taken, time.Minute) != nil {
		t.Error("a window was taken for a bucket")
	}
}

func TestTasks(t *testing.T) {
	b := NewBoard(Budget{Length: time.Minute}, nil)
	b.Tell(probe.Progress{Task: probe.Costs, Class: "read", Stage: probe.Asking, At: 10 * time.Second, Left: 20 * time.Second})
	b.Tell(probe.Progress{Task: probe.Costs, Class: "write", Stage: probe.Waiting, Left: 15 * time.Second})
	b.Tell(probe.Progress{Task: probe.Scopes, Stage: probe.Waiting})
	s := b.State(25 * time.Second)
	if got, want := s.then(), "what refused hits cost, 15s more; who shares a limiter"; got != want {
		t.Errorf("then %q, want %q", got, want)
	}
	b.Tell(probe.Progress{Task: probe.Costs, Class: "read", Stage: probe.Over})
	b.Tell(probe.Progress{Task: probe.Scopes, Stage: probe.Over})
	s = b.State(26 * time.Second)
	if got, want := s.then(), "what refused hits cost, about 15s"; got != want {
		t.Errorf("then %q, want %q", got, want)
	}
	s = b.State(46 * time.Second)
	if got, want := s.then(), "what refused hits cost, which takes more time than is left"; got != want {
		t.Errorf("then %q, want %q", got, want)
	}
}
