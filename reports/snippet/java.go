package snippet

import "fmt"

// resilience4j cuts time into periods and lets limitForPeriod through in each, at
// once if need be: twice as many around the end of a period. Two periods touch in
// every instant between them, t seconds touch t/period + 2.
// https://resilience4j.readme.io/docs/ratelimiter
func resilience4j() Library {
	return Library{
		Name: "resilience4j", Title: "resilience4j RateLimiter", Language: "Java", Fence: "java", comment: "//", least: 2,
		Keeps: "Its periods follow a clock of their own, and twice limitForPeriod can pass where two of them meet: the burst is given in halves, the rate is used.",
		code: func(s Settings, name string) string {
			limit := s.Burst / 2
			return fmt.Sprintf(`RateLimiter %s = RateLimiter.of("api", RateLimiterConfig.custom()
    .limitForPeriod(%d)
    .limitRefreshPeriod(Duration.ofNanos(%sL))
    .timeoutDuration(Duration.ofMinutes(5)) // how long a caller waits
    .build());
boolean permitted = %[1]s.acquirePermission(); // before each request
`, name, limit, nanos(float64(limit)/s.Rate))
		},
		flight: func(n int, name string) string {
			return fmt.Sprintf(`Bulkhead %s = Bulkhead.of("api", BulkheadConfig.custom()
    .maxConcurrentCalls(%d)
    .maxWaitDuration(Duration.ofMinutes(5)) // how long a caller waits
    .build());
%[1]s.executeCallable(() -> send()); // each request
`, name, n)
		},
	}
}

// bucket4j is a token bucket; refillGreedy adds tokens as soon as they are due.
// https://bucket4j.com/8.7.0/toc.html
func bucket4j() Library {
	return Library{
		Name: "bucket4j", Title: "Bucket4j", Language: "Java", Fence: "java", comment: "//",
		Keeps: "A token bucket: all of that is used.",
		code: func(s Settings, name string) string {
			return fmt.Sprintf(`Bucket %s = Bucket.builder()
    .addLimit(limit -> limit.capacity(%d).refillGreedy(1, Duration.ofNanos(%sL)))
    .build();
%[1]s.asBlocking().consume(1); // before each request
`, name, s.Burst, nanos(1/s.Rate))
		},
		flight: javaSemaphore,
	}
}

// guava stores what was not used for a second, and lets one request more through,
// which the next one has to wait for.
// https://guava.dev/releases/snapshot-jre/api/docs/com/google/common/util/concurrent/RateLimiter.html
func guava() Library {
	return Library{
		Name: "guava", Title: "Guava RateLimiter", Language: "Java", Fence: "java", comment: "//",
		Keeps: "It stores the permits of one second: bursts are those and one, whatever the limiter would take, and where they would be more than that the rate is lower.",
		code: func(s Settings, name string) string {
			// Burst + n requests take (burst+n−1)/rate − 1 s at least; it binds for n = 1.
			rate := min(s.Rate, float64(s.Burst)*s.Rate/(1+s.Rate))
			return fmt.Sprintf(`RateLimiter %s = RateLimiter.create(%s);
%[1]s.acquire(); // before each request
`, name, downwards(rate, 9))
		},
		flight: javaSemaphore,
	}
}

func javaSemaphore(n int, name string) string {
	return fmt.Sprintf(`Semaphore %s = new Semaphore(%d); // java.util.concurrent
%[1]s.acquire(); // before each request
try { send(); } finally { %[1]s.release(); }
`, name, n)
}
