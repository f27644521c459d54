package foreign

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"ratefit/analyze"
	"ratefit/foreign/truth"
	"ratefit/internal/trace"
	"ratefit/profiles"
)

// A setting is how a token bucket is configured.
type setting struct {
	rate  float64
	burst int
}

func (s setting) truth() truth.Truth {
	return truth.Truth{Model: "token-bucket", Rate: s.rate, Burst: float64(s.burst)}
}

func (s setting) String() string { return fmt.Sprintf("%g/s %d", s.rate, s.burst) }

// settings are pairs for reads and writes. Every bucket fills within the pause
// of the default profile.
var settings = [][2]setting{
	{{2, 30}, {2, 10}},
	{{2.5, 1}, {3, 6}},
	{{5, 8}, {7, 50}},
	{{11, 100}, {13, 2}},
	{{20, 40}, {25, 35}},
	{{30, 45}, {50, 1}},
	{{64, 7}, {90, 60}},
	{{120, 25}, {150, 10}},
	{{200, 100}, {200, 1}},
}

// Delays as over loopback, and as over a slow network.
var (
	loopback = blur{way: 100 * time.Microsecond, stalls: 0.01, stall: 2 * time.Millisecond}
	network  = blur{way: time.Millisecond, stalls: 0.01, stall: 20 * time.Millisecond}
)

// TestVirtualTime runs each library in virtual time through the default
// profile.
func TestVirtualTime(t *testing.T) {
	for _, lib := range tokenBuckets() {
		t.Run(lib.name, func(t *testing.T) {
			t.Parallel()
			var rows table
			for i, pair := range settings {
				rows.add(t, lib.name, pair, virtual(t, lib, pair, loopback, uint64(i+1)))
			}
			rows.log(t)
		})
	}
}

// TestVirtualNetwork does the same from further away. Limits so fast that a
// reply takes longer than the next token are left out: from there nobody can
// tell in which order they were decided.
func TestVirtualNetwork(t *testing.T) {
	var rows table
	for i, pair := range settings[:6] {
		rows.add(t, "x/time/rate", pair, virtual(t, tokenBuckets()[0], pair, network, uint64(i+1)))
	}
	rows.log(t)
}

// TestVirtualRedis measures redis_rate, whose time is the server's.
func TestVirtualRedis(t *testing.T) {
	var rows table
	zero := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, pair := range settings[:2] {
		lib, setTime := redisRate(t)
		wait := func(until time.Duration) { setTime(zero.Add(until)) }
		rows.add(t, lib.name, pair, analysis(t, lib, pair, loopback, uint64(i+1), wait))
	}
	rows.log(t)
}

// TestRelatives measures limiters that are nearly token buckets. Nobody can ask
// for their name, but a rate that is given with certainty has to hold.
func TestRelatives(t *testing.T) {
	for _, lib := range relatives() {
		t.Run(lib.name, func(t *testing.T) {
			t.Parallel()
			var rows table
			for i, pair := range settings {
				a := virtual(t, lib, pair, loopback, uint64(i+1))
				for k, f := range rows.list(lib.name, pair, a) {
					if f.Limit != nil && f.Certain && !f.Contained {
						t.Errorf("%s %v: certain of the rate %s", lib.name, pair[k], bounds(f.Limit.SustainedRate))
					}
				}
			}
			rows.log(t)
		})
	}
}

// virtual measures a library that reads the time from the time package.
func virtual(t *testing.T, lib library, pair [2]setting, b blur, seed uint64) (a *analyze.Analysis) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		zero := time.Now()
		wait := func(until time.Duration) { time.Sleep(until - time.Since(zero)) }
		a = analysis(t, lib, pair, b, seed, wait)
	})
	return a
}

// analysis measures a library's limiters with the default profile.
func analysis(t *testing.T, lib library, pair [2]setting, b blur, seed uint64, wait func(time.Duration)) *analyze.Analysis {
	t.Helper()
	p, ok := profiles.Builtin(profiles.Default)
	if !ok {
		t.Fatalf("no profile %s", profiles.Default)
	}
	h := split(lib.limit(t, pair[0].rate, pair[0].burst, api), lib.limit(t, pair[1].rate, pair[1].burst, api))
	a := analyze.New(analyze.Options{})
	decide(flights(t, p, b, seed), h, wait, a.Add)
	return a.Result(trace.Meta{Target: "http://limiter.invalid/", Profile: p.Name})
}
