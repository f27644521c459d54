package probe

import (
	"fmt"
	"time"

	"ratefit/analyze"
)

// What a probe costs: one for each of these. Politeness makes limited hits dear.
const (
	costHits    = 100.0
	costTime    = 4 * time.Second
	costLimited = 150.0
	costPolite  = 15.0
)

// What disagreement is worth: that of models settles which there is, that of
// one model's corners narrows its parameters. More of the same adds nothing.
const (
	worthModels  = 3.0
	worthCorners = 1.0
	mostModels   = 5
	mostCorners  = 6
)

// rest returns a whole burst from rest, if only that can bound the burst: as long
// as the limiter was never seen full, it may hold more.
func (l *lane) rest(k known) (shot, bool) {
	const sure = 0.1 // width of the rate's interval from which on the time to fill up is known
	if k.limit.Burst == nil || exact(k.limit.Burst) && !k.limit.UsedBefore || len(k.candidates) == 0 || width(k.limit.SustainedRate) > sure || l.rests >= mostRests {
		return shot{}, false
	}
	l.rests++
	const windows = 2 // of a sliding counter
	full := max(float64(k.burst)/k.rate, windows*k.limit.Params["window_s"].Value)
	fill := time.Duration((1.1 + 0.2*float64(l.rests)) * full * 1e9)
	at := l.earliest() + fill
	if at > l.p.deadline() {
		return shot{}, false
	}
	return shot{
		name:   "burst after rest",
		reason: fmt.Sprintf("after %s without a hit it has filled up: only then the burst has an upper bound", round(fill)),
		at:     clump(at, k.burst+1+l.rests),
	}, true
}

const mostRests = 3

// faster returns steady traffic that certainly uses the limiter up, as long as
// nothing bounds the rate from above.
func (l *lane) faster(k known) (shot, bool) {
	if len(k.candidates) == 0 || k.limit.SustainedRate == nil || k.limit.SustainedRate.High != nil || l.silence || l.pushes >= mostFaster {
		return shot{}, false
	}
	l.pushes++
	rate := min(k.rate*float64(int(2)<<l.pushes), float64(l.p.o.MaxRate)/2)
	n := min(2*k.burst+30, k.mostHits(), max(12, int(rate*longSteady.Seconds())))
	return shot{
		kind: "faster", name: fmt.Sprintf("steady %.3g/s", rate), hammers: true,
		reason: "nothing bounds the rate from above yet: enough traffic to use up all there is, and go on",
		at:     l.steady(l.earliest(), rate, n),
	}, true
}

const mostFaster = 5

// choose returns the shot about which the candidates disagree most for its
// cost. Without candidates, or when they agree about all, it goes through
// probes that serve any limiter.
func (l *lane) choose(k known, round, idle int) (shot, bool) {
	if s, ok := l.brink(k, idle); ok {
		return s, true
	}
	if exact(k.limit.Burst) && k.burst == 1 && idle < stale && width(k.limit.SustainedRate) > k.aim() {
		if s := pairs(k, l.earliest()); len(s.at) > 0 && s.at[len(s.at)-1]-l.p.now < longest {
			return s, true
		}
	}
	if s, ok := l.faster(k); ok {
		return s, true
	}
	if s, ok := l.rest(k); ok {
		return s, true
	}
	if idle >= stale && idle%2 == 0 && k.limit.Verdict != analyze.Identified {
		return l.generic(k, idle/2)
	}
	var best shot
	most := 0.0
	for _, s := range longer(l.family(k), l.earliest(), idle) {
		models, corners, limited := disagreement(k.candidates, s.at)
		value := worthModels*float64(min(models, mostModels)) + worthCorners*float64(min(corners, mostCorners))
		score := value / l.cost(s, limited) / float64(1+l.barren[s.kind])
		if score > most {
			most, best = score, s
			best.reason = fmt.Sprintf("%s (what is still possible disagrees about %d of %d hits)", s.reason, max(models, corners), len(s.at))
		}
	}
	if most > 0 {
		return best, true
	}
	return l.generic(k, round)
}

// longer leaves out short shots when the last ones have told little: what is
// left to know shows only over more time.
func longer(all []shot, from time.Duration, idle int) []shot {
	if idle == 0 {
		return all
	}
	least := 400 * time.Millisecond << min(idle, 4)
	var out []shot
	for _, s := range all {
		if s.at[len(s.at)-1]-from >= least {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

func (l *lane) cost(s shot, limited int) float64 {
	perLimited := costLimited
	if l.p.o.Polite {
		perLimited = costPolite
	}
	length := s.at[len(s.at)-1] - l.p.now
	return 0.1 + float64(len(s.at))/costHits + float64(length)/float64(costTime) + float64(limited)/perLimited
}

// disagreement tells of how many hits different models say different things,
// and corners of the same model, and how many hits would be limited at most.
func disagreement(candidates []analyze.Candidate, at []time.Duration) (models, corners, limited int) {
	n := len(at)
	first := map[string][]bool{} // of each model, what its last candidate, the fitted one, says
	differ := make([]bool, n)
	for _, c := range candidates {
		says := foretell(c.Limiter.Clone(), at)
		no := 0
		for i, admitted := range says {
			if !admitted {
				no++
			}
			if other, ok := first[c.Model]; ok && other[i] != admitted {
				differ[i] = true
			}
		}
		limited = max(limited, no)
		first[c.Model] = says
	}
	for i := range n {
		if differ[i] {
			corners++
		}
	}
	for a, x := range first {
		for b, y := range first {
			if a >= b {
				continue
			}
			d := 0
			for i := range n {
				if x[i] != y[i] {
					d++
				}
			}
			models = max(models, d)
		}
	}
	return models, corners, limited
}

// foretell is what a limiter would decide about hits that all arrive at once
// when they are sent.
func foretell(m analyze.Limiter, at []time.Duration) []bool {
	out := make([]bool, len(at))
	for i, t := range at {
		out[i] = m.Admits(t)
		m.Observe(t, out[i])
	}
	return out
}

// generic goes through probes that tell something about any limiter: refills
// under pressure, silence, and clumps after parts of the time to refill.
func (l *lane) generic(k known, round int) (shot, bool) {
	if round >= 3*genericProbes {
		return shot{}, false
	}
	from := l.earliest()
	fill := time.Duration(float64(k.burst) / k.rate * 1e9)
	cycle := max(k.scale, min(fill, longest))
	why := "what is possible is not told apart otherwise: "
	if len(k.candidates) == 0 {
		why = "no model is left to choose by: "
	}
	switch n := round % genericProbes; {
	case n == 0 && !l.silence:
		rate := min(max(2*k.rate, 12/cycle.Seconds()), float64(l.p.o.MaxRate)/2)
		long := max(2*cycle, 20*time.Duration(1e9/rate))
		hits := min(int(rate*min(long, longSteady).Seconds()), k.mostHits())
		return shot{name: fmt.Sprintf("steady %.3g/s", rate), reason: why + "refills under pressure", at: l.steady(from, rate, hits), hammers: true}, true
	case n == 1:
		return shot{name: "clump after rest", reason: why + "a whole burst from rest", at: clump(from+fill*23/20, k.burst+2)}, true
	case n == 2:
		at := append(clump(from+fill*23/20, (k.burst+1)/2), clump(from+fill*33/20, k.burst)...)
		return shot{name: "halves", reason: why + "half a burst, half the time to refill, a whole one", at: at}, true
	}
	at := []time.Duration{}
	for i := 1; i <= 12; i++ {
		at = append(at, from+cycle*time.Duration(i)/9)
	}
	return shot{name: "spread", reason: why + "hits spread over the time to refill", at: at}, true
}

const (
	genericProbes = 4
	longSteady    = 10 * time.Second
)
