package replay_test

import (
	"slices"
	"strings"
	"testing"

	"ratefit/analyze"
	"ratefit/internal/replay"
)

func interval(v float64) *analyze.Interval { return &analyze.Interval{Value: v} }

func parameters(pairs ...any) map[string]analyze.Parameter {
	out := map[string]analyze.Parameter{}
	for i := 0; i < len(pairs); i += 2 {
		switch v := pairs[i+1].(type) {
		case string:
			out[pairs[i].(string)] = analyze.Parameter{Text: v}
		case float64:
			out[pairs[i].(string)] = analyze.Parameter{Interval: analyze.Interval{Value: v}}
		}
	}
	return out
}

// Every model that an analysis can name becomes the limit with its values.
func TestFitted(t *testing.T) {
	tier := func(quota, window float64) analyze.Tier {
		return analyze.Tier{Model: "fixed-window", Burst: *interval(quota), Params: parameters("window_s", window, "anchor", "first-hit")}
	}
	for _, test := range []struct {
		limit analyze.Limit
		want  string
	}{
		{analyze.Limit{Model: "token-bucket", SustainedRate: interval(2), Burst: interval(30)}, "token-bucket,rate=2/s,burst=30"},
		{analyze.Limit{Model: "token-bucket", SustainedRate: interval(2), Burst: interval(30), Modifiers: []string{"block"}, Params: parameters("block_s", 5.0, "block", "renewed")}, "token-bucket,rate=2/s,burst=30,block=5s,renewed=true"},
		{analyze.Limit{Model: "token-bucket-stepped", Burst: interval(4), Params: parameters("refill_interval_s", 0.5, "refill_amount", 2.0)}, "token-bucket-stepped,burst=4,refill-interval=500ms,refill-amount=2"},
		{analyze.Limit{Model: "fixed-window", Burst: interval(20), Params: parameters("window_s", 60.0, "anchor", "clock")}, "fixed-window,quota=20,window=1m,anchor=clock"},
		{analyze.Limit{Model: "fixed-window", Burst: interval(20), Params: parameters("window_s", 60.0, "anchor", "first-hit")}, "fixed-window,quota=20,window=1m,anchor=first-hit"},
		{analyze.Limit{Model: "sliding-window-log", Burst: interval(20), Modifiers: []string{"limited-hits-count"}, Params: parameters("window_s", 1.0)}, "sliding-window-log,quota=20,window=1s,limited-hits-count=true"},
		{analyze.Limit{Model: "sliding-window-counter", Burst: interval(20), Params: parameters("window_s", 1.0)}, "sliding-window-counter,quota=20,window=1s"},
		{analyze.Limit{Model: "leaky-bucket-queue", SustainedRate: interval(5), Params: parameters("free", 2.0, "queue", 7.0)}, "leaky-bucket-queue,rate=5/s,queue=7,free=2"},
		{analyze.Limit{Model: "leaky-bucket-queue", SustainedRate: interval(5), Params: parameters("free", 1.0)}, "leaky-bucket-queue,rate=5/s,free=1"},
		{analyze.Limit{Model: "concurrency", Params: parameters("in_flight", 4.0)}, "concurrency,in-flight=4"},
		{analyze.Limit{Verdict: analyze.Unlimited}, "unlimited"},
		{analyze.Limit{Model: "tiers", Tiers: []analyze.Tier{tier(10, 1), tier(30, 10)}, Params: parameters("combine", "all")}, "fixed-window,quota=10,window=1s,anchor=first-hit fixed-window,quota=30,window=10s,anchor=first-hit"},
		{analyze.Limit{Model: "tiers", Tiers: []analyze.Tier{tier(1, 60), tier(2, 3600)}, Params: parameters("combine", "either")}, "either,quota=1,window=1m,anchor=first-hit,quota=2,window=1h,anchor=first-hit"},
	} {
		if test.limit.Verdict == "" {
			test.limit.Verdict = analyze.Identified
		}
		test.limit.Class = "read"
		limits, by, err := replay.Fitted(&analyze.Analysis{Limits: []analyze.Limit{test.limit, test.limit}, Scope: analyze.Scope{Class: analyze.Shared, Source: analyze.Separate}})
		var got []string
		for i := range limits {
			got = append(got, limits[i].String())
		}
		if err != nil || strings.Join(got, " ") != test.want || !slices.Equal(by, []replay.Dimension{replay.ByClient}) {
			t.Errorf("%s by %v, %v; want %s", strings.Join(got, " "), by, err, test.want)
			continue
		}
		// It can be replayed: three hits at once, and one an hour later.
		replay.Run(traffic(t, hitsAt("a", 0, 0, 0, 3600*sec), "client", false), limits, replay.AsRecorded)
	}
}

// One that draws on the next admits what either admits.
func TestFittedEither(t *testing.T) {
	l := analyze.Limit{Verdict: analyze.Identified, Model: "tiers", Params: parameters("combine", "either"), Tiers: []analyze.Tier{
		{Model: "fixed-window", Burst: *interval(1), Params: parameters("window_s", 60.0)},
		{Model: "fixed-window", Burst: *interval(2), Params: parameters("window_s", 3600.0)},
	}}
	limits, _, err := replay.Fitted(&analyze.Analysis{Limits: []analyze.Limit{l}})
	if err != nil {
		t.Fatal(err)
	}
	o := replay.Run(traffic(t, hitsAt("a", append(several(5, 0), 60*sec, 60*sec)...), "client,class", false), limits, replay.AsRecorded)
	if o.Refused != 3 {
		t.Errorf("%d refused, want 3", o.Refused)
	}
}

func TestFittedRefuses(t *testing.T) {
	for want, l := range map[string]analyze.Limit{
		"is undetermined":  {Verdict: analyze.Undetermined},
		"lacks parameters": {Verdict: analyze.Identified, Model: "fixed-window", Burst: interval(3)},
		"cannot be":        {Verdict: analyze.Identified, Model: "a new one"},
	} {
		if _, _, err := replay.Fitted(&analyze.Analysis{Limits: []analyze.Limit{l}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, _, err := replay.Fitted(&analyze.Analysis{}); err == nil {
		t.Error("an analysis without limits is taken")
	}
}

// By what an analysis found them divided.
func TestFittedBy(t *testing.T) {
	l := analyze.Limit{Verdict: analyze.Unlimited, Class: "read"}
	for want, s := range map[string]analyze.Scope{
		"client,class":            {Class: analyze.Separate, Source: analyze.Separate},
		"client,class,credential": {Class: analyze.Untested, Source: analyze.Untested, Credential: analyze.Separate},
		"class":                   {Class: analyze.Separate, Source: analyze.Shared},
		"all":                     {Class: analyze.Shared, Source: analyze.Shared},
	} {
		_, by, err := replay.Fitted(&analyze.Analysis{Limits: []analyze.Limit{l}, Scope: s})
		dimensions, _ := replay.Dimensional(want)
		if err != nil || !slices.Equal(by, dimensions) {
			t.Errorf("by %v, %v; want %s", by, err, want)
		}
	}
}

func TestJudge(t *testing.T) {
	b := replay.Bound{Requests: 0.1, Clients: -1}
	good, bad := replay.Outcome{Requests: 10, Refused: 1}, replay.Outcome{Requests: 10, Refused: 2}
	for _, test := range []struct {
		outcomes []replay.Outcome
		want     replay.Verdict
	}{
		{nil, replay.Uncertain},
		{[]replay.Outcome{{}}, replay.Uncertain},
		{[]replay.Outcome{good}, replay.Held},
		{[]replay.Outcome{bad}, replay.Exceeded},
		{[]replay.Outcome{good, good}, replay.Held},
		{[]replay.Outcome{good, bad}, replay.Uncertain},
		{[]replay.Outcome{bad, bad}, replay.Exceeded},
	} {
		if got := b.Judge(test.outcomes); got != test.want {
			t.Errorf("%v: %s, want %s", test.outcomes, got, test.want)
		}
	}
}
