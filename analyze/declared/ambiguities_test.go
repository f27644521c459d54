package declared

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

// ambiguity is an entry of testdata/header-ambiguities.json. The catalogue says
// what is expected of each case in words.
type ambiguity struct {
	ID    string           `json:"id"`
	Cases []map[string]any `json:"cases"`
}

func ambiguities(t testing.TB) []ambiguity {
	t.Helper()
	b, err := os.ReadFile("testdata/header-ambiguities.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Ambiguities []ambiguity `json:"ambiguities"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Ambiguities) != 25 {
		t.Fatalf("%d ambiguities, want 25", len(file.Ambiguities))
	}
	return file.Ambiguities
}

// Each case of the catalogue of ambiguities is read as it expects: the values come
// from the file, what they are put into and what comes out stands here. A case
// without a line here fails, and so does a line without a case.
func TestAmbiguities(t *testing.T) {
	const limit = "X-RateLimit-Limit: 100| "
	const both = "X-RateLimit-Limit: 100| X-RateLimit-Remaining: 9| "
	tests := map[string]struct {
		lines  string // separated by "| " with {key} for what the case holds; "" = its headers; {entry} = the response of that convention
		status int    // 0 = 200, or the case's
		want   string
	}{
		"reset-epoch-vs-delta 1":               {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=60; epoch_s`},
		"reset-epoch-vs-delta 2":               {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=60; epoch_ms`},
		"reset-epoch-vs-delta 3":               {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=60; delta_s`},
		"reset-epoch-vs-delta 4":               {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9; x-ratelimit-reset is ambiguous: seconds or milliseconds, which one response cannot tell`},
		"reset-epoch-vs-delta 5":               {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9; x-ratelimit-reset is neither close to the Date nor a plausible length of time`},
		"reset-nanoseconds 1":                  {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9; x-ratelimit-reset is neither close to the Date nor a plausible length of time`},
		"reset-text-forms 1":                   {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=60; http_date`},
		"reset-text-forms 2":                   {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=1800; rfc3339`},
		"reset-text-forms 3":                   {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=900; rfc3339`},
		"reset-text-forms 4":                   {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=179.56; go_duration`},
		"reset-text-forms 5":                   {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=360; go_duration`},
		"reset-text-forms 6":                   {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=0.02; go_duration`},
		"clock-skew 1":                         {both + "X-RateLimit-Reset: {value}", 0, `x-ratelimit: limit=100 remaining=9 reset=60; epoch_s`},
		"reset-meaning 1":                      {"X-RateLimit-Limit: {limit}| X-RateLimit-Remaining: 0| X-RateLimit-Reset: {reset}| Retry-After: {retry_after}", 429, `x-ratelimit: burst=20 remaining=0 reset=60; wait 3; delta_s; x-ratelimit-limit was taken as a bucket's capacity: the wait is shorter than the reset; looks refused`},
		"reset-meaning 2":                      {"X-RateLimit-Limit: 5| X-RateLimit-Reset: 1", 0, `x-ratelimit: limit=5 reset=1; delta_s`},
		"draft-generation 1":                   {"{field}: {value}", 0, `ietf-draft-07: limit=100 remaining=50 reset=30; delta_s`},
		"draft-generation 2":                   {"{field}: {value}", 0, `ietf-draft-08-11: default remaining=50 reset=30; delta_s`},
		"draft-generation 3":                   {"{field}: {value}", 0, `ietf-draft-04-06: limit=100 window=60`},
		"draft-generation 4":                   {"{field}: {value}", 0, `ietf-draft-00-03: limit=100 window=60`},
		"draft-generation 5":                   {"{field}: {value}", 0, `ietf-draft-08-11: quota reset=1; delta_s; RateLimit does not say what remains (r)`},
		"expiring-member-is-not-a-policy 1":    {"RateLimit-Limit: {value}", 0, `ietf-draft-00-03: per-ip limit=10 window=1 | limit=1000 window=3600`},
		"expiring-member-is-not-a-policy 2":    {"RateLimit-Limit: {value}", 0, `ietf-draft-00-03: limit=15 window=20; ratelimit-limit differs from the policy's quota: it is a limit of the moment`},
		"expiring-member-is-not-a-policy 3":    {"RateLimit-Limit: {value}", 0, `ietf-draft-00-03: limit=1000 window=60 | limit=1000000 window=60`},
		"expiring-member-is-not-a-policy 4":    {"RateLimit-Limit: {value}", 0, `ietf-draft-00-03: limit=100 window=21600`},
		"comma-has-five-meanings 1":            {"{field}: {value}| X-RateLimit-Usage: 31,412", 0, `strava: 15min limit=200 window=900 used=31 remaining=169 | daily limit=2000 window=86400 used=412 remaining=1588`},
		"comma-has-five-meanings 2":            {"{field}: {value}", 0, `dynamics-dataverse: time execution seconds remaining=1200`},
		"comma-has-five-meanings 3":            {"{field}: {value}| X-App-Rate-Limit-Count: 5:120,1:1", 0, `riot-games: app limit=100 window=120 used=5 remaining=95 | app limit=20 window=1 used=1 remaining=19`},
		"comma-has-five-meanings 4":            {"{field}: {value}", 429, `retry-after: ; wait 30; looks refused`},
		"comma-has-five-meanings 5":            {"{field}: {value}", 0, `facebook-graph: call_count percent limit=100 used=28 remaining=72`},
		"repeated-field-lines 1":               {"RateLimit: {lines}", 0, `ietf-draft-08-11: a remaining=99 reset=900 | b remaining=4 reset=1; delta_s`},
		"repeated-field-lines 2":               {"X-RateLimit-Limit: {lines}", 0, `x-ratelimit: limit=100 | limit=60; x-ratelimit-limit holds several limits, which is ambiguous: repeated headers or several windows, which one response cannot tell`},
		"repeated-field-lines 3":               {"X-RateLimit-Limit: {value}", 0, `x-ratelimit: limit=100 | limit=60; x-ratelimit-limit holds several limits, which is ambiguous: repeated headers or several windows, which one response cannot tell`},
		"case-and-spelling 1":                  {"{name}: 5", 0, `ietf-draft-04-06: limit=5`},
		"case-and-spelling 2":                  {"{name}: 5", 0, `x-ratelimit-suffixed: tokens tokens remaining=5`},
		"case-and-spelling 3":                  {"{name}: 5", 0, `vendor-ratelimit: input-tokens tokens reset=5; delta_s`},
		"case-and-spelling 4":                  {"{name}: 5", 0, `x-ratelimit-suffixed: path limit=5`},
		"case-and-spelling 5":                  {"{name}: 5", 0, `vendor-ratelimit: limit=5`},
		"case-and-spelling 6":                  {"{name}: 5", 0, `hubspot: daily limit=5 window=86400`},
		"variable-name-parts 1":                {"{name}: 5", 0, `x-ratelimit-suffixed: minute limit=5 window=60`},
		"variable-name-parts 2":                {"{name}: 5", 0, `binance-spot: ip weight-1M weight window=60 used=5`},
		"variable-name-parts 3":                {"{name}: 5", 429, `nestjs-throttler: short remaining=0; wait 5; looks refused`},
		"variable-name-parts 4":                {"x-rate-limit-read-limit: 30| {name}: 500", 0, `launch27-api-2.0: read rate=2 burst=30`},
		"limit-is-not-always-a-window-quota 1": {"", 0, `launch27-api-2.0: read rate=2 burst=30`},
		"limit-is-not-always-a-window-quota 2": {"", 0, `atlassian-data-center: rate=5 burst=60`},
		"limit-is-not-always-a-window-quota 3": {"", 0, `amazon-sp-api: rate=0.5`},
		"limit-is-not-always-a-window-quota 4": {"", 0, `x-ratelimit: window=900`},
		"limit-is-not-always-a-window-quota 5": {"", 0, `go-tollbooth: limit=5 window=1`},
		"ttl-unit-launch27 1":                  {"x-rate-limit-read-limit: 30| x-rate-limit-read-ttl: {value}", 0, `launch27-api-2.0: read rate=2 burst=30`},
		"ttl-unit-launch27 2":                  {"x-rate-limit-read-limit: 30| x-rate-limit-read-ttl: {value}", 0, `launch27-api-2.0: read rate=2 burst=30`},
		"ttl-unit-launch27 3":                  {"x-rate-limit-read-limit: 30| x-rate-limit-read-ttl: {value}", 0, `launch27-api-2.0: read rate=2 burst=30; x-ratelimit-read-ttl has no unit and was taken as seconds`},
		"missing-and-negative-remaining 1":     {limit + "X-RateLimit-Remaining: {value}", 0, `x-ratelimit: limit=100; x-ratelimit-remaining is -1 on a response that was not refused: unknown`},
		"missing-and-negative-remaining 2":     {limit + "X-RateLimit-Remaining: {value}", 0, `x-ratelimit: limit=100 remaining=0; x-ratelimit-remaining is negative: more was used than allowed`},
		"missing-and-negative-remaining 3":     {limit + "X-RateLimit-Remaining: {value}", 0, `x-ratelimit: limit=100 remaining=594`},
		"missing-and-negative-remaining 4":     {"RateLimit-Limit: 100;w=21600| RateLimit-Remaining: {value}", 0, `ietf-draft-00-03: limit=100 window=21600 remaining=99`},
		"missing-and-negative-remaining 5":     {"X-RateLimit-Limit: {value}", 0, `; x-ratelimit-limit declares that there is no limit`},
		"used-instead-of-remaining 1":          {"X-Shopify-Shop-Api-Call-Limit: {value}", 0, `shopify-rest: burst=40 used=32 remaining=8`},
		"used-instead-of-remaining 2":          {"X-RateLimit-Limit: {limit}| X-RateLimit-Used: {used}", 0, `x-ratelimit: limit=2000 used=2001 remaining=0`},
		"several-windows-and-scopes 1":         {"{entry}", 0, `x-ratelimit-suffixed: second limit=5 window=1 remaining=4 reset=1 | hour limit=10000 window=3600 remaining=9876; delta_s`},
		"several-windows-and-scopes 2":         {"{entry}", 0, `zendesk: tickets-index tickets-index limit=100 remaining=99 reset=41 | limit=700 remaining=699 reset=41; delta_s`},
		"several-windows-and-scopes 3":         {"{entry}", 0, `riot-games: app limit=100 window=120 used=31 remaining=69 | app limit=20 window=1 used=1 remaining=19 | method limit=2000 window=10 used=137 remaining=1863`},
		"class-split-discovery 1":              {"{entry}", 0, `launch27-api-2.0: read rate=2 burst=30 | write rate=2 burst=10`},
		"class-split-discovery 2":              {"{entry}", 0, `vendor-ratelimit: read subscription-global remaining=3749 | read subscription remaining=11999`},
		"class-split-discovery 3":              {"{entry}", 0, `strava: 15min limit=200 window=900 used=31 remaining=169 | daily limit=2000 window=86400 used=412 remaining=1588 | read 15min limit=100 window=900 used=29 remaining=71 | read daily limit=1000 window=86400 used=398 remaining=602`},
		"rejection-status 1":                   {"", 0, ``},
		"rejection-status 2":                   {"", 0, `x-ratelimit: remaining=0; looks refused`},
		"rejection-status 3":                   {"", 0, `x-ratelimit: remaining=12; looks refused`},
		"retry-after-variants 1":               {"Retry-After: {value}", 429, `retry-after: ; wait 2; looks refused`},
		"retry-after-variants 2":               {"Retry-After: {value}", 429, `retry-after: ; wait 64.57; looks refused`},
		"retry-after-variants 3":               {"", 429, `retry-after: ; wait 1.25; looks refused`},
		"retry-after-variants 4":               {"Retry-After: {value}", 429, `; retry-after is not a plausible length of time; looks refused`},
		"retry-after-variants 5":               {"Retry-After: {value}", 0, ``},
		"cost-per-request 1":                   {"", 0, `spring-cloud-gateway: rate=10 cost=5; 2 requests/s`},
		"malformed-structured-fields 1":        {"RateLimit-Policy: {value}", 0, `ietf-draft-08-11: fixed window limit=500 window=300; ratelimit-policy is not a well-formed structured field and was read leniently`},
		"malformed-structured-fields 2":        {"RateLimit: {value}", 0, `ietf-draft-08-11: a remaining=5; ratelimit is not a well-formed structured field and was read leniently`},
		"malformed-structured-fields 3":        {"RateLimit: {value}", 0, `ietf-draft-08-11: a remaining=1; ratelimit is not a well-formed structured field and was read leniently`},
		"malformed-structured-fields 4":        {"RateLimit: {value}", 0, `ietf-draft-08-11: a remaining=1 reset=2; delta_s`},
		"malformed-structured-fields 5":        {"RateLimit: {value}", 0, `ietf-draft-08-11: a remaining=2`},
		"malformed-structured-fields 6":        {"RateLimit: \"a\";r=1;t={value}", 0, `ietf-draft-08-11: a remaining=1 reset=5.871; delta_s; ratelimit is not a well-formed structured field and was read leniently`},
		"policy-limit-join 1":                  {"RateLimit: {RateLimit}| RateLimit-Policy: {RateLimit_Policy}", 0, `ietf-draft-08-11: burst limit=100 window=60 remaining=50 reset=30; delta_s; RateLimit and RateLimit-Policy name one policy each, but not the same; they were taken to be one`},
		"policy-limit-join 2":                  {"{entry}", 0, `ietf-draft-08-11: 100-in-15min limit=100 window=900 remaining=99 reset=900 | 5-in-1sec limit=5 window=1 remaining=4 reset=1; delta_s`},
	}
	used := map[string]bool{}
	for _, a := range ambiguities(t) {
		for i, c := range a.Cases {
			id := fmt.Sprintf("%s %d", a.ID, i+1)
			test, ok := tests[id]
			used[id] = true
			if !ok {
				t.Errorf("%s: %v is not tested", id, c)
			}
			h, status := caseResponse(t, test.lines, test.status, c)
			claims := Read(h, status)
			got := reading(claims)
			if status >= 400 && claims.LooksRefused(status) {
				got += "; looks refused"
			}
			if got != test.want {
				t.Errorf("%s: %v\n got %s\nwant %s", id, c, got, test.want)
			}
		}
	}
	for id := range tests {
		if !used[id] {
			t.Errorf("%s: there is no such case", id)
		}
	}
}

// caseResponse builds the response of a case.
func caseResponse(t *testing.T, lines string, status int, c map[string]any) (http.Header, int) {
	t.Helper()
	if status == 0 {
		status = 200
	}
	if s, ok := c["status"].(float64); ok {
		status = int(s)
	}
	h := http.Header{}
	if entry, ok := c["entry"].(string); ok {
		for _, e := range catalogue(t) {
			if e.ID == entry {
				return e.OK.header(), e.OK.Status
			}
		}
		t.Fatalf("no convention %s", entry)
	}
	if given, ok := c["headers"].(map[string]any); ok {
		for name, value := range given {
			h.Add(name, value.(string))
		}
	}
	for line := range strings.SplitSeq(lines, "| ") {
		if line == "" {
			continue
		}
		for key, value := range c {
			if v, ok := value.(string); ok {
				line = strings.ReplaceAll(line, "{"+key+"}", v)
			}
		}
		name, value, _ := strings.Cut(line, ": ")
		if several, ok := c["lines"].([]any); ok {
			for _, v := range several {
				h.Add(name, v.(string))
			}
			continue
		}
		h.Add(name, value)
	}
	h.Set("Date", noon)
	return h, status
}

// reading is all that claims say, in a line.
func reading(c Claims) string {
	said := []string{brief(c)}
	if c.Convention != "" {
		said[0] = c.Convention + ": " + said[0]
	}
	if c.RetryAfter != nil {
		said = append(said, "wait "+text(c.RetryAfter))
	}
	if c.Encoding != 0 {
		said = append(said, c.Encoding.String())
	}
	for _, p := range c.Policies {
		if rate := Sustained(p); p.Cost != nil && rate != nil {
			said = append(said, text(rate)+" requests/s")
		}
	}
	return strings.Join(append(said, c.Notes...), "; ")
}
