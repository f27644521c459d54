package gate

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ratefit/analyze"
	"ratefit/expect"
)

func between(low, high float64) *analyze.Interval {
	return &analyze.Interval{Value: (low + high) / 2, Low: &low, High: &high}
}

func least(low float64) *analyze.Interval { return &analyze.Interval{Value: low, Low: &low} }

// bucket is a token bucket of 2/s with a burst of 30, found behind reads.
func bucket() analyze.Limit {
	return analyze.Limit{
		Class: "read", Sources: []string{"127.0.0.2"}, Verdict: analyze.Identified, Model: "token-bucket",
		Survivors: []string{"token-bucket"}, SustainedRate: between(1.999, 2.001), Burst: between(30, 30), Hits: 100, Admitted: 60, Limited: 40, Busiest: 32,
	}
}

func with(change func(l *analyze.Limit)) analyze.Limit {
	l := bucket()
	change(&l)
	return l
}

func open() analyze.Limit {
	return analyze.Limit{Class: "read", Verdict: analyze.Unlimited, Model: "unlimited", Hits: 1000, Admitted: 1000, Busiest: 500}
}

func analysis(limits ...analyze.Limit) *analyze.Analysis {
	return &analyze.Analysis{Limits: limits, Scope: analyze.Scope{
		Class: analyze.Separate, Source: analyze.Separate, Credential: analyze.Untested, Path: analyze.UndeterminedScope,
	}}
}

// set reads expectations, each with the flag that it is for.
func set(t testing.TB, texts ...string) *expect.Set {
	t.Helper()
	var s expect.Set
	for _, text := range texts {
		flag, value, _ := strings.Cut(text, " ")
		add := map[string]func(string) error{"model": s.AddModel, "param": s.AddParam, "scope": s.AddScope}[flag]
		if add == nil {
			add, value = s.Add, text
		}
		if err := add(value); err != nil {
			t.Fatal(err)
		}
	}
	return &s
}

const (
	yes   = analyze.IsHeld
	no    = analyze.IsBroken
	maybe = analyze.IsUnknown
)

func TestJudge(t *testing.T) {
	slow := func(l *analyze.Limit) { l.SustainedRate = between(0.5, 0.501); l.Sources = []string{"127.0.0.9"} }
	joint := with(func(l *analyze.Limit) { l.Class = "read+write" })
	writes := with(func(l *analyze.Limit) { l.Class = "write" })
	unclear := analysis(bucket(), writes)
	unclear.Scope.Class = analyze.UndeterminedScope
	cutOff := analysis(bucket())
	cutOff.Partial = "the run was interrupted"
	several := func(v ...analyze.Possible) analyze.Limit {
		return with(func(l *analyze.Limit) { l.Verdict, l.Possible = analyze.Undetermined, v })
	}
	one := analyze.Possible{Model: "token-bucket", Variant: "token bucket", SustainedRate: between(1.999, 2.001), Burst: between(30, 30)}
	like := analyze.Possible{Model: "fixed-window", Variant: "fixed window", SustainedRate: between(1.99, 2.002), Burst: between(30, 30)}
	unlike := analyze.Possible{Model: "tiers", Variant: "two", SustainedRate: between(3, 3.1), Burst: between(33, 34)}
	twelve := func(last analyze.Limit) *analyze.Analysis {
		var all []analyze.Limit
		for i := range 11 {
			all = append(all, with(func(l *analyze.Limit) { l.Sources = []string{fmt.Sprintf("127.0.0.%d", i+2)} }))
		}
		return analysis(append(all, last)...)
	}
	for _, c := range []struct {
		name   string
		expect string
		a      *analyze.Analysis
		want   string // verdicts, one letter for each
		text   string // part of the worst sentence
	}{
		{"inside", "read=2/s:30", analysis(bucket()), "hh", "a sustained rate of 2/s was asked for (1.98 to 2.02/s); it is 1.999 to 2.001/s"},
		{"rate above", "read=1.9/s:30", analysis(bucket()), "bh", "it is 1.999 to 2.001/s"},
		{"rate below", "read=2.1/s:30", analysis(bucket()), "bh", ""},
		{"burst off by one", "read=2/s:31", analysis(bucket()), "hb", "a burst of 31 was asked for (30.69 to 31.31); it is 30"},
		{"per minute", "read=120/m", analysis(bucket()), "h", ""},
		{"straddling", "read=2/s", analysis(with(func(l *analyze.Limit) { l.SustainedRate = between(1.97, 2.001) })), "u", "which may lie inside or outside"},
		{"wider on both sides", "read=2/s", analysis(with(func(l *analyze.Limit) { l.SustainedRate = between(1, 3) })), "u", ""},
		{"burst at least as many", "read=2/s:30", analysis(with(func(l *analyze.Limit) { l.Burst = least(30) })), "hu", "at least 30"},
		{"burst certainly more", "read=2/s:30", analysis(with(func(l *analyze.Limit) { l.Burst = least(31) })), "hb", ""},
		{"no lower end", "read=2/s", analysis(with(func(l *analyze.Limit) { l.SustainedRate.Low = nil })), "u", ""},
		{"no samples", "read=2/s:30", analysis(), "uu", "no hits of class read"},
		{"class missing", "write=2/s", analysis(bucket()), "u", "no hits of class write"},
		{"contradicted, though inside", "read=2/s:30", analysis(with(func(l *analyze.Limit) { l.Verdict = analyze.Contradicted })), "uu", "no model explains"},
		{"insufficient, though inside", "read=2/s:30", analysis(with(func(l *analyze.Limit) { l.Verdict, l.Why = analyze.Insufficient, "too few" })), "uu", "too few"},
		{"undetermined, only one fit is told", "read=2/s:30", analysis(with(func(l *analyze.Limit) { l.Verdict = analyze.Undetermined })), "uu", ""},
		{"undetermined, all inside", "read=2/s:30", analysis(several(one, like)), "hh", ""},
		{"undetermined, one outside", "read=2/s:30", analysis(several(one, unlike)), "uu", "if it is a two"},
		{"undetermined, the first outside", "read=2/s:30", analysis(several(unlike, one)), "uu", "if it is a two"},
		{"undetermined, all outside", "read=9/s:90", analysis(several(one, unlike)), "bb", ""},
		{"a cap has no rate", "read=2/s", analysis(with(func(l *analyze.Limit) { l.Model, l.SustainedRate = "concurrency", nil })), "b", "a concurrency has none"},
		{"one of twelve differs", "read=2/s:30", twelve(with(slow)), "bh", "read from 127.0.0.9: "},
		{"one of twelve is not known", "read=2/s:30", twelve(with(func(l *analyze.Limit) { l.Verdict = analyze.Insufficient })), "uu", ""},
		{"twelve alike", "read=2/s:30", twelve(bucket()), "hh", "and so at the other 11 limiters"},
		{"a shared one is not its own", "read=2/s:30", analysis(joint), "bb", "read has no limiter of its own: one limiter serves read+write"},
		{"a shared one that is not known", "read=2/s", analysis(with(func(l *analyze.Limit) { l.Class, l.Verdict = "read+write", analyze.Contradicted })), "u", ""},
		{"shared, as expected", "read+write=2/s:30", analysis(joint), "hh", ""},
		{"not shared, though expected", "write+read=2/s:30", analysis(bucket(), writes), "bb", "do not share a limiter"},
		{"shared is not known", "write+read=2/s:30", unclear, "uu", "is not known"},
		{"whether its own is not known", "read=2/s:30", unclear, "uu", "whether read shares a limiter"},
		{"interrupted", "read=2/s:30", cutOff, "uu", "but the run was interrupted"},
		{"interrupted and broken all the same", "read=5/s:30", cutOff, "bu", ""},

		{"nothing limited, far above", "read=2/s:30", analysis(open()), "bb", "500 hits were admitted within one second, and a limit of 2/s with a burst of 30 lets no more than 62.62 through"},
		{"nothing limited, not fast enough", "read=1000/s:1000", analysis(open()), "uu", "it takes 3031 to tell"},
		{"nothing limited, any burst explains it", "read=2/s", analysis(open()), "u", "a large burst would explain that"},
		{"far too much, though contradicted", "read=2/s:30", analysis(with(func(l *analyze.Limit) { l.Verdict, l.Busiest = analyze.Contradicted, 63 })), "bb", ""},
		{"two windows in one second", "read=2/s:30", analysis(with(func(l *analyze.Limit) { l.Verdict, l.Busiest = analyze.Contradicted, 62 })), "uu", ""},

		{"unlimited", "read=unlimited", analysis(open()), "h", "up to 500 hits"},
		{"unlimited, up to as many", "read=unlimited:500", analysis(open()), "h", ""},
		{"unlimited, not up to as many", "read=unlimited:501", analysis(open()), "u", "it takes 501"},
		{"unlimited, up to fewer than usual", "read=unlimited:5", analysis(func() analyze.Limit { l := open(); l.Busiest = 5; return l }()), "h", ""},
		{"one hit proves nothing", "read=unlimited", analysis(func() analyze.Limit { l := open(); l.Busiest = 1; return l }()), "u", "it takes 100"},
		{"limited after all", "read=unlimited", analysis(bucket()), "b", "40 of 100 hits were"},
		{"a queue delays", "read=unlimited", analysis(with(func(l *analyze.Limit) { l.Model, l.Limited = "leaky-bucket-queue", 0 })), "b", "there is a leaky-bucket-queue"},
		{"all failed", "read=unlimited", analysis(analyze.Limit{Class: "read", Verdict: analyze.Insufficient, Hits: 9, Failed: 9}), "u", ""},

		{"model", "model token-bucket", analysis(bucket(), writes), "h", ""},
		{"other model", "model fixed-window", analysis(bucket()), "b", "fixed-window was asked for; it is token-bucket"},
		{"it also blocks", "model token-bucket", analysis(with(func(l *analyze.Limit) { l.Modifiers = []string{"block"} })), "b", "it is token-bucket+block"},
		{"blocks, as expected", "model token-bucket+block", analysis(with(func(l *analyze.Limit) { l.Modifiers = []string{"block"} })), "h", ""},
		{"one of two models", "model token-bucket", analysis(several(one, like)), "u", "it is one of token-bucket, fixed-window"},
		{"neither of two models", "model concurrency", analysis(several(one, like)), "b", ""},
		{"model of what is not limited", "model token-bucket", analysis(open()), "u", ""},
		{"nothing to have a model", "model token-bucket", analysis(), "u", "nothing was measured"},

		{"param", "param window_s=60", analysis(with(func(l *analyze.Limit) {
			l.Params = map[string]analyze.Parameter{"window_s": {Interval: *between(59.9, 60.1)}}
		})), "h", ""},
		{"param outside", "param window_s=61", analysis(with(func(l *analyze.Limit) {
			l.Params = map[string]analyze.Parameter{"window_s": {Interval: *between(59.9, 60.1)}}
		})), "b", ""},
		{"param that the model has not", "param read=window_s=60", analysis(bucket()), "b", "a token-bucket has none"},
		{"word", "param anchor=clock", analysis(with(func(l *analyze.Limit) { l.Params = map[string]analyze.Parameter{"anchor": {Text: "clock"}} })), "h", ""},
		{"other word", "param anchor=timer", analysis(with(func(l *analyze.Limit) { l.Params = map[string]analyze.Parameter{"anchor": {Text: "clock"}} })), "b", "it is clock"},
		{"no word", "param anchor=timer", analysis(bucket()), "b", "it is none"},
		{"word of nothing known", "param anchor=timer", analysis(with(func(l *analyze.Limit) { l.Verdict = analyze.Contradicted })), "u", ""},

		{"scope", "scope source=separate", analysis(bucket()), "h", ""},
		{"other scope", "scope source=shared", analysis(bucket()), "b", "they are separate"},
		{"scope not tested", "scope credential=separate", analysis(bucket()), "u", "not tested"},
		{"scope not known", "scope path=shared", analysis(bucket()), "u", "do not tell"},
	} {
		got := Judge(set(t, c.expect), c.a)
		letters, texts := "", ""
		for _, e := range got {
			letters += string(e.Verdict[0])
			texts += e.Text + "\n"
			if e.Text == "" || e.ID == "" || e.Given == "" || e.Verdict == maybe && e.Measured.Text == "" && e.Limit != nil && *e.Limit >= len(c.a.Limits) {
				t.Errorf("%s: incomplete %+v", c.name, e)
			}
		}
		if letters != c.want || !strings.Contains(texts, c.text) {
			t.Errorf("%s: %s is %s, want %s with %q:\n%s", c.name, c.expect, letters, c.want, c.text, texts)
		}
	}
}

func TestDeclared(t *testing.T) {
	says := func(agrees *bool, checks ...analyze.HeaderCheck) analyze.Limit {
		return with(func(l *analyze.Limit) {
			l.Declared, l.HeaderChecks = &analyze.Declared{Agrees: agrees, Findings: []string{"it is false"}}, checks
		})
	}
	good, bad := true, false
	for _, c := range []struct {
		name string
		l    analyze.Limit
		want analyze.Held
	}{
		{"true", says(&good), yes},
		{"false", says(&bad), no},
		{"not known", says(nil), maybe},
		{"nothing declared", bucket(), maybe},
		{"Remaining lies", says(&good, analyze.HeaderCheck{ID: analyze.CheckRemaining, Text: "off by one"}), no},
		{"Retry-After lies, the rest is not known", says(nil, analyze.HeaderCheck{ID: analyze.CheckWait, Text: "too short"}), no},
		{"what is left out is not untrue", says(&good, analyze.HeaderCheck{ID: analyze.CheckWaitIsSaid}, analyze.HeaderCheck{ID: analyze.CheckStatus}), yes},
		{"true of one of several possible", with(func(l *analyze.Limit) {
			l.Verdict, l.Declared = analyze.Undetermined, &analyze.Declared{Agrees: &good}
		}), maybe},
	} {
		got := Judge(set(t, "declared"), analysis(c.l))
		if len(got) != 1 || got[0].Verdict != c.want {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
	if got := Judge(set(t, "declared"), analysis(says(&good), says(&bad))); got[0].Verdict != no || *got[0].Limit != 1 {
		t.Errorf("one of two lies: %+v", got)
	}
}

// What is expected of all classes leaves out those that have their own expectation,
// and those that are to be unlimited.
func TestAllClasses(t *testing.T) {
	free := open()
	free.Class = "write"
	other := with(func(l *analyze.Limit) { l.Class, l.Model = "bulk", "fixed-window" })
	a := analysis(bucket(), free, other)
	got := Judge(set(t, "write=unlimited", "model token-bucket", "model bulk=fixed-window"), a)
	if Sum(got) != yes {
		t.Errorf("got %+v", got)
	}
	if got := Judge(set(t, "write=unlimited", "model token-bucket"), a); Sum(got) != no {
		t.Errorf("bulk is no token bucket: %+v", got)
	}
	if got := Judge(set(t, "read=unlimited", "model token-bucket"), analysis(open())); got[1].Verdict != maybe {
		t.Errorf("a model of nothing: %+v", got)
	}
}

func TestSum(t *testing.T) {
	of := func(all ...analyze.Held) (out []analyze.Expectation) {
		for _, v := range all {
			out = append(out, analyze.Expectation{Verdict: v})
		}
		return out
	}
	for _, c := range []struct {
		all  []analyze.Expectation
		want analyze.Held
	}{
		{nil, maybe}, {of(yes), yes}, {of(yes, maybe), maybe}, {of(maybe, no, yes), no}, {of(no, maybe), no}, {of(yes, yes), yes},
	} {
		if got := Sum(c.all); got != c.want {
			t.Errorf("%v: %s, want %s", c.all, got, c.want)
		}
	}
}

// Held means that the whole interval is accepted, broken that none of it is; a wider
// interval is never surer, and a wider tolerance never breaks what was held.
func TestPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(0.01, 1000).Draw(t, "asked")
		tolerance := rapid.Float64Range(0.0001, 0.2).Draw(t, "tolerance")
		low := x * rapid.Float64Range(0.5, 1.5).Draw(t, "low")
		high := low * rapid.Float64Range(1, 1.5).Draw(t, "width")
		truth := low + (high-low)*rapid.Float64Range(0, 1).Draw(t, "truth")
		accepted := around(x, expect.Tolerance(tolerance))
		p := place(between(low, high), &accepted)
		good := truth >= *accepted.Low-1e-8*x && truth <= *accepted.High+1e-8*x
		if p == inside && !good || p == outside && truth > *accepted.Low+1e-8*x && truth < *accepted.High-1e-8*x {
			t.Fatalf("%v to %v is %v to %v ± %v, but the truth may be %v", low, high, p, x, tolerance, truth)
		}
		wider := place(between(low*0.9, high*1.1), &accepted)
		if p == straddling && wider != straddling || p == inside && wider == outside || p == outside && wider == inside {
			t.Fatalf("wider is surer: %v, then %v", p, wider)
		}
		loose := around(x, expect.Tolerance(2*tolerance))
		if p == inside && place(between(low, high), &loose) != inside {
			t.Fatal("more tolerance broke it")
		}
		if open := place(least(low), &accepted); open == inside {
			t.Fatal("without an end nothing is inside")
		}
	})
}

// What is decided need not be measured closer; of other classes nothing is asked.
func TestDecided(t *testing.T) {
	wide := with(func(l *analyze.Limit) { l.SustainedRate = between(1.9, 2.1) })
	for _, c := range []struct {
		expect, class string
		l             analyze.Limit
		want          bool
	}{
		{"read=2/s:30", "read", bucket(), true},
		{"read=9/s:30", "read", bucket(), true},
		{"read=2/s:30", "read", wide, false},
		{"read=9/s:30", "read", wide, true},
		{"read=2/s:30", "write", wide, true},
		{"scope source=separate", "read", wide, true},
		{"read=2/s:30", "read", with(func(l *analyze.Limit) { l.Burst = least(30) }), false},
		{"read=2/s:30", "read", with(func(l *analyze.Limit) { l.Class = "read+write" }), true},
	} {
		if got := Decided(set(t, c.expect), c.class, &c.l); got != c.want {
			t.Errorf("%s of %s: %v, want %v", c.expect, c.class, got, c.want)
		}
	}
}
