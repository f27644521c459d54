package snippet

import (
	"fmt"
	"math"
)

// polly takes the limiters of System.Threading.RateLimiting. Their token bucket gets
// TokensPerPeriod with each tick of a timer, which counts whole milliseconds.
// https://learn.microsoft.com/dotnet/api/system.threading.ratelimiting.tokenbucketratelimiteroptions
func polly() Library {
	return Library{
		Name: "polly", Title: "Polly, System.Threading.RateLimiting", Language: "C#", Fence: "csharp", comment: "//", least: 2,
		Keeps: "Its tokens come with a timer's ticks, so that a bucketful can pass just before one and more just after: the burst is smaller by TokensPerPeriod, and the period is in whole milliseconds.",
		code: func(s Settings, name string) string {
			const tick = 0.1 // s, of which fast rates make use to lose less by rounding
			tokens := int(math.Max(1, math.Min(math.Floor(s.Rate*tick), float64(s.Burst/2))))
			return fmt.Sprintf(`var %s = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
{
    TokenLimit = %d,
    TokensPerPeriod = %d,
    ReplenishmentPeriod = TimeSpan.FromMilliseconds(%d),
    AutoReplenishment = true,
    QueueLimit = 10_000, // requests that wait
    QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
});
var pipeline = new ResiliencePipelineBuilder().AddRateLimiter(%[1]s).Build();
await pipeline.ExecuteAsync(async token => await SendAsync(token), cancellationToken);
`, name, s.Burst-tokens, tokens, millis(float64(tokens)/s.Rate))
		},
		flight: func(n int, name string) string {
			return fmt.Sprintf(`var %s = new ResiliencePipelineBuilder().AddConcurrencyLimiter(%d, 10_000).Build();
await %[1]s.ExecuteAsync(async token => await SendAsync(token), cancellationToken);
`, name, n)
		},
	}
}
