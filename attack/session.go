package attack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ratefit/internal/trace"
)

// A Session sends schedules that are not known before it begins, one after the
// other or side by side: on the same connections, with one zero, one budget and
// one numbering of hits. What a recorded hit promises is the same as for [Run].
type Session struct {
	run     *run
	streams []*stream
	network *network

	sending  sync.WaitGroup
	done     chan struct{} // closed to end drained
	drained  chan struct{} // closed when all hits have been recorded
	endTimer func()
}

// Open prepares a session: it gets the credentials, and sends nothing else. Config.Profile is not used,
// each of Config.Requests is a class. Config.MaxDuration counts from
// Config.Lead, or from the return of Open. record is called from one goroutine, for every hit
// in the order in which they end, until Close has returned.
func Open(ctx context.Context, c Config, record func(*trace.Hit)) (*Session, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	r := newRun(ctx, c)
	s := &Session{run: r, network: newNetwork(&c), done: make(chan struct{}), drained: make(chan struct{})}
	if s.streams, err = r.bare(s.network); err != nil {
		s.network.close()
		r.halt(nil)
		return nil, err
	}
	go func() {
		defer close(s.drained)
		r.recorder.drain(s.done, record)
	}()
	ready := r.logIn()
	if r.config.Lead == 0 {
		r.config.Lead = r.now()
	}
	s.endTimer = r.limitTime()
	if !ready {
		why := context.Cause(r.halted)
		if _, err := s.Close(); err != nil {
			why = err
		}
		return nil, why
	}
	return s, nil
}

// A Lane names whose hits some are.
type Lane struct {
	Class, Source string
	Credential    string // its label; "" = the first that the source uses, or none
	Variant       string // of the class's request
}

// Credentials returns the labels of the credentials that a source uses.
func (s *Session) Credentials(source string) []string {
	var labels []string
	for _, st := range s.streams {
		if st.source == source && st.label != "" && !slices.Contains(labels, st.label) {
			labels = append(labels, st.label)
		}
	}
	return labels
}

// LogIn renews a credential at an instant, before it has to be. Whether it is
// given a new one or not, what it holds stays valid.
func (s *Session) LogIn(label string, at time.Duration) error {
	i := slices.IndexFunc(s.run.keepers, func(k *keeper) bool { return k.Label == label && k.Login != nil })
	if i < 0 {
		return fmt.Errorf("attack: no credential %q to log in for in this session", label)
	}
	s.sending.Add(1)
	defer s.sending.Done()
	c := clock{zero: s.run.zero}
	if c.wait(s.run.renewing, at) {
		s.run.keepers[i].ask(s.run.renewing)
	}
	s.run.recorder.barrier()
	return nil
}

// Sources returns the labels of the addresses that are sent from, as hits have
// them.
func (s *Session) Sources() []string {
	var labels []string
	for _, st := range s.streams {
		if !slices.Contains(labels, st.source) {
			labels = append(labels, st.source)
		}
	}
	return labels
}

// Now is the time since the zero of the session.
func (s *Session) Now() time.Duration { return s.run.now() }

// Stopped is closed when no new hit may be sent: out of budget, interrupted,
// or given up.
func (s *Session) Stopped() <-chan struct{} { return s.run.halted.Done() }

// Send sends one hit of the lane at each instant, and returns
// when all of them have ended and been recorded. Instants count from the
// session's zero and must not decrease; those that have passed are subject to
// the same rule as late hits of a profile. Sends of different lanes may go
// on at the same time.
func (s *Session) Send(l Lane, name string, at []time.Duration) error {
	if len(at) == 0 {
		return nil
	}
	if !slices.IsSorted(at) {
		return errors.New("attack: instants that go back in time")
	}
	i := slices.IndexFunc(s.streams, func(st *stream) bool {
		return st.class == l.Class && st.source == l.Source && st.variant == l.Variant && (l.Credential == "" || st.label == l.Credential)
	})
	if i < 0 {
		return fmt.Errorf("attack: no class %q from %q in this session", l.Class, l.Source)
	}
	s.sending.Add(1)
	defer s.sending.Done()
	st := s.streams[i]
	c := clock{zero: s.run.zero}
	if c.wait(s.run.halted, at[0]-startAhead) {
		st.attack(phase{name: name, next: never, schedule: listed(at)})
	}
	s.run.recorder.barrier()
	return nil
}

// Close waits for hits under way, ends the session and says why it ended, as
// [Run] does. It must be called once, after the last Send has begun.
func (s *Session) Close() (trace.End, error) {
	s.sending.Wait()
	s.run.release()
	close(s.done)
	<-s.drained
	end, err := s.run.end()
	s.endTimer()
	s.network.close()
	s.run.halt(nil)
	s.run.abort(nil)
	return end, err
}

// Stop makes the session send nothing more. Hits under way may finish within
// the grace.
func (s *Session) Stop() { s.run.halt(context.Canceled) }

// listed is a schedule of absolute instants.
type listed []time.Duration

func (i listed) At(n int) (time.Duration, bool) {
	if n < 0 || n >= len(i) {
		return 0, false
	}
	return i[n], true
}

func (i listed) Hits() int { return len(i) }

func (i listed) Duration() time.Duration { return i[len(i)-1] }
