package bench

import (
	"math"
	"slices"

	"ratefit/analyze"
)

// A Judgement says whether an analysis is right about one limiter.
type Judgement string

// The judgements.
const (
	Right    Judgement = "right"    // the right name
	Declined Judgement = "declined" // no name, nothing claimed
	Wrong    Judgement = "wrong"    // a wrong name or anchor, or a wrong rate where something spoils the measurement
)

// An Answer is what the analysis says about one limiter of one trace.
type Answer struct {
	Judgement Judgement `json:"judgement"`
	Verdict   string    `json:"verdict"`
	Name      string    `json:"name"` // the model with its modifiers; when not identified the nearest, or ""
	Anchor    string    `json:"anchor,omitempty"`
	Why       string    `json:"why,omitempty"` // there is no name
	// Lost: nothing spoils the measurement, but the right model was ruled out.
	Lost bool `json:"lost,omitempty"`
	// Against is the first hit that the right model cannot explain, if the
	// analysis says so.
	Against *analyze.Witness `json:"against,omitempty"`
	// Missed lists what an identified limiter has wrong: "sustained_rate",
	// "burst", "anchor" or names of parameters.
	Missed []string `json:"missed,omitempty"`

	RateBounded bool    `json:"rate_bounded"`         // below and above
	RateValue   float64 `json:"rate_value,omitempty"` // only if identified
	RateWidth   float64 `json:"rate_width,omitempty"` // of the interval ÷ the true rate
	BurstExact  bool    `json:"burst_exact"`          // one whole number is left, the right one

	Predicted int `json:"predicted"` // decisions that were foretold
	Foretold  int `json:"foretold"`  // of them right
}

// identified reports whether the analysis gave a name.
func (a *Answer) identified() bool { return a.Verdict == string(analyze.Identified) }

// judge compares one limit of an analysis with the truth.
func judge(l *analyze.Limit, t *Truth) Answer {
	a := Answer{
		Judgement: Declined, Verdict: string(l.Verdict), Name: joined(l.Model, l.Modifiers), Anchor: l.Params["anchor"].Text,
		Why: l.Why,
	}
	for _, other := range l.Alternatives {
		if other.Model == t.Model {
			a.Against = other.First
		}
	}
	switch l.Verdict {
	case analyze.Unlimited:
		a.Name = "unlimited"
		a.Judgement = unlimited(l, t)
		return a
	case analyze.Undetermined:
		a.Lost = t.single() && !slices.ContainsFunc(l.Survivors, t.survives)
		return a
	case analyze.Contradicted:
		a.Lost = t.single()
		return a
	case analyze.Identified:
	default:
		return a
	}
	if !t.holdsRate(l.SustainedRate) {
		a.Missed = append(a.Missed, "sustained_rate")
	}
	if !t.holdsBurst(l.Burst) {
		a.Missed = append(a.Missed, "burst")
	}
	if !t.anchored(l) {
		a.Missed = append(a.Missed, "anchor")
	}
	a.Missed = append(a.Missed, t.missed(l)...)
	a.Judgement = Right
	if !t.names(a.Name) || !t.anchored(l) || t.Why != "" && slices.Contains(a.Missed, "sustained_rate") {
		a.Judgement = Wrong
	}
	a.measure(l, t)
	return a
}

// single reports whether one model, and nothing else, decides.
func (t *Truth) single() bool { return !t.Nameless && t.Why == "" }

// survives reports whether a survivor is a right model: survivors are named with
// or without their modifiers.
func (t *Truth) survives(name string) bool {
	return t.names(name) || name == t.Model
}

// unlimited judges the claim that nothing was limited up to what was tried: it
// holds for every limiter that refused nothing and held nothing back.
func unlimited(l *analyze.Limit, t *Truth) Judgement {
	switch {
	case t.names("unlimited"):
		return Right
	case l.Limited == 0 && t.Model != "leaky-bucket-queue":
		return Declined
	}
	return Wrong
}

// measure notes how much an identified limit says.
func (a *Answer) measure(l *analyze.Limit, t *Truth) {
	if r := l.SustainedRate; r != nil {
		a.RateValue = r.Value
		if a.RateBounded = r.Low != nil && r.High != nil; a.RateBounded && t.Rate > 0 {
			a.RateWidth = (*r.High - *r.Low) / t.Rate
		}
	}
	if b := l.Burst; b != nil && b.Low != nil && b.High != nil {
		const least = 1e-9
		a.BurstExact = math.Ceil(*b.Low-least) == t.Burst && math.Floor(*b.High+least) == t.Burst
	}
	if p := l.Prediction; p != nil {
		a.Predicted, a.Foretold = p.Hits, p.Correct
	}
}

// worst is the least good of the answers about limits that one limiter was
// split into, with what they have wrong together.
func worst(answers []Answer) Answer {
	if len(answers) == 0 {
		return Answer{Judgement: Declined, Verdict: "none"}
	}
	order := []Judgement{Right, Declined, Wrong}
	return slices.MaxFunc(answers, func(a, b Answer) int {
		return slices.Index(order, a.Judgement) - slices.Index(order, b.Judgement)
	})
}
