package analyze

import (
	"strings"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// only is the analysis of reads from one address, decided by a function.
func only(admits func(time.Duration) bool) Limit {
	return analyse(decidedBy(13, []string{"read"}, []string{"a"}, func(_, _ string, at time.Duration) bool { return admits(at) }), Options{}).Limits[0]
}

// TestOneRefusalNamesNothing: a bucket with three parameters fits one datum.
func TestOneRefusalNamesNothing(t *testing.T) {
	long(t)
	n := 0
	l := only(func(time.Duration) bool { n++; return n != 500 })
	if l.Verdict == Identified || l.Limited != 1 || l.Why == "" {
		t.Errorf("%s from %d limited hits (%s): %s", l.Model, l.Limited, l.Verdict, l.Why)
	}
	n = 0
	l = only(func(time.Duration) bool { n++; return n < 400 || n > 403 })
	if l.Verdict == Identified {
		t.Errorf("%s from %d limited hits", l.Model, l.Limited)
	}
}

// TestFewRefillsAreNoGrid: three or four lumps do not tell an interval, a phase
// and an amount, from however many addresses they are seen.
func TestFewRefillsAreNoGrid(t *testing.T) {
	long(t)
	sources := []string{"a", "b", "c"}
	limiters := map[string]func(time.Duration) bool{}
	for _, s := range sources {
		limiters[s] = lumps(20, 6*time.Second, 3*time.Second, 50)()
	}
	out := analyse(decidedBy(15, []string{"read"}, sources, func(_, s string, at time.Duration) bool { return limiters[s](at) }), Options{})
	for _, l := range out.Limits {
		if l.Verdict == Identified || !strings.Contains(l.Why, "refills were seen") {
			t.Errorf("%s %s: %s", l.Verdict, l.Model, l.Why)
		}
	}
}

// TestForesight: to foretell the more frequent outcome always is no foresight.
func TestForesight(t *testing.T) {
	for name, tc := range map[string]struct {
		p    Prediction
		want Verdict
	}{
		"both kinds":          {Prediction{Hits: 1000, Correct: 990, limited: 900, limitedCorrect: 895}, Identified},
		"always limited":      {Prediction{Hits: 1000, Correct: 900, limited: 900, limitedCorrect: 900}, Undetermined},
		"few decisions":       {Prediction{Hits: 100, Correct: 50, limited: 90, limitedCorrect: 50}, Identified},
		"nothing to foretell": {Prediction{Hits: 1000, Correct: 100}, Identified},
	} {
		l := Limit{Verdict: Identified, Prediction: &tc.p}
		tc.p.best = tc.p.balanced()
		if l.doubt(); l.Verdict != tc.want || (l.Why == "") != (tc.want == Identified) {
			t.Errorf("%s: %s (%s)", name, l.Verdict, l.Why)
		}
	}
}

// TestStarvedClassSaysNothingOfScope: a class of which nothing was admitted
// neither has a limiter of its own nor shares one, as far as can be seen.
func TestStarvedClassSaysNothingOfScope(t *testing.T) {
	read := perToken(5, 10)()
	out := analyse(decidedBy(14, []string{"read", "write"}, []string{"a"}, func(class, _ string, at time.Duration) bool {
		return class == "read" && read(at)
	}), Options{})
	if out.Scope.Class != UndeterminedScope {
		t.Errorf("scope %+v", out.Scope)
	}
}

// TestRepliesHeldBackAreNotUnlimited: nothing is limited, but the more is sent
// the longer it takes.
func TestRepliesHeldBackAreNotUnlimited(t *testing.T) {
	took := func(longest int64) judged {
		s := &Stream{}
		for i := range int64(40) {
			s.add(uint32(i), 0, 1e6+(i%7)*(i%7)*longest/49, trace.Admitted)
		}
		s.order()
		return judge([]*Stream{s}, Options{})
	}
	if j := took(2e9); j.verdict != Insufficient || !strings.Contains(j.why, "longer replies took") {
		t.Errorf("%s: %s", j.verdict, j.why)
	}
	if j := took(5e6); j.verdict != Unlimited {
		t.Errorf("%s: %s", j.verdict, j.why)
	}
}

// TestClosedForLong: a trace says nothing of windows that it does not hold
// several times.
func TestClosedForLong(t *testing.T) {
	s := &Stream{}
	add := func(second int64, o trace.Outcome) { s.add(uint32(s.Len()), second*1e9, second*1e9+1e6, o) }
	add(0, trace.Admitted)
	for at := int64(1); at <= 51; at++ {
		add(at, trace.Limited)
	}
	add(60, trace.Admitted)
	s.order()
	if c := closed([]*Stream{s}); c.Round(time.Second) != 50*time.Second {
		t.Errorf("closed for %v of 60 s", c)
	}
	add(200, trace.Admitted)
	s.order()
	if c := closed([]*Stream{s}); c != 0 {
		t.Errorf("closed for %v of 200 s: not too long", c)
	}
}
