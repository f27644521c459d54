package replay

import (
	"strconv"
	"strings"
	"time"
)

// A Parameter is a value of a limit: its name in JSON, and what it is there.
type Parameter struct {
	Name    string
	Value   any    // a number, a bool or a text; nil = searched for
	Spelled string // as --limit takes it
}

// Parameters lists what makes the limit, in the order of the model.
func (l *Limit) Parameters() []Parameter {
	m, _ := modelOf(l.Model)
	var out []Parameter
	for _, name := range append(append([]string(nil), m.must...), m.may...) {
		if p, ok := l.parameter(name); ok {
			out = append(out, p)
		}
	}
	for i := range l.Either {
		for _, p := range l.Either[i].Parameters() {
			p.Name += "_" + strconv.Itoa(i+1)
			out = append(out, p)
		}
	}
	return out
}

// parameter returns the value of one; ok is false for what is as it is without
// being named.
func (l *Limit) parameter(name string) (p Parameter, ok bool) {
	for _, u := range l.Unknown {
		if u == name {
			return Parameter{strings.ReplaceAll(name, "-", "_"), nil, name + "=?"}, true
		}
	}
	count := func(n int) (Parameter, bool) {
		return Parameter{strings.ReplaceAll(name, "-", "_"), n, name + "=" + strconv.Itoa(n)}, true
	}
	lasts := func(d time.Duration) (Parameter, bool) {
		return Parameter{strings.ReplaceAll(name, "-", "_") + "_s", d.Seconds(), name + "=" + shortly(d)}, d > 0
	}
	switch name {
	case "rate":
		return Parameter{name, l.Rate, "rate=" + RateText(l.Rate)}, true
	case "burst":
		return Parameter{name, l.Burst, "burst=" + plainNumber(l.Burst)}, true
	case "quota":
		return count(l.Quota)
	case "window":
		return lasts(l.Window)
	case "anchor":
		if l.FromHit {
			return Parameter{name, "first-hit", "anchor=first-hit"}, true
		}
		return Parameter{name, "clock", "anchor=clock"}, true
	case "refill-amount":
		return count(l.Amount)
	case "refill-interval":
		return lasts(l.Every)
	case "queue":
		if l.Queue < 0 {
			return Parameter{}, false
		}
		return count(l.Queue)
	case "free":
		return count(l.Free)
	case "in-flight":
		return count(l.InFlight)
	case "limited-hits-count":
		return Parameter{"limited_hits_count", true, "limited-hits-count=true"}, l.Counting
	case "block":
		return lasts(l.Block)
	case "renewed":
		return Parameter{name, true, "renewed=true"}, l.Renewed
	}
	return Parameter{}, false
}

// String spells the limit as [Parse] reads it.
func (l *Limit) String() string {
	parts := []string{l.Model}
	if l.Class != "" {
		parts[0] = l.Class + ":" + l.Model
	}
	for _, p := range l.Parameters() {
		parts = append(parts, p.Spelled)
	}
	return strings.Join(parts, ",")
}

// RateText spells a rate per second, minute, hour or day: the first in which it
// has few digits.
func RateText(r float64) string {
	for _, u := range []struct {
		seconds float64
		name    string
	}{{1, "/s"}, {60, "/min"}, {3600, "/h"}, {86400, "/d"}} {
		s := strconv.FormatFloat(r*u.seconds, 'g', 4, 64)
		if got, err := strconv.ParseFloat(s, 64); err == nil && !strings.Contains(s, "e") && near(got, r*u.seconds) && got >= 0.01 {
			return s + u.name
		}
	}
	return strconv.FormatFloat(r, 'g', -1, 64) + "/s"
}

// near reports whether two numbers are the same but for the last bits.
func near(a, b float64) bool { return a-b <= 1e-9*b && b-a <= 1e-9*b }

func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// shortly spells a duration without parts that are zero: 15m, not 15m0s.
func shortly(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
