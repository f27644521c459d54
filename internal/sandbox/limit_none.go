package sandbox

import "time"

// unlimited admits everything.
type unlimited struct{}

func newUnlimited(quota) limiter { return unlimited{} }

func (unlimited) decide(time.Time) decision { return decision{admitted: true} }
