package probe

import (
	"fmt"
	"math"
	"time"

	"ratefit/internal/trace"
)

// How far the search for a limit goes.
const (
	largestClump  = 128 // hits at one instant
	hopelessHits  = 31  // without a usable answer
	firstSilence  = 10 * time.Millisecond
	slowHint      = 3 * time.Second // waited before a header is believed
	neededRefills = 5               // of a slow limiter, at least
	delayed       = 10              // times the first reply's latency, and evident: replies are queued
	evident       = 300 * time.Millisecond
	longestQueue  = 4 * time.Second // that is asked for
)

// run is the lane's program.
func (l *lane) run() {
	if !l.await(l.turn) {
		return
	}
	if l.over || l.taken() {
		return
	}
	l.enter(Discovering)
	limited, ok := l.discover()
	if !ok || !limited {
		return
	}
	if !l.askOthers() {
		return
	}
	l.found = true
	l.enter(Recovering)
	if !l.recover() {
		return
	}
	l.enter(Regaining)
	if !l.regainClump() {
		return
	}
	l.refine()
}

// turn reports that the lanes before this one have found their limits.
func (l *lane) turn() bool {
	for _, other := range l.p.lanes {
		if other == l {
			return true
		}
		if !other.found {
			return false
		}
	}
	return true
}

// taken reports that another class turned out to share its limiter with this
// one, which then has nothing left to find out.
func (l *lane) taken() bool {
	for _, other := range l.p.lanes {
		if other != l && len(other.members) > 1 && other.serves(l.members[0]) {
			l.finish("shares the limiter of %s", other.class)
			return true
		}
	}
	return false
}

func (l *lane) serves(k key) bool {
	for _, m := range l.members {
		if m == k {
			return true
		}
	}
	return false
}

// discover sends ever larger clumps until a hit is limited.
func (l *lane) discover() (limited, ok bool) {
	total, n := count{}, 1
	var quick time.Duration
	for n <= min(largestClump, l.p.o.MaxRate) {
		hits, ok := l.ask(fmt.Sprintf("discover %d", n), fmt.Sprintf("%d at one instant: nothing was limited so far", n), clump(l.earliest(), n)...)
		if !ok {
			return false, false
		}
		c := l.count(hits)
		total = count{total.admitted + c.admitted, total.limited + c.limited, total.other + c.other}
		slow := slowest(hits)
		if n == 1 {
			quick = slow
		}
		switch {
		case c.limited > 0:
			l.openings = total.admitted
			return true, true
		case total.other >= hopelessHits && total.other > total.admitted:
			l.finish("most answers do not tell whether they were limited")
			return false, true
		}
		queued := n >= 8 && slow > delayed*quick && slow > evident
		next := l.larger(n, total)
		// More hits would wait for longer. The queue may be bounded, but who keeps
		// adding to it measures nothing else.
		if each := slow / time.Duration(n); queued && (time.Duration(next)*each > longestQueue || next > largestClump) {
			l.finish("nothing was limited: replies to %d at one instant took up to %s", n, round(slow))
			return false, true
		}
		n = next
	}
	return l.hold(total.admitted)
}

// larger is the size of the clump after one of n. Of a clump that goes over
// the limit, the rest is limited as well: small steps cost fewer.
func (l *lane) larger(n int, total count) int {
	switch {
	case total.admitted == 0:
		return max(10, 2*n) // nobody answers: find out at once whether anybody will
	case l.p.o.Polite:
		return n + max(1, n/2)
	}
	return 2 * n
}

func slowest(hits []trace.Hit) (d time.Duration) {
	for i := range hits {
		if _, to, ok := hits[i].Decided(); ok {
			d = max(d, to-hits[i].Sent)
		}
	}
	return d
}

// hold sends steadily, at rising rates, to find a limit that clumps have not
// reached.
func (l *lane) hold(before int) (limited, ok bool) {
	for _, rate := range holds {
		rate = min(rate, float64(l.p.o.MaxRate))
		n := int(rate)
		hits, ok := l.ask(fmt.Sprintf("hold %.0f/s", rate), "no clump was limited: a steady rate may be",
			l.steady(l.earliest(), rate, n)...)
		if !ok {
			return false, false
		}
		c := l.count(hits)
		if c.limited > 0 {
			l.openings = before
			return true, true
		}
		before += c.admitted
	}
	l.finish("nothing was limited up to %.0f hits in one second", min(holds[len(holds)-1], float64(l.p.o.MaxRate)))
	return false, true
}

// holds are the rates (per second) that are held for a second each before a
// class is said to be unlimited.
var holds = []float64{50, 200, 500}

// steady is n hits at a rate, each anywhere in its slot: evenly spaced ones
// might always ask at the same point between two refills.
func (l *lane) steady(from time.Duration, rate float64, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = from + time.Duration((float64(i)+l.p.random.Float64())/rate*1e9)
	}
	return out
}

// recover asks after ever longer silences until a hit is admitted.
func (l *lane) recover() bool {
	from := l.lastLimited()
	ratio := 1.6
	if l.p.o.Polite {
		ratio = 2
	}
	for wait := firstSilence; ; wait = time.Duration(float64(wait) * ratio) {
		at := max(l.earliest(), from+wait)
		wait = at - from
		if l.tooSlow(wait) {
			return false
		}
		hits, ok := l.ask("recover", fmt.Sprintf("is anything admitted %s after the limit was reached?", round(wait)), at)
		if !ok {
			return false
		}
		if c := l.count(hits); c.admitted > 0 {
			l.lag[1] = hits[0].FirstByte - from
			return true
		}
		l.lag[0] = wait
	}
}

// tooSlow ends the lane, and says so, if what is left of the time cannot hold a
// wait like this as often as a fit needs it.
func (l *lane) tooSlow(wait time.Duration) bool {
	left := l.p.deadline() - l.p.now
	scale := wait
	if hint := l.hint(); l.lag[0] >= slowHint && hint > scale {
		scale = hint
	}
	need := neededRefills * scale
	if need <= left || l.lag[0] == 0 {
		return false
	}
	note := fmt.Sprintf("%s: after %s nothing is admitted again; to measure this limiter takes at least %s: give that with --max-duration",
		l.class, round(l.lag[0]), round(need+l.p.now-l.p.o.Start))
	l.p.notes = append(l.p.notes, note)
	l.finish("too slow for the time that is left: it would take at least %s", round(need+l.p.now-l.p.o.Start))
	return true
}

// regainClump finds out how much has come back by now.
func (l *lane) regainClump() bool {
	l.regain = 1
	for n := 1; n <= largestClump; n = l.larger(n, count{admitted: 1}) {
		hits, ok := l.ask(fmt.Sprintf("regain %d", n), fmt.Sprintf("how much has come back after %s?", round(l.lag[1])), clump(l.earliest(), n)...)
		if !ok {
			return false
		}
		c := l.count(hits)
		l.regain += c.admitted
		if c.limited > 0 {
			break
		}
	}
	return true
}

// round shortens a duration for people.
func round(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	digits := math.Floor(math.Log10(float64(d))) - 1
	return d.Round(time.Duration(math.Pow(10, digits)))
}
