package replay

import (
	"cmp"
	"slices"
	"time"

	"ratefit/internal/bench/simulate"
)

// Run replays the traffic in front of the limits: each lane meets a limiter of its
// own, at rest at first.
func Run(t *Traffic, limits []Limit, how Instants) Outcome {
	r := newTally(t)
	for i := range t.lanes {
		l := &t.lanes[i]
		r.begin(l)
		at := t.instants(l, how)
		met := covering(limits, t.class(l))
		if len(met) == 0 {
			for k, when := range at {
				r.admit(when, l.client(k), 0)
			}
			continue
		}
		r.replay(l, at, together(met, t.first))
	}
	return r.outcome(how)
}

// client is whose the k-th request is.
func (l *lane) client(k int) uint32 {
	if l.clients == nil {
		return l.key.client
	}
	return l.clients[k]
}

// replay lets the requests of a lane meet a limiter.
func (r *tally) replay(l *lane, at []time.Duration, limiter simulate.Limiter) {
	var serving flights
	for k, when := range at {
		admitted, delay := limiter.Decide(when, serving.at(when))
		if !admitted {
			r.refuse(when, l.client(k))
			continue
		}
		if l.took != nil {
			serving.add(when + delay + max(0, time.Duration(l.took[k]))*time.Microsecond)
		}
		r.admit(when, l.client(k), delay)
	}
}

// flights is when the requests that are being served will be done: a heap.
type flights []time.Duration

// at forgets those that are done and counts the others.
func (f *flights) at(now time.Duration) int {
	for len(*f) > 0 && (*f)[0] <= now {
		h := *f
		last := len(h) - 1
		h[0], h = h[last], h[:last]
		*f = h
		for i := 0; ; {
			least := i
			for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
				if h[child] < h[least] {
					least = child
				}
			}
			if least == i {
				break
			}
			h[i], h[least] = h[least], h[i]
			i = least
		}
	}
	return len(*f)
}

func (f *flights) add(end time.Duration) {
	*f = append(*f, end)
	h := *f
	for i := len(h) - 1; i > 0 && h[(i-1)/2] > h[i]; i = (i - 1) / 2 {
		h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
	}
}

// A tally counts while traffic is replayed. It holds some numbers for each client
// and for each minute.
type tally struct {
	t        *Traffic
	lane     *lane
	requests int
	refused  int
	clients  []clientTally
	classes  []ClassCount
	bins     []binTally
	bin      time.Duration
	offset   time.Duration // of the first request in its bin
	streaks  map[uint32]streak
	current  streak // where a lane has one client
	longest  streak
	whose    uint32
	delays   histogram
}

type clientTally struct {
	requests, refused, streak uint32
	first                     time.Duration
}

type binTally struct{ requests, refused uint32 }

type streak struct {
	n        int
	from, to time.Duration
}

// mostBins bounds the bins: longer traffic has longer ones.
const mostBins = 1 << 20

func newTally(t *Traffic) *tally {
	r := &tally{t: t, clients: make([]clientTally, len(t.clients.text)), bin: time.Minute}
	for t.Duration()/r.bin >= mostBins-1 {
		r.bin *= 2
	}
	r.offset = time.Duration(t.first % int64(r.bin))
	r.bins = make([]binTally, (t.Duration()+r.offset+time.Second)/r.bin+1)
	if t.by[ByClass] {
		for _, c := range t.classes.text {
			r.classes = append(r.classes, ClassCount{Class: c})
		}
	}
	return r
}

func (r *tally) begin(l *lane) {
	r.lane, r.current, r.streaks = l, streak{}, nil
	if l.clients != nil {
		r.streaks = map[uint32]streak{}
	}
}

// count counts a request whatever becomes of it.
func (r *tally) count(at time.Duration, client uint32) *binTally {
	r.requests++
	r.clients[client].requests++
	if r.classes != nil {
		r.classes[r.lane.key.class].Requests++
	}
	b := &r.bins[(at+r.offset)/r.bin]
	b.requests++
	return b
}

func (r *tally) admit(at time.Duration, client uint32, delay time.Duration) {
	r.count(at, client)
	r.delays.add(delay)
	if r.streaks == nil {
		r.current.n = 0
	} else {
		delete(r.streaks, client)
	}
}

func (r *tally) refuse(at time.Duration, client uint32) {
	r.count(at, client).refused++
	r.refused++
	if r.classes != nil {
		r.classes[r.lane.key.class].Refused++
	}
	c := &r.clients[client]
	if c.refused == 0 || at < c.first {
		c.first = at
	}
	c.refused++
	s := r.current
	if r.streaks != nil {
		s = r.streaks[client]
	}
	if s.n == 0 {
		s.from = at
	}
	s.n, s.to = s.n+1, at
	if r.streaks == nil {
		r.current = s
	} else {
		r.streaks[client] = s
	}
	c.streak = max(c.streak, uint32(s.n))
	if s.n > r.longest.n {
		r.longest, r.whose = s, client
	}
}

// worst is how many clients and minutes are named.
const worst = 10

func (r *tally) outcome(how Instants) Outcome {
	o := Outcome{
		Instants: how, Requests: r.requests, Refused: r.refused, Share: part(r.refused, r.requests),
		Clients: len(r.clients), Classes: r.classes, Bin: r.bin.Seconds(), Delays: r.delays.summary(),
	}
	affected := make([]uint32, 0, worst)
	first := time.Duration(-1)
	for i := range r.clients {
		c := &r.clients[i]
		if c.refused == 0 {
			continue
		}
		o.Affected++
		affected = append(affected, uint32(i))
		if first < 0 || c.first < first {
			first = c.first
		}
	}
	o.AffectedShare = part(o.Affected, o.Clients)
	if first >= 0 {
		o.First = new(r.t.when(first))
		o.Streak = &Streak{r.t.clients.text[r.whose], r.longest.n, r.t.when(r.longest.from), r.t.when(r.longest.to)}
	}
	slices.SortStableFunc(affected, func(a, b uint32) int { return cmp.Compare(r.clients[b].refused, r.clients[a].refused) })
	for _, i := range affected[:min(worst, len(affected))] {
		c := r.clients[i]
		o.Worst = append(o.Worst, ClientCount{r.t.clients.text[i], int(c.requests), int(c.refused), r.t.when(c.first), int(c.streak)})
	}
	o.Series, o.Minutes = r.minutes()
	return o
}

// minutes lists the bins from the first to the last, and the worst of them.
func (r *tally) minutes() (all, most []BinCount) {
	start := r.t.first - int64(r.offset)
	for i, b := range r.bins {
		one := BinCount{time.Unix(0, start+int64(i)*int64(r.bin)).UTC(), int(b.requests), int(b.refused)}
		if all = append(all, one); b.refused > 0 {
			most = append(most, one)
		}
	}
	slices.SortStableFunc(most, func(a, b BinCount) int { return cmp.Compare(b.Refused, a.Refused) })
	return all, most[:min(worst, len(most))]
}

// when is an offset on the wall clock.
func (t *Traffic) when(at time.Duration) time.Time { return time.Unix(0, t.first+int64(at)).UTC() }

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
