package attack

import (
	"math"
	"slices"
	"sync"
	"time"

	"ratefit/internal/trace"
)

// A guard ends the run when its target seems to suffer.
type guard struct {
	rules   []Abort
	limited []int // statuses that mean "limited"
	abort   func(error)

	mu      sync.Mutex
	classes map[string][]gauge // one for each rule
}

// A gauge is one rule's account of the last hits of one class.
type gauge struct {
	last []bool // a ring: which of them showed the sign
	at   int    // of the next one
	bad  int    // how many did
	most int    // from how many on the run ends

	first []time.Duration // of Slowness: the latencies that make begun
	begun time.Duration   // 0 = not known yet
}

func (a Abort) gauge() gauge {
	share := a.Limit
	if a.Sign == Slowness {
		share = 0.5
	}
	return gauge{most: max(1, int(math.Ceil(share*float64(a.hits())-1e-9)))}
}

// observe takes a finished hit into account. err is what ended it.
func (g *guard) observe(h *trace.Hit, err error) {
	if len(g.rules) == 0 || h.Error == trace.ErrUnsent || h.Error == trace.ErrCanceled {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	gauges := g.classes[h.Class]
	if gauges == nil {
		for _, a := range g.rules {
			gauges = append(gauges, a.gauge())
		}
		g.classes[h.Class] = gauges
	}
	served := h.Status != 0 && h.Outcome(g.limited) != trace.Limited
	for i, a := range g.rules {
		m := &gauges[i]
		counts, shown := true, false
		switch a.Sign {
		case ServerErrors:
			counts, shown = served, h.Status >= 500 && h.Status <= 599
		case ConnErrors:
			shown = h.Error != "" && h.Error != trace.ErrTimeout
		case Timeouts:
			shown = h.Error == trace.ErrTimeout
		case Slowness:
			counts, shown = m.slow(a, h, served)
		}
		if counts && m.add(shown, a.hits()) {
			e := &AbortedError{Abort: a, Class: h.Class, Bad: m.bad, Of: len(m.last), Kind: h.Error, Status: h.Status, Begun: m.begun}
			if a.Sign == ConnErrors {
				e.why, e.advice = (&GaveUpError{Class: h.Class, Kind: h.Error, Err: err, target: h.URL, source: h.Source}).explain()
			}
			g.abort(e)
		}
	}
}

// add counts one more of the last n hits. It reports whether that is too much.
func (m *gauge) add(shown bool, n int) bool {
	if len(m.last) < n {
		m.last = append(m.last, shown)
	} else {
		if m.last[m.at] {
			m.bad--
		}
		m.last[m.at] = shown
		m.at = (m.at + 1) % n
	}
	if shown {
		m.bad++
	}
	return shown && m.bad >= m.most
}

// slow reports whether a reply is slow. It does not count while the beginning is
// measured: the median of as many first replies.
func (m *gauge) slow(a Abort, h *trace.Hit, served bool) (counts, slow bool) {
	if !served || h.Status >= 500 || h.FirstByte == 0 {
		return false, false
	}
	took := h.FirstByte - h.Sent
	if m.begun == 0 {
		m.first = append(m.first, took)
		if n := len(m.first); n == a.hits() {
			slices.Sort(m.first)
			m.begun, m.first = max(m.first[n/2], leastLatency), nil
		}
		return false, false
	}
	return true, float64(took) >= a.Limit*float64(m.begun)
}
