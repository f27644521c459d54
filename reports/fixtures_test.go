package reports

import (
	"fmt"
	"maps"
	"time"

	"ratefit/analyze"
	"ratefit/analyze/declared"
)

func between(value, low, high float64) *analyze.Interval {
	return &analyze.Interval{Value: value, Low: &low, High: &high}
}

func atLeastIs(low float64) *analyze.Interval { return &analyze.Interval{Value: low, Low: &low} }

// readLimit is what the survey finds at a token bucket of 2/s, burst 30.
func readLimit() analyze.Limit {
	return analyze.Limit{
		Class: "read", Sources: []string{"127.0.0.2", "127.0.0.3"},
		Verdict: analyze.Identified, Model: "token-bucket", Survivors: []string{"token-bucket"},
		SustainedRate: between(2.00005, 1.9998, 2.0003), Burst: between(30, 30, 30),
		Prediction: &analyze.Prediction{Hits: 120, Correct: 120},
		Declared: &analyze.Declared{
			Convention: "launch27-api-2.0", SustainedRate: new(2.0), Burst: new(30.0), Agrees: new(true),
			Policies: []declared.Policy{{Class: "read", Unit: "requests", Rate: new(2.0), Burst: new(30.0)}},
		},
		Region: []analyze.RegionPoint{
			{Rate: 1.9998, BurstLow: 30.0102, BurstHigh: new(30.0110)},
			{Rate: 1.9999, BurstLow: 30.0011, BurstHigh: new(30.0094)},
			{Rate: 2.0001, BurstLow: 29.9951, BurstHigh: new(30.0050)},
			{Rate: 2.0003, BurstLow: 29.9902, BurstHigh: new(29.9931)},
		},
		Hits: 2904, Admitted: 174, Limited: 2730, FirstAdmittedStatus: 200,
		LimitedStatuses: map[string]int{"429": 2730},
	}
}

func writeLimit() analyze.Limit {
	l := readLimit()
	l.Class = "write"
	l.SustainedRate, l.Burst = between(2.0001, 1.9996, 2.0006), between(10, 10, 10)
	l.Declared.Burst = new(10.0)
	l.Declared.Policies = []declared.Policy{{Class: "write", Unit: "requests", Rate: new(2.0), Burst: new(10.0)}}
	l.Region = nil
	l.Hits, l.Admitted, l.Limited, l.FirstAdmittedStatus = 1452, 94, 1358, 201
	l.LimitedStatuses = map[string]int{"429": 1358}
	return l
}

// analysis puts limits into a whole document.
func analysis(limits ...analyze.Limit) *analyze.Analysis {
	a := &analyze.Analysis{
		Schema: analyze.Schema, Target: "http://127.0.0.1:8080/",
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Duration: 31.2, Limits: limits,
		Scope: analyze.Scope{
			Class: analyze.Separate, Source: analyze.Separate, Credential: analyze.Untested, Path: analyze.Untested,
		},
		Sent: analyze.Sent{AskedRate: 800, AchievedRate: 799},
	}
	for _, l := range limits {
		a.Sent.Requests += l.Hits - l.Failed
	}
	return a
}

// fixtures holds an analysis for each thing a report must be able to say.
func fixtures() map[string]*analyze.Analysis {
	all := map[string]*analyze.Analysis{
		"identified":      analysis(readLimit(), writeLimit()),
		"undetermined":    undetermined(),
		"insufficient":    insufficient(),
		"unlimited":       unlimited(),
		"contradicted":    contradicted(),
		"burst-open":      burstOpen(),
		"shared":          shared(),
		"twelve-sources":  twelveSources(),
		"per-source":      perSource(),
		"no-hits":         analysis(analyze.Limit{Class: "read", Verdict: analyze.Insufficient, Why: "no hit was sent: send at least one burst"}),
		"no-limits":       analysis(),
		"one-hit":         oneHit(),
		"disagreeing":     disagreeing(),
		"warnings":        warnings(),
		"slow-window":     slowWindow(),
		"hostile":         hostile(),
		"ten-million":     tenMillion(),
		"nothing-claimed": nothingClaimed(),
	}
	maps.Copy(all, capacityFixtures())
	maps.Copy(all, modelFixtures())
	maps.Copy(all, costFixtures())
	return all
}

func undetermined() *analyze.Analysis {
	l := readLimit()
	l.Verdict, l.Model, l.Survivors = analyze.Undetermined, "token-bucket", []string{"token-bucket", "fixed-window", "sliding-window-log"}
	l.SustainedRate, l.Burst = between(2.1, 1.4, 2.9), between(30, 29, 32)
	l.Why = "the run never paused, so the models agree on every hit; a pause of 8 s after the burst and a second burst would separate them"
	l.Declared.Agrees = nil
	l.Prediction = nil
	return analysis(l)
}

func insufficient() *analyze.Analysis {
	l := readLimit()
	l.Verdict, l.Model, l.Survivors = analyze.Insufficient, "", nil
	l.SustainedRate, l.Burst = nil, atLeastIs(31)
	l.Why = "only 1 hit was limited: about 40 more hits within 20 s are needed to bound the rate"
	l.Hits, l.Admitted, l.Limited, l.Declared, l.Prediction, l.Region = 32, 31, 1, nil, nil, nil
	l.LimitedStatuses = map[string]int{"429": 1}
	return analysis(l)
}

func unlimited() *analyze.Analysis {
	l := readLimit()
	l.Verdict, l.Model, l.Survivors = analyze.Unlimited, "unlimited", []string{"unlimited"}
	l.SustainedRate, l.Burst, l.Declared, l.Prediction, l.Region = nil, nil, nil, nil, nil
	l.Admitted, l.Limited, l.LimitedStatuses = l.Hits, 0, nil
	return analysis(l)
}

func contradicted() *analyze.Analysis {
	l := readLimit()
	l.Verdict, l.Survivors, l.Contradictions = analyze.Contradicted, nil, 3
	l.Why = "three hits were limited although the bucket held tokens; a second limiter may stand behind the first"
	l.Alternatives = []analyze.Alternative{
		{Model: "token-bucket", Contradictions: 3, First: &analyze.Witness{Hit: 1057, At: 3.204, Expected: "admitted", Observed: "limited"}},
		{Model: "fixed-window", Contradictions: 41, First: &analyze.Witness{Hit: 57, At: 0.2, Expected: "limited", Observed: "admitted"}},
		{Model: "concurrency", Contradictions: 1},
	}
	l.Prediction.Correct = 117
	return analysis(l)
}

func burstOpen() *analyze.Analysis {
	l := readLimit()
	l.Burst = atLeastIs(30.97)
	l.Region = []analyze.RegionPoint{{Rate: 1.9998, BurstLow: 31.02}, {Rate: 2.0003, BurstLow: 30.97}}
	return analysis(l)
}

func shared() *analyze.Analysis {
	l := readLimit()
	l.Class = "read+write"
	a := analysis(l)
	a.Scope.Class, a.Scope.Source = analyze.Shared, analyze.Shared
	return a
}

func twelveSources() *analyze.Analysis {
	l := readLimit()
	l.Sources = nil
	for i := range 12 {
		l.Sources = append(l.Sources, fmt.Sprintf("127.0.0.%d", i+2))
	}
	return analysis(l)
}

func perSource() *analyze.Analysis {
	first, second := readLimit(), readLimit()
	first.Sources, second.Sources = []string{"127.0.0.2"}, []string{"2001:db8::2"}
	second.SustainedRate = between(0.5, 0.4999, 0.5002)
	a := analysis(first, second)
	a.Scope.Class = analyze.Untested
	a.Scope.Path = analyze.UndeterminedScope
	return a
}

func oneHit() *analyze.Analysis {
	l := analyze.Limit{
		Class: "read", Sources: []string{"127.0.0.1"}, Verdict: analyze.Insufficient,
		Why: "one hit bounds nothing", Burst: atLeastIs(1), Hits: 1, Admitted: 1, FirstAdmittedStatus: 200,
	}
	a := analysis(l)
	a.Duration, a.Sent = 0.004, analyze.Sent{AskedRate: 1, AchievedRate: 1, Requests: 1}
	return a
}

func disagreeing() *analyze.Analysis {
	l := readLimit()
	l.Declared = &analyze.Declared{
		Convention: "x-ratelimit", SustainedRate: new(1000.0 / 3600), Burst: new(1000.0), Window: new(3600.0), Quota: new(1000.0),
		RetryAfter: new(1.0), Agrees: new(false),
		Findings: []string{
			"the declared rate is 7.2 times lower than the one observed",
			"Retry-After was too short in 12 of 40 limited hits",
		},
	}
	return analysis(l, writeLimit())
}

func warnings() *analyze.Analysis {
	l := readLimit()
	l.Failed, l.Unknown = 3, 1
	l.Hits += 4
	l.Modifiers = []string{"limited-hits-count", "block"}
	l.Params = map[string]analyze.Parameter{"block_s": {Interval: *between(30, 29.8, 30.3)}}
	l.LimitedStatuses = map[string]int{"429": 2700, "503": 30}
	l.Warnings = []string{"1 hit got no reply in time; it may or may not have been counted"}
	a := analysis(l)
	a.Sent.Shortfall = 3
	a.Warnings = []string{"the wall clock was set back by 2 s during the run", "the client was up to 40 ms late"}
	return a
}

func slowWindow() *analyze.Analysis {
	l := readLimit()
	l.Model, l.Survivors = "fixed-window", []string{"fixed-window"}
	l.SustainedRate, l.Burst = between(5.0/60, 0.08331, 0.08336), between(5, 5, 5)
	l.Params = map[string]analyze.Parameter{
		"window_s": {Interval: *between(60, 59.98, 60.02)}, "quota": {Interval: *between(5, 5, 5)}, "anchor": {Text: "first-hit"},
	}
	l.Alternatives = []analyze.Alternative{{Model: "token-bucket", Contradictions: 41, First: &analyze.Witness{
		Hit: 57, At: 63.2, Expected: "limited", Observed: "admitted",
	}}}
	l.Region = nil
	a := analysis(l)
	a.Duration = 1830
	return a
}

// hostile carries what a server could put into names and headers.
func hostile() *analyze.Analysis {
	l := readLimit()
	l.Class = "läsning-读取\x1b[31m\u202egnp"
	l.Declared.Convention = "a\nb"
	l.Declared.Findings = []string{"policy \"\x07<script>\" \xff is odd"}
	l.Warnings = []string{strings80() + " ends"}
	a := analysis(l)
	a.Target = "http://例え.テスト/über?q=…"
	return a
}

func strings80() string {
	s := ""
	for len(s) < 100 {
		s += "0123456789"
	}
	return s
}

func tenMillion() *analyze.Analysis {
	l := readLimit()
	l.Hits, l.Admitted, l.Limited = 10_000_000, 1_234_567, 8_765_433
	return analysis(l)
}

func nothingClaimed() *analyze.Analysis {
	l := readLimit()
	l.Declared = &analyze.Declared{Convention: "retry-after", RetryAfter: new(12.0)}
	return analysis(l)
}
