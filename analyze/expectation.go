package analyze

import "ratefit/internal/trace"

// An Expectation is one thing that somebody expected of the limiters, and what
// became of it. It is judged outside of the fit, see ratefit/analyze/gate.
type Expectation struct {
	ID       string    `json:"id"`              // stable: "read.rate", "source.scope"
	Given    string    `json:"given"`           // as it was written: "read=2/s:30"
	Class    string    `json:"class,omitempty"` // whose limit, "" = of all, or of none
	About    string    `json:"about"`           // one of the Abouts
	Verdict  Held      `json:"verdict"`
	Expected Parameter `json:"expected"`          // its ends are what is accepted
	Measured Parameter `json:"measured,omitzero"` // of the limit that decides; none = nothing is known
	Limit    *int      `json:"limit,omitempty"`   // the entry in Limits that decides
	Text     string    `json:"text"`              // a sentence: what was asked, what was measured, why
	Try      string    `json:"try,omitempty"`     // what would decide it
}

// Abouts lists what an expectation can be about.
func Abouts() []string {
	return []string{"rate", "burst", "unlimited", "model", "param", "scope", "declared"}
}

// Modifiers lists what a limiter can do beside its model.
func Modifiers() []string { return []string{"limited-hits-count", "block"} }

// Held says what became of an expectation.
type Held string

// What can become of an expectation.
const (
	IsHeld    Held = "held"      // all that is possible lies inside of it
	IsBroken  Held = "broken"    // all that is possible lies outside
	IsUnknown Held = "undecided" // the data cannot decide, or there are none: never a pass
)

// A Possible is one of several limiters that explain every decision.
type Possible struct {
	Model         string               `json:"model"`
	Variant       string               `json:"variant"` // its title, which tells models of one name apart
	SustainedRate *Interval            `json:"sustained_rate,omitempty"`
	Burst         *Interval            `json:"burst,omitempty"`
	Params        map[string]Parameter `json:"params,omitempty"`
	Modifiers     []string             `json:"modifiers,omitempty"`
}

// possible lists the limiters of an undetermined verdict, if they are all that can
// be: each explains every decision for certain, and as a limiter at rest.
func (p *pool) possible(o Options) []Possible {
	if o.Without != nil || p.verdict != Undetermined || len(p.survivors) < 2 || p.before || closed(p.streams) > 0 {
		return nil
	}
	var out []Possible
	for _, m := range p.survivors {
		f := p.fits[m.Doc().Title]
		alone := judged{model: m, fit: f, survivors: []Model{m}}
		if !f.Consistent || f.Doubt != "" || alone.usedBefore(p.streams, o) {
			return nil
		}
		one := Possible{Model: m.Name(), Variant: m.Doc().Title, SustainedRate: &f.Rate, Burst: &f.Burst, Params: f.Params, Modifiers: f.Modifiers}
		if f.NoRate {
			one.SustainedRate = nil
		}
		out = append(out, one)
	}
	return out
}

// busiest is the most hits that one client was seen to be admitted within one
// second: one source with one credential. Hits that the API refused for what they
// are may never have reached the limiter, and a client that has any is left out.
func busiest(groups []*group) int {
	most := 0
	for _, g := range groups {
		if len(g.refused) == 0 {
			most = max(most, g.stream.busiestSecond())
		}
	}
	return most
}

// busiestSecond is a number of hits that were certainly admitted within one
// second: all that were decided by the end of it, without all that were sent before
// it began.
func (s *Stream) busiestSecond() int {
	most, before, decided := 0, 0, 0 // hits that were admitted
	last := 0
	for _, hit := range s.byFrom {
		if s.outcome[hit] != trace.Admitted {
			continue
		}
		for end := s.from[hit] + 1e9; last < s.Len() && s.to[s.byTo[last]] <= end; last++ {
			if s.outcome[s.byTo[last]] == trace.Admitted {
				decided++
			}
		}
		most = max(most, decided-before)
		before++
	}
	return most
}
