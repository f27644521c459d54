package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ratefit/internal/bench/simulate"
)

// A Limit is a limiter that is proposed for one class of the traffic. Which
// parameters count is up to the model.
type Limit struct {
	Class string // "" = every class
	Model string // as in analysis.json

	Rate     float64 // tokens or places per second
	Burst    float64 // hits at one instant from rest, the first included
	Quota    int     // hits in a window
	Window   time.Duration
	FromHit  bool          // windows begin with a hit, else on the clock, in UTC
	Amount   int           // tokens of one refill
	Every    time.Duration // from one refill to the next
	Queue    int           // hits that wait; below 0: any number
	Free     int           // hits that a queue does not delay, from rest
	InFlight int
	Counting bool          // hits that are refused count as well
	Block    time.Duration // what is refused after a hit that was refused; 0 = nothing
	Renewed  bool          // hits during a block begin it anew
	Either   []Limit       // of the model "either": one that has room is enough

	Unknown []string // parameters to search for
}

// Models of limits that are proposed, in the order of the catalogue.
const (
	tokenBucket   = "token-bucket"
	steppedBucket = "token-bucket-stepped"
	fixedWindow   = "fixed-window"
	windowLog     = "sliding-window-log"
	windowCounter = "sliding-window-counter"
	leakyQueue    = "leaky-bucket-queue"
	concurrency   = "concurrency"
	eitherLimit   = "either"
	unlimited     = "unlimited"
)

// A model says which parameters it must have, which it may have, and which can be
// searched for.
type model struct {
	name       string
	must, may  []string
	searchable []string
}

var models = []model{
	{tokenBucket, []string{"rate", "burst"}, []string{"block", "renewed"}, []string{"rate", "burst"}},
	{steppedBucket, []string{"burst", "refill-interval"}, []string{"refill-amount"}, []string{"burst"}},
	{fixedWindow, []string{"quota", "window"}, []string{"anchor", "block", "renewed"}, []string{"quota"}},
	{windowLog, []string{"quota", "window"}, []string{"limited-hits-count", "block", "renewed"}, []string{"quota"}},
	{windowCounter, []string{"quota", "window"}, []string{"limited-hits-count"}, []string{"quota"}},
	{leakyQueue, []string{"rate", "queue"}, []string{"free"}, []string{"rate", "queue"}},
	{concurrency, []string{"in-flight"}, nil, []string{"in-flight"}},
	{unlimited, nil, nil, nil},
}

// Models lists the names of the models that can be proposed.
func Models() []string {
	var all []string
	for _, m := range models {
		all = append(all, m.name)
	}
	return all
}

func modelOf(name string) (model, bool) {
	i := slices.IndexFunc(models, func(m model) bool { return m.name == name })
	if i < 0 {
		return model{}, false
	}
	return models[i], true
}

// Covers reports whether hits of a class meet the limit. One that serves several
// classes at once names them with a + between.
func (l *Limit) Covers(class string) bool {
	return l.Class == "" || slices.Contains(strings.Split(l.Class, "+"), class)
}

// limiter returns the limiter at rest. origin is what the wall clock shows at
// offset 0, in nanoseconds since 1970.
func (l *Limit) limiter(origin int64) simulate.Limiter {
	base := l.plain(origin)
	if l.Block > 0 {
		return &simulate.Block{Limiter: base, For: l.Block, Renewed: l.Renewed}
	}
	return base
}

func (l *Limit) plain(origin int64) simulate.Limiter {
	onClock := func(length time.Duration) time.Duration { return time.Duration(origin % int64(length)) }
	switch l.Model {
	case tokenBucket:
		return &simulate.Bucket{Rate: l.Rate, Size: l.Burst}
	case steppedBucket:
		return &simulate.Stepped{Amount: l.Amount, Size: int(l.Burst), Every: l.Every, Since: onClock(l.Every)}
	case fixedWindow:
		return &simulate.Window{Quota: l.Quota, Length: l.Window, Since: onClock(l.Window), FromFirst: l.FromHit}
	case windowLog:
		return &simulate.Log{Quota: l.Quota, Length: l.Window, Counting: l.Counting}
	case windowCounter:
		return &simulate.Counter{Quota: l.Quota, Length: l.Window, Since: onClock(l.Window), Counting: l.Counting}
	case leakyQueue:
		return &simulate.Queue{Every: max(1, time.Duration(1e9/l.Rate)), Free: l.Free, Waiting: l.Queue}
	case concurrency:
		return simulate.Cap{Most: l.InFlight}
	case eitherLimit:
		var all simulate.Either
		for i := range l.Either {
			all = append(all, l.Either[i].plain(origin).(simulate.Tier))
		}
		return all
	}
	return simulate.None{}
}

// Combinable reports whether the limit can be one of several that must all admit:
// it must be able to say whether it has room without being charged.
func (l *Limit) Combinable() bool {
	_, tier := l.plain(0).(simulate.Tier)
	return tier && !l.Counting && l.Block == 0
}

// together returns the limiter that some limits make: each must admit.
func together(limits []Limit, origin int64) simulate.Limiter {
	if len(limits) == 1 {
		return limits[0].limiter(origin)
	}
	var all simulate.All
	for i := range limits {
		all = append(all, limits[i].plain(origin).(simulate.Tier))
	}
	return all
}

// covering returns the limits that hits of a class meet.
func covering(limits []Limit, class string) []Limit {
	var out []Limit
	for i := range limits {
		if limits[i].Covers(class) && limits[i].Model != unlimited {
			out = append(out, limits[i])
		}
	}
	return out
}

// Check reports limits that cannot be asked together.
func Check(limits []Limit) error {
	for i := range limits {
		for k := range limits[:i] {
			a, b := &limits[k], &limits[i]
			if a.Class != "" && b.Class != "" && !overlap(a, b) {
				continue
			}
			for _, l := range []*Limit{a, b} {
				if !l.Combinable() {
					return fmt.Errorf("%s cannot be one of several limits of a class: only buckets and windows without block or limited-hits-count can", l.Model)
				}
			}
			if len(a.Unknown)+len(b.Unknown) > 0 {
				return fmt.Errorf("a parameter is searched for (?), but %s meets several limits: give one for each class", className(b.Class))
			}
		}
	}
	return nil
}

func overlap(a, b *Limit) bool {
	return slices.ContainsFunc(strings.Split(a.Class, "+"), b.Covers)
}

func className(class string) string {
	if class == "" {
		return "every class"
	}
	return "class " + class
}
