package snippet

import "fmt"

// spacing (ms) is how far apart requests are started by a clock that tells whole
// milliseconds, and may have cut off nearly one.
func spacing(rate float64) int { return millis(1/rate) + 1 }

// least1 is the concurrency, or one if it is not known.
func least1(n int) int { return max(1, n) }

// bottleneck starts requests minTime apart. Its reservoir, which would allow bursts,
// comes back with a timer of 250 ms.
// https://github.com/SGrondin/bottleneck
func bottleneck() Library {
	return Library{
		Name: "bottleneck", Title: "Bottleneck", Language: "JavaScript", Fence: "js", comment: "//",
		Keeps: "It starts requests minTime apart, in whole milliseconds: bursts are not used.",
		code: func(s Settings, name string) string {
			return fmt.Sprintf(`const %s = new Bottleneck({ minTime: %d, maxConcurrent: %d });
await %[1]s.schedule(() => fetch(url)); // each request
`, name, spacing(s.Rate), least1(s.Concurrency))
		},
		flight: func(n int, name string) string {
			return fmt.Sprintf(`const %s = new Bottleneck({ maxConcurrent: %d });
await %[1]s.schedule(() => fetch(url)); // each request
`, name, n)
		},
	}
}

// pThrottle with a limit above 1 lets more than that through in some intervals unless
// it is strict, and in some versions even then after a lull: they count from when a
// call was due, not from when it was made.
// Around it, not within, p-limit bounds what is under way: calls that waited for
// others to end would be made as they do.
// https://github.com/sindresorhus/p-throttle
func pThrottle() Library {
	return Library{
		Name: "p-throttle", Title: "p-throttle with p-limit", Language: "JavaScript", Fence: "js", comment: "//",
		Keeps: "One call per interval, in whole milliseconds: bursts are not used, as in some versions a larger limit is exceeded after a lull.",
		code: func(s Settings, name string) string {
			return fmt.Sprintf(`const %s = pThrottle({ limit: 1, interval: %d, strict: true })(url => fetch(url));
const atATime = pLimit(%d);
await atATime(() => %[1]s(url)); // each request
`, name, spacing(s.Rate), least1(s.Concurrency))
		},
		flight: func(n int, name string) string {
			return fmt.Sprintf(`const %s = pLimit(%d);
await %[1]s(() => fetch(url)); // each request
`, name, n)
		},
	}
}
