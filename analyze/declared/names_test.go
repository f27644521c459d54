package declared

import (
	"slices"
	"strings"
	"testing"
)

// Each case is a response with names that no table lists: they are read by rule.
func TestNamesByRule(t *testing.T) {
	for _, test := range []struct{ lines, convention, want string }{
		{"X-Acme-RateLimit-Limit: 100; X-Acme-RateLimit-Remaining: 7; X-Acme-RateLimit-Reset: 30", "vendor-ratelimit", "limit=100 remaining=7 reset=30"},
		{"Acme-Rate-Limit-Limit: 100; Acme-Rate-Limit-Used: 7", "vendor-ratelimit", "limit=100 used=7 remaining=93"},
		{"acme_rate_limit_limit: 100; acme_rate_limit_remaining: 7", "vendor-ratelimit", "limit=100 remaining=7"},
		{"X.Acme.RateLimit.Max: 100; X.Acme.RateLimit.Left: 7", "vendor-ratelimit", "limit=100 remaining=7"},
		{"AcmeRateLimit-Limit: 100; AcmeRateLimit-Remaining: 7", "vendor-ratelimit", "limit=100 remaining=7"},
		{"X-AcmeRateLimitRemaining: 7; X-AcmeRateLimitLimit: 100", "vendor-ratelimit", "limit=100 remaining=7"},
		{"X-Acme-RateLimit-Limit-Per-Minute: 100; X-Acme-RateLimit-Remaining-Per-Minute: 7", "vendor-ratelimit", "minute limit=100 window=60 remaining=7"},
		{"X-Acme-RateLimit-PerSecond-Limit: 10; X-Acme-RateLimit-PerSecond-Remaining: 7", "vendor-ratelimit", "second limit=10 window=1 remaining=7"},
		{"X-RateLimit-Day-Limit: 100; X-RateLimit-Day-Remaining: 7; X-RateLimit-Day-Reset: 90", "x-ratelimit-suffixed", "day limit=100 window=86400 remaining=7 reset=90"},
		{"X-RateLimit-Limit-10s: 100; X-RateLimit-Remaining-10s: 7", "x-ratelimit-suffixed", "10s limit=100 window=10 remaining=7"},
		{"X-RateLimit-Limit-Hour: 100; X-RateLimit-Limit-Day: 1000; X-RateLimit-Remaining-Day: 9", "x-ratelimit-suffixed", "hour limit=100 window=3600 | day limit=1000 window=86400 remaining=9"},
		{"X-RateLimit-Requests-Per-Minute: 100", "x-ratelimit-suffixed", "minute limit=100 window=60"},
		{"X-RateLimit-Write-Limit: 5; X-RateLimit-Write-Remaining: 3; X-RateLimit-Read-Limit: 50; X-RateLimit-Read-Remaining: 30", "x-ratelimit-suffixed", "read limit=50 remaining=30 | write limit=5 remaining=3"},
		{"X-RateLimit-Limit-Writes: 5; X-RateLimit-Remaining-Writes: 3", "x-ratelimit-suffixed", "write limit=5 remaining=3"},
		{"X-Limit-RateLimit: 5; X-Remaining-RateLimit: 3", "x-ratelimit", "limit=5 remaining=3"},
		{"X-RateLimit-Reset-Ms: 20649; X-RateLimit-Limit: 5", "x-ratelimit", "limit=5 reset=20.649"},
		{"X-RateLimit-Reset-Ms: 2592000000; X-RateLimit-Limit: 5", "x-ratelimit", "limit=5 reset=2592000"},
		{"X-RateLimit-Reset-Ms: 1785585660000; X-RateLimit-Limit: 5", "x-ratelimit", "limit=5 reset=60"},
		{"X-RateLimit-Reset-Seconds: 20000; X-RateLimit-Limit: 5", "x-ratelimit", "limit=5 reset=20000"},
		{"X-RateLimit-Limit: 5; X-RateLimit-Window: 60", "x-ratelimit", "limit=5 window=60"},
		{"X-RateLimit-Limit: 5; X-RateLimit-Interval-Ms: 1500", "x-ratelimit", "limit=5 window=1.5"},
		{"X-RateLimit-Limit: 5; X-RateLimit-Period: 1m", "x-ratelimit", "limit=5 window=60"},
		{"X-User-RateLimit-Limit: 5; X-User-RateLimit-Remaining: 3", "vendor-ratelimit", "user limit=5 remaining=3"},
		{"X-Foo-RateLimit-Limit: 5; X-Bar-RateLimit-Limit: 7", "vendor-ratelimit", "bar limit=7 | foo limit=5"},
		{"X-Acme-Limit: 100; X-Acme-Remaining: 7; X-Acme-Reset: 30", "limit-remaining", "limit=100 remaining=7 reset=30"},
		{"X-Acme-Limit: 100; X-Acme-Used: 7", "limit-remaining", "limit=100 used=7 remaining=93"},
		{"X-RateLimit: 700; X-RateLimit-Limit: 100", "x-ratelimit", "limit=100"},
		{"X-Acme-RateLimit-Daily-Limit: 5; X-RateLimit-Remaining: 3", "vendor-ratelimit", "daily limit=5 window=86400 | remaining=3"},
		{"X-RateLimit-Daily-Limit: 5; X-RateLimit-Remaining: 3", "x-ratelimit-suffixed", "daily limit=5 window=86400 remaining=3"},
		{"X-Daily-Limit: 100", "x-ratelimit-suffixed", "daily limit=100 window=86400"},
		{"X-Requests-Limit: 5; X-Requests-Remaining: 3", "limit-remaining", "requests limit=5 remaining=3"},
		{"X-Quota-Limit: 5; X-Quota-Remaining: 3", "limit-remaining", "limit=5 remaining=3"},
		{"X-RateLimit-Limit-Tokens: 5; X-RateLimit-Remaining-Tokens: 3; X-RateLimit-Limit-Requests: 6", "x-ratelimit-suffixed", "requests limit=6 | tokens tokens limit=5 remaining=3"},

		// Nothing is invented.
		{"X-Total-Count: 57; X-Page-Limit: 20; X-Pagination-Limit: 20; X-Limit: 20", "", ""},
		{"X-Page-Limit: 20; X-Page-Remaining: 3", "", ""},
		{"X-Upload-Limit: 20; X-Upload-Used: 5", "", ""},
		{"X-Content-Reset: 1; Limit: 20; Count: 5; Reset: 4", "", ""},
		{"X-RateLimit-Policy: fast; X-RateLimit-Scope: user; X-RateLimit-System: 100-Default", "", ""},
		{"X-Envoy-RateLimited: true; X-RateLimit-NearLimit: false", "", ""},
		{"X-Request-Remaining: 3", "", ""},
	} {
		h := headers(append(strings.Split(test.lines, "; "), "Date: "+noon)...)
		c := Read(h, 200)
		if c.Convention != test.convention || inOrder(brief(c)) != inOrder(test.want) {
			t.Errorf("%s:\n got %s: %s\nwant %s: %s", test.lines, c.Convention, brief(c), test.convention, test.want)
		}
	}
}

// inOrder sorts the policies, whose order is no promise.
func inOrder(s string) string {
	all := strings.Split(s, " | ")
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func TestCustom(t *testing.T) {
	custom := []Header{
		{Name: "x-calls-LEFT", Declares: "remaining"},
		{Name: "X-Calls-Total", Declares: "limit"},
		{Name: "X-Calls-Again", Declares: "reset", In: "ms"},
		{Name: "X-Calls-Every", Declares: "window", In: "min"},
		{Name: "X-Posts_Left", Declares: "remaining", Class: "write", Unit: "points", Policy: "daily"},
		{Name: "X-RateLimit-Limit", Declares: "burst", Class: "write", Unit: "points", Policy: "daily"},
	}
	r := Reader{Custom: custom}
	for _, test := range []struct{ lines, want string }{
		{"X-Calls-Left: 7; X-Calls-Total: 9; X-Calls-Again: 45000; X-Calls-Every: 2", "limit=9 window=120 remaining=7 reset=45"},
		{"X-Calls-Left: 6; X-Calls-Total: 9; X-Calls-Again: 44000; X-Calls-Every: 2", "limit=9 window=120 remaining=6 reset=44"},
		{"X-Posts-Left: 4; X-RateLimit-Limit: 9", "write daily points burst=9 remaining=4"},
		{"X-Posts-Left: 4; X-Rate-Limit-Remaining: 9", "write daily points remaining=4 | remaining=9"},
		{"X-Other: 4", ""},
	} {
		c := r.Read(headers(append(strings.Split(test.lines, "; "), "Date: "+noon)...), 200)
		if brief(c) != test.want {
			t.Errorf("%s: %s, want %s", test.lines, brief(c), test.want)
		}
		if len(c.Policies) > 0 && c.Convention != "custom" {
			t.Errorf("%s: convention %s", test.lines, c.Convention)
		}
	}
	c := r.Read(headers("X-Calls-Again: 45000"), 200)
	if d := c.Policies[0].Decided; d.Reset != ByUser || d.Encoding != Milliseconds {
		t.Errorf("decided by %s as %s", d.Reset, d.Encoding)
	}
	c = r.Read(headers("X-Posts-Left: 4"), 200)
	if d := c.Policies[0].Decided; d.Class != ByUser || d.Unit != ByUser {
		t.Errorf("class decided by %s, unit by %s", d.Class, d.Unit)
	}
}

// Two spellings of one name are two lines of one header, whatever changes.
func TestReaderJoins(t *testing.T) {
	var r Reader
	for _, values := range [][2]string{{"5", "5"}, {"5", "7"}, {"7", "7"}, {"7", "8"}} {
		h := headers("X-RateLimit-Limit: "+values[0], "X-Rate-Limit-Limit: "+values[1])
		if got, want := brief(r.Read(h, 200)), brief(new(Reader).Read(h, 200)); got != want {
			t.Errorf("%v: a Reader says %s, a new one %s", values, got, want)
		}
	}
}
