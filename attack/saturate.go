package attack

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// unanswered is how long a worker rests after a hit without a reply: a server
// that is down is not to be knocked at as fast as it refuses.
const unanswered = 10 * time.Millisecond

// unsettled is how long a worker rests when the hits under way may use up what may
// be limited.
const unsettled = time.Millisecond

// saturate sends one phase as fast as replies come: each of its workers sends
// its next hit when its last one has ended. Nothing is planned, so nothing is
// late or left out: a hit is asked for at the instant at which its worker became
// free. The end of the phase, its number of hits, the budget and a halt of the
// run are looked at before each hit. A worker also waits for a recorder that has
// fallen behind: what is not recorded is not worth sending, and would pile up.
//
// Vegeta has no part in this: at its rate 0 it passes each hit through two
// channels, and never learns which worker was free since when.
func (s *stream) saturate(p phase) {
	request, err := s.target.Request()
	if err != nil {
		s.run.halt(err) // the configuration was checked: this cannot be
		return
	}
	if u := request.URL.User; u != nil && request.Header.Get("Authorization") == "" { // as http.Client does
		password, _ := u.Password()
		request.SetBasicAuth(u.Username(), password)
	}
	hits := &budget{limit: int64(p.schedule.Hits())}
	var workers sync.WaitGroup
	defer workers.Wait()
	for range p.workers {
		workers.Go(func() { s.work(p, hits, request) })
	}
}

// work is one worker. It keeps a slot as long as it lives.
func (s *stream) work(p phase, hits *budget, request *http.Request) {
	select {
	case s.slots <- struct{}{}:
	case <-s.run.halted.Done():
		return
	}
	defer func() { <-s.slots }()
	c := clock{zero: s.run.zero}
	if !c.wait(s.run.halted, p.begin) {
		return
	}
	end := p.begin + p.schedule.Duration()
	for {
		s.run.recorder.wait(backlog)
		free := max(p.begin, c.now())
		if free >= end || s.run.halted.Err() != nil || !hits.take() {
			return
		}
		if !s.pay() {
			hits.giveBack()
			if !c.wait(s.run.halted, c.now()+unsettled) {
				return
			}
			continue
		}
		h := s.hit(p.name, free)
		_, _ = s.exchange(s.run.inflight, s.one(request), h, io.Discard, nil) // the hit says it all
		if h.Status == 0 && !c.wait(s.run.halted, c.now()+unanswered) {
			return
		}
	}
}

// one is the request as one hit sends it, beside others: they share what none
// of them changes.
func (s *stream) one(of *http.Request) *http.Request {
	if s.credential == nil && of.GetBody == nil {
		return of
	}
	r := *of
	if s.credential != nil {
		r.Header = of.Header.Clone()
		s.credential.sign(r.Header)
	}
	if of.GetBody != nil {
		r.Body, _ = of.GetBody() // of bytes: never fails
	}
	return &r
}
