package attack

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"ratefit/internal/trace"
)

// startAhead is how long before its first possible hit a phase's attacker is
// made.
const startAhead = 10 * time.Millisecond

// A stream sends one class from one source with one credential: its phases one after the other.
type stream struct {
	run           *run
	class, source string
	variant       string  // of the class's request
	label         string  // of the credential, "" = none
	credential    *keeper // nil = none
	bare          bool    // sent without its credential
	unwatched     bool    // its failures are no reason to give up
	target        vegeta.Target
	url           string // redacted
	phases        []phase
	network       http.RoundTripper
	slots         chan struct{} // one taken by each hit under way
}

// send starts each phase at its planned instant and returns when every hit
// has ended.
func (s *stream) send() {
	c := clock{zero: s.run.zero}
	var phases sync.WaitGroup
	defer phases.Wait()
	for _, p := range s.phases {
		if p.schedule.Hits() == 0 {
			continue
		}
		if !c.wait(s.run.halted, p.begin-startAhead) {
			return
		}
		if p.workers > 0 {
			phases.Go(func() { s.saturate(p) })
		} else {
			phases.Go(func() { s.attack(p) })
		}
	}
}

// attack sends one phase with an attacker of its own: Vegeta's are single use.
// More workers than slots only bridge the instant between a reply and the
// worker's next turn; it is the slots that bound the hits under way.
func (s *stream) attack(p phase) {
	clock := newClock(s.run.zero, s.run.config.Spin)
	defer clock.close()
	start := s.run.headStart(p)
	due := make(chan *trace.Hit, cap(s.slots))
	pacer := &pacer{
		phase: p, clock: clock, start: start, halted: s.run.halted,
		gate:   func(asked time.Duration) bool { return s.admit(p.name, asked, due) },
		unsent: func(asked time.Duration) { s.unsent(s.hit(p.name, asked)) },
	}
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: &sender{stream: s, due: due, start: start}}),
		vegeta.Redirects(vegeta.NoFollow),
		vegeta.Workers(uint64(min(vegeta.DefaultWorkers, cap(s.slots)))),
		vegeta.MaxWorkers(uint64(2*cap(s.slots))),
		vegeta.MaxBody(0),
	)
	for range attacker.Attack(s.targeter, pacer, 0, "") {
		<-s.slots
	}
	for len(due) > 0 {
		s.dropped(<-due)
	}
}

func (s *stream) targeter(t *vegeta.Target) error {
	*t = s.target
	return nil
}

// admit takes a slot and a request of the budget for a hit that is due, and
// hands it to the phase's sender. If there is none it records the hit as
// unsent; out of budget, or without a valid credential, it also ends the run.
func (s *stream) admit(phase string, asked time.Duration, due chan<- *trace.Hit) bool {
	h := s.hit(phase, asked)
	select {
	case s.slots <- struct{}{}:
	default:
		s.unsent(h)
		return false
	}
	if !s.pay() {
		<-s.slots
		s.unsent(h)
		return false
	}
	due <- h
	return true
}

// pay takes a request of the budgets, if the stream's credential is valid. Else it
// ends the run; or, as long as hits under way may still turn out to be limited or
// not, only reports false.
func (s *stream) pay() bool {
	if s.credential != nil {
		if lost := s.credential.lost.Load(); lost != nil {
			s.run.halt(lost)
			return false
		}
	}
	return s.run.take()
}

func (s *stream) hit(phase string, asked time.Duration) *trace.Hit {
	return &trace.Hit{
		Class: s.class, Source: s.source, Credential: s.label, Phase: phase,
		Method: s.target.Method, URL: s.url, Asked: asked,
	}
}

func (s *stream) unsent(h *trace.Hit) {
	h.Sent, h.End, h.Error = h.Asked, h.Asked, trace.ErrUnsent
	s.run.recorder.put(h)
}

// dropped records a hit as unsent that had been let through.
func (s *stream) dropped(h *trace.Hit) {
	s.unsent(h)
	s.run.settle(h)
}

// A sender is the transport of one attacker. Each round trip is the next hit
// that its pacer let through.
type sender struct {
	stream *stream
	due    <-chan *trace.Hit
	start  *headStart
}

var errNothingDue = errors.New("attack: no hit is due")

// RoundTrip sends a hit, reads its reply and records it. All that Vegeta gets
// back is the status: it would keep whole bodies in memory.
func (t *sender) RoundTrip(req *http.Request) (*http.Response, error) {
	var h *trace.Hit
	select {
	case h = <-t.due:
	default:
		return nil, errNothingDue
	}
	if t.stream.run.stopped() {
		t.stream.dropped(h)
		return nil, errStopped
	}
	req.Header.Del("X-Vegeta-Seq") // a limiter may look at headers, and nobody asked for this one
	req.Header.Del("X-Vegeta-Attack")
	if t.stream.credential != nil {
		t.stream.credential.sign(req.Header)
	}
	reply, err := t.stream.exchange(t.stream.run.inflight, req, h, io.Discard, t.start)
	if err != nil {
		return nil, err
	}
	reply.Body = http.NoBody
	return reply, nil
}
