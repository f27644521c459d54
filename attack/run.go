package attack

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"ratefit/internal/trace"
)

// Why a run stops before its profile has ended.
var (
	errRequests = errors.New("requests")
	errLimited  = errors.New("limited")
	errDuration = errors.New("duration")
)

// A run is one call of [Run].
type run struct {
	config   Config
	zero     time.Time
	traced   bool // the transport is this package's, and reports to stamps
	recorder *recorder
	headers  *trace.HeaderFilter
	budget   budget
	refusals budget       // hits that are limited, or may still be
	refused  atomic.Int64 // hits that are limited
	watch    *watch
	guard    *guard
	keepers  []*keeper // of the credentials that are used
	sending  int       // streams

	halted   context.Context // ends when no new hit may be sent; its cause says why
	halt     context.CancelCauseFunc
	inflight context.Context // ends when hits under way are given up
	abort    context.CancelCauseFunc

	renewing context.Context // ends when no credential has to be renewed any more
	letGo    context.CancelFunc
	keeping  sync.WaitGroup // keepers at work
}

func (r *run) now() time.Duration { return time.Since(r.zero) }

// stopped reports whether no request may begin any more. When the run is out
// of requests, those that were let through before still may.
func (r *run) stopped() bool {
	cause := context.Cause(r.halted)
	return cause != nil && !outOfBudget(cause)
}

// outOfBudget reports whether the requests that were let through may still begin.
func outOfBudget(cause error) bool {
	return errors.Is(cause, errRequests) || errors.Is(cause, errLimited)
}

// take reserves one request, and one limited hit that it may become. When there
// are none left for good, it ends the run.
func (r *run) take() bool {
	if !r.refusals.take() {
		if r.refused.Load() >= r.refusals.limit { // else one under way may turn out not to be limited
			r.halt(errLimited)
		}
		return false
	}
	if !r.budget.take() {
		r.refusals.giveBack()
		r.halt(errRequests)
		return false
	}
	return true
}

// settle notes what became of a request that take let through.
func (r *run) settle(h *trace.Hit) {
	if h.Outcome(r.config.LimitedStatus) == trace.Limited {
		r.refused.Add(1)
	} else {
		r.refusals.giveBack()
	}
}

// Run sends the profile and calls record, from the calling goroutine, for
// every hit, in the order in which they end and numbered in that order. A slow
// record delays nothing but the return of Run: hits wait for it in memory.
//
// The end tells why the run stopped: "done", "interrupted" when ctx ended,
// "budget: …", "aborted: " and the text of an [*AbortedError], or the text of a
// [*GaveUpError], which are then also the error.
// Whatever the reason, all hits have been recorded, and nothing goes on after
// Run has returned. When it is stopped, hits under way may finish within the
// grace; afterwards they are recorded as canceled.
//
// Credentials are got before the first hit, and renewed beside the others. One
// that cannot be had ends the run with a [*LoginError].
//
// Run returns when the last hit has ended; a pause at a profile's end is not
// waited for. Any other error means that nothing was sent.
func Run(ctx context.Context, c Config, record func(*trace.Hit)) (trace.End, error) {
	c, err := c.withDefaults()
	if err != nil {
		return trace.End{}, err
	}
	if c.Profile == nil {
		return trace.End{}, errors.New("attack: no profile given")
	}
	r := newRun(ctx, c)
	defer r.halt(nil)
	defer r.abort(nil)

	network := newNetwork(&c)
	defer network.close()
	streams, err := r.streams(network)
	if err != nil {
		return trace.End{}, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if r.logIn() {
			r.place(streams)
			defer r.limitTime()()
			r.send(streams)
		}
		r.release()
	}()
	r.recorder.drain(done, record)
	return r.end()
}

func newRun(ctx context.Context, c Config) *run {
	r := &run{
		config: c, zero: c.Zero, traced: c.RoundTripper == nil,
		recorder: newRecorder(), headers: trace.NewHeaderFilter(c.Headers),
		budget: budget{limit: int64(c.MaxRequests)}, refusals: budget{limit: int64(c.MaxLimited)},
	}
	r.halted, r.halt = context.WithCancelCause(ctx)
	r.inflight, r.abort = context.WithCancelCause(context.WithoutCancel(ctx))
	r.renewing, r.letGo = context.WithCancel(r.halted)
	r.keepers = newKeepers(r)
	r.watch = &watch{after: c.GiveUpAfter, limited: c.LimitedStatus, evenRefused: c.EvenRefused, giveUp: r.halt, classes: make(map[string]*streak)}
	r.guard = &guard{rules: c.AbortOn, limited: c.LimitedStatus, abort: r.halt, classes: make(map[string][]gauge)}
	return r
}

// headStart is that of a phase, or nil if nothing can hold its hits back: over
// HTTP/2 they share a connection, and without a network there is none.
func (r *run) headStart(p phase) *headStart {
	if !r.traced || r.config.HTTP2 || r.config.Spin < 0 {
		return nil
	}
	return newHeadStart(p.schedule, r.sending)
}

// release ends the renewing of credentials, logins under way included.
func (r *run) release() {
	r.letGo()
	r.keeping.Wait()
}

// place sets the instants of all phases.
func (r *run) place(streams []*stream) {
	c := &r.config
	if c.Lead == 0 || len(r.keepers) > 0 && c.Lead < r.now() {
		c.Lead = r.now() + DefaultLead
	}
	for k, s := range streams {
		place(s.phases, c.Lead+time.Duration(k)*c.Profile.Stagger)
	}
}

// send starts all streams and returns when all hits have ended.
func (r *run) send(streams []*stream) {
	var wg sync.WaitGroup
	for _, s := range streams {
		wg.Go(s.send)
	}
	wg.Wait()
}

// limitTime arranges that the run halts after its longest duration, and that
// after any halt hits under way are given up when the grace is over. It
// returns a function that takes this back. When the run is out of requests,
// the last ones have their full time.
func (r *run) limitTime() (cancel func()) {
	var mu sync.Mutex
	var timers []*time.Timer
	after := func(d time.Duration, f func()) {
		mu.Lock()
		defer mu.Unlock()
		timers = append(timers, time.AfterFunc(d, f))
	}
	if d := r.config.MaxDuration; d > 0 {
		after(r.config.Lead+d-r.now(), func() { r.halt(errDuration) })
	}
	stop := context.AfterFunc(r.halted, func() {
		if !outOfBudget(context.Cause(r.halted)) {
			after(r.config.Grace, func() { r.abort(errStopped) })
		}
	})
	return func() {
		stop()
		mu.Lock()
		defer mu.Unlock()
		for _, t := range timers {
			t.Stop()
		}
	}
}

// end describes a run that is over.
func (r *run) end() (trace.End, error) {
	e := trace.End{At: r.now(), Wall: time.Now().Round(0), Reason: "done"}
	var gaveUp *GaveUpError
	var noLogin *LoginError
	var aborted *AbortedError
	cause := context.Cause(r.halted)
	switch {
	case cause == nil:
		if cause = r.watch.hopeless(); errors.As(cause, &gaveUp) {
			e.Reason = gaveUp.Error()
			return e, gaveUp
		}
	case errors.As(cause, &gaveUp):
		e.Reason = gaveUp.Error()
		return e, gaveUp
	case errors.As(cause, &noLogin):
		e.Reason = noLogin.Error()
		return e, noLogin
	case errors.As(cause, &aborted):
		e.Reason = "aborted: " + aborted.Error()
		return e, aborted
	case errors.Is(cause, errLimited):
		e.Reason = fmt.Sprintf("budget: %d limited hits", r.config.MaxLimited)
	case errors.Is(cause, errRequests):
		e.Reason = fmt.Sprintf("budget: %d requests", r.config.MaxRequests)
	case errors.Is(cause, errDuration):
		e.Reason = fmt.Sprintf("budget: %s", r.config.MaxDuration)
	default:
		e.Reason = "interrupted"
	}
	return e, nil
}
