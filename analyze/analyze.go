// Package analyze finds out which limiter explains a trace. It is pure: hits
// in, an [Analysis] out; no clock, no network, no randomness.
//
// Fits are by set membership: an interval holds every value under which the
// model can explain every decision, given that each decision fell somewhere
// between sending and the first byte of the reply. If the model is right the
// truth is inside; there is no confidence level.
package analyze

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ratefit/analyze/declared"
	"ratefit/internal/trace"
)

// Options says what is known about a trace beside its hits.
type Options struct {
	// LimitedStatus lists the statuses that mean "limited"; empty = 429 alone.
	LimitedStatus []int
	// AtRest: nobody had used the limiters before the trace began, so that
	// every bucket was full.
	AtRest bool
	// Without holds the titles of models that are not to be tried, such as those
	// that fewer hits of the same run have excluded. If it is not nil, no
	// evidence is given against rejected models either: that takes long.
	Without map[string]bool

	// started is the wall clock at the trace's zero: it tells windows on the
	// clock from others.
	started time.Time
	// longest bounds, if above 0, the windows worth supposing.
	longest time.Duration
	// plain: models with modifiers are not worth trying.
	plain bool
	// excluded holds the titles of models that need not be tried: the first hits
	// exclude them.
	excluded map[string]bool
	// look: nothing is asked but which models are excluded.
	look bool
	// within bounds, if above 0, the clocks worth supposing: an explanation that
	// needs one this coarse loses against one that is known already.
	within time.Duration
}

// MaxStreams is of how many classes, addresses and credentials, each with each
// other, an [Analyzer] takes hits: each costs memory, and time to fit.
const MaxStreams = 1 << 14

// An Analyzer collects hits, in any order and number, for one [Analysis].
// It keeps 32 bytes per hit, and in Result about as many more.
type Analyzer struct {
	options Options
	groups  map[groupKey]*group
	current *group // of the last hit: most follow one of their own kind
	reader  declared.Reader
	asked   column[int64] // when each hit was asked for
	strays  column[int64] // when those were sent that never reached a limiter
	sent    int
	short   int
	crowded bool // there were hits of more than MaxStreams
	end     int64
	pools   []pool // after Result

	logins      []login
	experiments []*experiment
}

type groupKey struct{ class, source, credential string }

// A group is the hits of one class from one source with one credential: the
// finest unit that a limiter can serve.
type group struct {
	groupKey
	decided         column[decision] // until stream is made of it
	refused         []decision       // not among decided: the API refused them
	logins          []decision       // that may count against this class
	last            int64            // when the last hit was sent
	stream          Stream
	hits, unsent    int
	failed          int
	unknown         int
	firstAdmitted   int
	limitedStatuses map[int]int
	admittedStatus  map[int]int
	unknownKinds    map[string]int // "503", "timeout" …
	claims          claims
	confirming      bool // the last hit was of a confirmation
}

// confirmation begins the names of the phases whose hits are kept out of the
// fit that foretells them.
const confirmation = "confirm"

// A decision is one hit of a [Stream].
type decision struct {
	from, to int64
	seq      uint32
	outcome  trace.Outcome
}

// New returns an empty Analyzer.
func New(o Options) *Analyzer {
	return &Analyzer{options: o, groups: map[groupKey]*group{}}
}

// Err is not nil when hits had to be left out, as they were of more than
// [MaxStreams]: then the result says nothing.
func (a *Analyzer) Err() error {
	if a.crowded {
		return fmt.Errorf("hits of more than %d classes, addresses and credentials are more than can be analyzed together; cut the trace into smaller ones", MaxStreams)
	}
	return nil
}

// Add takes one hit. It keeps nothing of h.
func (a *Analyzer) Add(h *trace.Hit) {
	if a.beside(h) {
		return
	}
	g := a.group(h)
	if g == nil {
		a.crowded = true
		return
	}
	a.asked.add(int64(h.Asked))
	a.end = max(a.end, int64(h.End))
	if h.Error == trace.ErrUnsent {
		a.short++
		g.unsent++
		return
	}
	g.hits++
	g.last = max(g.last, int64(h.Sent))
	a.sent++
	o := h.Outcome(a.options.LimitedStatus)
	from, to, ok := h.Decided()
	if !ok {
		to = never
	}
	switch o {
	case trace.Ignored:
		g.failed++
		a.strays.add(int64(h.Sent))
		return
	case trace.Unknown:
		g.unknown++
		g.unknownKinds[kindOf(h)]++
	case trace.Admitted:
		g.admittedStatus[h.Status]++
		if g.firstAdmitted == 0 {
			g.firstAdmitted = h.Status
		}
	case trace.Limited:
		g.limitedStatuses[h.Status]++
	}
	if confirming := strings.HasPrefix(h.Phase, confirmation); confirming {
		if !g.confirming {
			g.stream.keptFrom = int64(from)
		}
		g.stream.keptTo = max(g.stream.keptTo, int64(from))
		g.confirming = true
	} else {
		g.confirming = false
	}
	d := decision{int64(from), int64(max(from, to)), uint32(h.Seq), o}
	if o == trace.Admitted && trace.Refused(h.Status) {
		g.refused = append(g.refused, d)
	} else {
		g.decided.add(d)
	}
	g.claims.read(&a.reader, h, o)
}

// settle makes the stream.
func (g *group) settle() {
	if g.doubtful() {
		g.resettle(doubts{})
		return
	}
	for _, d := range g.refused {
		g.decided.add(d)
	}
	g.stream.grow(g.decided.len())
	g.decided.take(func(d decision) { g.stream.add(d.seq, d.from, d.to, d.outcome) })
	g.stream.order()
}

// kindOf says in a word why it is unknown what became of a hit.
func kindOf(h *trace.Hit) string {
	if h.Status != 0 {
		return statusText(h.Status)
	}
	return string(h.Error)
}

// group is where a hit belongs, nil if there is no room for one more.
func (a *Analyzer) group(h *trace.Hit) *group {
	key := groupKey{h.Class, h.Source, h.Credential}
	if a.current != nil && a.current.groupKey == key {
		return a.current
	}
	g, ok := a.groups[key]
	if !ok {
		if len(a.groups) == MaxStreams {
			return nil
		}
		g = &group{
			groupKey: key, limitedStatuses: map[int]int{},
			admittedStatus: map[int]int{}, unknownKinds: map[string]int{},
		}
		a.groups[key] = g
	}
	a.current = g
	return g
}

// Result fits the models to what was added. It may be called once.
func (a *Analyzer) Result(m trace.Meta) *Analysis {
	out := &Analysis{
		Schema:   Schema,
		Target:   m.Target,
		Started:  m.Started,
		Duration: seconds(a.end),
		Limits:   []Limit{},
		Warnings: []string{},
		Sent:     Sent{AskedRate: peak(a.asked.all()), Shortfall: a.short, Requests: a.sent},
	}
	groups := make([]*group, 0, len(a.groups))
	instants := [][]int64{a.strays.all()}
	var all sync.WaitGroup
	for _, g := range a.groups {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(x, y *group) int {
		return cmp.Or(cmp.Compare(x.class, y.class), cmp.Compare(x.source, y.source), cmp.Compare(x.credential, y.credential))
	})
	a.attribute(groups)
	for _, g := range groups {
		all.Go(g.settle)
	}
	all.Wait()
	for _, g := range groups {
		instants = append(instants, g.stream.inOrder())
	}
	out.Sent.AchievedRate = peakOf(instants)
	o := a.options
	o.started = m.Started
	a.pools, out.Scope = limits(groups, o)
	a.settleDoubts(groups, o, out)
	out.Limits = describeAll(a.pools, o)
	a.judgeExperiments(out)
	out.Warnings = append(out.Warnings, a.warnings()...)
	if confounded(groups) {
		out.Warnings = append(out.Warnings, "each address used a credential of its own: what is said of addresses may as well be due to credentials; use one for all addresses, or all for each (--per-source all)")
	}
	return out
}
