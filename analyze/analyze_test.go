package analyze

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	xrate "golang.org/x/time/rate"

	"ratefit/internal/trace"
)

var zero = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// survey returns the instants of a profile that shows everything about a token
// bucket: a burst, saturation, a rest, a burst, saturation; and again after a
// rest of another length, since a window of a sliding counter may happen to end
// just after two of them.
func survey(rng *rand.Rand) []time.Duration {
	var at []time.Duration
	t := time.Duration(0)
	hold := func(rate float64, d time.Duration) {
		for i := range int(rate * d.Seconds()) {
			at = append(at, t+time.Duration((float64(i)+rng.Float64())/rate*1e9))
		}
		t += d
	}
	hold(1000, 150*time.Millisecond)
	hold(400, 3*time.Second)
	hold(25, 8*time.Second)
	t += 18 * time.Second
	hold(1000, 150*time.Millisecond)
	hold(400, 3*time.Second)
	t += 13700 * time.Millisecond
	hold(1000, 150*time.Millisecond)
	hold(50, 4*time.Second)
	return at
}

// surveyTrace is the survey from each class and source at once, decided by
// limiters that are not ours; limiterOf says which decides whom, nil admits.
func surveyTrace(seed uint64, classes, sources []string, limiterOf func(class, source string) *xrate.Limiter) []trace.Hit {
	return decidedBy(seed, classes, sources, func(class, source string, at time.Duration) bool {
		if limiterOf == nil {
			return true
		}
		l := limiterOf(class, source)
		return l == nil || l.AllowN(zero.Add(at), 1)
	})
}

// decidedBy is the survey with each hit decided by a function, in the order of
// the decisions.
func decidedBy(seed uint64, classes, sources []string, admits func(class, source string, at time.Duration) bool) []trace.Hit {
	rng := rand.New(rand.NewPCG(seed, 2))
	type asked struct {
		hit     trace.Hit
		decided time.Duration
	}
	var all []asked
	for _, c := range classes {
		for _, s := range sources {
			for _, at := range survey(rng) {
				a := asked{hit: trace.Hit{Class: c, Source: s, Asked: at, Sent: at, Status: 200}}
				a.decided = at + time.Duration(rng.ExpFloat64()*2e5)
				a.hit.FirstByte = a.decided + time.Duration(rng.ExpFloat64()*2e5)
				a.hit.End = a.hit.FirstByte + 1000
				all = append(all, a)
			}
		}
	}
	slices.SortFunc(all, func(a, b asked) int { return cmp.Compare(a.decided, b.decided) })
	hits := make([]trace.Hit, len(all))
	for i, a := range all {
		if !admits(a.hit.Class, a.hit.Source, a.decided) {
			a.hit.Status = 429
		}
		a.hit.Seq = uint64(i)
		hits[i] = a.hit
	}
	return hits
}

func analyse(hits []trace.Hit, o Options) *Analysis {
	a := New(o)
	for i := range hits {
		a.Add(&hits[i])
	}
	return a.Result(trace.Meta{Started: zero})
}

// TestFindsForeignTokenBucket: golang.org/x/time/rate decides, nothing of ours.
func TestFindsForeignTokenBucket(t *testing.T) {
	long(t)
	for _, tc := range []struct {
		rate  float64
		burst int
		width float64 // relative
	}{
		{2, 30, 0.0025},
		{2, 10, 0.0025},
		{20, 31, 0.0025},
		{200, 100, 0.0025},
		{5, 11, 0.0025},
		{1, 4, 0.0025},
		{50, 100, 0.0025},
		// A bucket of one forgets everything at each admitted hit: its rate is
		// known only as well as one gap between two hits can be timed.
		{2, 1, 0.01},
		{100, 1, 0.25},
	} {
		l := xrate.NewLimiter(xrate.Limit(tc.rate), tc.burst)
		out := analyse(surveyTrace(1, []string{"read"}, []string{"a"}, func(_, _ string) *xrate.Limiter { return l }), Options{})
		lim := out.Limits[0]
		if lim.Verdict != Identified || lim.Model != "token-bucket" {
			t.Errorf("%v/%d: %s %s %+v", tc.rate, tc.burst, lim.Verdict, lim.Why, lim.Alternatives)
			continue
		}
		r := lim.SustainedRate
		if tc.rate < *r.Low || tc.rate > *r.High || (*r.High-*r.Low)/tc.rate > tc.width {
			t.Errorf("%v/%d: rate %v – %v", tc.rate, tc.burst, *r.Low, *r.High)
		}
		b := lim.Burst
		// From one burst a bucket of single tokens on a grid may hold one less.
		if b.High == nil || *b.Low < float64(tc.burst-1) || *b.High != float64(tc.burst) || b.Value != float64(tc.burst) {
			t.Errorf("%v/%d: burst %v", tc.rate, tc.burst, b)
		}
		if p := lim.Prediction; p == nil || float64(p.Correct) < 0.96*float64(p.Hits) {
			t.Errorf("%v/%d: predicted %+v", tc.rate, tc.burst, p)
		}
		if lim.Contradictions != 0 || lim.Hits != 3250 || lim.Admitted+lim.Limited != 3250 {
			t.Errorf("%v/%d: counts %+v", tc.rate, tc.burst, lim)
		}
	}
}

// TestCoarseClock: limiters that round their clock are not contradicted; the
// resolution is found.
func TestCoarseClock(t *testing.T) {
	long(t)
	for _, tc := range []struct {
		rate  float64
		burst int
		grain time.Duration
	}{{20, 31, time.Millisecond}, {200, 101, time.Millisecond}, {2, 30, 10 * time.Millisecond}, {20, 31, 100 * time.Millisecond}} {
		l := xrate.NewLimiter(xrate.Limit(tc.rate), tc.burst)
		hits := surveyTrace(1, []string{"read"}, []string{"a"}, nil)
		// In the order of the decisions, as a limiter's clock does not go back.
		middle := func(h trace.Hit) time.Duration { return (h.Sent + h.FirstByte) / 2 }
		slices.SortFunc(hits, func(a, b trace.Hit) int { return cmp.Compare(middle(a), middle(b)) })
		for i := range hits {
			decided := (hits[i].Sent + hits[i].FirstByte) / 2
			if !l.AllowN(zero.Add(decided.Truncate(tc.grain)), 1) {
				hits[i].Status = 429
			}
		}
		lim := analyse(hits, Options{}).Limits[0]
		if lim.Verdict != Identified || lim.SustainedRate.Low == nil || *lim.SustainedRate.Low > tc.rate || *lim.SustainedRate.High < tc.rate ||
			*lim.Burst.Low > float64(tc.burst) || lim.Burst.High != nil && *lim.Burst.High < float64(tc.burst) {
			t.Errorf("%v/%d by %v: %s (%s) rate %v burst %v", tc.rate, tc.burst, tc.grain, lim.Verdict, lim.Why, lim.SustainedRate, lim.Burst)
			continue
		}
		// A bucket with so coarse a clock is one that is refilled in steps.
		if lim.Model == "token-bucket-stepped" {
			if i := lim.Params["refill_interval_s"]; *i.Low > tc.grain.Seconds() || *i.High < tc.grain.Seconds() {
				t.Errorf("%v/%d by %v: refilled every %v", tc.rate, tc.burst, tc.grain, i)
			}
			continue
		}
		if g := lim.Params["clock_grain_s"]; tc.grain >= 50*time.Millisecond && (g.Value == 0 || g.Value > tc.grain.Seconds()) {
			t.Errorf("%v/%d by %v: clock grain %v", tc.rate, tc.burst, tc.grain, g)
		}
	}
}

// TestScope: who shares a limiter is found from traffic that runs at once.
func TestScope(t *testing.T) {
	fresh := func() func(string) *xrate.Limiter {
		made := map[string]*xrate.Limiter{}
		return func(key string) *xrate.Limiter {
			if made[key] == nil {
				made[key] = xrate.NewLimiter(10, 15)
			}
			return made[key]
		}
	}
	for name, tc := range map[string]struct {
		key     func(class, source string) string
		class   ScopeVerdict
		source  ScopeVerdict
		entries []string
	}{
		"own":       {func(c, s string) string { return c + s }, Separate, Separate, []string{"read", "write"}},
		"classes":   {func(_, s string) string { return s }, Shared, Separate, []string{"read+write"}},
		"addresses": {func(c, _ string) string { return c }, Separate, Shared, []string{"read", "write"}},
		"all":       {func(_, _ string) string { return "" }, Shared, Shared, []string{"read+write"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := fresh()
			out := analyse(surveyTrace(3, []string{"read", "write"}, []string{"a", "b"}, func(c, s string) *xrate.Limiter { return l(tc.key(c, s)) }), Options{})
			if out.Scope.Class != tc.class || out.Scope.Source != tc.source {
				t.Errorf("scope %+v", out.Scope)
			}
			var entries []string
			for _, l := range out.Limits {
				entries = append(entries, l.Class)
				if !slices.Equal(l.Sources, []string{"a", "b"}) {
					t.Errorf("sources %v", l.Sources)
				}
				if l.Verdict != Identified || *l.SustainedRate.Low > 10 || *l.SustainedRate.High < 10 || *l.Burst.Low != 15 || l.Burst.High == nil || *l.Burst.High != 15 {
					t.Errorf("%s: %s %s rate %v burst %v", l.Class, l.Verdict, l.Why, l.SustainedRate, l.Burst)
				}
			}
			if !slices.Equal(entries, tc.entries) {
				t.Errorf("entries %v", entries)
			}
		})
	}
}

// TestSourcesWithLimitsOfTheirOwn: addresses with different limits are not averaged.
func TestSourcesWithLimitsOfTheirOwn(t *testing.T) {
	long(t)
	l := map[string]*xrate.Limiter{"a": xrate.NewLimiter(5, 10), "b": xrate.NewLimiter(20, 40)}
	out := analyse(surveyTrace(4, []string{"read"}, []string{"a", "b"}, func(_, s string) *xrate.Limiter { return l[s] }), Options{})
	if len(out.Limits) != 2 {
		t.Fatalf("%d limits", len(out.Limits))
	}
	for i, want := range []float64{5, 20} {
		if r := out.Limits[i].SustainedRate; *r.Low > want || *r.High < want {
			t.Errorf("rate %v, want %v", r, want)
		}
	}
	if out.Scope.Source != Separate {
		t.Errorf("scope %+v", out.Scope)
	}
}

func TestVerdictsWithoutALimit(t *testing.T) {
	hit := func(i int, status int) trace.Hit {
		// At random: any window holds about as many of evenly spaced hits, and may hold
		// one more or less at each.
		at := time.Duration(i)*10*time.Millisecond + time.Duration(rand.New(rand.NewPCG(8, uint64(i))).Int64N(200e6))
		return trace.Hit{Seq: uint64(i), Class: "read", Asked: at, Sent: at, FirstByte: at + 1e6, End: at + 1e6, Status: status}
	}
	for name, tc := range map[string]struct {
		status func(i int) int
		want   Verdict
	}{
		"never limited":  {func(int) int { return 200 }, Unlimited},
		"always limited": {func(int) int { return 429 }, Insufficient},
		"no refill": {func(i int) int {
			if i < 30 {
				return 200
			}
			return 429
		}, Insufficient},
		"arbitrary": {func(i int) int {
			if rand.New(rand.NewPCG(7, uint64(i))).IntN(2) == 0 {
				return 200
			}
			return 429
		}, Contradicted},
	} {
		var hits []trace.Hit
		for i := range 200 {
			hits = append(hits, hit(i, tc.status(i)))
		}
		l := analyse(hits, Options{}).Limits[0]
		if l.Verdict != tc.want || l.Why == "" {
			t.Errorf("%s: %s (%q)", name, l.Verdict, l.Why)
		}
		if tc.want == Contradicted && (l.Contradictions == 0 || len(l.Alternatives) == 0 || l.Alternatives[0].First == nil) {
			t.Errorf("%s: no evidence: %+v", name, l)
		}
	}
	if got := analyse(nil, Options{}); len(got.Limits) != 0 {
		t.Errorf("limits without hits: %+v", got.Limits)
	}
}

// TestUsedBeforeTheRun: a bucket that was half empty at the start must not be
// taken for a smaller one.
func TestUsedBeforeTheRun(t *testing.T) {
	long(t)
	make := func() *xrate.Limiter {
		l := xrate.NewLimiter(5, 40)
		l.AllowN(zero.Add(-time.Second), 25)
		return l
	}
	l := make()
	whole := surveyTrace(5, []string{"read"}, []string{"a"}, func(_, _ string) *xrate.Limiter { return l })
	found := analyse(whole, Options{}).Limits[0]
	if d := found.Params["initial_deficit"]; d.Low == nil || *d.Low > 20 || *d.High < 20 || *d.High > 21.5 {
		t.Errorf("initial deficit %v to %v", d.Low, d.High)
	}
	b := found.Burst
	if b.High == nil || *b.Low != 40 || *b.High != 40 {
		t.Errorf("with a rest: burst %v", b)
	}
	l = make()
	opening := surveyTrace(5, []string{"read"}, []string{"a"}, func(_, _ string) *xrate.Limiter { return l })
	opening = slices.DeleteFunc(opening, func(h trace.Hit) bool { return h.Sent > 10*time.Second })
	lim := analyse(opening, Options{}).Limits[0]
	if lim.Verdict != Identified || lim.Burst.High != nil || *lim.Burst.Low > 40 || len(lim.Warnings) == 0 {
		t.Errorf("without: %s burst %+v warnings %q", lim.Verdict, lim.Burst, lim.Warnings)
	}
	if lim := analyse(opening, Options{AtRest: true}).Limits[0]; lim.Burst.High == nil {
		t.Errorf("said to be at rest: burst %+v", lim.Burst)
	}
}

// TestSourceThatReachedNothing: an address from which no hit got through says
// nothing about the limiter of the others.
func TestSourceThatReachedNothing(t *testing.T) {
	l := xrate.NewLimiter(10, 15)
	hits := surveyTrace(6, []string{"read"}, []string{"a"}, func(_, _ string) *xrate.Limiter { return l })
	for i := range 20 {
		at := time.Duration(i) * time.Millisecond
		hits = append(hits,
			trace.Hit{Seq: uint64(len(hits)), Class: "read", Source: "b", Asked: at, Sent: at, End: at, Error: trace.ErrDial},
			trace.Hit{Seq: uint64(len(hits)), Class: "write", Source: "b", Asked: at, Sent: at, End: at, Error: trace.ErrDial})
	}
	out := analyse(hits, Options{})
	if len(out.Limits) != 2 || out.Limits[0].Verdict != Identified || out.Limits[0].Failed != 20 {
		t.Fatalf("%+v", out.Limits)
	}
	if w := out.Limits[1]; w.Verdict != Insufficient || w.Hits != 20 || w.Failed != 20 {
		t.Errorf("%+v", w)
	}
}

// TestAnswersThatTellNothing: "no limit" is not claimed when the hits may have
// been refused in a way that was not said to mean limited.
func TestAnswersThatTellNothing(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(i int, h *trace.Hit)
		why   string
	}{
		"503 after a burst": {func(i int, h *trace.Hit) {
			if i > 20 {
				h.Status = 503
			}
		}, "--limited-status 503"},
		"closed connections": {func(i int, h *trace.Hit) {
			if i > 20 {
				h.Status, h.Error, h.FirstByte = 0, trace.ErrReset, 0
			}
		}, "reset"},
		"no credentials": {func(_ int, h *trace.Hit) { h.Status = 401 }, "-H"},
	} {
		var hits []trace.Hit
		for i := range 100 {
			at := time.Duration(i) * 10 * time.Millisecond
			h := trace.Hit{Seq: uint64(i), Class: "read", Asked: at, Sent: at, FirstByte: at + 1e6, End: at + 1e6, Status: 200}
			tc.spoil(i, &h)
			hits = append(hits, h)
		}
		l := analyse(hits, Options{}).Limits[0]
		if l.Verdict != Insufficient || !strings.Contains(l.Why, tc.why) {
			t.Errorf("%s: %s (%q)", name, l.Verdict, l.Why)
		}
	}
}

func TestPeak(t *testing.T) {
	if got := peak([]int64{0, 1e9 - 1, 5e8, 1e9, 3e9}); got != 3 || math.IsNaN(got) {
		t.Errorf("peak %v", got)
	}
	if peak(nil) != 0 {
		t.Error("peak of nothing")
	}
}
