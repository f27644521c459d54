package replay

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A Smallest is the least limits of one model that keep a bound: one, or for a
// bucket of which both parameters are free, for each burst the least rate.
type Smallest struct {
	Class    string   `json:"class"` // "" = every class
	Model    string   `json:"model"`
	Free     []string `json:"free"` // the parameters that were searched for
	Instants Instants `json:"instants"`
	Requests int      `json:"requests"` // that met the limit
	Clients  int      `json:"clients"`
	Points   []Point  `json:"points"` // none: no such limit keeps the bound
}

// A Point is one of them.
type Point struct {
	Params   map[string]float64 `json:"params"` // of the free ones
	Refused  int                `json:"refused"`
	Share    float64            `json:"refused_share"`
	Affected int                `json:"clients_affected"`

	Limit Limit `json:"-"`
}

// Search finds the smallest limit that keeps the bound, on the requests that it
// would meet.
//
// A limit is smallest in that the next smaller one does not keep the bound: a whole
// number less, or for a rate one unit of the third significant digit. Token buckets,
// queues, fixed windows, window logs and caps refuse ever less as they are given
// more: whatever a limiter of one size can admit is allowed to a larger one, and each
// admits as much as it is allowed to as early as it can. So the least of them is the
// only such. For a sliding window counter that is not so, nor for the number of
// clients that are refused by a limiter they share: there may be a smaller limit that
// keeps the bound by chance.
func Search(t *Traffic, l Limit, b Bound, how Instants) Smallest {
	s := newSearch(t, l, b, how)
	out := Smallest{Class: l.Class, Model: l.Model, Free: l.Unknown, Instants: how, Requests: s.requests, Clients: s.clients}
	if s.requests == 0 {
		return out
	}
	if len(l.Unknown) == 2 {
		out.Points = s.front()
		return out
	}
	name := l.Unknown[0]
	last := s.longest
	if name == "rate" {
		last = rateSteps
	}
	if n, ok := s.least(name, 0, last); ok {
		out.Points = []Point{s.point(s.with(name, n))}
	}
	return out
}

// A search tries limits on the lanes that the limit would meet.
type search struct {
	t                 *Traffic
	limit             Limit
	how               Instants
	lanes             []*lane
	at                [][]time.Duration
	requests, clients int
	refused, affected int // at most
	longest           int // most requests in one lane
}

func newSearch(t *Traffic, l Limit, b Bound, how Instants) *search {
	s := &search{t: t, limit: l, how: how}
	seen := make([]bool, len(t.clients.text))
	for i := range t.lanes {
		one := &t.lanes[i]
		if !l.Covers(t.class(one)) {
			continue
		}
		s.lanes = append(s.lanes, one)
		s.requests += one.n
		s.longest = max(s.longest, one.n)
		for k := range one.n {
			if c := one.client(k); !seen[c] {
				seen[c] = true
				s.clients++
			}
			if one.clients == nil {
				break
			}
		}
	}
	// The busiest first: what they have refused soonest tells that a limit is too
	// small.
	slices.SortStableFunc(s.lanes, func(a, b *lane) int { return cmp.Compare(b.n, a.n) })
	for _, one := range s.lanes {
		s.at = append(s.at, t.instants(one, how))
	}
	s.refused, s.affected = b.allowed(s.requests, s.clients)
	return s
}

// Rates are searched among those of three significant digits: 900 for each power
// of ten.
const (
	rateDigits = 900
	rateSteps  = 12 * rateDigits // from 1e-6 to 1e6
)

func rateAt(step int) float64 {
	power, digit := step/rateDigits-6, step%rateDigits
	if power < 0 {
		return float64(100+digit) / 100 / math.Pow10(-power)
	}
	return float64(100+digit) / 100 * math.Pow10(power)
}

// with returns the limit with a free parameter set: to a count from 1 (or 0, for a
// queue), or to a step of the rates.
func (s *search) with(name string, n int) Limit {
	l := s.limit
	l.Unknown = slices.DeleteFunc(slices.Clone(l.Unknown), func(u string) bool { return u == name })
	switch name {
	case "rate":
		l.Rate = rateAt(n)
	case "burst":
		l.Burst = float64(n)
	case "quota":
		l.Quota = n
	case "queue":
		l.Queue = n
	case "in-flight":
		l.InFlight = n
	}
	return l
}

// least finds by bisection the least value in (low, high] at which the bound is
// kept; low is one at which it is not, or below all.
func (s *search) least(name string, low, high int) (int, bool) {
	if name == "rate" || name == "queue" {
		low-- // 0 is a value
	}
	if !s.keeps(s.with(name, high)) {
		return 0, false
	}
	for high-low > 1 {
		if mid := low + (high-low)/2; s.keeps(s.with(name, mid)) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// front finds for each burst of a row the least rate, and leaves out bursts that
// buy no lower one. It ends where the burst alone suffices: with less than one
// request in the time of the traffic.
func (s *search) front() []Point {
	var out []Point
	high := rateSteps
	for burst := range bursts(s.longest) {
		rest := *s
		rest.limit = s.with("burst", burst)
		step, ok := rest.least("rate", 0, high)
		if !ok || len(out) > 0 && step == high {
			continue
		}
		high = step
		alone := rateAt(step)*s.t.Duration().Seconds() < 1
		if alone && len(out) > 0 {
			break
		}
		out = append(out, s.point(rest.with("rate", step)))
		if alone {
			break
		}
	}
	return out
}

// bursts yields 1, 2, 3, 5, 7, 10, 15, 20, 30, 50 … and ends with the first from
// which on nothing changes.
func bursts(longest int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for _, n := range []int{1, 2, 3, 5, 7} {
			if !yield(n) || n >= longest {
				return
			}
		}
		for power := 10; ; power *= 10 {
			for _, n := range []int{10, 15, 20, 30, 50, 70} {
				if !yield(n*power/10) || n*power/10 >= longest {
					return
				}
			}
		}
	}
}

// point counts what a limit refuses.
func (s *search) point(l Limit) Point {
	refused, affected, _ := s.try(l, math.MaxInt, math.MaxInt)
	p := Point{Params: map[string]float64{}, Refused: refused, Share: part(refused, s.requests), Affected: affected, Limit: l}
	for _, name := range s.limit.Unknown {
		switch name {
		case "rate":
			p.Params["rate"] = l.Rate
		case "burst":
			p.Params["burst"] = l.Burst
		case "quota":
			p.Params["quota"] = float64(l.Quota)
		case "queue":
			p.Params["queue"] = float64(l.Queue)
		case "in-flight":
			p.Params["in_flight"] = float64(l.InFlight)
		}
	}
	return p
}

// Larger returns the limit of the point that admits more, of points of one free
// parameter: it keeps the bound whatever is supposed of the instants.
func Larger(points []Point) Limit {
	return slices.MaxFunc(points, func(a, b Point) int {
		for name := range a.Params {
			return cmp.Compare(a.Params[name], b.Params[name])
		}
		return 0
	}).Limit
}
