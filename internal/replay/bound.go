package replay

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// A Bound is how much may be refused at most.
type Bound struct {
	Requests float64 // share of the requests; below 0: any
	Clients  float64 // share of the clients that have a request refused; below 0: any
}

// Unbounded allows everything.
var Unbounded = Bound{Requests: -1, Clients: -1}

// Set reports whether anything is bounded.
func (b Bound) Set() bool { return b.Requests >= 0 || b.Clients >= 0 }

// allowed turns shares into the largest counts that keep them.
func (b Bound) allowed(requests, clients int) (refused, affected int) {
	return most(b.Requests, requests), most(b.Clients, clients)
}

func most(share float64, of int) int {
	if share < 0 {
		return math.MaxInt
	}
	return int(share*float64(of) + 1e-9)
}

// ParseShare reads a share: 0.1%, or 0.001.
func ParseShare(s string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		f /= 100
	}
	if err != nil || !(f >= 0 && f <= 1) {
		return 0, errors.New("must be a share from 0% to 100%, such as 0.1%")
	}
	if !percent && f == 1 && !strings.Contains(number, ".") {
		return 0, errors.New("1 may be meant as 1% or as all: write 1% or 100%")
	}
	return f, nil
}

// A Verdict says whether a bound is kept.
type Verdict string

// The verdicts.
const (
	Held      Verdict = "held"
	Exceeded  Verdict = "exceeded"
	Uncertain Verdict = "undetermined" // it depends on when within their second requests came, or there is none
)

// Judge holds outcomes that differ in what is supposed against the bound.
func (b Bound) Judge(all []Outcome) Verdict {
	within, beyond := 0, 0
	for i := range all {
		o := &all[i]
		refused, affected := b.allowed(o.Requests, o.Clients)
		switch {
		case o.Requests == 0:
		case o.Refused <= refused && o.Affected <= affected:
			within++
		default:
			beyond++
		}
	}
	switch {
	case within > 0 && beyond == 0:
		return Held
	case beyond > 0 && within == 0:
		return Exceeded
	}
	return Uncertain
}
