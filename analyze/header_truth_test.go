package analyze

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A declaring limiter says with each decision how many hits are left and how many
// seconds to wait. Written for the tests alone.
type declaring func(at time.Duration) (admitted bool, left int, wait float64)

// declaringWindow is a fixed window on a grid that declares its state.
func declaringWindow(quota int, length time.Duration) declaring {
	index, used := -1, 0
	return func(at time.Duration) (bool, int, float64) {
		if i := int(at / length); i != index {
			index, used = i, 0
		}
		wait := (time.Duration(index+1)*length - at).Seconds()
		if used == quota {
			return false, 0, wait
		}
		used++
		return true, quota - used, wait
	}
}

// declaringBucket counts in tokens.
func declaringBucket(rate, burst float64) declaring {
	tokens, last := burst, time.Duration(0)
	return func(at time.Duration) (bool, int, float64) {
		tokens, last = min(burst, tokens+rate*(at-last).Seconds()), at
		if tokens < 1 {
			return false, 0, (1 - tokens) / rate
		}
		tokens--
		return true, int(tokens), 0
	}
}

// declaredBy is a trace in which each response carries headers.
func declaredBy(l declaring, headers func(left int, wait float64, admitted bool) map[string]string) *Analysis {
	var said []http.Header
	hits := decidedBy(3, []string{"read"}, []string{"a"}, func(_, _ string, at time.Duration) bool {
		ok, left, wait := l(at)
		h := http.Header{}
		for name, v := range headers(left, wait, ok) {
			h.Set(name, v)
		}
		said = append(said, h)
		return ok
	})
	for i := range hits { // they come in the order of the decisions
		hits[i].Header = said[i]
	}
	return analyse(hits, Options{})
}

// usual are the headers of most libraries: hits left, and whole seconds to wait.
func usual(left int, wait float64, admitted bool) map[string]string {
	h := map[string]string{"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": strconv.Itoa(left)}
	if !admitted {
		h["Retry-After"] = strconv.Itoa(int(math.Ceil(wait)))
	}
	return h
}

// with changes one of the usual headers.
func with(name string, value func(left int, wait float64) string) func(int, float64, bool) map[string]string {
	return func(left int, wait float64, admitted bool) map[string]string {
		h := usual(left, wait, admitted)
		if _, ok := h[name]; ok || name == "X-RateLimit-Reset" {
			h[name] = value(left, wait)
		}
		return h
	}
}

// TestHeadersAgainstTheLimiter: each claim is judged by what the limiter does.
func TestHeadersAgainstTheLimiter(t *testing.T) {
	long(t)
	window := func() declaring { return declaringWindow(30, 3*time.Second) }
	bucket := func() declaring { return declaringBucket(10, 30) }
	whole := func(v float64) string { return strconv.Itoa(int(v)) }
	for name, tc := range map[string]struct {
		limiter declaring
		headers func(int, float64, bool) map[string]string
		id      string
		holds   bool
		text    string
	}{
		"window, all true":          {window(), usual, CheckRemaining, true, "count down as the limiter does"},
		"window, whole seconds":     {window(), usual, CheckWait, true, "whole seconds"},
		"bucket, all true":          {bucket(), usual, CheckRemaining, true, "count down as the limiter does"},
		"bucket, whole seconds":     {bucket(), usual, CheckWait, true, "whole seconds"},
		"this hit not counted":      {window(), with("X-RateLimit-Remaining", func(left int, _ float64) string { return strconv.Itoa(left + 1) }), CheckRemaining, false, "one too many"},
		"the next hit counted":      {bucket(), with("X-RateLimit-Remaining", func(left int, _ float64) string { return strconv.Itoa(max(0, left-1)) }), CheckRemaining, false, "one too few"},
		"always the same":           {window(), with("X-RateLimit-Remaining", func(int, float64) string { return "29" }), CheckRemaining, false, "always 29"},
		"something else is counted": {window(), with("X-RateLimit-Remaining", func(left int, _ float64) string { return strconv.Itoa(left / 2) }), CheckRemaining, false, "do not count down"},
		"rounded down":              {window(), with("Retry-After", func(_ int, wait float64) string { return whole(wait) }), CheckWait, false, "too short"},
		"always a minute":           {window(), with("Retry-After", func(int, float64) string { return "60" }), CheckWait, false, "too long"},
		"reset is the next window":  {window(), with("X-RateLimit-Reset", func(_ int, wait float64) string { return whole(math.Ceil(wait)) }), CheckReset, true, "whole seconds"},
		"reset is when it is full":  {bucket(), with("X-RateLimit-Reset", func(_ int, wait float64) string { return whole(math.Ceil(wait + 2.9)) }), CheckReset, true, "all hits are back"},
		"a wait is said":            {bucket(), usual, CheckWaitIsSaid, true, "say when"},
		"no wait is said": {bucket(), func(left int, _ float64, _ bool) map[string]string {
			return map[string]string{"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": strconv.Itoa(left)}
		}, CheckWaitIsSaid, false, "do not say when"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := declaredBy(tc.limiter, tc.headers).Limits[0]
			if l.Verdict != Identified {
				t.Fatalf("%s: %s", l.Verdict, l.Why)
			}
			for _, c := range l.HeaderChecks {
				if c.ID != tc.id {
					continue
				}
				if c.Holds != tc.holds || !strings.Contains(c.Text, tc.text) || (c.Wrong == 0) != tc.holds && tc.id != CheckRemaining {
					t.Errorf("%+v, example %+v", c, c.Example)
				}
				if !tc.holds && tc.id != CheckWaitIsSaid && (c.Example == nil || c.Example.Said == c.Example.Actual) {
					t.Errorf("example %+v", c.Example)
				}
				return
			}
			t.Errorf("no check of %s: %+v", tc.id, l.HeaderChecks)
		})
	}
}

// TestRemainingOfAnother: the causes of a wrong count are told apart.
func TestRemainingOfAnother(t *testing.T) {
	long(t)
	remaining := func(n int) http.Header {
		return http.Header{"X-Ratelimit-Limit": {"30"}, "X-Ratelimit-Remaining": {strconv.Itoa(n)}}
	}
	type shown func(class string, left map[string]int, admitted bool, n int) int
	for name, tc := range map[string]struct {
		shown shown
		id    string
		text  string
	}{
		"shared": {func(_ string, left map[string]int, _ bool, _ int) int { return max(0, left["read"]+left["write"]-30) }, CheckRemaining, "one count is shown for several limits"},
		"sampled": {func() shown {
			last := map[string]int{}
			return func(class string, left map[string]int, _ bool, n int) int {
				if n%4 == 0 {
					last[class] = left[class]
				}
				return last[class]
			}
		}(), CheckRemaining, "with every 4th response"},
		"not the limit that refuses": {func(_ string, _ map[string]int, admitted bool, _ int) int {
			if admitted {
				return 20
			}
			return 12
		}, CheckOther, "limited responses claim that hits remain, at most 12"},
		"the limit that refuses": {func(class string, left map[string]int, _ bool, _ int) int { return left[class] }, CheckOther, "do not claim"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limiters := map[string]declaring{"read": declaringBucket(2, 30), "write": declaringBucket(2, 30)}
			left := map[string]int{"read": 30, "write": 30}
			counts := map[string]int{}
			var said []http.Header
			hits := decidedBy(3, []string{"read", "write"}, []string{"a"}, func(class, _ string, at time.Duration) bool {
				ok, n, _ := limiters[class](at)
				left[class] = n
				counts[class]++
				said = append(said, remaining(tc.shown(class, left, ok, counts[class])))
				return ok
			})
			for i := range hits {
				hits[i].Header = said[i]
			}
			l := analyse(hits, Options{}).Limits[0]
			for _, c := range l.HeaderChecks {
				if c.ID == tc.id {
					if !strings.Contains(c.Text, tc.text) {
						t.Errorf("%+v", c)
					}
					return
				}
			}
			t.Errorf("%s, no check of %s: %+v", l.Verdict, tc.id, l.HeaderChecks)
		})
	}
}

// TestClients: who obeys true headers, backs off by as much, or is paced by the fit,
// gets all there is; only the last is never limited; who goes on is limited.
func TestClients(t *testing.T) {
	long(t)
	l := declaredBy(declaringBucket(10, 30), usual).Limits[0]
	got := map[string]Client{}
	for _, c := range l.Clients {
		got[c.Name] = c
	}
	const all = 30 + 10*60
	for name, want := range map[string][4]int{ // admitted from, to, limited from, to
		ClientIgnores: {all - 2, all, 10_000, mostRequests},
		ClientBackoff: {all - 20, all, 40, 70},
		ClientObeys:   {all - 20, all, 40, 70}, // a whole second: nine tokens are there by then
		ClientBucket:  {all - 10, all, 0, 0},
	} {
		c, ok := got[name]
		if !ok || c.Admitted < want[0] || c.Admitted > want[1] || c.Limited < want[2] || c.Limited > want[3] {
			t.Errorf("%s: %+v, want %v", name, c, want)
		}
	}
}
