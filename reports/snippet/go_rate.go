package snippet

import "fmt"

// xTimeRate is a token bucket.
func xTimeRate() Library {
	return Library{
		Name: "go", Title: "golang.org/x/time/rate", Language: "Go", Fence: "go", comment: "//",
		Keeps: "A token bucket: all of that is used.",
		code: func(s Settings, name string) string {
			return fmt.Sprintf(`%s := rate.NewLimiter(rate.Limit(%s), %d) // golang.org/x/time/rate
if err := %[1]s.Wait(ctx); err != nil { // before each request
	return err
}
`, name, downwards(s.Rate, 9), s.Burst)
		},
		flight: func(n int, name string) string {
			return fmt.Sprintf(`%s := semaphore.NewWeighted(%d) // golang.org/x/sync/semaphore
if err := %[1]s.Acquire(ctx, 1); err != nil { // before each request
	return err
}
defer %[1]s.Release(1) // after its reply
`, name, n)
		},
	}
}
