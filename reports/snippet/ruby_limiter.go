package snippet

import "fmt"

// rubyLimiter keeps the instants of the last size calls and waits until the oldest is
// an interval ago: a sliding window log.
// https://www.rubydoc.info/gems/ruby-limiter/Limiter/RateQueue
func rubyLimiter() Library {
	return Library{
		Name: "ruby-limiter", Title: "ruby-limiter", Language: "Ruby", Fence: "ruby", comment: "#", snake: true,
		Keeps: "At most so many in any interval: the rate is used, and after a burst nothing is sent until the interval is over.",
		code: func(s Settings, name string) string {
			return fmt.Sprintf(`%s = Limiter::RateQueue.new(%d, interval: %s)
%[1]s.shift # before each request
`, name, s.Burst, upwards(float64(s.Burst)/s.Rate, 9))
		},
		flight: func(n int, name string) string {
			return fmt.Sprintf(`%s = SizedQueue.new(%d)
%[1]s.push(true) # before each request
%[1]s.pop        # after its reply
`, name, n)
		},
	}
}
