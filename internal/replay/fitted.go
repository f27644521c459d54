package replay

import (
	"fmt"
	"math"
	"time"

	"ratefit/analyze"
)

// Fitted returns the limits that an analysis found, with the best estimates of their
// parameters, and by what it found them divided. Limits of one class from several
// addresses count once: the first.
func Fitted(a *analyze.Analysis) (limits []Limit, by []Dimension, err error) {
	seen := map[string]bool{}
	for i := range a.Limits {
		f := &a.Limits[i]
		if seen[f.Class] {
			continue
		}
		seen[f.Class] = true
		if f.Verdict != analyze.Identified && f.Verdict != analyze.Unlimited {
			return nil, nil, fmt.Errorf("its limit of %s is %s, not identified: there is nothing to replay", f.Class, f.Verdict)
		}
		found, err := fitted(f)
		if err != nil {
			return nil, nil, fmt.Errorf("its limit of %s: %w", f.Class, err)
		}
		for _, l := range found {
			if l.Class = f.Class; a.Scope.Class == analyze.Shared {
				l.Class = ""
			}
			limits = append(limits, l)
		}
	}
	if len(limits) == 0 {
		return nil, nil, fmt.Errorf("it has no limits")
	}
	for _, d := range []struct {
		scope analyze.ScopeVerdict
		by    Dimension
	}{{a.Scope.Source, ByClient}, {a.Scope.Class, ByClass}} {
		if d.scope != analyze.Shared {
			by = append(by, d.by)
		}
	}
	if a.Scope.Credential == analyze.Separate {
		by = append(by, ByCredential)
	}
	if len(by) == 0 {
		by = []Dimension{ByNothing}
	}
	return limits, by, nil
}

// fitted returns the limits of one entry: several for tiers that must all admit.
func fitted(f *analyze.Limit) ([]Limit, error) {
	if f.Verdict == analyze.Unlimited {
		return []Limit{{Model: unlimited}}, nil
	}
	if f.Model == "tiers" {
		return tiers(f)
	}
	l, err := one(f.Model, f.SustainedRate, f.Burst, f.Params)
	for _, m := range f.Modifiers {
		switch m {
		case "limited-hits-count":
			l.Counting = true
		case "block":
			l.Block, l.Renewed = seconds(f.Params["block_s"].Value), f.Params["block"].Text == "renewed"
		}
	}
	return []Limit{l}, err
}

func tiers(f *analyze.Limit) ([]Limit, error) {
	var all []Limit
	for i := range f.Tiers {
		t := &f.Tiers[i]
		l, err := one(t.Model, &t.SustainedRate, &t.Burst, t.Params)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	if f.Params["combine"].Text == "either" {
		return []Limit{{Model: eitherLimit, Either: all}}, nil
	}
	return all, nil
}

// one makes a limit of values that were fitted.
func one(model string, rate, burst *analyze.Interval, params map[string]analyze.Parameter) (Limit, error) {
	l := Limit{Model: model, Free: 1, Amount: 1}
	value := func(name string) float64 { return params[name].Value }
	var b float64
	if burst != nil {
		b = burst.Value
	}
	if rate != nil {
		l.Rate = rate.Value
	}
	ok := true
	switch model {
	case tokenBucket:
		l.Burst = b
		ok = l.Rate > 0 && b >= 1
	case steppedBucket:
		l.Burst, l.Every, l.Amount = b, seconds(value("refill_interval_s")), int(max(1, math.Round(value("refill_amount"))))
		ok = l.Every > 0 && b >= 1
	case fixedWindow, windowLog, windowCounter:
		l.Quota, l.Window = int(math.Round(b)), seconds(value("window_s"))
		l.FromHit = params["anchor"].Text == "first-hit"
		ok = l.Quota >= 1 && l.Window > 0
	case leakyQueue:
		l.Free, l.Queue = int(max(1, math.Round(value("free")))), -1
		if q, bounded := params["queue"]; bounded {
			l.Queue = int(math.Round(q.Value))
		}
		ok = l.Rate > 0
	case concurrency:
		l.InFlight = int(math.Round(value("in_flight")))
		ok = l.InFlight >= 1
	default:
		return l, fmt.Errorf("a %q cannot be replayed", model)
	}
	if !ok {
		return l, fmt.Errorf("the analysis lacks parameters of a %s", model)
	}
	return l, nil
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }
