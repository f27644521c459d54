package declared

import (
	"net/http"
	"slices"
	"strings"
)

// Claims is what one response declares. The values that its policies point to
// may be shared with other Claims: they are not to be changed.
type Claims struct {
	// Convention is the name of the first convention in the table that read
	// something, "" if none did. Where one response can be of several
	// conventions that say the same, the name is that of their family.
	Convention string

	// Policies are the limits declared, each once even if the response spells
	// it in several ways.
	Policies []Policy

	// RetryAfter is the wait that a refusal asks for, in seconds, from the most
	// precise of the headers that say so; nil on a 2xx response.
	RetryAfter *float64

	// Encoding says how the resets were written.
	Encoding Encoding

	// Notes say what could not be read, or only with an assumption: fixed
	// sentences, each once, that name the header and never quote its value.
	Notes []string
}

// LooksRefused reports whether a response is what limiters refuse with: 429, or
// one of the other statuses that are in use for it if it also asks to wait or says
// that nothing remains. Those are no proof: a server that is overloaded asks to
// wait too, and the last hit that is admitted leaves nothing.
func (c Claims) LooksRefused(status int) bool {
	switch status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden, http.StatusServiceUnavailable, 418, 420, 529: // the last three by Binance, Twitter, Anthropic
		return c.RetryAfter != nil || slices.ContainsFunc(c.Policies, func(p Policy) bool { return p.Remaining != nil && *p.Remaining == 0 })
	}
	return false
}

// ForClass returns the policy that governs the requests of a class: the one
// declared for the class itself, else one for "all", else, if none is for reads
// or writes, one for whatever resource or unit the response names. Among
// several, those that count requests come first, then the one that is used up,
// then the first declared. ok is false when none governs the class.
//
// A class of several joined by "+", such as "read+write", is governed only by a
// policy that says the same for each of them.
func (c Claims) ForClass(class string) (Policy, bool) {
	parts := strings.Split(class, "+")
	first, ok := c.forOne(parts[0])
	for _, part := range parts[1:] {
		p, also := c.forOne(part)
		if !ok || !also || !sameLimit(&first, &p) {
			return Policy{}, false
		}
		if p.Class != first.Class {
			first.Class = class
		}
	}
	return first, ok
}

func (c Claims) forOne(class string) (Policy, bool) {
	split := false // does the response tell reads from writes?
	for i := range c.Policies {
		split = split || c.Policies[i].Class == "read" || c.Policies[i].Class == "write"
	}
	for _, eligible := range []func(string) bool{
		func(s string) bool { return s == class },
		func(s string) bool { return s == "all" },
		func(string) bool { return !split },
	} {
		best := -1
		for i := range c.Policies {
			p := &c.Policies[i]
			if eligible(p.Class) && (best < 0 || governs(p, &c.Policies[best])) {
				best = i
			}
		}
		if best >= 0 {
			return c.Policies[best], true
		}
	}
	return Policy{}, false
}

// governs reports whether p is to be preferred to q, which was declared before.
func governs(p, q *Policy) bool {
	if a, b := p.Unit == requests, q.Unit == requests; a != b {
		return a
	}
	return exhausted(p) && !exhausted(q)
}

func exhausted(p *Policy) bool { return p.Remaining != nil && *p.Remaining == 0 }

// sameLimit reports whether two policies allow the same, whatever is left.
func sameLimit(p, q *Policy) bool {
	return p.Unit == q.Unit && equal(p.Limit, q.Limit) && equal(p.Window, q.Window) &&
		equal(p.Rate, q.Rate) && equal(p.Burst, q.Burst)
}

func equal(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// Sustained returns the requests per second that a policy allows in the long
// run: its rate, else its quota over its window; nil when it declares neither.
// Where the response says that the request cost more than one unit, the rate
// is that of such requests.
func Sustained(p Policy) *float64 {
	var rate float64
	switch {
	case p.Rate != nil:
		rate = *p.Rate
	case p.Limit != nil && p.Window != nil && *p.Window > 0:
		rate = *p.Limit / *p.Window
	default:
		return nil
	}
	return finite(rate / cost(p))
}

// BurstOf returns the requests that a policy admits at one instant from rest:
// its bucket capacity, else its quota if it declares a window for it; nil when
// it declares neither. The cost of a request counts as in [Sustained].
func BurstOf(p Policy) *float64 {
	switch {
	case p.Burst != nil:
		return finite(*p.Burst / cost(p))
	case p.Limit != nil && p.Window != nil:
		return finite(*p.Limit / cost(p))
	}
	return nil
}

func cost(p Policy) float64 {
	if p.Cost != nil && *p.Cost > 1 {
		return *p.Cost
	}
	return 1
}

func finite(v float64) *float64 {
	if !(v >= 0 && v <= largest*largest) {
		return nil
	}
	return &v
}
