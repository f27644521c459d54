package attack

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ratefit/internal/trace"
)

// A Sign is what shows that a target suffers.
type Sign string

// The signs. None of them counts hits that are limited, but to connect takes a
// hit of any outcome.
const (
	ServerErrors Sign = "5xx"      // replies with a status from 500 to 599
	ConnErrors   Sign = "errors"   // hits that end without a complete reply, but for timeouts
	Timeouts     Sign = "timeouts" // hits without a complete reply in time
	Slowness     Sign = "latency"  // replies that begin late, against those at the beginning
)

// An Abort is how much of a sign ends the run. It is counted for each class on
// its own, over its last hits.
type Abort struct {
	Sign  Sign
	Limit float64 // the share of the hits, in (0, 1]; of Slowness a multiple of the first hits' median latency, above 1, by half of the hits
	Hits  int     // the share is of so many hits, also while there were fewer; 0 = DefaultAbortHits, or DefaultSlowHits of Slowness
}

// Bounds and defaults of [Abort.Hits].
const (
	DefaultAbortHits = 50
	DefaultSlowHits  = 20
	MaxAbortHits     = 100_000
)

// leastLatency is what the latency at the beginning counts as at least: below
// it, what differs is the machine that sends.
const leastLatency = time.Millisecond

// DefaultAborts is what ends a run unless somebody says otherwise. Slowness is
// not among them, as a limiter may delay hits; and few timeouts are not, as it
// may delay them for long.
func DefaultAborts() []Abort {
	return []Abort{{Sign: ServerErrors, Limit: 0.2}, {Sign: ConnErrors, Limit: 0.2}, {Sign: Timeouts, Limit: 0.5}}
}

func (a Abort) hits() int {
	switch {
	case a.Hits > 0:
		return a.Hits
	case a.Sign == Slowness:
		return DefaultSlowHits
	}
	return DefaultAbortHits
}

// String is how --abort-on says it.
func (a Abort) String() string {
	text := string(a.Sign) + "=" + a.limit()
	if a.Hits > 0 {
		text += "/" + strconv.Itoa(a.Hits)
	}
	return text
}

func (a Abort) limit() string {
	if a.Sign == Slowness {
		return strconv.FormatFloat(a.Limit, 'g', -1, 64) + "x"
	}
	return strconv.FormatFloat(100*a.Limit, 'g', 10, 64) + "%"
}

// ParseAbort reads what [Abort.String] writes: 5xx=20%, errors=10%,
// timeouts=50%, latency=5x, each with /N behind it to count the last N hits.
func ParseAbort(text string) (Abort, error) {
	name, value, _ := strings.Cut(text, "=")
	value, hits, counted := strings.Cut(value, "/")
	a := Abort{Sign: Sign(name)}
	unit := "%"
	switch a.Sign {
	case ServerErrors, ConnErrors, Timeouts:
	case Slowness:
		unit = "x"
	default:
		return a, errors.New("the signs are 5xx, errors, timeouts and latency")
	}
	number, ok := strings.CutSuffix(value, unit)
	x, err := strconv.ParseFloat(number, 64)
	switch {
	case !ok || err != nil:
		return a, fmt.Errorf("wanted a number and %s after %s=", unit, name)
	case unit == "%" && !(x > 0 && x <= 100):
		return a, errors.New("the share must be above 0 and at most 100%")
	case unit == "x" && !(x > 1 && x <= 1e6):
		return a, errors.New("the multiple must be above 1 and at most a million")
	case unit == "%":
		x /= 100
	}
	a.Limit = x
	if counted {
		if a.Hits, err = strconv.Atoi(hits); err != nil || a.Hits < 1 || a.Hits > MaxAbortHits {
			return a, fmt.Errorf("wanted a number of hits between 1 and %d after /", MaxAbortHits)
		}
	}
	return a, nil
}

// check says what is wrong with a.
func (a Abort) check() error {
	b, err := ParseAbort(a.String())
	switch {
	case err != nil:
		return fmt.Errorf("attack: abort on %s: %w", a, err)
	case b.Sign != a.Sign || b.Hits != a.Hits:
		return fmt.Errorf("attack: abort on %s: not a number of hits", a)
	}
	return nil
}

// An AbortedError ends a run whose target seems to suffer.
type AbortedError struct {
	Abort Abort
	Class string
	Bad   int             // so many of the last Of hits showed the sign
	Of    int             // at most [Abort.Hits]
	Kind  trace.ErrorKind // of the last of them
	// Status of the last of them, 0 = none.
	Status int
	Begun  time.Duration // of Slowness: the latency at the beginning

	why, advice string // what ended the last of them, and what to try
}

// Error says in one line what was seen, and what to try. It holds no secret.
func (e *AbortedError) Error() string {
	return fmt.Sprintf("%s: %s, and --abort-on is %s: %s", e.Class, e.saw(), e.Abort, e.try())
}

func (e *AbortedError) saw() string {
	share := fmt.Sprintf("%d of the last %d hits", e.Bad, e.Of)
	if e.Bad == e.Of {
		share = fmt.Sprintf("all of the last %d hits", e.Of)
	}
	switch e.Abort.Sign {
	case ServerErrors:
		return fmt.Sprintf("%s that were not limited were answered 5xx, the last %s", share, status(e.Status))
	case ConnErrors:
		return fmt.Sprintf("%s failed (%s)", share, e.why)
	case Timeouts:
		return share + " had no complete reply in time"
	}
	return fmt.Sprintf("%s that were not limited waited %s times as long as the first ones (%s) or longer", share, e.Abort.limit()[:len(e.Abort.limit())-1], e.Begun.Round(10*time.Microsecond))
}

func (e *AbortedError) try() string {
	switch {
	case e.Abort.Sign == ServerErrors && e.Status == http.StatusServiceUnavailable:
		return "if that is how the limiter refuses, add --limited-status 429,503"
	case e.Abort.Sign == ConnErrors && e.Kind.NeverReached():
		return e.advice
	case e.Abort.Sign == Timeouts:
		return "look after the target, or raise --timeout if a limiter lets hits wait that long"
	case e.Abort.Sign == Slowness:
		return "look after the target, or send less at once; a limiter that delays hits looks like this too"
	}
	return "look after the target, or send less at once"
}
