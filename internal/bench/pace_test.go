package bench

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// paced are cases that take little work, each with its network.
var paced = map[string]string{
	"token bucket 20/s burst 31": "wan", "stepped bucket 4 every 1s burst 12": "lan",
	"fixed window 10 in 1s, clock": "loopback", "sliding log 30 in 3s": "wan",
}

// A client whose token bucket has the settings that an analysis tells is never
// refused by the limiter that was measured, wherever its clock stands, with as much
// jitter as is allowed for. The limiters share no code with the models.
func TestPaceIsNeverRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("measures simulated limiters")
	}
	told := 0
	for _, c := range Cases() {
		at := slices.IndexFunc(Noises(), func(n Noise) bool { return n.Name == paced[c.Name] })
		if at < 0 {
			continue
		}
		noise := Noises()[at]
		t.Run(c.Name+", "+noise.Name, func(t *testing.T) {
			for _, l := range measured(t, &c, noise).Limits {
				if l.Capacity == nil || l.Capacity.Client == nil || l.Capacity.Client.Rate == 0 {
					continue
				}
				told++
				for seed := range uint64(50) {
					part := &c.Parts[slices.IndexFunc(c.Parts, func(p Part) bool { return strings.Contains(l.Class, p.Class) })]
					if n, at := refused(part, l.Capacity.Client, seed); n >= 0 {
						t.Fatalf("%s %s: hit %d at %v of %+v is refused", l.Class, l.Model, n, at, l.Capacity.Client)
					}
				}
			}
		})
	}
	if told < 3 {
		t.Errorf("only %d limits have settings", told)
	}
}

// measured is what the planner finds about a case.
func measured(t *testing.T, c *Case, n Noise) *analyze.Analysis {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	started := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w := c.world(n, Setting{Random: random, Clock: time.Duration(started.UnixNano())})
	traffic, err := Planned(c, random)
	if err != nil {
		t.Fatal(err)
	}
	hits := traffic(w)
	fit := analyze.New(analyze.Options{LimitedStatus: c.limitedStatus()})
	for i := range hits {
		fit.Add(&hits[i])
	}
	return fit.Result(trace.Meta{Started: started, Target: target, LimitedStatus: c.limitedStatus()})
}

// refused sends some hundred hits at a pace and returns the first that is refused, or -1.
func refused(p *Part, pace *analyze.Pace, seed uint64) (int, time.Duration) {
	r := rand.New(rand.NewPCG(seed, 3))
	l := p.New(Setting{Random: r, Clock: time.Duration(r.Int64N(int64(time.Hour)))})
	client := rate.NewLimiter(rate.Limit(pace.Rate), pace.Burst)
	origin := time.Unix(1_000_000, 0)
	at, arrivals := time.Duration(0), []time.Duration{}
	for range 400 {
		if r.IntN(20) == 0 {
			at += time.Duration(1e9 * r.Float64() * 2 * float64(pace.Burst) / pace.Rate)
		}
		at += client.ReserveN(origin.Add(at), 1).DelayFrom(origin.Add(at))
		arrivals = append(arrivals, at+time.Duration(r.Float64()*pace.Jitter*1e9))
	}
	slices.Sort(arrivals)
	for i, at := range arrivals {
		if ok, _ := l.Decide(at, 0); !ok {
			return i, at
		}
	}
	return -1, 0
}
