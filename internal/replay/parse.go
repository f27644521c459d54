package replay

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parse reads a limit: [CLASS:]MODEL[,PARAMETER=VALUE]…, such as
// "token-bucket,rate=5/s,burst=20" or "write:fixed-window,quota=100,window=1m". A
// value ? is to be searched for. Windows also take "rate=100/min". An error names the
// parameter, and those that there are.
func Parse(text string) (Limit, error) {
	head, rest, _ := strings.Cut(text, ",")
	l := Limit{Free: 1, Amount: 1}
	class, name, has := strings.Cut(head, ":")
	if has {
		l.Class = class
	} else {
		name = head
	}
	if has && class == "" {
		return l, fmt.Errorf("no class before the colon of %q", head)
	}
	m, ok := modelOf(name)
	if !ok {
		return l, &UnknownModel{Name: name}
	}
	l.Model = m.name
	given := map[string]bool{}
	for part := range strings.SplitSeq(rest, ",") {
		if part == "" {
			continue
		}
		name, value, has := strings.Cut(part, "=")
		name = strings.ReplaceAll(strings.TrimSpace(name), "_", "-")
		if name == "rate" && slices.Contains(m.must, "quota") {
			if err := l.asWindow(value); err != nil {
				return l, fmt.Errorf("%s: rate: %w", m.name, err)
			}
			given["quota"], given["window"] = true, true
			continue
		}
		switch {
		case !slices.Contains(m.must, name) && !slices.Contains(m.may, name):
			return l, fmt.Errorf("%s has no parameter %q; it has %s", m.name, name, parameterList(m))
		case !has:
			return l, fmt.Errorf("%s: %s needs a value: %[2]s=%s", m.name, name, example(name))
		case given[name]:
			return l, fmt.Errorf("%s: %s is given twice", m.name, name)
		}
		given[name] = true
		if err := l.set(m, name, strings.TrimSpace(value)); err != nil {
			return l, fmt.Errorf("%s: %s: %w", m.name, name, err)
		}
	}
	for _, name := range m.must {
		if !given[name] {
			return l, fmt.Errorf("%s needs %s: %s", m.name, name, strings.Join(examples(m), ","))
		}
	}
	return l, nil
}

// UnknownModel is the error about a name that no model has.
type UnknownModel struct{ Name string }

func (e *UnknownModel) Error() string { return fmt.Sprintf("no model %q", e.Name) }

func parameterList(m model) string {
	if len(m.must)+len(m.may) == 0 {
		return "none"
	}
	return strings.Join(append(slices.Clone(m.must), m.may...), ", ")
}

func examples(m model) []string {
	out := []string{m.name}
	for _, name := range m.must {
		out = append(out, name+"="+example(name))
	}
	return out
}

// example is a value that a parameter can have.
func example(name string) string {
	switch name {
	case "rate":
		return "5/s"
	case "window", "refill-interval", "block":
		return "1m"
	case "anchor":
		return "first-hit"
	case "renewed", "limited-hits-count":
		return "true"
	}
	return "20"
}

// set reads one value.
func (l *Limit) set(m model, name, value string) (err error) {
	if value == "?" {
		if !slices.Contains(m.searchable, name) {
			return fmt.Errorf("cannot be searched for; of %s can %s", m.name, strings.Join(m.searchable, " and "))
		}
		l.Unknown = append(l.Unknown, name)
		return nil
	}
	switch name {
	case "rate":
		l.Rate, err = rate(value)
	case "burst":
		var n int
		n, err = whole(value, 1)
		l.Burst = float64(n)
	case "quota":
		l.Quota, err = whole(value, 1)
	case "window":
		l.Window, err = duration(value)
	case "anchor":
		if value != "clock" && value != "first-hit" {
			return errors.New("must be clock or first-hit")
		}
		l.FromHit = value == "first-hit"
	case "refill-amount":
		l.Amount, err = whole(value, 1)
	case "refill-interval":
		l.Every, err = duration(value)
	case "queue":
		l.Queue, err = whole(value, 0)
	case "free":
		l.Free, err = whole(value, 1)
	case "in-flight":
		l.InFlight, err = whole(value, 1)
	case "limited-hits-count":
		l.Counting, err = yes(value)
	case "block":
		l.Block, err = duration(value)
	case "renewed":
		l.Renewed, err = yes(value)
	}
	return err
}

// asWindow takes a rate apart: as many hits in each such time.
func (l *Limit) asWindow(value string) error {
	number, per, ok := strings.Cut(value, "/")
	if !ok {
		return errors.New("of a window needs its length, such as 100/min")
	}
	quota, err := whole(number, 1)
	if err != nil {
		return err
	}
	l.Quota = quota
	l.Window, err = unit(per)
	return err
}

// LeastRate is the least rate of a limit, per second. Where it is the smallest that
// is found, any rate will do.
const LeastRate = 1e-6

// Bounds on parameters.
const (
	mostCount  = 1_000_000_000
	mostRate   = 1_000_000 // per second
	mostWindow = 400 * 24 * time.Hour
)

func whole(s string, least int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > mostCount {
		return 0, fmt.Errorf("must be a whole number from %d to %d", least, mostCount)
	}
	return n, nil
}

func yes(s string) (bool, error) {
	if s != "true" && s != "false" {
		return false, errors.New("must be true or false")
	}
	return s == "true", nil
}

// rate reads a number of hits and the time for them: 5/s, 100/min, 1000/15m. Without
// one it is the second.
func rate(s string) (float64, error) {
	number, per, has := strings.Cut(s, "/")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || n <= 0 {
		return 0, errors.New("must be a number of requests and a time, such as 5/s, 100/min or 1000/15m")
	}
	if has {
		d, err := unit(per)
		if err != nil {
			return 0, err
		}
		n /= d.Seconds()
	}
	if n > mostRate || n < LeastRate {
		return 0, errors.New("must be from one request in 11 days to a million in a second")
	}
	return n, nil
}

var units = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "second": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hour": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour,
}

// unit reads a time by its name, or a duration.
func unit(s string) (time.Duration, error) {
	if d, ok := units[s]; ok {
		return d, nil
	}
	return duration(s)
}

func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); err != nil && ok {
		var n int
		n, err = whole(days, 1)
		d = time.Duration(min(n, 10_000)) * 24 * time.Hour
	}
	if err != nil || d < time.Millisecond || d > mostWindow {
		return 0, errors.New("must be a time from 1ms to 400d, such as 1s, 15m or 1h")
	}
	return d, nil
}
