package analyze

import (
	"fmt"
	"math"

	"ratefit/analyze/declared"
	"ratefit/internal/trace"
)

// claims is what the headers of one group's responses say.
type claims struct {
	last       declared.Claims // of the last response that declared anything
	seq        uint64          // its hit
	any        bool
	retryAfter *float64    // from the last limited response
	waits      int         // limited responses that say when to come back
	left, none int         // limited responses that claim that hits remain, or that none do
	most       saying      // the one of those that claims the most,
	mostAt     int64       // and when its hit was sent
	perhaps    map[int]int // responses that look like refusals but are not taken for such, by status
	said       column[saying]
	series     declared.Series
}

func (c *claims) read(r *declared.Reader, h *trace.Hit, o trace.Outcome) {
	if len(h.Header) == 0 {
		return
	}
	said := c.series.Read(r, h.Header, h.Status, h.FirstByte)
	if len(said.Policies) > 0 {
		c.last, c.seq, c.any = said, h.Seq, true
	}
	if o == trace.Limited {
		c.retryAfter = said.RetryAfter
	}
	if o != trace.Limited && said.LooksRefused(h.Status) {
		if c.perhaps == nil {
			c.perhaps = map[int]int{}
		}
		c.perhaps[h.Status]++
	}
	c.say(h, o, said)
}

// Describe says what headers mean that follow no convention. It comes before the
// first hit.
func (a *Analyzer) Describe(headers []declared.Header) { a.reader.Custom = headers }

// declare compares what the headers claim about a limiter with what was found;
// nil if they claim nothing about it.
func declare(p pool, l *Limit) *Declared {
	var said *claims
	for _, g := range p.groups {
		if c := &g.claims; c.any && (said == nil || c.seq > said.seq) {
			said = c
		}
	}
	var retryAfter *float64
	for _, g := range p.groups {
		if g.claims.retryAfter != nil {
			retryAfter = g.claims.retryAfter
		}
	}
	if said == nil && retryAfter == nil {
		return nil
	}
	d := &Declared{Policies: []declared.Policy{}, Findings: []string{}, RetryAfter: retryAfter}
	if said == nil {
		return d
	}
	d.Convention = said.last.Convention
	d.Policies = append(d.Policies, said.last.Policies...)
	policy, ok := said.last.ForClass(l.Class)
	if !ok {
		l.addCheck(HeaderCheck{ID: CheckClass, Wrong: 1, Of: 1, Text: fmt.Sprintf("no declared policy is about %s hits", l.Class)}, true)
		return d
	}
	d.Window, d.Quota = policy.Window, policy.Limit
	d.SustainedRate, d.Burst = declared.Sustained(policy), declared.BurstOf(policy)
	d.compare(p, l)
	return d
}

// compare sets Agrees: true if every value declared lies within its interval,
// false if one lies outside, else nothing.
func (d *Declared) compare(p pool, l *Limit) {
	if l.Verdict == Unlimited {
		d.compareUnlimited(p)
		return
	}
	if l.Verdict == Contradicted || l.SustainedRate == nil {
		return
	}
	agrees, known := true, true
	for _, v := range []struct {
		id, name, unit string
		said           *float64
		found          *Interval
	}{
		{CheckRate, "sustained rate", "/s", d.SustainedRate, l.SustainedRate},
		{CheckBurst, "burst", "", d.Burst, l.Burst},
	} {
		if v.said == nil {
			continue
		}
		c := HeaderCheck{ID: v.id, Of: 1, Text: fmt.Sprintf("the declared %s, %s%s, is the observed one", v.name, short(*v.said), v.unit)}
		switch within(*v.said, v.found) {
		case outside:
			agrees, c.Wrong = false, 1
			c.Text = fmt.Sprintf("the declared %s is %s%s, the observed one %s%s", v.name, short(*v.said), v.unit, v.found, v.unit)
		case unknown:
			known = false
			continue
		case inside:
			c.Holds = true
		}
		l.addCheck(c, true)
	}
	if d.SustainedRate == nil && d.Burst == nil {
		return
	}
	if !agrees || known {
		d.Agrees = &agrees
	}
}

// compareUnlimited looks whether more was admitted than the headers allow.
func (d *Declared) compareUnlimited(p pool) {
	if d.SustainedRate == nil || d.Burst == nil {
		return
	}
	for _, s := range p.streams {
		if s.Len() > 0 && s.cut(*d.SustainedRate, *d.SustainedRate, cutOptions{}).lo > *d.Burst {
			no := false
			d.Agrees = &no
			d.Findings = append(d.Findings, fmt.Sprintf("declared are %s/s with a burst of %s, but more was admitted and nothing was limited",
				short(*d.SustainedRate), short(*d.Burst)))
			return
		}
	}
}

type position int

const (
	inside position = iota
	outside
	unknown
)

// within places a value; the last digits of a declared rate are not held
// against it.
func within(v float64, iv *Interval) position {
	margin := 1e-9 * math.Abs(v)
	switch {
	case iv == nil:
		return unknown
	case iv.Low != nil && v < *iv.Low-margin, iv.High != nil && v > *iv.High+margin:
		return outside
	case iv.Low == nil || iv.High == nil:
		return unknown
	}
	return inside
}

// String writes the interval for people.
func (iv *Interval) String() string {
	switch {
	case iv.Low != nil && iv.High != nil && *iv.Low == *iv.High:
		return short(*iv.Low)
	case iv.Low != nil && iv.High != nil:
		return short(*iv.Low) + " to " + short(*iv.High)
	case iv.Low != nil:
		return "at least " + short(*iv.Low)
	case iv.High != nil:
		return "at most " + short(*iv.High)
	}
	return "unknown"
}

// short keeps the digits that a sentence can bear.
func short(v float64) string { return fmt.Sprintf("%.6g", v) }
