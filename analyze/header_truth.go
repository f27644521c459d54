package analyze

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"time"

	"ratefit/internal/trace"
)

// The headers are held against the limiter that was found. Its state along the
// trace tells how many hits were left when a response claimed so many, and when a
// hit would have been admitted again when a response asked to wait.

// The stable ids of what is checked.
const (
	CheckRemaining  = "remaining"        // counts down as the limiter does
	CheckWait       = "retry-after"      // tells when a hit is admitted again
	CheckReset      = "reset"            // of a limited response: likewise
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
	if l.Verdict != Identified || p.fit.news == nil || p.fit.NoRate || len(m.said) == 0 {
		return m
	}
	m.gather(p)
	l.addCheck(m.checkRemaining())
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

// moments pairs claims with the state of the limiter at their time.
type moments struct {
	said      map[uint32]saying
	remaining claimedValues
	waits     claimedValues // until the next hit is admitted
	full      claimedValues // of resets: until all that was used up is back
	resets    claimedValues
}

// claimedValues are claims by the Seq of their hits.
type claimedValues map[uint32]claimed

// add takes what a claim was in truth by one more limiter of the set.
func (v claimedValues) add(c claimed) {
	if other, ok := v[c.seq]; ok {
		c.low, c.high = min(c.low, other.low), max(c.high, other.high)
	}
	v[c.seq] = c
}

// list is in the order of Seq.
func (v claimedValues) list() []claimed {
	var out []claimed
	for _, seq := range slices.Sorted(maps.Keys(v)) {
		out = append(out, v[seq])
	}
	return out
}

// A claimed value, and the least and the most that it can have been in truth.
type claimed struct {
	seq       uint32
	at        int64 // when the hit was sent
	said      float64
	low, high float64
}

// off is how far the claim lies outside, negative if it is too small.
func (c claimed) off() float64 {
	switch {
	case c.said < c.low:
		return c.said - c.low
	case c.said > c.high:
		return c.said - c.high
	}
	return 0
}

func (c claimed) example() *HeaderExample {
	actual := min(max(c.said, c.low), c.high)
	return &HeaderExample{Hit: uint64(c.seq), At: seconds(c.at), Said: c.said, Actual: actual}
}

func newMoments(p pool) *moments {
	m := &moments{said: map[uint32]saying{}, remaining: claimedValues{}, waits: claimedValues{}, resets: claimedValues{}, full: claimedValues{}}
	for _, g := range p.groups {
		for _, chunk := range g.claims.said.chunks {
			for _, s := range chunk {
				m.said[s.seq] = s
			}
		}
	}
	return m
}

// mostCounted bounds the hits left that are counted: more take long.
const mostCounted = 2000

// gather follows the limiters through the streams: all that are known to be possible,
// as claims that one of them bears out are not refuted.
func (m *moments) gather(p pool) {
	streams := p.streams
	if _, queue := p.model.(LeakyBucketQueue); queue {
		streams = arrivals(streams)
	}
	limiters := append([]func(int) Limiter{p.fit.limiter}, p.fit.corners...)
	for i, s := range streams {
		first := s.first(mostSayings * len(p.groups))
		for _, limiter := range limiters {
			m.follow(first, limiter(i))
		}
	}
}

// follow takes what the claims of one stream were in truth by one limiter.
func (m *moments) follow(s *Stream, l Limiter) {
	const most = 1000 // to count takes as long as the burst is large
	every, n := len(m.said)/most+1, 0
	known := false // before it is used up for the first time its level is not
	s.follow(l, func(int32, time.Duration, bool) {}, func(hit int32, at time.Duration) {
		known = known || s.outcome[hit] == trace.Limited
		if said, ok := m.said[s.seq[hit]]; ok && known {
			if n++; n%every == 0 {
				m.add(s, hit, at, said, l)
			}
		}
	})
}

// add compares what one response said with the limiter after its hit.
func (m *moments) add(s *Stream, hit int32, at time.Duration, said saying, l Limiter) {
	c := claimed{seq: s.seq[hit], at: s.from[hit]}
	end := time.Duration(s.to[hit])
	if said.remaining == said.remaining && s.outcome[hit] == trace.Admitted {
		c.said = float64(said.remaining)
		c.low, c.high = float64(left(l, at, mostCounted)), float64(left(l, max(at, end), mostCounted))
		if c.high < mostCounted && s.alone(hit) { // else the order of the hits would matter
			m.remaining.add(c)
		}
	}
	if s.outcome[hit] != trace.Limited {
		return
	}
	until := opens(l, at)
	if until < 0 {
		until = math.MaxInt64 // who knows when
	}
	// The reply came between the decision and the end of the span, and says how
	// long from then on.
	c.low, c.high = max(0, (until-end).Seconds()), max(0, (until-time.Duration(s.from[hit])).Seconds())
	if said.wait == said.wait {
		c.said = float64(said.wait)
		m.waits.add(c)
	}
	if said.reset == said.reset {
		c.said = float64(said.reset)
		m.resets.add(c)
		if full := fills(l, at); full >= 0 {
			c.low, c.high = max(0, (full-end).Seconds()), max(0, (full-time.Duration(s.from[hit])).Seconds())
			m.full.add(c)
		}
	}
}

// alone reports that no other hit can have been decided between the ends of a
// hit's span.
func (s *Stream) alone(hit int32) bool {
	begun := sort.Search(s.Len(), func(i int) bool { return s.from[s.byFrom[i]] > s.to[hit] })
	ended := sort.Search(s.Len(), func(i int) bool { return s.to[s.byTo[i]] >= s.from[hit] })
	return begun-ended <= 1
}

// left is how many hits the limiter would admit at an instant, up to most.
func left(l Limiter, at time.Duration, most int) int {
	c, n := l.Clone(), 0
	for n < most && c.Admits(at) {
		c.Observe(at, true)
		n++
	}
	return n
}

// opens is when the limiter admits again if nobody asks meanwhile; negative if it
// does not within a day.
func opens(l Limiter, at time.Duration) time.Duration {
	const day = 24 * time.Hour
	step := time.Millisecond
	for ; !l.Admits(at + step); step *= 2 {
		if step > day {
			return -1
		}
	}
	if step == time.Millisecond {
		step = 0
	}
	return earliest(l, at+step/2, at+max(step, time.Millisecond))
}

// fills is when the limiter is at rest again if nobody asks meanwhile; negative if
// it is not within a day, or holds more than is counted.
func fills(l Limiter, at time.Duration) time.Duration {
	const day = 24 * time.Hour
	most := left(l, at+day, mostCounted)
	if most == mostCounted || left(l, at+2*day, mostCounted) > most {
		return -1
	}
	low, high := time.Duration(0), time.Second
	for left(l, at+high, mostCounted) < most {
		low, high = high, 2*high
	}
	for high-low > time.Millisecond {
		if mid := (low + high) / 2; left(l, at+mid, mostCounted) < most {
			low = mid
		} else {
			high = mid
		}
	}
	return at + high
}

// checkRemaining judges the hits left that were claimed.
func (m *moments) checkRemaining() (HeaderCheck, bool) {
	remaining := m.remaining.list()
	n := len(remaining)
	if n < fewSayings {
		return HeaderCheck{}, false
	}
	c := HeaderCheck{ID: CheckRemaining, Of: n}
	wrong := func(by float64) (count int, worst claimed) {
		for _, r := range remaining {
			if by < 0 && r.said == 0 {
				continue // no less can be claimed
			}
			r.said -= by
			if math.Abs(r.off()) >= 1 {
				count++
			}
			if math.Abs(r.off()) >= math.Abs(worst.off()) {
				worst = r
			}
		}
		worst.said += by
		return count, worst
	}
	count, worst := wrong(0)
	few := n / 20 // the odd one may have crossed a refill
	c.Wrong = count
	if c.Holds = count <= few; c.Holds {
		c.Text = fmt.Sprintf("the remaining hits count down as the limiter does (%d responses)", n)
		return c, true
	}
	c.Example = worst.example()
	if same := remaining[0].said; !slices.ContainsFunc(remaining, func(r claimed) bool { return r.said != same }) {
		c.Text = fmt.Sprintf("the remaining hits are always %s, whatever was left (%d responses)", short(same), n)
		return c, true
	}
	for _, by := range []float64{1, -1} {
		if offset, _ := wrong(by); offset <= few {
			c.Text = fmt.Sprintf("the remaining hits are one too %s in %d of %d responses", word2(by > 0, "many", "few"), count, n)
			return c, true
		}
	}
	c.Text = fmt.Sprintf("the remaining hits do not count down as the limiter does in %d of %d responses; at worst %s were claimed and %s left",
		count, n, short(worst.said), short(c.Example.Actual))
	return c, true
}

func word2(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// checkResets judges the resets of limited responses, which may mean the next hit or
// all of them.
func (m *moments) checkResets() (HeaderCheck, bool) {
	const reset = "the reset of a limited response"
	c, ok := checkWaits(CheckReset, reset, m.resets.list())
	if !ok || c.Holds {
		return c, ok
	}
	if all, ok := checkWaits(CheckReset, reset, m.full.list()); ok && all.Holds {
		all.Text = fmt.Sprintf("the reset is when all hits are back, not when the next one is admitted (%d limited responses)", all.Of)
		return all, true
	}
	return c, true
}

// checkWaits judges the waits (s) that limited responses asked for: who obeys one
// that is too short is limited again, and one that is too long wastes capacity.
// Whole seconds cannot do better than up to a second too long.
func checkWaits(id, name string, waits []claimed) (HeaderCheck, bool) {
	n := len(waits)
	if n < fewSayings {
		return HeaderCheck{}, false
	}
	const exact = 0.01 // s, as closely as the fit tells
	whole := !slices.ContainsFunc(waits, func(w claimed) bool { return w.said != math.Round(w.said) })
	rounding := 0.0
	if whole {
		rounding = 1
	}
	var early, late []claimed
	for _, w := range waits {
		margin := exact + 0.01*w.high
		switch off := w.off(); {
		case off < -margin:
			early = append(early, w)
		case off > margin+rounding:
			late = append(late, w)
		}
	}
	c := HeaderCheck{ID: id, Of: n, Wrong: len(early) + len(late)}
	c.Holds = c.Wrong*50 <= n // the odd one may be ours
	byOff := func(a, b claimed) int { return cmp.Compare(math.Abs(a.off()), math.Abs(b.off())) }
	switch {
	case c.Holds && whole:
		c.Text = fmt.Sprintf("%s is right in %d of %d limited responses, in whole seconds", name, n-c.Wrong, n)
	case c.Holds:
		c.Text = fmt.Sprintf("%s is right in %d of %d limited responses", name, n-c.Wrong, n)
	case len(early) > 0:
		worst := slices.MaxFunc(early, byOff)
		c.Example = worst.example()
		c.Text = fmt.Sprintf("%s was too short in %d of %d limited responses: who obeys is limited again; at worst it said %s s where %s s were needed",
			name, len(early), n, short(worst.said), short(worst.low))
		if len(late) > 0 {
			c.Text += fmt.Sprintf("; in %d it was too long", len(late))
		}
	default:
		worst := slices.MaxFunc(late, byOff)
		c.Example = worst.example()
		c.Text = fmt.Sprintf("%s was too long in %d of %d limited responses: who obeys wastes capacity; at worst it said %s s where %s s were enough",
			name, len(late), n, short(worst.said), short(worst.high))
	}
	return c, true
}
