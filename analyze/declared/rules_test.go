package declared

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

const noon = "Sat, 01 Aug 2026 12:00:00 GMT" // 1785585600

// headers builds a header from "Name: value" lines.
func headers(text ...string) http.Header {
	h := http.Header{}
	for _, line := range text {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

// noted reports whether a note contains all the words.
func noted(c Claims, words ...string) bool {
	return slices.ContainsFunc(c.Notes, func(n string) bool {
		for _, w := range words {
			if !strings.Contains(n, w) {
				return false
			}
		}
		return true
	})
}

func brief(c Claims) string {
	var all []string
	for _, p := range c.Policies {
		var b strings.Builder
		if p.Class != "all" {
			b.WriteString(p.Class + " ")
		}
		if p.Name != nil {
			b.WriteString(*p.Name + " ")
		}
		if p.Unit != requests {
			b.WriteString(p.Unit + " ")
		}
		for _, f := range []struct {
			name string
			v    *float64
		}{{"limit", p.Limit}, {"window", p.Window}, {"rate", p.Rate}, {"burst", p.Burst}, {"used", p.Used}, {"remaining", p.Remaining}, {"reset", p.Reset}, {"cost", p.Cost}} {
			if f.v != nil {
				b.WriteString(f.name + "=" + text(f.v) + " ")
			}
		}
		all = append(all, strings.TrimSpace(b.String()))
	}
	return strings.Join(all, " | ")
}

// Each case is a rule of header-ambiguities.json, or the boundary of one.
func TestResets(t *testing.T) {
	for _, test := range []struct {
		header   string // the reset's name
		value    string
		date     string
		want     string // "-" = none
		encoding Encoding
		note     string
	}{
		{"X-RateLimit-Reset", "1785585660", noon, "60", EpochSeconds, ""},
		{"X-RateLimit-Reset", "1785585660000", noon, "60", EpochMilliseconds, ""},
		{"X-RateLimit-Reset", "1785585601.5", noon, "1.5", EpochSeconds, ""},
		{"X-RateLimit-Reset", "60", noon, "60", Seconds, ""},
		{"X-RateLimit-Reset", "60", "", "60", Seconds, ""},
		{"X-RateLimit-Reset", "5.871000051498", noon, "5.871", Seconds, ""},
		{"X-RateLimit-Reset", "9999", noon, "9999", Seconds, ""},
		{"X-RateLimit-Reset", "10000", noon, "-", 0, "ambiguous"},
		{"X-RateLimit-Reset", "600000", noon, "-", 0, "ambiguous"},
		{"RateLimit-Reset", "36400", noon, "36400", Seconds, ""},
		{"X-RateLimit-Reset-After", "36400", noon, "36400", Seconds, ""},
		{"X-RateLimit-Reset", "2592000000", noon, "-", 0, "neither close to the Date"},
		{"RateLimit-Reset", "2592000000", noon, "-", 0, "neither close to the Date"},
		{"X-RateLimit-Reset", "1500000000", noon, "-", 0, "neither close to the Date"},
		{"X-RateLimit-Reset", "1785585660", "", "-", 0, "no Date"},
		{"X-RateLimit-Reset", "1785585660", "yesterday", "-", 0, "no Date"},
		{"X-RateLimit-Reset", "1785585599", noon, "0", EpochSeconds, ""},
		{"X-RateLimit-Reset", "1785585598", noon, "-", 0, "before the Date"},
		{"X-RateLimit-Reset", "-5", noon, "-", 0, "negative"},
		{"X-RateLimit-Reset", "Sat, 01 Aug 2026 12:01:00 UTC", noon, "60", HTTPDate, ""},
		{"X-RateLimit-Reset", "Sat, 01 Aug 2026 12:01:00 GMT", noon, "60", HTTPDate, ""},
		{"X-RateLimit-Reset", "2026-08-01T12:30Z", noon, "1800", RFC3339, ""},
		{"X-RateLimit-Reset", "2026-08-01T12:15:00.0000000Z", noon, "900", RFC3339, ""},
		{"X-RateLimit-Reset", "2026-08-01T14:15:00+02:00", noon, "900", RFC3339, ""},
		{"X-RateLimit-Reset", "9999-12-31T23:59:59Z", noon, "-", 0, "400 days"},
		{"X-RateLimit-Reset", "2m59.56s", noon, "179.56", Duration, ""},
		{"X-RateLimit-Reset", "6m0s", noon, "360", Duration, ""},
		{"X-RateLimit-Reset", "20ms", "", "0.02", Duration, ""},
		{"X-RateLimit-Reset", "1d", "", "86400", Duration, ""},
		{"X-RateLimit-Reset", "soon", noon, "-", 0, "neither a number nor an instant"},
		{"X-RateLimit-Reset", "NaN", noon, "-", 0, "neither a number nor an instant"},
		{"X-RateLimit-Reset", "1e9", noon, "-", 0, "neither a number nor an instant"},
		{"X-RateLimit-Reset", "0x10", noon, "-", 0, "neither a number nor an instant"},
	} {
		h := headers("X-RateLimit-Limit: 100", test.header+": "+test.value)
		if !strings.HasPrefix(test.header, "X") {
			h = headers("RateLimit-Limit: 100", test.header+": "+test.value)
		}
		if test.date != "" {
			h.Set("Date", test.date)
		}
		c := Read(h, 200)
		if len(c.Policies) != 1 {
			t.Errorf("%s %q: %s", test.header, test.value, brief(c))
			continue
		}
		if got := text(c.Policies[0].Reset); got != test.want || c.Encoding != test.encoding {
			t.Errorf("%s: %s with Date %q: %s as %s, want %s as %s", test.header, test.value, test.date, got, c.Encoding, test.want, test.encoding)
		}
		if (test.note != "") != (len(c.Notes) > 0) || test.note != "" && !noted(c, "reset", test.note) {
			t.Errorf("%s: %s: notes %q, want %q", test.header, test.value, c.Notes, test.note)
		}
	}
}

func TestReadings(t *testing.T) {
	for _, test := range []struct {
		name       string
		lines      []string
		status     int
		convention string
		want       string
		note       string // "" = none may be there
	}{
		// draft generations
		{"draft 07", []string{"RateLimit: limit=100, remaining=50, reset=30"}, 200, "ietf-draft-07", "limit=100 remaining=50 reset=30", ""},
		{"draft 07 in lines", []string{"RateLimit: limit=100", "RateLimit: remaining=50"}, 200, "ietf-draft-07", "limit=100 remaining=50", ""},
		{"draft 07 twice", []string{"RateLimit: limit=100, remaining=5", "RateLimit: limit=20, remaining=5"}, 200, "ietf-draft-07", "limit=20 remaining=5", "twice"},
		{"draft 08", []string{`RateLimit: "default";r=50;t=30`}, 200, "ietf-draft-08-11", "default remaining=50 reset=30", ""},
		{"numbers in the policy", []string{"RateLimit-Policy: 100;w=60"}, 200, "ietf-draft-04-06", "limit=100 window=60", ""},
		{"names in the policy", []string{`RateLimit-Policy: "a";q=100;w=60, b;q=5`}, 200, "ietf-draft-08-11", "a limit=100 window=60 | b limit=5", ""},
		{"draft 00", []string{"RateLimit-Limit: 100, 100;w=60"}, 200, "ietf-draft-00-03", "limit=100 window=60", ""},
		{"draft's own example", []string{"RateLimit: quota;t=1"}, 200, "ietf-draft-08-11", "quota reset=1", "does not say what remains"},
		{"unit", []string{`RateLimit-Policy: "a";q=65535;w=10;qu="content-bytes"`}, 200, "ietf-draft-08-11", "a content-bytes limit=65535 window=10", ""},
		{"empty", []string{"RateLimit: ", "RateLimit-Policy: "}, 200, "", "", ""},
		{"drafts 04 and 08 mixed", []string{`RateLimit: "a";r=1`, "RateLimit-Policy: 100;w=60"}, 200, "ietf-draft-08-11", "limit=100 window=60 remaining=1", "taken to be one"},

		// the expiring member is not a policy
		{"two policies", []string{`X-RateLimit-Limit: 10, 10;w=1;name="per-ip", 1000;w=3600`, "X-RateLimit-Remaining: 7"}, 200, "envoy-x-ratelimit", "per-ip limit=10 window=1 remaining=7 | limit=1000 window=3600", ""},
		{"of the moment", []string{"RateLimit-Limit: 0, 15;w=20", "RateLimit-Remaining: 0"}, 429, "ietf-draft-00-03", "limit=15 window=20 remaining=0", "limit of the moment"},
		{"of the moment, two policies", []string{"RateLimit-Limit: 5, 15;w=20, 30;w=60", "RateLimit-Remaining: 3"}, 200, "ietf-draft-00-03", "limit=15 window=20 | limit=30 window=60", "limit of the moment"},
		{"same window", []string{"RateLimit-Limit: 1000, 1000;w=60, 1000000;w=60", "RateLimit-Reset: 5"}, 200, "ietf-draft-00-03", "limit=1000 window=60 reset=5 | limit=1000000 window=60", ""},
		{"same quota", []string{"RateLimit-Limit: 100, 100;w=60, 100;w=3600", "RateLimit-Reset: 5"}, 200, "ietf-draft-00-03", "limit=100 window=60 reset=5 | limit=100 window=3600", ""},
		{"no bare member", []string{"RateLimit-Limit: 100;w=21600", "RateLimit-Remaining: 76;w=21600"}, 200, "ietf-draft-00-03", "limit=100 window=21600 remaining=76", ""},
		{"parameters are comments", []string{`RateLimit-Limit: 100, 100;w=60;burst=1000;comment="x"`}, 200, "ietf-draft-00-03", "limit=100 window=60", ""},
		{"no window", []string{"RateLimit-Policy: 100;w=0"}, 200, "ietf-draft-04-06", "limit=100", "no length"},

		// repeated lines, commas
		{"two limits", []string{`RateLimit: "a"; r=99; t=900`, `RateLimit: "b"; r=4; t=1`}, 200, "ietf-draft-08-11", "a remaining=99 reset=900 | b remaining=4 reset=1", ""},
		{"conflict", []string{"X-RateLimit-Limit: 100", "X-RateLimit-Limit: 60"}, 200, "x-ratelimit", "limit=100 | limit=60", "cannot tell"},
		{"conflict with companions", []string{"X-RateLimit-Limit: 100", "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 9", "X-RateLimit-Remaining: 3", "X-RateLimit-Reset: 7", "X-RateLimit-Reset: 5"}, 200, "x-ratelimit", "limit=100 remaining=9 reset=7 | limit=60 remaining=3 reset=5", "conflicting"},
		{"conflict, one companion", []string{"X-RateLimit-Limit: 100", "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 9"}, 200, "x-ratelimit", "limit=100 | limit=60", "left out"},
		{"the same twice", []string{"X-RateLimit-Limit: 100", "X-RateLimit-Limit: 100", "X-RateLimit-Remaining: 9", "X-RateLimit-Remaining: 9"}, 200, "x-ratelimit", "limit=100 remaining=9", ""},
		{"joined", []string{"X-RateLimit-Limit: 100, 60"}, 200, "x-ratelimit", "limit=100 | limit=60", "cannot tell"},
		{"thousands", []string{"X-RateLimit-Remaining: 1,200.00"}, 200, "x-ratelimit", "remaining=1200", ""},
		{"two spellings", []string{"X-RateLimit-Limit: 100", "X-Rate-Limit-Limit: 100", "RateLimit-Limit: 100", "RateLimit-Reset: 3"}, 200, "x-ratelimit", "limit=100 reset=3", ""},
		{"two limits of one size", []string{"X-RateLimit-Limit: 100", "X-RateLimit-Remaining: 5", "RateLimit-Limit: 100", "RateLimit-Remaining: 50"}, 200, "x-ratelimit", "limit=100 remaining=5 | limit=100 remaining=50", ""},
		{"two layers", []string{"X-RateLimit-Limit: 100", "RateLimit-Limit: 20"}, 200, "x-ratelimit", "limit=100 | limit=20", ""},

		// what a limit is
		{"launch27", []string{"x-rate-limit-read-limit: 30", "x-rate-limit-read-ttl: 500ms", "x-rate-limit-write-limit: 10", "x-rate-limit-write-ttl: 250"}, 429, "launch27-api-2.0", "read rate=2 burst=30 | write rate=4 burst=10", ""},
		{"ttl in seconds", []string{"x-rate-limit-read-limit: 30", "x-rate-limit-read-ttl: 0.5"}, 200, "launch27-api-2.0", "read rate=2 burst=30", "taken as seconds"},
		{"ttl without unit", []string{"x-rate-limit-read-limit: 30", "x-rate-limit-read-ttl: 5"}, 200, "launch27-api-2.0", "read burst=30", "ambiguous"},
		{"ttl with unit", []string{"x-rate-limit-reads-ttl: 2.5ms"}, 200, "launch27-api-2.0", "read rate=400", ""},
		{"ttl of zero", []string{"x-rate-limit-read-limit: 30", "x-rate-limit-read-ttl: 0ms"}, 200, "launch27-api-2.0", "read burst=30", "not a length"},
		{"ttl of next to nothing", []string{"x-rate-limit-read-limit: 30", "x-rate-limit-read-ttl: 0.0000000000000000001"}, 200, "launch27-api-2.0", "read burst=30", "taken as seconds"},
		{"negative ttl", []string{"x-rate-limit-read-ttl: -500"}, 200, "launch27-api-2.0", "read", "ambiguous"},
		{"fill rate", []string{"X-RateLimit-Limit: 60", "X-RateLimit-FillRate: 5", "X-RateLimit-Interval-Seconds: 10"}, 200, "atlassian-data-center", "rate=0.5 burst=60", ""},
		{"rate", []string{"x-amzn-RateLimit-Limit: 0.5"}, 200, "amazon-sp-api", "rate=0.5", ""},
		{"period", []string{"X-Rate-Limit-Limit: 15m"}, 200, "x-ratelimit", "window=900", ""},
		{"limit and duration", []string{"X-Rate-Limit-Limit: 5.00", "X-Rate-Limit-Duration: 1"}, 429, "go-tollbooth", "limit=5 window=1", ""},
		{"GCRA", []string{"X-RateLimit-Limit: 20", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 60", "Retry-After: 3"}, 429, "x-ratelimit", "burst=20 remaining=0 reset=60", "capacity"},
		{"window", []string{"X-RateLimit-Limit: 20", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 60", "Retry-After: 60"}, 429, "x-ratelimit", "limit=20 remaining=0 reset=60", ""},

		// what remains
		{"unknown", []string{"X-RateLimit-Limit: 5", "X-RateLimit-Remaining: -1"}, 200, "x-ratelimit", "limit=5", "unknown"},
		{"overshoot", []string{"X-RateLimit-Limit: 5", "X-RateLimit-Remaining: -3"}, 200, "x-ratelimit", "limit=5 remaining=0", "more was used"},
		{"overshoot of one", []string{"X-RateLimit-Limit: 5", "X-RateLimit-Remaining: -1"}, 429, "x-ratelimit", "limit=5 remaining=0", "more was used"},
		{"decimal", []string{"X-RateLimit-Remaining: 594.0"}, 200, "x-ratelimit", "remaining=594", ""},
		{"no limit", []string{"X-RateLimit-Limit: unlimited", "X-RateLimit-Remaining: 5"}, 200, "x-ratelimit", "remaining=5", "no limit"},
		{"limit 0", []string{"X-RateLimit-Limit: 0", "X-RateLimit-Remaining: 0"}, 200, "x-ratelimit", "remaining=0", "no limit"},
		{"negative structured", []string{`RateLimit: "a";r=-2;t=1`}, 429, "ietf-draft-08-11", "a remaining=0 reset=1", "negative"},
		{"used", []string{"X-RateLimit-Limit: 2000", "X-RateLimit-Used: 2001"}, 429, "x-ratelimit", "limit=2000 used=2001 remaining=0", ""},
		{"used of capacity", []string{"X-Shopify-Shop-Api-Call-Limit: 32/40"}, 200, "shopify-rest", "burst=40 used=32 remaining=8", ""},
		{"list of used", []string{"X-RateLimit-Limit: 200,2000", "X-RateLimit-Usage: 31,412"}, 200, "strava", "15min limit=200 window=900 used=31 remaining=169 | daily limit=2000 window=86400 used=412 remaining=1588", ""},
		{"list of three used", []string{"X-RateLimit-Limit: 200,2000,9", "X-RateLimit-Usage: 31,412,5"}, 200, "x-ratelimit", "limit=200 used=31 remaining=169 | limit=2000 used=412 remaining=1588 | limit=9 used=5 remaining=4", "conflicting"},
		{"cost", []string{"X-RateLimit-Replenish-Rate: 10", "X-RateLimit-Requested-Tokens: 5"}, 200, "spring-cloud-gateway", "rate=10 cost=5", ""},

		// names
		{"minute", []string{"X-RateLimit-Limit-Minute: 10"}, 200, "x-ratelimit-suffixed", "minute limit=10 window=60", ""},
		{"month", []string{"X-RateLimit-Limit-Month: 10"}, 200, "x-ratelimit-suffixed", "month limit=10", ""},

		// malformed structured fields
		{"two names", []string{`RateLimit-Policy: "fixed window";"api";q=500;w=300`}, 200, "ietf-draft-08-11", "fixed window limit=500 window=300", "leniently"},
		{"upper case", []string{`RateLimit: "a";R=5`}, 200, "ietf-draft-08-11", "a remaining=5", "leniently"},
		{"space", []string{`RateLimit: "a" ;r=1`}, 200, "ietf-draft-08-11", "a remaining=1", "leniently"},
		{"space after", []string{`RateLimit: "a"; r=1; t=2`}, 200, "ietf-draft-08-11", "a remaining=1 reset=2", ""},
		{"parameter twice", []string{`RateLimit: "a";r=1;r=2`}, 200, "ietf-draft-08-11", "a remaining=2", ""},
		{"decimals", []string{`RateLimit: "a";r=1;t=5.871000051498`}, 200, "ietf-draft-08-11", "a remaining=1 reset=5.871", "leniently"},
		{"one bad member", []string{`RateLimit: "a";r=1, ???, "b";r=2;t=Q`}, 200, "ietf-draft-08-11", "a remaining=1 | ??? | b remaining=2", "leniently"},

		// joining quota and remainder
		{"other name", []string{`RateLimit: "default";r=50;t=30`, `RateLimit-Policy: "burst";q=100;w=60`}, 200, "ietf-draft-08-11", "burst limit=100 window=60 remaining=50 reset=30", "taken to be one"},
		{"other names", []string{`RateLimit: "a";r=1, "b";r=2`, `RateLimit-Policy: "b";q=5, "c";q=9`}, 200, "ietf-draft-08-11", "b limit=5 remaining=2 | c limit=9 | a remaining=1", ""},
		{"key on both", []string{`RateLimit: "a";r=1;pk=:Yg==:, "a";r=2;pk=:YQ==:`, `RateLimit-Policy: "a";q=5;pk=:YQ==:, "a";q=6;pk=:Yg==:`}, 200, "ietf-draft-08-11", "a limit=5 remaining=2 | a limit=6 remaining=1", ""},

		// from a cache
		{"old", []string{"X-RateLimit-Limit: 5", "Age: 7"}, 200, "", "", "cache"},
		{"not old", []string{"X-RateLimit-Limit: 5", "Age: 0"}, 200, "x-ratelimit", "limit=5", ""},
		{"nothing", []string{"Content-Type: text/plain"}, 200, "", "", ""},
	} {
		c := Read(headers(append(test.lines, "Date: "+noon)...), test.status)
		if got := brief(c); got != test.want || c.Convention != test.convention {
			t.Errorf("%s: %s: %s\nwant %s: %s", test.name, c.Convention, got, test.convention, test.want)
		}
		if (test.note != "") != (len(c.Notes) > 0) || test.note != "" && !noted(c, test.note) {
			t.Errorf("%s: notes %q, want %q", test.name, c.Notes, test.note)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		lines  string // separated by "; "
		status int
		want   string
		note   string
	}{
		{"Retry-After: 2.0", 429, "2", ""},
		{"Retry-After: 64.57", 429, "64.57", ""},
		{"Retry-After: 0", 429, "0", ""},
		{"Retry-After: 120", 503, "120", ""},
		{"retry-after-ms: 1250; retry-after: 2", 429, "1.25", ""},
		{"x-ms-retry-after-ms: 50", 429, "0.05", ""},
		{"X-Retry-In: 483.271ms; Retry-After: 1", 429, "0.483271", ""},
		{"Retry-After: -5", 429, "-", "plausible"},
		{"Retry-After: 99999999999", 429, "-", "plausible"},
		{"Retry-After: soon", 429, "-", "neither"},
		{"Retry-After: -5; X-RateLimit-Retry-After: 3", 429, "3", "plausible"},
		{"Retry-After: 0", 200, "-", ""},
		{"Retry-After: 61", 200, "-", "ignored"},
		{"Retry-After: 5; Retry-After: 9", 429, "9", ""},
		{"Retry-After: Sat, 01 Aug 2026 12:00:30 GMT", 429, "30", ""},
		{"Retry-After: Sat, 01 Aug 2026 12:00:30 UTC", 429, "30", ""},
		{"Retry-After: Saturday, 01-Aug-26 12:00:30 GMT", 429, "30", ""},
		{"Retry-After: Sat Aug  1 12:00:30 2026", 429, "30", ""},
		{"Retry-After: Sat, 01 Aug 2026 11:59:00 GMT", 429, "-", "before the Date"},
		{"X-Rate-Limit-Retry-After-Seconds: 12", 429, "12", ""},
		{"Retry-After-short: 1", 429, "1", ""},
		{"X-RateLimit-After: 7", 429, "7", ""},
	} {
		h := headers(strings.Split(test.lines, "; ")...)
		h.Set("Date", noon)
		c := Read(h, test.status)
		if got := text(c.RetryAfter); got != test.want {
			t.Errorf("%d %s: %s, want %s", test.status, test.lines, got, test.want)
		}
		if (test.note != "") != (len(c.Notes) > 0) || test.note != "" && !noted(c, test.note) {
			t.Errorf("%d %s: notes %q, want %q", test.status, test.lines, c.Notes, test.note)
		}
	}
	if c := Read(headers("Retry-After: "+noon), 429); c.RetryAfter != nil || !noted(c, "no Date") {
		t.Errorf("without a Date: %v %q", c.RetryAfter, c.Notes)
	}
	if c := Read(headers("Retry-After: 3"), 429); c.Convention != "retry-after" || len(c.Policies) != 0 {
		t.Errorf("alone: %+v", c)
	}
}

func TestNumber(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0", "15": "15", " 7 ": "7", "+5": "5", "-3": "-3", "2.50": "2.5", "007": "7",
		"1,200.00": "1200", "1,234,567.5": "1234567.5", "999999999999999": "999999999999999",
		"": "-", " ": "-", "-": "-", ".5": "-", "5.": "-", "1.2.3": "-", "1e3": "-", "0x1": "-", "1_000": "-",
		"nan": "-", "Inf": "-", "--1": "-", "5-": "-", "1 2": "-", "1,2": "-", "1,20.0": "-", ",100.0": "-", "1000,200.0": "-",
		"1000000000000000": "-", "99999999999999999999": "-", strings.Repeat("9", 400): "-", "٣": "-",
	} {
		got := "-"
		if v, ok := number(s); ok {
			got = text(&v)
		}
		if got != want {
			t.Errorf("number(%q) = %s, want %s", s, got, want)
		}
	}
}
