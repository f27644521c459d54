package snippet

import "fmt"

// aiolimiter is a leaky bucket that holds max_rate and leaks that in time_period: a
// token bucket with a burst of max_rate.
// https://aiolimiter.readthedocs.io/
func aiolimiter() Library {
	return Library{
		Name: "aiolimiter", Title: "aiolimiter", Language: "Python", Fence: "python", comment: "#", snake: true,
		Keeps: "max_rate is the burst, and comes back in time_period: all of that is used.",
		code: func(s Settings, name string) string {
			return fmt.Sprintf(`%s = AsyncLimiter(max_rate=%d, time_period=%s)
async with %[1]s:  # around each request
    await send()
`, name, s.Burst, upwards(float64(s.Burst)/s.Rate, 9))
		},
		flight: func(n int, name string) string {
			return fmt.Sprintf(`%s = asyncio.Semaphore(%d)
async with %[1]s:  # around each request
    await send()
`, name, n)
		},
	}
}
