package declared

import (
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkRead reads the responses of one API, one after the other: the same
// again, and counting down, where with every response the figures for what
// remains and what was used are others. sets/s is header sets per second.
func BenchmarkRead(b *testing.B) {
	for _, id := range []string{
		"launch27-api-2.0", "zalando-guideline-153", "express-rate-limit-legacy", "github-rest", "ietf-draft-00-03", "ietf-draft-04-06",
		"express-rate-limit-draft-7", "ietf-draft-11", "express-rate-limit-draft-8", "openai", "anthropic", "kong-rate-limiting",
		"nestjs-throttler", "azure-arm", "go-throttled-gcra", "spring-cloud-gateway", "strava", "riot-games", "zendesk", "hubspot",
	} {
		for _, e := range catalogue(b) {
			if e.ID != id {
				continue
			}
			b.Run(id+"/same", func(b *testing.B) { benchmark(b, e.OK.header()) })
			b.Run(id+"/counting", func(b *testing.B) { benchmark(b, counting(e.OK.header(), 8)...) })
			b.Run(id+"/never twice", func(b *testing.B) { benchmark(b, counting(e.OK.header(), 5000)...) })
		}
	}
	launch, trio := catalogue(b)[0].OK.header(), headers("X-RateLimit-Limit: 100", "X-RateLimit-Remaining: 42", "X-RateLimit-Reset: 60", "Date: "+noon)
	b.Run("two in turn", func(b *testing.B) { benchmark(b, launch, trio) })
}

func benchmark(b *testing.B, sets ...http.Header) {
	var r Reader
	beside := make([]byte, 32<<20) // as many as the hits of a trace take, so that garbage is collected as often
	defer runtime.KeepAlive(beside)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		r.Read(sets[i], 200)
		if i++; i == len(sets) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sets/s")
}

// counting returns n header sets that differ in what remains or was used, as far
// as the header's last number goes.
func counting(h http.Header, n int) []http.Header {
	sets := make([]http.Header, n)
	for i := range sets {
		sets[i] = h.Clone()
		for name, lines := range sets[i] {
			for j, line := range lines {
				name := strings.ToLower(name)
				if strings.Contains(name, "limit-limit") || name == "date" || strings.Contains(name, "policy") {
					continue
				}
				if at := strings.LastIndexAny(line, "0123456789"); at >= 0 {
					lines[j] = line[:at] + strconv.Itoa(1+i) + line[at+1:]
				}
			}
		}
	}
	return sets
}
