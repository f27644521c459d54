package analyze

import "fmt"

// The headers are held against the limiter that was found. Its state along the
// trace tells how many hits were left when a response claimed so many, and when a
// hit would have been admitted again when a response asked to wait.

// The stable ids of what is checked.
const (
	CheckRemaining  = "remaining"        // counts down as the limiter does
	CheckWait       = "retry-after"      // tells when a hit is admitted again
	CheckReset      = "reset"            // of a limited response: likewise
	CheckOther      = "limited-by-other" // limited responses do not claim that hits remain
	CheckRate       = "sustained-rate"   // the declared one lies in the fitted interval
	CheckBurst      = "burst"            // likewise
	CheckClass      = "class"            // the class of the hits is declared
	CheckStatus     = "limited-status"   // limited responses carry 429
	CheckWaitIsSaid = "retry-after-said" // limited responses say when to come back
)

// A HeaderCheck is one thing that headers claim, and whether it is true.
type HeaderCheck struct {
	ID      string         `json:"id"`
	Holds   bool           `json:"holds"`
	Text    string         `json:"text"` // a sentence with the counts
	Wrong   int            `json:"wrong"`
	Of      int            `json:"of"`
	Example *HeaderExample `json:"example,omitempty"` // the worst
}

// A HeaderExample is a response whose claim was furthest off. Values are hits left,
// or seconds.
type HeaderExample struct {
	Hit    uint64  `json:"hit"` // Seq of the hit in the trace
	At     float64 `json:"at_s"`
	Said   float64 `json:"said"`
	Actual float64 `json:"actual"`
}

// fewSayings is how many responses must have claimed something to judge it.
const fewSayings = 5

// checkHeaders holds what the headers said against the limiter, and returns what
// they said.
func (l *Limit) checkHeaders(p pool) *moments {
	l.checkStatuses()
	m := newMoments(p)
	waits := 0
	for _, g := range p.groups {
		waits += g.claims.waits
	}
	l.checkWaitIsSaid(waits)
	l.checkOther(p)
	if l.Verdict != Identified || p.fit.news == nil || p.fit.NoRate || len(m.said) == 0 {
		return m
	}
	m.gather(p)
	l.addCheck(m.checkRemaining(p))
	l.addCheck(checkWaits(CheckWait, "Retry-After", m.waits.list()))
	l.addCheck(m.checkResets())
	return m
}

// untrue adds what does not hold to the findings about what is declared.
func (l *Limit) untrue() {
	if l.Declared == nil {
		return
	}
	for _, c := range l.HeaderChecks {
		if !c.Holds {
			l.Declared.Findings = append(l.Declared.Findings, c.Text)
		}
	}
}

func (l *Limit) addCheck(c HeaderCheck, ok bool) {
	if ok {
		l.HeaderChecks = append(l.HeaderChecks, c)
	}
}

// checkStatuses looks whether limited responses are what RFC 6585 asks for.
func (l *Limit) checkStatuses() {
	if l.Limited == 0 {
		return
	}
	other := l.Limited - l.LimitedStatuses["429"]
	c := HeaderCheck{ID: CheckStatus, Holds: other == 0, Wrong: other, Of: l.Limited, Text: "limited responses carry status 429"}
	if other > 0 {
		status, n := mostOf(withoutKey(l.LimitedStatuses, "429"))
		c.Text = fmt.Sprintf("%d of %d limited responses do not carry status 429, most %s (%d): clients take those for failures", other, l.Limited, status, n)
	}
	l.addCheck(c, true)
}

func withoutKey(counts map[string]int, key string) map[string]int {
	out := map[string]int{}
	for k, n := range counts {
		if k != key {
			out[k] = n
		}
	}
	return out
}

// checkOther looks for limited responses that claim that hits remain: then another
// limit than the declared one refused them, or a hit costs more than one.
func (l *Limit) checkOther(p pool) {
	c := HeaderCheck{ID: CheckOther}
	for _, g := range p.groups {
		c.Of += g.claims.left + g.claims.none
		c.Wrong += g.claims.left
		if s := g.claims.most; g.claims.left > 0 && (c.Example == nil || float64(s.remaining) > c.Example.Said) {
			c.Example = &HeaderExample{Hit: uint64(s.seq), At: seconds(g.claims.mostAt), Said: float64(s.remaining)}
		}
	}
	if c.Of < fewSayings {
		return
	}
	c.Holds = c.Wrong*50 <= c.Of // the odd one is overtaken by a refill
	c.Text = "limited responses do not claim that hits remain"
	if !c.Holds {
		c.Text = fmt.Sprintf("%d of %d limited responses claim that hits remain, at most %s: a limit that is not declared refused them, or a hit costs more than one",
			c.Wrong, c.Of, short(c.Example.Said))
	} else {
		c.Example = nil
	}
	l.addCheck(c, true)
}

// checkWaitIsSaid looks whether limited responses say when to come back.
func (l *Limit) checkWaitIsSaid(said int) {
	if l.Limited == 0 {
		return
	}
	c := HeaderCheck{ID: CheckWaitIsSaid, Holds: said == l.Limited, Wrong: l.Limited - said, Of: l.Limited, Text: "limited responses say when to come back"}
	if !c.Holds {
		c.Text = fmt.Sprintf("%d of %d limited responses do not say when to come back", c.Wrong, c.Of)
	}
	l.addCheck(c, true)
}
