package analyze

import (
	"fmt"
	"slices"

	"ratefit/internal/trace"
)

// A login is a hit that asked for a credential.
type login struct {
	groupKey // of the client that it was for; its class is that of logins
	decision
}

// doubts says how hits that may or may not count against a limit are taken:
// logins, and what the API refused among hits that it served. The zero value
// leaves that open, which is always sound: each may have been counted.
type doubts struct{ logins, refused Counted }

// kept reports whether a hit is in the stream under an answer, and its outcome
// there. What the limiter says of a login is only taken into account if it
// counts.
func (d decision) kept(counted Counted) (trace.Outcome, bool) {
	switch counted {
	case Counts:
		return d.outcome, true
	case Free:
		return 0, false
	}
	return trace.Unknown, true
}

// beside takes hits that are no part of the traffic that is measured: logins,
// and experiments. It reports false for all others.
func (a *Analyzer) beside(h *trace.Hit) bool {
	_, _, cost := h.Cost()
	if !cost && !h.Login() {
		return false
	}
	a.end = max(a.end, int64(h.End))
	a.asked.add(int64(h.Asked))
	if h.Error == trace.ErrUnsent {
		a.short++
		return true
	}
	a.sent++
	a.strays.add(int64(h.Sent))
	if cost {
		a.addExperiment(h)
		return true
	}
	from, to, ok := h.Decided()
	if !ok {
		to = never
	}
	d := decision{int64(from), int64(max(from, to)), uint32(h.Seq), h.Outcome(a.options.LimitedStatus)}
	if d.outcome == trace.Admitted && trace.Refused(h.Status) {
		d.outcome = trace.Unknown
	}
	a.logins = append(a.logins, login{groupKey{h.Class, h.Source, h.Credential}, d})
	return true
}

// attribute gives each login to the group that it may count against: writes,
// for a login is one; or the only class, if nothing was written.
func (a *Analyzer) attribute(groups []*group) {
	class := loginClass(groups)
	for _, l := range a.logins {
		if l.outcome == trace.Ignored || class == "" {
			continue
		}
		var best *group
		for _, g := range groups {
			if g.class == class && g.source == l.source && (best == nil || g.credential == l.credential) {
				best = g
			}
		}
		if best != nil {
			best.logins = append(best.logins, l.decision)
		}
	}
}

// loginClass is the class that logins may count against, "" if that cannot be
// told.
func loginClass(groups []*group) string {
	if len(groups) == 0 {
		return ""
	}
	class := groups[0].class
	for _, g := range groups {
		switch {
		case g.class == "write":
			return g.class
		case g.class != class:
			class = ""
		}
	}
	return class
}

// doubtful reports that it is open whether some hits count.
func (g *group) doubtful() bool { return len(g.logins) > 0 || g.partlyRefused() }

// partlyRefused: the API refused some hits and served others. Where it refused
// all of them, they are all that there is to measure.
func (g *group) partlyRefused() bool {
	if len(g.refused) == 0 {
		return false
	}
	for status := range g.admittedStatus {
		if !trace.Refused(status) {
			return true
		}
	}
	return false
}

// resettle makes the stream again, with doubtful hits as t says.
func (g *group) resettle(t doubts) {
	all := g.decided.all()
	for _, d := range all {
		g.decided.add(d)
	}
	if !g.partlyRefused() {
		t.refused = Counts
	}
	for _, d := range g.refused {
		if o, in := d.kept(t.refused); in {
			d.outcome = o
			all = append(all, d)
		}
	}
	for _, d := range g.logins {
		if o, in := d.kept(t.logins); in {
			d.outcome = o
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(x, y decision) int { return int(x.seq) - int(y.seq) })
	kept := [2]int64{g.stream.keptFrom, g.stream.keptTo}
	g.stream = Stream{}
	g.stream.keptFrom, g.stream.keptTo = kept[0], kept[1]
	for _, d := range all {
		g.stream.add(d.seq, d.from, d.to, d.outcome)
	}
	g.stream.order()
}

// settleDoubts finds out, from the limiters that are possible, whether doubtful
// hits count: if those can explain all decisions only with them, or only without.
// Then it makes the limits again, which become narrower by it.
func (a *Analyzer) settleDoubts(groups []*group, o Options, out *Analysis) {
	if o.Without != nil { // more hits are to come: leave it open
		return
	}
	var t doubts
	loginsMatter := slices.ContainsFunc(groups, func(g *group) bool { return len(g.logins) > 0 })
	refusedMatter := slices.ContainsFunc(groups, (*group).partlyRefused)
	again := false
	if loginsMatter {
		t.logins = a.tell(groups, o, func(answer Counted) doubts { return doubts{logins: answer} })
		again = again || t.logins != NotCertain
	}
	if refusedMatter {
		t.refused = a.tell(groups, o, func(answer Counted) doubts { return doubts{t.logins, answer} })
		again = again || t.refused != NotCertain
	}
	if loginsMatter || refusedMatter {
		resettle(groups, t)
	}
	if again {
		a.pools, out.Scope = limits(groups, o)
	}
	a.describeLogins(groups, t.logins, out)
	describeRefused(groups, t.refused, out)
}

func resettle(groups []*group, t doubts) {
	for _, g := range groups {
		if g.doubtful() {
			g.resettle(t)
		}
	}
}

// tell tries both answers on every pool with such hits.
func (a *Analyzer) tell(groups []*group, o Options, with func(Counted) doubts) Counted {
	var doubtful []pool
	for _, p := range a.pools {
		if len(p.survivors) > 0 && slices.ContainsFunc(p.groups, (*group).doubtful) {
			doubtful = append(doubtful, p)
		}
	}
	only := map[Counted]int{} // pools that have this answer alone
	holds := make([]bool, len(doubtful))
	for _, answer := range []Counted{Counts, Free} {
		resettle(groups, with(answer))
		for i, p := range doubtful {
			switch still := p.still(o); {
			case answer == Counts:
				holds[i] = still
			case holds[i] && !still:
				only[Counts]++
			case still && !holds[i]:
				only[Free]++
			}
		}
	}
	for answer, n := range only {
		if n == len(doubtful) { // what is true of one class need not be of another
			return answer
		}
	}
	return NotCertain
}

// still reports whether some limiter that is possible explains the streams as
// they are now, without a much coarser clock. A pool without such a limiter tells
// nothing.
func (p *pool) still(o Options) bool {
	if len(p.survivors) == 0 {
		return true
	}
	var streams []*Stream
	for _, part := range p.parts {
		streams = append(streams, merge(streamsOf(part)))
	}
	return slices.ContainsFunc(p.survivors, func(m Model) bool {
		f := m.Fit(streams, o)
		return f.Unresolved != "" || f.Consistent && f.Grain <= coarser*max(1, p.fits[m.Doc().Title].Grain)
	})
}

// describeLogins counts the logins, and says what is known of them.
func (a *Analyzer) describeLogins(groups []*group, counted Counted, out *Analysis) {
	if len(a.logins) == 0 {
		return
	}
	l := &Logins{Hits: len(a.logins), Class: loginClass(groups), Counted: counted}
	if counted == "" {
		l.Counted = NotCertain
	}
	for _, g := range a.logins {
		switch g.outcome {
		case trace.Admitted:
			l.Admitted++
		case trace.Limited:
			l.Limited++
		default:
			l.Failed++
		}
	}
	out.Logins = l
	text := plural(l.Hits, "login was sent", "logins were sent") + " beside the measured hits"
	switch l.Counted {
	case Counts:
		text += fmt.Sprintf("; logins count against the %s limit", l.Class)
	case Free:
		text += fmt.Sprintf("; logins do not count against the %s limit", l.Class)
	default:
		text += "; the hits do not tell whether logins count against a limit, and the intervals allow for both"
	}
	out.Findings = append(out.Findings, text)
}

// describeRefused does the same for what the API refused.
func describeRefused(groups []*group, counted Counted, out *Analysis) {
	if counted == "" {
		counted = NotCertain
	}
	for _, part := range split(groups, func(g *group) string { return g.class }) {
		r := Refused{Class: part[0].class, Statuses: map[string]int{}, Counted: counted}
		for _, g := range part {
			if !g.partlyRefused() {
				continue
			}
			r.Hits += len(g.refused)
			for status, n := range g.admittedStatus {
				if trace.Refused(status) {
					r.Statuses[statusText(status)] += n
				}
			}
		}
		if r.Hits == 0 {
			continue
		}
		out.Refused = append(out.Refused, r)
		status, _ := mostOf(r.Statuses)
		text := fmt.Sprintf("%s: the API refused %s, most with %s", r.Class, plural(r.Hits, "hit", "hits"), status)
		switch counted {
		case Counts:
			text += "; they cost a token like served ones"
		case Free:
			text += "; they never reached the limiter, or cost nothing"
		default:
			text += "; the hits do not tell whether those count against the limit, and the intervals allow for both"
		}
		out.Findings = append(out.Findings, text)
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
