package bench

import (
	"math"
	"slices"
)

// A Score sums up trials.
type Score struct {
	Trials   int `json:"trials"`
	Right    int `json:"right"`
	Declined int `json:"declined"`
	Wrong    int `json:"wrong"`
	Lost     int `json:"lost"` // undetermined without the right name among the survivors

	// Of the limiters that were rightly named and that nothing spoiled:
	Named    int     `json:"named"`
	Bounded  int     `json:"rate_bounded"`        // of them with a true rate and both ends of its interval
	Covered  int     `json:"rate_covered"`        // of these with the truth inside
	Width    float64 `json:"rate_width_median"`   // interval ÷ true rate; 0 = none
	Bursts   int     `json:"bursts"`              // of Named, those with a true burst
	Exact    int     `json:"bursts_exact"`        // of Bursts
	Missed   int     `json:"missed"`              // of Named, those with a value whose interval does not hold the truth
	Decided  int     `json:"decisions_predicted"` // decisions that were foretold
	Foretold int     `json:"decisions_foretold"`  // of them right

	Requests int     `json:"requests_median"`
	Limited  int     `json:"limited_median"`
	Seconds  float64 `json:"seconds_median"`

	Reason string `json:"declined_because,omitempty"` // the most frequent one
}

// Sum scores trials.
func Sum(trials []Trial) Score {
	s := Score{Trials: len(trials)}
	var widths, lasted []float64
	var requests, limited []int
	for i := range trials {
		t := &trials[i]
		switch t.Answer.Judgement {
		case Right:
			s.Right++
		case Declined:
			s.Declined++
		case Wrong:
			s.Wrong++
		}
		if t.Answer.Lost {
			s.Lost++
		}
		requests = append(requests, t.Requests)
		limited = append(limited, t.Limited)
		lasted = append(lasted, t.Lasted.Seconds())
		if t.named() {
			s.add(t)
			if t.Answer.RateWidth > 0 {
				widths = append(widths, t.Answer.RateWidth)
			}
		}
	}
	s.Width, s.Seconds = median(widths), median(lasted)
	s.Requests, s.Limited = median(requests), median(limited)
	s.Reason = reason(trials)
	return s
}

// named reports whether the trial is of a limiter that nothing spoiled, and that
// was given its right name.
func (t *Trial) named() bool {
	return t.Truth.Why == "" && t.Answer.Judgement == Right && t.Answer.identified()
}

func (s *Score) add(t *Trial) {
	a := &t.Answer
	s.Named++
	if t.Truth.Rate > 0 && a.RateBounded {
		s.Bounded++
		if !slices.Contains(a.Missed, "sustained_rate") {
			s.Covered++
		}
	}
	if t.Truth.Burst > 0 {
		s.Bursts++
		if a.BurstExact {
			s.Exact++
		}
	}
	if len(a.Missed) > 0 {
		s.Missed++
	}
	s.Decided += a.Predicted
	s.Foretold += a.Foretold
}

// A Method is how well a way of measuring does on some trials.
type Method struct {
	Name   string  `json:"name"`
	Trials int     `json:"trials"`       // limiters with a true rate
	Rated  int     `json:"rated"`        // of them, those that the method gives a rate for
	Median float64 `json:"error_median"` // of the relative errors of the rate
	P90    float64 `json:"error_p90"`    // nine in ten are below
	Bursts int     `json:"bursts"`       // of Trials, those with a true burst
	Exact  int     `json:"bursts_exact"` // of Bursts
	Wrong  int     `json:"names_wrong"`  // of Trials, those given a wrong name
}

// Compare scores the analysis and the two simple methods on the limiters that
// nothing spoiled: first on those that the analysis named, then on all.
func Compare(trials []Trial) []Method {
	var named, all []Trial
	for i := range trials {
		t := &trials[i]
		if t.Truth.Why != "" || t.Truth.Rate == 0 {
			continue
		}
		all = append(all, *t)
		if t.Answer.identified() && t.Answer.RateValue > 0 {
			named = append(named, *t)
		}
	}
	naive := func(t *Trial) Guess { return t.Naive }
	icmp := func(t *Trial) Guess { return t.ICMP }
	return []Method{
		ours(named),
		simple("naive, where ratefit gives a name", named, naive),
		simple("per-depletion medians, where ratefit gives a name", named, icmp),
		simple("naive, all", all, naive),
		simple("per-depletion medians, all", all, icmp),
	}
}

func ours(trials []Trial) Method {
	m := Method{Name: "ratefit, where it gives a name", Trials: len(trials)}
	var errs []float64
	for i := range trials {
		t := &trials[i]
		errs = append(errs, t.off(t.Answer.RateValue))
		if t.Answer.Judgement == Wrong {
			m.Wrong++
		}
		m.burst(t, t.Answer.BurstExact)
	}
	m.rates(errs)
	return m
}

// simple scores a method that says token bucket to everything.
func simple(name string, trials []Trial, guess func(*Trial) Guess) Method {
	m := Method{Name: name, Trials: len(trials)}
	var errs []float64
	for i := range trials {
		t := &trials[i]
		g := guess(t)
		if g.Rate > 0 {
			errs = append(errs, t.off(g.Rate))
		}
		if !t.Truth.names("token-bucket") {
			m.Wrong++
		}
		m.burst(t, float64(g.Burst) == t.Truth.Burst)
	}
	m.rates(errs)
	return m
}

func (m *Method) burst(t *Trial, exact bool) {
	if t.Truth.Burst == 0 {
		return
	}
	m.Bursts++
	if exact {
		m.Exact++
	}
}

func (m *Method) rates(errs []float64) {
	m.Rated = len(errs)
	m.Median, m.P90 = median(errs), quantile(errs, 9, 10)
}

// off is the relative error of a rate.
func (t *Trial) off(rate float64) float64 {
	return math.Abs(rate-t.Truth.Rate) / t.Truth.Rate
}
