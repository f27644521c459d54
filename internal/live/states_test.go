package live

import (
	"fmt"
	"time"

	"ratefit/analyze"
	"ratefit/internal/probe"
)

func interval(low, value, high float64) *analyze.Interval {
	return &analyze.Interval{Value: value, Low: &low, High: &high}
}

// run is a state in the middle of a run with two classes and two addresses.
func run(at time.Duration) *State {
	low := 29.0
	return &State{
		Now:    at,
		Budget: Budget{Requests: 20_000, Limited: 5000, Length: 150 * time.Second, AtMost: true},
		Logins: Logins{Sent: 2},
		Sources: []Source{
			{Class: "read", Address: "127.0.0.2", Phase: "aimed", Admitted: 65, Limited: 42, Level: &Level{7, 8, 30}},
			{Class: "read", Address: "127.0.0.3", Phase: "others", Admitted: 3, Level: &Level{30, 30, 30}},
			{Class: "write", Address: "127.0.0.2", Phase: "steady", Admitted: 61, Limited: 90, Failed: 1, Level: &Level{0, 0, 9}},
			{Class: "write", Address: "127.0.0.3", Phase: "others", Admitted: 3},
		},
		Limits: []Limit{
			{Class: "read", Stage: probe.Refining, Known: &analyze.Limit{
				Hits: 110, Verdict: analyze.Undetermined, Survivors: []string{"token-bucket", "sliding-window-log"},
				SustainedRate: interval(1.92, 2, 2.05), Burst: &analyze.Interval{Value: 30, Low: &low},
			}},
			{Class: "write", Stage: probe.Refining, Fitting: true, Known: &analyze.Limit{
				Hits: 154, Verdict: analyze.Identified, Model: "token-bucket", Survivors: []string{"token-bucket"},
				SustainedRate: interval(1.89, 2, 2.12), Burst: interval(9, 9, 10),
			}},
		},
		Doing: []Doing{
			{Class: "read", Address: "127.0.0.2", Credential: "c1", From: at - time.Second, To: at + 1400*time.Millisecond, Hits: 12, Done: 5, Reason: "1.6 times the rate for 4s: every refill shows (what is still possible disagrees about 8 of 12 hits)"},
		},
		Left: []Task{{Task: probe.Scopes}, {Task: probe.Costs, Left: 31 * time.Second}},
	}
}

// states are what a view must be able to say.
func states() map[string]*State {
	all := map[string]*State{
		"starting":   {Budget: Budget{Requests: 20_000, Limited: 5000, Length: 2 * time.Minute, AtMost: true}},
		"probing":    run(30 * time.Second),
		"resting":    run(50 * time.Second),
		"confirming": run(70 * time.Second),
		"last":       run(110 * time.Second),
		"stopping":   run(33 * time.Second),
		"finishing":  run(90 * time.Second),
		"twelve":     twelve(),
		"profile":    profile(),
		"foreign":    foreign(),
		"unlimited":  unlimited(),
		"discover":   discover(),
		"logging-in": {
			Now: 300 * time.Millisecond, Logins: Logins{Sent: 3, Limited: 1},
			Budget: Budget{Requests: 20_000, Limited: 5000, Length: 2 * time.Minute, AtMost: true},
			Limits: []Limit{{Class: "read", Stage: probe.Waiting}},
		},
	}
	rest := all["resting"]
	rest.Doing = []Doing{
		{Class: "read", Address: "127.0.0.2", Credential: "c1", From: 68700 * time.Millisecond, To: 68700 * time.Millisecond, Hits: 33, Reason: "after 22s without a hit it has filled up: only then the burst has an upper bound"},
	}
	all["confirming"].Limits[0].Stage, all["confirming"].Limits[0].Known = probe.Confirming, all["confirming"].Limits[1].Known
	last := all["last"]
	for i := range last.Limits {
		last.Limits[i] = Limit{Class: last.Limits[i].Class, Stage: probe.Over, Why: "identified after 110 hits", Known: last.Limits[1].Known}
	}
	last.Left = []Task{{Task: probe.Costs, Under: true, Left: 20 * time.Second}}
	all["finishing"].Note, all["finishing"].Finished = "fitting every model to what was sent", true
	all["finishing"].Left = nil
	all["stopping"].Note = "stopping: waiting for the replies that are under way"
	return all
}

func discover() *State {
	s := run(200 * time.Millisecond)
	s.Sources = []Source{{Class: "read", Address: "127.0.0.2", Phase: "discover 4", Admitted: 7}}
	s.Limits = []Limit{{Class: "read", Stage: probe.Discovering}, {Class: "write", Stage: probe.Waiting}}
	s.Doing = []Doing{{Class: "read", Address: "127.0.0.2", Credential: "c1", From: s.Now, To: s.Now, Hits: 8, Reason: "8 at one instant: nothing was limited so far"}}
	s.Left[1].Left = 0
	return s
}

func twelve() *State {
	s := run(40 * time.Second)
	s.Sources = nil
	for i := range 12 {
		s.Sources = append(s.Sources, Source{Class: "read", Address: fmt.Sprintf("10.0.0.%d", i+1), Admitted: 20 + i, Limited: i})
	}
	s.Limits = s.Limits[:1]
	return s
}

func profile() *State {
	return &State{
		Now: 12 * time.Second, Budget: Budget{Requests: 1270, Length: 31 * time.Second},
		Sources: []Source{
			{Class: "read", Address: "127.0.0.1", Phase: "hold", Admitted: 153, Limited: 400, Unsent: 2},
			{Class: "write", Address: "127.0.0.1", Phase: "burst", Admitted: 50},
		},
	}
}

// foreign has names that are long, wide, or from those who want harm.
func foreign() *State {
	s := run(20 * time.Second)
	s.Sources[0].Class, s.Limits[0].Class = "读取服务列表的请求", "读取服务列表的请求"
	s.Sources[1].Class = "读取服务列表的请求"
	s.Sources[2].Class, s.Limits[1].Class = "a\x1b[2Jb", "a\x1b[2Jb"
	s.Sources[3].Address = "2001:db8:1234:5678:9abc:def0:1234:5678"
	s.Doing[0].Reason = "a reason\r\nwith \x1b]0;escape\x07 sequences\u202e"
	return s
}

func unlimited() *State {
	s := run(9 * time.Second)
	s.Sources = []Source{{Class: "read", Address: "127.0.0.1", Phase: "hold 500/s", Admitted: 884}}
	s.Limits = []Limit{{Class: "read", Stage: probe.Over, Why: "nothing was limited up to 500 hits in one second"}}
	s.Doing, s.Left = nil, nil
	return s
}
