package sandbox

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Options describe a sandbox. The zero value of each field means its default.
type Options struct {
	ReadRate   float64 // requests per second, 1e-6 to 1e9; default 2
	WriteRate  float64 // requests per second, 1e-6 to 1e9; default 2
	ReadBurst  int     // 1 to 1e9; default 30
	WriteBurst int     // 1 to 1e9; default 10

	Limiter    string           // name of one of Limiters; default DefaultLimiter
	Order      Order            // where the limiter stands; default LimitBefore
	Forwarded  Forwarding       // which header names the client; default none
	MaxClients int              // most client addresses remembered; default 65536
	Now        func() time.Time // clock of the limiter and of token expiry; default time.Now

	Key         []byte         // secret that signs JSON Web Tokens, at least 32 bytes; default random
	TokenLife   time.Duration  // validity of a token; default one hour
	Accounts    []Account      // who can log in; default the demo account
	LegacyToken bool           // also accept "Authorization: email:token"
	Zone        *time.Location // the tenant's time zone, for dates without one; default UTC

	MaxBody     int64 // most bytes of a request body; default 65536
	MaxBookings int   // most bookings kept, the oldest go first; default 1000
}

// An Account can log in.
type Account struct {
	Email    string
	Password string
	Token    string // single access token; default random
}

// The account that exists when Options names none.
const (
	DemoEmail    = "demo@example.com"
	DemoPassword = "clean-windows"
)

// An Order says where the limiter stands among the checks.
type Order string

// The orders.
const (
	LimitBefore              Order = "before"               // every request costs a token
	LimitAfterAuthentication Order = "after-authentication" // those without valid credentials (401) cost none
	LimitAfterValidation     Order = "after-validation"     // nor those that are not valid (403 to 405, 413, 415, 422, 400)
)

// Orders lists the orders, the default first.
func Orders() []Order {
	return []Order{LimitBefore, LimitAfterAuthentication, LimitAfterValidation}
}

// minKey is the least length of a signing key in bytes: HS256 is as strong as
// its hash only with a key of at least that size (RFC 7518, section 3.2).
const minKey = 32

func (o Options) withDefaults() Options {
	setDefault(&o.ReadRate, 2)
	setDefault(&o.WriteRate, 2)
	setDefault(&o.ReadBurst, 30)
	setDefault(&o.WriteBurst, 10)
	setDefault(&o.Limiter, DefaultLimiter)
	setDefault(&o.Order, LimitBefore)
	setDefault(&o.MaxClients, 1<<16)
	setDefault(&o.TokenLife, time.Hour)
	setDefault(&o.Zone, time.UTC)
	setDefault(&o.MaxBody, 1<<16)
	setDefault(&o.MaxBookings, 1000)
	if o.Now == nil {
		o.Now = time.Now
	}
	if len(o.Accounts) == 0 {
		o.Accounts = []Account{{Email: DemoEmail, Password: DemoPassword}}
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// check reports the first option that makes no sense; the limiter's kind is
// that of Options.Limiter.
func (o Options) check(kind LimiterKind) error {
	for _, c := range []struct {
		name string
		quota
	}{{"read", quota{o.ReadRate, o.ReadBurst}}, {"write", quota{o.WriteRate, o.WriteBurst}}} {
		if !(c.rate >= 1e-6 && c.rate <= 1e9) {
			return fmt.Errorf("%s rate %v per second is outside 0.000001 to 1000000000", c.name, c.rate)
		}
		if c.burst < 1 || c.burst > 1e9 {
			return fmt.Errorf("%s burst %d is outside 1 to 1000000000", c.name, c.burst)
		}
		if err := kind.check(c.name, c.quota); err != nil {
			return err
		}
	}
	if err := o.Order.check(); err != nil {
		return err
	}
	if err := o.Forwarded.check(); err != nil {
		return err
	}
	switch {
	case o.MaxClients < 1:
		return fmt.Errorf("at most %d clients makes no sense, it takes at least 1", o.MaxClients)
	case len(o.Key) > 0 && len(o.Key) < minKey:
		return fmt.Errorf("a key of %d bytes is too short, it takes at least %d", len(o.Key), minKey)
	case o.TokenLife < time.Second:
		return fmt.Errorf("token life %v is shorter than a second", o.TokenLife)
	case o.MaxBody < 0:
		return fmt.Errorf("body limit %d is negative", o.MaxBody)
	case o.MaxBookings < 0:
		return fmt.Errorf("booking limit %d is negative", o.MaxBookings)
	}
	return nil
}

func (o Order) check() error {
	for _, known := range Orders() {
		if o == known {
			return nil
		}
	}
	return fmt.Errorf("there is no order %q", o)
}

// declare formats the headers that declare both limits on every response.
func declare(o Options, kind LimiterKind) []headerLine {
	if kind.rateless {
		return nil
	}
	line := func(name, value string) headerLine { return headerLine{name, []string{value}} }
	return []headerLine{
		line("X-Rate-Limit-Read-Limit", strconv.Itoa(o.ReadBurst)),
		line("X-Rate-Limit-Read-Ttl", ttl(o.ReadRate)),
		line("X-Rate-Limit-Write-Limit", strconv.Itoa(o.WriteBurst)),
		line("X-Rate-Limit-Write-Ttl", ttl(o.WriteRate)),
	}
}

// ttl writes the time that one token takes to come back, in milliseconds. The
// documented value is a bare number such as 500. Below 10 ms a bare number
// could as well mean seconds, so there the unit, which the API is also said to
// write, is added.
func ttl(rate float64) string {
	ms := math.Round(1000/rate*1e6) / 1e6
	text := strconv.FormatFloat(ms, 'f', -1, 64)
	if ms < 10 {
		text += "ms"
	}
	return text
}
