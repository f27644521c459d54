package trace

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Hit is one request and its reply, as the client saw them.
//
// All instants are offsets from [Meta.Started] on one monotonic clock, so that
// a step of the wall clock during a run cannot reorder them.
type Hit struct {
	Seq        uint64 // position in the trace, from 0
	Class      string // traffic profile: "read", "write" or a name of the profile's
	Source     string // client address the hit was sent from, e.g. "127.0.0.2"
	Credential string // label of what it authenticated with, e.g. "c1", never the secret itself; "" = nothing that has a label
	Phase      string // name of the profile's phase
	Method     string
	URL        string // without user info; query values redacted, see [RedactURL]

	Asked     time.Duration // when the profile wanted it sent
	Sent      time.Duration // just before its first byte was written: the limiter cannot have decided earlier
	Written   time.Duration // when the last byte had been written; 0 = unknown
	FirstByte time.Duration // first byte of the reply: the limiter has decided by now; 0 = no reply
	End       time.Duration // reply read completely, or given up

	Status   int         // 0 = no reply
	BytesIn  int64       // body bytes received
	BytesOut int64       // body bytes sent
	Error    ErrorKind   // "" = a complete reply
	Header   http.Header // rate-limit related response headers only, every value of repeated lines
}

// What a hit that asks for a credential has as its class and as its phase: such
// a login is no part of the traffic that is measured, though a limiter may count
// it.
const (
	LoginClass = "login"
	LoginPhase = "login"
)

// Login reports whether the hit asked for a credential.
func (h *Hit) Login() bool { return h.Class == LoginClass && h.Phase == LoginPhase }

// Hits of an experiment about what the API refuses have a phase that begins with
// CostPhase, and goes on with the name of what was wrong with them. The good hits
// sent at once after them, to see what is left, have afterwards behind it.
const (
	CostPhase  = "cost: "
	afterwards = ", then"
)

// CostPhaseOf names a phase of such an experiment.
func CostPhaseOf(check string, after bool) string {
	if after {
		return CostPhase + check + afterwards
	}
	return CostPhase + check
}

// Cost reports whether the hit belongs to such an experiment, and to which part.
func (h *Hit) Cost() (check string, after, ok bool) {
	check, ok = strings.CutPrefix(h.Phase, CostPhase)
	if ok {
		check, after = strings.CutSuffix(check, afterwards)
	}
	return check, after, ok
}

// An ErrorKind says what became of a hit without a complete reply. Kinds are
// few and fixed: an error's own text can carry addresses and credentials.
type ErrorKind string

// The kinds of error.
const (
	ErrUnsent   ErrorKind = "unsent"   // asked for, but never sent: the client was late or out of budget
	ErrDNS      ErrorKind = "dns"      // name not resolved
	ErrDial     ErrorKind = "dial"     // no connection (refused, unreachable, no free port)
	ErrTLS      ErrorKind = "tls"      // handshake or certificate
	ErrTimeout  ErrorKind = "timeout"  // no complete reply in time
	ErrReset    ErrorKind = "reset"    // connection closed or reset before the reply was complete
	ErrProtocol ErrorKind = "protocol" // the reply is not HTTP
	ErrCanceled ErrorKind = "canceled" // given up because the run was stopped
	ErrOther    ErrorKind = "other"    // anything else after the request was (partly) written
)

// NeverReached reports whether a hit of this kind certainly never reached the
// limiter, so that it cannot have cost anything.
func (k ErrorKind) NeverReached() bool {
	switch k {
	case ErrUnsent, ErrDNS, ErrDial, ErrTLS:
		return true
	}
	return false
}

// Meta describes a whole trace; it is its first record.
type Meta struct {
	Started       time.Time // wall clock at offset 0
	Target        string    // redacted, see [RedactURL]
	Profile       string    // name of the profile that was sent, "" = unknown
	LimitedStatus []int     // statuses that mean "limited"; empty = 429
	Tool          string    // program and version that wrote the trace

	// Headers are what the user said of response headers that follow no
	// convention. They are kept even if their names do not speak of limits.
	Headers []DescribedHeader
}

// A DescribedHeader is what the user says that one response header means. Texts
// are those of a profile's "headers".
type DescribedHeader struct {
	Name     string // in any case
	Declares string // such as "remaining"
	Class    string // "" = all
	Unit     string // "" = requests
	Policy   string // "" = none
	In       string // unit of a time, "" = what the value suggests
}

// End is the last record of a trace that was closed properly.
type End struct {
	At     time.Duration // offset of the end
	Wall   time.Time     // wall clock at the end: with Meta.Started it shows how far the wall clock strayed
	Reason string        // "done", "interrupted", "budget", or why the attack was given up
}

// An Outcome is what the limiter did with a hit.
type Outcome uint8

// The outcomes. Unknown hits may or may not have been counted by the limiter;
// Ignored ones never reached it.
const (
	Admitted Outcome = iota
	Limited
	Unknown
	Ignored
)

// Outcome classifies the hit. limited lists the statuses that mean "limited";
// empty means 429 alone. A 5xx that is not in the list may come from before or
// behind the limiter and is Unknown, as is a status that HTTP does not have.
func (h *Hit) Outcome(limited []int) Outcome {
	if h.Error.NeverReached() {
		return Ignored
	}
	if h.Status == 0 {
		return Unknown
	}
	if len(limited) == 0 && h.Status == http.StatusTooManyRequests {
		return Limited
	}
	if slices.Contains(limited, h.Status) {
		return Limited
	}
	if h.Status < 100 || h.Status >= 500 {
		return Unknown
	}
	return Admitted
}

// Refused reports whether an API answers with the status what it refuses before
// it does anything: wrong credentials or none, or a request that is not as it has
// to be. A limiter may stand before such a check or behind it. A status that
// means "limited" is none of these, whatever this says.
func Refused(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotAcceptable,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// Decided returns the span in which the limiter must have decided. ok is false
// when there is no upper end: after a timeout the request may still be waiting
// somewhere.
func (h *Hit) Decided() (from, to time.Duration, ok bool) {
	switch {
	case h.FirstByte > 0:
		return h.Sent, h.FirstByte, true
	case h.Error == ErrTimeout || h.Error == ErrCanceled || h.Error == ErrOther:
		return h.Sent, h.End, false
	}
	return h.Sent, h.End, true
}
