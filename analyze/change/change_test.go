package change

import (
	"testing"

	"pgregory.net/rapid"

	"ratefit/analyze"
)

func between(low, high float64) *analyze.Interval {
	return &analyze.Interval{Value: (low + high) / 2, Low: &low, High: &high}
}

func bucket(change ...func(l *analyze.Limit)) analyze.Limit {
	l := analyze.Limit{
		Class: "read", Sources: []string{"127.0.0.2"}, Verdict: analyze.Identified, Model: "token-bucket", Survivors: []string{"token-bucket"},
		SustainedRate: between(1.999, 2.001), Burst: between(30, 30), Prediction: &analyze.Prediction{Hits: 20, Correct: 19},
	}
	for _, f := range change {
		f(&l)
	}
	return l
}

func analysis(limits ...analyze.Limit) *analyze.Analysis {
	return &analyze.Analysis{Limits: limits, Scope: analyze.Scope{
		Class: analyze.Separate, Source: analyze.UndeterminedScope, Credential: analyze.Untested, Path: analyze.Untested,
	}}
}

func TestRows(t *testing.T) {
	good, bad := true, false
	window := func(low, high float64, anchor string) func(*analyze.Limit) {
		return func(l *analyze.Limit) {
			l.Model = "fixed-window"
			l.Params = map[string]analyze.Parameter{"window_s": {Interval: *between(low, high)}, "anchor": {Text: anchor}, "initial_deficit": {Interval: *between(0, 1)}}
		}
	}
	free := func(busiest int) func(*analyze.Limit) {
		return func(l *analyze.Limit) {
			l.Verdict, l.Model, l.SustainedRate, l.Burst, l.Busiest = analyze.Unlimited, "unlimited", nil, nil, busiest
		}
	}
	rate := func(low, high float64) func(*analyze.Limit) {
		return func(l *analyze.Limit) { l.SustainedRate = between(low, high) }
	}
	verdict := func(v analyze.Verdict) func(*analyze.Limit) { return func(l *analyze.Limit) { l.Verdict = v } }
	possible := func(models ...string) func(*analyze.Limit) {
		return func(l *analyze.Limit) {
			l.Verdict = analyze.Undetermined
			for _, m := range models {
				l.Possible = append(l.Possible, analyze.Possible{Model: m})
			}
		}
	}
	for _, c := range []struct {
		name  string
		a, b  analyze.Limit
		about string
		want  Answer
	}{
		{"same", bucket(), bucket(), "rate", Same},
		{"close together", bucket(), bucket(rate(2.0005, 2.01)), "rate", Same},
		{"overlapping, but wide", bucket(), bucket(rate(1.9, 2.1)), "rate", Unclear},
		{"apart, though close", bucket(), bucket(rate(2.0011, 2.0012)), "rate", Changed},
		{"far apart", bucket(rate(5, 6)), bucket(), "rate", Changed},
		{"no upper end", bucket(), bucket(func(l *analyze.Limit) { l.SustainedRate.High = nil }), "rate", Unclear},
		{"at least more", bucket(), bucket(func(l *analyze.Limit) { l.Burst = &analyze.Interval{Value: 31, Low: between(31, 31).Low} }), "burst", Changed},
		{"burst by one", bucket(), bucket(func(l *analyze.Limit) { l.Burst = between(31, 31) }), "burst", Changed},
		{"only nearest", bucket(), bucket(rate(5, 6), verdict(analyze.Contradicted)), "rate", Unclear},
		{"no rate on one side", bucket(), bucket(func(l *analyze.Limit) { l.SustainedRate = nil }), "rate", Unclear},
		{"verdict same", bucket(), bucket(), "verdict", Same},
		{"both contradicted are not the same", bucket(verdict(analyze.Contradicted)), bucket(verdict(analyze.Contradicted)), "verdict", Unclear},
		{"insufficient", bucket(), bucket(verdict(analyze.Insufficient)), "verdict", Unclear},
		{"limiter gone", bucket(), bucket(free(63)), "verdict", Changed},
		{"limiter gone, perhaps", bucket(), bucket(free(62)), "verdict", Unclear},
		{"limiter new", bucket(free(500)), bucket(), "verdict", Changed},
		{"never any", bucket(free(500)), bucket(free(5)), "verdict", Same},
		{"model same", bucket(), bucket(), "model", Same},
		{"model other", bucket(), bucket(window(60, 60, "clock")), "model", Changed},
		{"it blocks now", bucket(), bucket(func(l *analyze.Limit) { l.Modifiers = []string{"block"} }), "model", Changed},
		{"model perhaps the same", bucket(), bucket(possible("token-bucket", "tiers")), "model", Unclear},
		{"model certainly another", bucket(), bucket(possible("concurrency", "tiers")), "model", Changed},
		{"survivors are not all that is possible", bucket(), bucket(verdict(analyze.Undetermined), func(l *analyze.Limit) { l.Survivors = []string{"tiers"} }), "model", Unclear},
		{"window", bucket(window(59.9, 60.1, "clock")), bucket(window(60, 60.2, "clock")), "param.window_s", Same},
		{"window longer", bucket(window(59.9, 60.1, "clock")), bucket(window(61, 61.2, "clock")), "param.window_s", Changed},
		{"anchor", bucket(window(60, 60, "clock")), bucket(window(60, 60, "timer")), "param.anchor", Changed},
		{"param on one side", bucket(window(60, 60, "clock")), bucket(func(l *analyze.Limit) { l.Model = "fixed-window" }), "param.anchor", Unclear},
		{"headers", bucket(func(l *analyze.Limit) { l.Declared = &analyze.Declared{Agrees: &good} }), bucket(func(l *analyze.Limit) { l.Declared = &analyze.Declared{Agrees: &bad} }), "headers", Changed},
		{"headers on one side", bucket(func(l *analyze.Limit) { l.Declared = &analyze.Declared{Agrees: &good} }), bucket(), "headers", Unclear},
		{"header check", bucket(func(l *analyze.Limit) { l.HeaderChecks = []analyze.HeaderCheck{{ID: "reset"}} }), bucket(func(l *analyze.Limit) { l.HeaderChecks = []analyze.HeaderCheck{{ID: "reset", Holds: true}} }), "header.reset", Changed},
		{"prediction is no change", bucket(), bucket(func(l *analyze.Limit) { l.Prediction.Correct = 1 }), "foretold", Noted},
	} {
		got := Compare(analysis(c.a), analysis(c.b), 0.01)
		var found *Row
		for i, r := range got.Limits[0].Rows {
			if r.About == c.about {
				found = &got.Limits[0].Rows[i]
			}
			if r.About == "param.initial_deficit" {
				t.Errorf("%s: how it was measured is no change", c.name)
			}
		}
		if found == nil || found.Answer != c.want {
			t.Errorf("%s: %+v, want %s", c.name, found, c.want)
		}
		// Nothing depends on the order, but for what is called before.
		back := Compare(analysis(c.b), analysis(c.a), 0.01)
		if back.Result != got.Result {
			t.Errorf("%s: %s, the other way round %s", c.name, got.Result, back.Result)
		}
	}
}

func TestPairs(t *testing.T) {
	from := func(class string, sources ...string) analyze.Limit {
		return bucket(func(l *analyze.Limit) { l.Class, l.Sources = class, sources })
	}
	name := func(p Pair) string {
		text := p.Class + "@" + p.Source
		for _, i := range []*int{p.Before, p.After} {
			if i == nil {
				text += " -"
			} else {
				text += " " + string(rune('0'+*i))
			}
		}
		return text
	}
	for _, c := range []struct {
		name string
		a, b []analyze.Limit
		want []string
	}{
		{"alone in the class, from elsewhere", []analyze.Limit{from("read", "1")}, []analyze.Limit{from("read", "2")}, []string{"read@ 0 0"}},
		{"other class", []analyze.Limit{from("read", "1")}, []analyze.Limit{from("write", "1")}, []string{"read@ 0 -", "write@ - 0"}},
		{
			"several, by source",
			[]analyze.Limit{from("read", "1"), from("read", "2")},
			[]analyze.Limit{from("read", "2", "3"), from("read", "4")},
			[]string{"read@1 0 -", "read@2 1 0", "read@4 - 1"},
		},
		{"split up", []analyze.Limit{from("read", "1", "2")}, []analyze.Limit{from("read", "1"), from("read", "2")}, []string{"read@1 0 0", "read@2 - 1"}},
		{"together now", []analyze.Limit{from("read", "1"), from("write", "1")}, []analyze.Limit{from("read+write", "1")}, []string{"read@ 0 -", "write@ 1 -", "read+write@ - 0"}},
	} {
		got := pairs(c.a, c.b)
		for i := range max(len(got), len(c.want)) {
			if i >= len(got) || i >= len(c.want) || name(got[i]) != c.want[i] {
				t.Errorf("%s: %d pairs, the one at %d differs: %+v", c.name, len(got), i, got)
				break
			}
		}
	}
}

func TestResult(t *testing.T) {
	sure := func(a *analyze.Analysis) *analyze.Analysis { a.Scope.Source = analyze.Separate; return a }
	cut := sure(analysis(bucket()))
	cut.Partial = "cut off"
	shared := sure(analysis(bucket()))
	shared.Scope.Source = analyze.Shared
	for _, c := range []struct {
		name string
		a, b *analyze.Analysis
		want Answer
	}{
		{"same", sure(analysis(bucket())), sure(analysis(bucket())), Same},
		{"scope is not known", sure(analysis(bucket())), analysis(bucket()), Unclear},
		{"scope changed", sure(analysis(bucket())), shared, Changed},
		{"nothing", sure(analysis()), sure(analysis()), Unclear},
		{"class on one side", sure(analysis(bucket())), sure(analysis()), Unclear},
		{"a part is never the same", cut, sure(analysis(bucket())), Unclear},
	} {
		if got := Compare(c.a, c.b, 0.01); got.Result != c.want {
			t.Errorf("%s: %s, want %s: %+v", c.name, got.Result, c.want, got)
		}
	}
}

// Changed means that no value is possible on both sides, same that any two that are
// possible lie within the tolerance.
func TestIntervals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (iv *analyze.Interval, truth float64) {
			low := rapid.Float64Range(1, 2).Draw(t, name)
			high := low * rapid.Float64Range(1, 1.1).Draw(t, name+" width")
			return between(low, high), low + (high-low)*rapid.Float64Range(0, 1).Draw(t, name+" truth")
		}
		a, x := draw("a")
		b, y := draw("b")
		answer, within := intervals(a, b, 0.05)
		back, _ := intervals(b, a, 0.05)
		if answer != back {
			t.Fatal("not symmetric")
		}
		if answer == Changed && x == y {
			t.Fatalf("%v and %v are changed, and may be equal", a, b)
		}
		if answer == Same && (max(x, y)/min(x, y) > 1.05+1e-9 || within == nil || max(x, y)/min(x, y) > 1+*within+1e-9) {
			t.Fatalf("%v and %v are the same, and may be %v and %v", a, b, x, y)
		}
	})
}
