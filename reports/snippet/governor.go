package snippet

import "fmt"

// governor is a token bucket: a cell comes back every period, up to the burst.
// https://docs.rs/governor/latest/governor/struct.Quota.html
func governor() Library {
	return Library{
		Name: "governor", Title: "governor", Language: "Rust", Fence: "rust", comment: "//", snake: true,
		Keeps: "A token bucket: all of that is used.",
		code: func(s Settings, name string) string {
			return fmt.Sprintf(`let quota = Quota::with_period(Duration::from_nanos(%s))
    .expect("not zero")
    .allow_burst(NonZeroU32::new(%d).expect("not zero"));
let %s = RateLimiter::direct(quota);
%[3]s.until_ready().await; // before each request
`, nanos(1/s.Rate), s.Burst, name)
		},
		flight: func(n int, name string) string {
			return fmt.Sprintf(`let %s = tokio::sync::Semaphore::new(%d);
let _permit = %[1]s.acquire().await?; // until the reply has come
`, name, n)
		},
	}
}
