package bench

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// trials is six limiters: two rightly named, one wrongly, one not, one not
// among its survivors, one spoiled.
func trials() []Trial {
	of := func(t Truth, name string, j Judgement, rate, width float64, exact bool) Trial {
		return Trial{
			Case: name, Class: "read", Noise: "lan", Truth: t, Row: t.Row(), Requests: 100, Limited: 40, Lasted: 2 * time.Second,
			Naive: Guess{Rate: 11, Burst: 5}, ICMP: Guess{Rate: 10, Burst: 6},
			Answer: Answer{
				Judgement: j, Verdict: "identified", Name: name, RateBounded: true, RateValue: rate, RateWidth: width,
				BurstExact: exact, Predicted: 10, Foretold: 9,
			},
		}
	}
	bucket := bucketTruth(10, 5)
	window := quotaTruth("fixed-window", 20, 2*time.Second)
	first := of(bucket, "token-bucket", Right, 10.1, 0.02, true)
	second := of(window, "fixed-window", Right, 10, 0.01, false)
	second.Answer.Missed = []string{"burst", "sustained_rate"}
	third := of(window, "token-bucket", Wrong, 12, 0.5, true)
	fourth := of(bucket, "", Declined, 0, 0, false)
	fourth.Answer.Verdict = "insufficient"
	fourth.Requests, fourth.Limited = 300, 200
	fifth := fourth
	fifth.Answer.Verdict, fifth.Answer.Lost = "undetermined", true
	fifth.Naive = Guess{Burst: 5}
	bucket.Why = "crowded"
	return []Trial{first, second, third, fourth, fifth, of(bucket, "token-bucket", Right, 10, 0.3, true)}
}

func TestSum(t *testing.T) {
	got := Sum(trials())
	want := Score{
		Trials: 6, Right: 3, Declined: 2, Wrong: 1, Lost: 1,
		Named: 2, Bounded: 2, Covered: 1, Width: 0.02, Bursts: 2, Exact: 1, Missed: 1, Decided: 20, Foretold: 18,
		Requests: 100, Limited: 40, Seconds: 2, Reason: "insufficient",
	}
	if got != want {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if got := Sum(nil); got != (Score{}) {
		t.Errorf("nothing: %+v", got)
	}
}

func TestCompare(t *testing.T) {
	want := []Method{
		// Relative errors 1 %, 0 and 20 %.
		{Name: "ratefit, where it gives a name", Trials: 3, Rated: 3, Median: 0.01, P90: 0.2, Bursts: 3, Exact: 2, Wrong: 1},
		{Name: "naive, where ratefit gives a name", Trials: 3, Rated: 3, Median: 0.1, P90: 0.1, Bursts: 3, Exact: 1, Wrong: 2},
		{Name: "per-depletion medians, where ratefit gives a name", Trials: 3, Rated: 3, Bursts: 3, Exact: 0, Wrong: 2},
		{Name: "naive, all", Trials: 5, Rated: 4, Median: 0.1, P90: 0.1, Bursts: 5, Exact: 3, Wrong: 2},
		{Name: "per-depletion medians, all", Trials: 5, Rated: 5, Bursts: 5, Exact: 0, Wrong: 2},
	}
	got := Compare(trials())
	for i := range got {
		got[i].Median, got[i].P90 = math.Round(got[i].Median*1e9)/1e9, math.Round(got[i].P90*1e9)/1e9
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}

func TestConfusion(t *testing.T) {
	want := Matrix{
		Columns: []string{"fixed-window", "token-bucket", "undetermined", "insufficient"},
		Rows: []MatrixRow{
			{"token-bucket", []int{0, 1, 1, 1}, 0, []bool{false, false, false, false}},
			{"fixed-window", []int{1, 1, 0, 0}, 1, []bool{false, true, false, false}},
			{"token-bucket, crowded", []int{0, 1, 0, 0}, 0, []bool{false, false, false, false}},
		},
	}
	if got := Confusion(trials()); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}

func TestReport(t *testing.T) {
	r := NewReport(7, "profile survey", trials())
	if r.Clean.Trials != 5 || r.Spoilt.Trials != 1 || len(r.Noises) != 1 || r.Noises["lan"] != r.Score {
		t.Errorf("clean %+v, spoiled %+v, by noise %+v", r.Clean, r.Spoilt, r.Noises)
	}
	var brief, verbose strings.Builder
	if err := errors.Join(r.Text(&brief, false), r.Text(&verbose, true)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"seed 7, profile survey: 6 limiters, 3 rightly named, 2 declined, 1 WRONG\n",
		"identified token-bucket  wrong\n", "undetermined             declined, lost\n",
		"right, missed burst sustained_rate\n", "  B = token-bucket  und = undetermined", "1 of 2", "2 %",
	} {
		if !strings.Contains(brief.String(), want) {
			t.Errorf("no %q in\n%s", want, brief.String())
		}
	}
	if extra := strings.Count(verbose.String(), "\n") - strings.Count(brief.String(), "\n"); extra != 3 {
		t.Errorf("verbose has %d more lines, want 3", extra)
	}
}

// The same seed gives the same report on one processor as on several, and
// whether or not other traces are made.
func TestDeterminism(t *testing.T) {
	const name = "none, 5 % of 503"
	report := func(seed uint64, only string, procs int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		all, err := Run(t.Context(), Options{Seed: seed, Only: only, Noise: []string{"lan"}, Repeat: 3})
		if err != nil {
			t.Fatal(err)
		}
		all = slices.DeleteFunc(all, func(t Trial) bool { return t.Case != name })
		var b bytes.Buffer
		if err := NewReport(seed, "profile survey", all).JSON(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	one := report(5, name, 1)
	if one != report(5, name, 4) {
		t.Error("the report depends on the number of processors")
	}
	if one != report(5, "none", 4) {
		t.Error("the report depends on what else is measured")
	}
	if one == report(6, name, 1) {
		t.Error("the report does not depend on the seed")
	}
	if strings.Count(one, name) != 3 {
		t.Errorf("not three trials:\n%s", one)
	}
}

// No two traces are drawn alike.
func TestSeeds(t *testing.T) {
	base := job{Case{Name: "a"}, Noise{Name: "lan"}, 0}
	jobs := []job{base, base, base, base}
	jobs[1].c.Name, jobs[2].noise.Name, jobs[3].run = "b", "wan", 1
	drawn := map[uint64]bool{base.random(2).Uint64(): true}
	for _, j := range jobs {
		drawn[j.random(1).Uint64()] = true
	}
	if len(drawn) != 5 {
		t.Errorf("%d different draws of 5", len(drawn))
	}
}

func TestOptions(t *testing.T) {
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Repeat: 0}, "at least one trace"},
		{Options{Repeat: 1, Only: "no such limiter"}, `no case has "no such limiter" in its name`},
		{Options{Repeat: 1, Noise: []string{"lan", "moon"}}, `no noise "moon", only loopback, lan, wan, far, all`},
	} {
		if err := test.o.Check(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.o, err, test.want)
		}
		if _, err := Run(t.Context(), test.o); err == nil {
			t.Errorf("%+v runs", test.o)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, Options{Repeat: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
