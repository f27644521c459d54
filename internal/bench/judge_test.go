package bench

import (
	"slices"
	"testing"

	"ratefit/analyze"
)

func interval(low, high float64) *analyze.Interval {
	return &analyze.Interval{Value: (low + high) / 2, Low: &low, High: &high}
}

// said is an analysis with this verdict and model, 20/s and a burst of 31.
func said(v analyze.Verdict, model string, modifiers ...string) analyze.Limit {
	return analyze.Limit{
		Verdict: v, Model: model, Modifiers: modifiers, Limited: 10, SustainedRate: interval(19.99, 20.01), Burst: interval(30.9, 31.2),
		Params: map[string]analyze.Parameter{}, Prediction: &analyze.Prediction{Hits: 50, Correct: 49},
	}
}

func with(l analyze.Limit, change func(*analyze.Limit)) analyze.Limit {
	change(&l)
	return l
}

func TestJudge(t *testing.T) {
	const id = analyze.Identified
	bucket := bucketTruth(20, 31)
	counting := bucketTruth(20, 31)
	counting.Modifiers = []string{"limited-hits-count"}
	step := Truth{Model: "token-bucket-stepped", Also: []string{"token-bucket"}, Rate: 20, Burst: 31}
	window := Truth{Model: "fixed-window", Anchors: []string{"clock", "timer"}, Rate: 20, Burst: 31, Params: map[string]float64{"window_s": 1.55}}
	anchored := func(anchor string) func(*analyze.Limit) {
		return func(l *analyze.Limit) { l.Params = map[string]analyze.Parameter{"anchor": {Text: anchor}} }
	}
	rate := func(low, high float64) func(*analyze.Limit) {
		return func(l *analyze.Limit) { l.SustainedRate = interval(low, high) }
	}
	crowd, replicas, changing := bucket, bucket, bucket
	crowd.Why, replicas.Why, changing.Why = "crowded", "replicas", "changing"
	replicas.RateLow, replicas.Rate = 20, 40
	changing.Nameless = true
	for _, test := range []struct {
		name   string
		truth  Truth
		limit  analyze.Limit
		want   Judgement
		missed []string
	}{
		{"right", bucket, said(id, "token-bucket"), Right, nil},
		{"wrong model", bucket, said(id, "fixed-window"), Wrong, nil},
		{"a modifier too many", bucket, said(id, "token-bucket", "block"), Wrong, nil},
		{"a modifier missing", counting, said(id, "token-bucket"), Wrong, nil},
		{"a modifier", counting, said(id, "token-bucket", "limited-hits-count"), Right, nil},
		{"another right name", step, said(id, "token-bucket"), Right, nil},
		{"rate not held", bucket, with(said(id, "token-bucket"), rate(20.001, 21)), Right, []string{"sustained_rate"}},
		{"rate at its edge", bucket, with(said(id, "token-bucket"), rate(20, 21)), Right, nil},
		{"burst not held", bucket, with(said(id, "token-bucket"), func(l *analyze.Limit) { l.Burst = interval(29, 30.9) }), Right, []string{"burst"}},
		{"anchor", window, with(said(id, "fixed-window"), anchored("timer")), Right, nil},
		{"wrong anchor", window, with(said(id, "fixed-window"), anchored("first-hit")), Wrong, []string{"anchor"}},
		{"no anchor", window, said(id, "fixed-window"), Right, nil},
		{"parameter", window, with(said(id, "fixed-window"), func(l *analyze.Limit) {
			l.Params = map[string]analyze.Parameter{"window_s": {Interval: *interval(1, 1.5)}}
		}), Right, []string{"window_s"}},
		{"crowded, right", crowd, said(id, "token-bucket"), Right, nil},
		{"crowded, wrong rate", crowd, with(said(id, "token-bucket"), rate(13, 14)), Wrong, []string{"sustained_rate"}},
		{"replicas, between one and all", replicas, with(said(id, "token-bucket"), rate(29, 31)), Right, nil},
		{"replicas, more than all", replicas, with(said(id, "token-bucket"), rate(41, 42)), Wrong, []string{"sustained_rate"}},
		{"changing", changing, said(id, "token-bucket"), Wrong, nil},
		{"declined", changing, said(analyze.Contradicted, "token-bucket"), Declined, nil},
		{"nearest does not matter", bucket, said(analyze.Insufficient, "tiers"), Declined, nil},
		{"unlimited, but limited", bucket, said(analyze.Unlimited, ""), Wrong, nil},
		{"unlimited, as far as was tried", bucket, with(said(analyze.Unlimited, ""), func(l *analyze.Limit) { l.Limited = 0 }), Declined, nil},
		{"unlimited, but held back", Truth{Model: "leaky-bucket-queue"}, with(said(analyze.Unlimited, ""), func(l *analyze.Limit) { l.Limited = 0 }), Wrong, nil},
		{"unlimited", Truth{Model: "unlimited"}, said(analyze.Unlimited, ""), Right, nil},
	} {
		got := judge(&test.limit, &test.truth)
		if got.Judgement != test.want || !slices.Equal(got.Missed, test.missed) {
			t.Errorf("%s: %s, missed %v; want %s, %v", test.name, got.Judgement, got.Missed, test.want, test.missed)
		}
	}
}

func TestJudgeMeasures(t *testing.T) {
	truth := bucketTruth(20, 31)
	exact, none := said(analyze.Identified, "token-bucket"), analyze.Limit{Verdict: analyze.Identified, Model: "token-bucket"}
	a := judge(&exact, &truth)
	if !a.RateBounded || a.RateWidth < 0.00099 || a.RateWidth > 0.00101 || a.RateValue != 20 || !a.BurstExact || a.Predicted != 50 || a.Foretold != 49 {
		t.Errorf("%+v", a)
	}
	if a := judge(&none, &truth); a.RateBounded || a.BurstExact || a.RateWidth != 0 || len(a.Missed) > 0 {
		t.Errorf("nothing said: %+v", a)
	}
	for _, b := range []*analyze.Interval{interval(30.9, 32), interval(30, 31), interval(29.5, 30.5), {Value: 31, Low: exact.Burst.Low}} {
		l := with(exact, func(l *analyze.Limit) { l.Burst = b })
		if judge(&l, &truth).BurstExact {
			t.Errorf("burst %+v is exact", b)
		}
	}
}

func TestLost(t *testing.T) {
	truth := bucketTruth(20, 31)
	truth.Modifiers = []string{"block"}
	for _, test := range []struct {
		survivors []string
		lost      bool
	}{
		{[]string{"tiers", "token-bucket"}, false},
		{[]string{"token-bucket + block"}, false},
		{[]string{"tiers", "fixed-window"}, true},
		{nil, true},
	} {
		l := analyze.Limit{Verdict: analyze.Undetermined, Survivors: test.survivors}
		if got := judge(&l, &truth); got.Lost != test.lost || got.Judgement != Declined {
			t.Errorf("%v: %+v", test.survivors, got)
		}
	}
}

func TestWorst(t *testing.T) {
	of := func(js ...Judgement) Judgement {
		var all []Answer
		for _, j := range js {
			all = append(all, Answer{Judgement: j})
		}
		return worst(all).Judgement
	}
	if of(Right, Wrong, Declined) != Wrong || of(Declined, Right) != Declined || of(Right, Right) != Right || of() != Declined {
		t.Error("the worst answer does not count")
	}
}

func TestRow(t *testing.T) {
	truth := Truth{Model: "fixed-window", Anchors: []string{"clock", "timer"}, Modifiers: []string{"limited-hits-count", "block"}, Why: "drops"}
	if got, want := truth.Row(), "fixed-window (clock) + block + limited-hits-count, drops"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := truth.Name(), "fixed-window + block + limited-hits-count"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
