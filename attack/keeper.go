package attack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ratefit/internal/trace"
)

// How a credential is renewed.
const (
	longestMargin = 30 * time.Second // before the end of its life
	marginParts   = 3                // or this part of its life, if that is less
	shortMargin   = 2 * time.Second  // but at least this, or half of its life
	shortestLife  = time.Second      // that can be renewed in time
	firstBackoff  = 50 * time.Millisecond
	backoffGrows  = 1.5
	longBackoff   = 2 * time.Second
	tries         = 40             // at least, while it is limited: measured hits may use the limiter up
	patience      = time.Minute    // for the first login
	longestWait   = 24 * time.Hour // that a reply can ask for
)

// A keeper holds one credential and renews it: what it holds is swapped in one
// step, while the one before is still valid.
type keeper struct {
	*Credential
	run    *run
	stream *stream // sends logins; nil = none
	lines  atomic.Pointer[http.Header]
	lost   atomic.Pointer[LoginError] // what it holds has expired

	mu    sync.Mutex    // of what follows, and one login at a time
	got   time.Duration // when the login of what it holds was sent
	until time.Duration // when what it holds expires; 0 = never
}

// A LoginError ends a run that has no valid credential for a hit.
type LoginError struct {
	Label string
	text  string
}

// Error says in one line what is wrong and what to try. It holds no secret.
func (e *LoginError) Error() string { return e.text }

func newKeepers(r *run) []*keeper {
	var all []*keeper
	for i := range r.config.Credentials[:r.config.used(len(r.config.Credentials))] {
		c := &r.config.Credentials[i]
		k := &keeper{Credential: c, run: r}
		k.lines.Store(&c.Header)
		all = append(all, k)
	}
	return all
}

// sign puts the credential into a request.
func (k *keeper) sign(h http.Header) {
	for name, values := range *k.lines.Load() {
		if name == "Cookie" && h.Get(name) != "" {
			values = []string{h.Get(name) + "; " + strings.Join(values, "; ")}
		}
		h[name] = values
	}
}

// sentBy makes logins go out as s does.
func (k *keeper) sentBy(s *stream, userAgent string) {
	if k.stream != nil || k.Login == nil {
		return
	}
	k.stream = &stream{
		run: s.run, class: trace.LoginClass, source: s.source, label: k.Label, network: s.network,
		target: k.Login.target(userAgent), url: trace.RedactURL(k.Login.URL), unwatched: true,
	}
}

// logIn gets every credential that has to be got, one after the other, and
// starts to keep it: for each it is patient, for all together only as long as the
// run may last, if that is longer. It reports false when the run has to end.
func (r *run) logIn() bool {
	latest := r.now() + max(patience, r.config.MaxDuration)
	for _, k := range r.keepers {
		if k.Renew == nil {
			continue
		}
		if err := k.obtain(min(latest, r.now()+patience), false); err != nil {
			r.halt(err)
			return false
		}
		r.keeping.Go(k.keep)
	}
	return context.Cause(r.halted) == nil
}

// margin is how long before the end of a life it is renewed.
func margin(life time.Duration) time.Duration {
	return min(longestMargin, max(life/marginParts, min(shortMargin, life/2)))
}

// keep renews the credential whenever it is time to, until the run is over. If it
// cannot be renewed in time, the next hit that needs it ends the run; a
// credential that nobody needs any more does no harm.
func (k *keeper) keep() {
	c := clock{zero: k.run.zero}
	for {
		got, until := k.span()
		if until == 0 || !c.wait(k.run.renewing, until-margin(until-got)) {
			return
		}
		if since, _ := k.span(); since != got {
			continue // somebody else has renewed it
		}
		_ = k.obtain(until, true) // is in lost
	}
}

// span is when the login of what it holds was sent, and when that expires.
func (k *keeper) span() (got, until time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.got, k.until
}

// obtain asks for a credential until there is one. Before the first there is, only
// who is limited is asked again, until the deadline. After that, everybody is,
// for as long as the run lasts; from the deadline on the credential is lost.
func (k *keeper) obtain(deadline time.Duration, again bool) error {
	c := clock{zero: k.run.zero}
	ctx := k.run.renewing
	span := deadline - k.run.now()
	most := min(longBackoff, max(firstBackoff, span/tries))
	for backoff := min(firstBackoff, most); ; backoff = min(most, time.Duration(backoffGrows*float64(backoff))) {
		f := k.ask(ctx)
		if f == nil || ctx.Err() != nil {
			return nil
		}
		if !again && !f.limited {
			return k.fail(f, "")
		}
		now := k.run.now()
		next := now + max(backoff, f.wait)
		if last := deadline - span/10; now < deadline && next > last {
			next = max(last, now+backoff) // one more try before the end
		}
		if next >= deadline {
			if now < deadline && !c.wait(ctx, deadline) {
				return nil
			}
			if !again {
				return k.fail(f, fmt.Sprintf(" for %s", patience))
			}
			k.lost.Store(k.fail(f, ", and the one before has expired"))
		}
		if !c.wait(ctx, next) {
			return nil
		}
	}
}

// A refusal is a login that gave no credential.
type refusal struct {
	what, try string
	limited   bool
	wait      time.Duration // before another try, as the reply asks for
}

func (k *keeper) fail(f *refusal, since string) *LoginError {
	text := fmt.Sprintf("login as %s: %s%s", k.Label, f.what, since)
	if f.try != "" {
		text += ": " + f.try
	}
	return &LoginError{Label: k.Label, text: text}
}

// ask asks once and keeps what it got.
func (k *keeper) ask(ctx context.Context) *refusal {
	k.mu.Lock()
	defer k.mu.Unlock()
	sent := k.run.now()
	var reply *Reply
	if k.Login != nil {
		var f *refusal
		if reply, sent, f = k.send(ctx); f != nil {
			return f
		}
	}
	g, err := k.Renew(reply)
	switch {
	case err != nil:
		return &refusal{what: err.Error(), try: "check --login, --login-token and --scheme"}
	case g.Life != 0 && g.Life < shortestLife:
		return &refusal{what: fmt.Sprintf("its token is only sure to live for %s", g.Life), try: "that is too short to be renewed in time; have tokens that live for 2 s or longer"}
	}
	k.lines.Store(&g.Header)
	k.lost.Store(nil)
	k.got, k.until = sent, 0
	if g.Life > 0 {
		k.until = sent + g.Life
	}
	return nil
}

// send sends one login and records it.
func (k *keeper) send(ctx context.Context) (reply *Reply, sent time.Duration, f *refusal) {
	s := k.stream
	if !k.run.take() {
		return nil, 0, &refusal{what: "no request is left of the budget", try: "raise --max-requests or --max-limited"}
	}
	req, err := s.target.Request()
	if err != nil {
		k.run.refusals.giveBack()
		return nil, 0, &refusal{what: "the request cannot be made", try: "check --login"}
	}
	h := s.hit(trace.LoginPhase, k.run.now())
	aborted, cancel := context.WithCancelCause(k.run.inflight)
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { cancel(errStopped) })()
	var body bytes.Buffer
	got, err := s.exchange(aborted, req, h, &body, nil)
	switch {
	case got == nil:
		what, try := (&GaveUpError{Class: s.class, Kind: h.Error, Err: err, target: h.URL, source: h.Source}).explain()
		return nil, 0, &refusal{what: what, try: try}
	case h.Outcome(k.run.config.LimitedStatus) == trace.Limited || got.StatusCode == http.StatusServiceUnavailable:
		return nil, 0, &refusal{
			what: fmt.Sprintf("limited (%d)", got.StatusCode), limited: true, wait: retryAfter(got.Header),
			try: "logins are limited like other requests: use fewer accounts, or tokens that live longer",
		}
	case got.StatusCode >= 400:
		return nil, 0, &refusal{what: "answered " + status(got.StatusCode), try: "check the account's fields, --login and --login-body"}
	case err != nil:
		return nil, 0, &refusal{what: "the reply broke off", try: "check the URL with another client first"}
	}
	return &Reply{Status: got.StatusCode, Header: got.Header, Body: body.Bytes()}, h.Sent, nil
}

func status(code int) string {
	return strings.TrimSpace(strconv.Itoa(code) + " " + http.StatusText(code))
}

// retryAfter reads how long a reply asks to wait (RFC 9110, section 10.2.3).
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(longestWait, time.Duration(seconds)*time.Second)
	}
	at, err := http.ParseTime(text)
	date, dateErr := http.ParseTime(h.Get("Date"))
	if errors.Join(err, dateErr) == nil {
		return min(longestWait, max(0, at.Sub(date)))
	}
	return 0
}
