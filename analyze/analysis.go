package analyze

import (
	"encoding/json"
	"time"

	"ratefit/analyze/declared"
)

// Schema names the version of the document that [Analysis] marshals to.
const Schema = "ratefit/analysis/v1"

// An Analysis is what is known about the limiters behind one target. Its JSON
// form is the contract with programs: names, places and meanings stay.
// Times are in seconds, rates per second.
type Analysis struct {
	Schema   string    `json:"schema"`
	Target   string    `json:"target"`
	Started  time.Time `json:"started"`
	Duration float64   `json:"duration_s"`
	Limits   []Limit   `json:"limits"`
	Scope    Scope     `json:"scope"`
	Sent     Sent      `json:"sent"`
	Logins   *Logins   `json:"logins,omitempty"`
	Refused  []Refused `json:"refused,omitempty"` // by class, where the API refused some hits and served others
	Cost     []Cost    `json:"cost,omitempty"`    // experiments about what refused hits cost
	Findings []string  `json:"findings,omitempty"`
	Warnings []string  `json:"warnings"`

	// Partial says why the traffic is only a part of what was to be sent, "" = it is
	// not: it was interrupted, or its trace is cut off.
	Partial      string        `json:"partial,omitempty"`
	Expectations []Expectation `json:"expectations,omitempty"`
}

// A Limit is one limiter: each (class, scope) that has its own.
type Limit struct {
	Class          string               `json:"class"` // "read+write" when one limiter serves both
	Sources        []string             `json:"sources"`
	Verdict        Verdict              `json:"verdict"`
	Why            string               `json:"why,omitempty"` // what is missing, and what would settle it; empty when identified
	Model          string               `json:"model"`
	Survivors      []string             `json:"survivors"`
	SustainedRate  *Interval            `json:"sustained_rate,omitempty"`
	Burst          *Interval            `json:"burst,omitempty"`
	Params         map[string]Parameter `json:"params"`
	Modifiers      []string             `json:"modifiers"`
	Tiers          []Tier               `json:"tiers,omitempty"` // the limits of which the model "tiers" is made
	Contradictions int                  `json:"contradictions"`
	Alternatives   []Alternative        `json:"alternatives"`
	Prediction     *Prediction          `json:"prediction,omitempty"`
	Declared       *Declared            `json:"declared,omitempty"`
	UsedBefore     bool                 `json:"used_before,omitempty"`   // it is explained only by hits before the trace
	HeaderChecks   []HeaderCheck        `json:"header_checks,omitempty"` // what responses claimed at their moment, and whether it was true
	Clients        []Client             `json:"clients,omitempty"`       // how far clients of some kinds get in a minute
	Capacity       *Capacity            `json:"capacity,omitempty"`      // what is left to clients, guaranteed
	Region         []RegionPoint        `json:"region,omitempty"`        // outline of the consistent set, ascending rate
	Possible       []Possible           `json:"possible,omitempty"`      // all that can be, where several models explain every decision

	Hits                int            `json:"hits"`   // sent
	Unsent              int            `json:"unsent"` // asked for, but not sent
	Admitted            int            `json:"admitted"`
	Limited             int            `json:"limited"`
	Failed              int            `json:"failed"`                   // never reached the limiter
	Unknown             int            `json:"unknown"`                  // may or may not have been counted
	Busiest             int            `json:"busiest_second,omitempty"` // hits of one client that were certainly admitted within one second
	FirstAdmittedStatus int            `json:"first_admitted_status,omitempty"`
	LimitedStatuses     map[string]int `json:"limited_statuses"`
	Warnings            []string       `json:"warnings"`
}

// A Tier is one of several limits at once.
type Tier struct {
	Model         string               `json:"model"`
	SustainedRate Interval             `json:"sustained_rate"`
	Burst         Interval             `json:"burst"`
	Params        map[string]Parameter `json:"params"`
}

// A Verdict says how much is known about a limiter.
type Verdict string

// The verdicts.
const (
	Identified   Verdict = "identified"   // exactly one model is consistent with the trace
	Undetermined Verdict = "undetermined" // several are
	Insufficient Verdict = "insufficient" // too few decisions to bound a model
	Unlimited    Verdict = "unlimited"    // nothing was limited, up to the rate in Sent
	Contradicted Verdict = "contradicted" // no model explains every decision
)

// An Interval is guaranteed to hold the truth if the model is right: it is the
// projection of all parameters that explain every decision. A nil side is
// unbounded.
type Interval struct {
	Value float64  `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

// A Parameter is an Interval or, for a choice such as a window's anchor, a Text.
// It marshals to one or the other.
type Parameter struct {
	Interval
	Text string
}

// MarshalJSON writes the text, if there is one, else the interval.
func (p Parameter) MarshalJSON() ([]byte, error) {
	if p.Text != "" {
		return json.Marshal(p.Text)
	}
	return json.Marshal(p.Interval)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Parameter) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &p.Text)
	}
	return json.Unmarshal(b, &p.Interval)
}

// An Alternative is a rejected model and the evidence against it.
type Alternative struct {
	Model          string   `json:"model"`
	Variant        string   `json:"variant,omitempty"` // its title, which tells models of one name apart
	Contradictions int      `json:"contradictions"`
	First          *Witness `json:"first,omitempty"`
}

// A Witness is a hit whose outcome a model cannot explain.
type Witness struct {
	Hit      uint64  `json:"hit"`  // Seq of the hit in the trace
	At       float64 `json:"at_s"` // when it was sent
	Expected string  `json:"expected"`
	Observed string  `json:"observed"`
}

// A Prediction counts decisions on hits that were not used for the fit.
type Prediction struct {
	Hits    int `json:"hits"`
	Correct int `json:"correct"`

	limited, limitedCorrect int     // the part of them that was limited
	best                    float64 // balanced, by the limiter of the set that foretells best
}

// balanced is the mean of the shares foretold of the admitted and of the
// limited hits: to foretell the more frequent outcome always makes a half.
func (p *Prediction) balanced() float64 {
	admitted := float64(p.Correct-p.limitedCorrect) / float64(max(1, p.Hits-p.limited))
	limited := float64(p.limitedCorrect) / float64(max(1, p.limited))
	return (admitted + limited) / 2
}

// Declared is what the response headers claim about this limiter.
type Declared struct {
	Convention    string            `json:"convention"`
	SustainedRate *float64          `json:"sustained_rate"`
	Burst         *float64          `json:"burst"`
	Window        *float64          `json:"window_s"`
	Quota         *float64          `json:"quota"`
	Policies      []declared.Policy `json:"policies"`
	RetryAfter    *float64          `json:"retry_after_s,omitempty"` // from the last limited response
	Agrees        *bool             `json:"agrees,omitempty"`        // absent when the fit cannot decide
	Findings      []string          `json:"findings"`
}

// Scope says, for each dimension, whether its values have limiters of their own.
type Scope struct {
	Class      ScopeVerdict `json:"class"`
	Source     ScopeVerdict `json:"source"`
	Credential ScopeVerdict `json:"credential"`
	Path       ScopeVerdict `json:"path"`
}

// A ScopeVerdict is the answer for one dimension.
type ScopeVerdict string

// The scope verdicts.
const (
	Separate          ScopeVerdict = "separate"
	Shared            ScopeVerdict = "shared"
	Untested          ScopeVerdict = "untested"
	UndeterminedScope ScopeVerdict = "undetermined"
)

// Sent says how much traffic was asked for and how much was really sent.
// Rates are the highest number of hits in any one second, so that "unlimited"
// is never claimed beyond what was tried.
type Sent struct {
	AskedRate    float64 `json:"asked_rate"`
	AchievedRate float64 `json:"achieved_rate"`
	Shortfall    int     `json:"shortfall"` // hits asked for but not sent
	Requests     int     `json:"requests"`  // hits sent
}

// Logins is the hits that asked for credentials. They belong to no limit's own
// counts.
type Logins struct {
	Hits     int     `json:"hits"`
	Admitted int     `json:"admitted"`
	Limited  int     `json:"limited"`
	Failed   int     `json:"failed"`          // or without an answer that tells
	Class    string  `json:"class,omitempty"` // whose limit they may count against
	Counted  Counted `json:"counted"`
}

// Refused is the hits of one class that the API refused for what they are:
// without good credentials, or not as it wants them.
type Refused struct {
	Class    string         `json:"class"`
	Hits     int            `json:"hits"`
	Statuses map[string]int `json:"statuses"`
	Counted  Counted        `json:"counted"`
}

// Counted says whether hits count against a limit.
type Counted string

// The answers.
const (
	Counts     Counted = "yes"
	Free       Counted = "no" // they never reach the limiter, or are given back
	NotCertain Counted = "undetermined"
)

// A Cost is one experiment: from rest, some hits that the API refuses, and at once
// good ones, to see what is left of the burst.
type Cost struct {
	Class     string         `json:"class"`
	Source    string         `json:"source"`
	Check     string         `json:"check"`    // what was wrong with the hits
	Refused   int            `json:"refused"`  // such hits sent
	Statuses  map[string]int `json:"statuses"` // of their answers
	Limited   int            `json:"limited"`  // of them
	Then      int            `json:"then"`     // good hits sent after them
	Admitted  int            `json:"admitted"` // of those
	Counted   Counted        `json:"counted"`
	Statement string         `json:"statement"`
}

// A RegionPoint is a vertical cut through the consistent set of a token
// bucket: at this rate, every burst from BurstLow to BurstHigh explains the
// trace. A nil BurstHigh is unbounded.
type RegionPoint struct {
	Rate      float64  `json:"rate"`
	BurstLow  float64  `json:"burst_low"`
	BurstHigh *float64 `json:"burst_high,omitempty"`
}
