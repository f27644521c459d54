package attack

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// Defaults of the fields of [Config] that are left zero.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultGrace       = time.Second
	DefaultMaxInFlight = 512
	DefaultMaxBody     = 1 << 20
	DefaultLead        = 20 * time.Millisecond
	DefaultGiveUpAfter = 10
)

// A Request is what each hit of one class sends.
type Request struct {
	Class  string // a class of the profile
	Method string // "" = GET
	URL    string // absolute, http or https
	Header http.Header
	Body   []byte

	// Variant tells a request that is only sent when it is asked for, by
	// [Session.Send], from the others of its class; "" = the class's own. Such a
	// request may fail as it likes.
	Variant string
	// Bare: it is sent without a credential.
	Bare bool
}

// A Config says what to send, from where, and when to stop. Only Profile and
// Requests are needed.
type Config struct {
	Profile  *profiles.Profile
	Requests []Request    // one for each class that is to be sent, in any order; the profile's other classes are left out
	Sources  []netip.Addr // local addresses to send from, all alike; empty = the system's choice

	// Credentials are what hits authenticate with, besides the requests' own
	// headers. Every source uses each of them; OnePerSource: source i uses number
	// i, from the first again when there are fewer.
	Credentials  []Credential
	OnePerSource bool

	Zero time.Time     // offset 0 of all instants, with a monotonic reading; zero = now
	Lead time.Duration // from Zero to the start of the first phases; 0, or if logins take longer = DefaultLead after they are done

	MaxRequests int           // requests sent over all classes and sources; 0 = as many as the profile has
	MaxLimited  int           // hits that are limited, over all classes and sources, logins included; 0 = any number
	MaxDuration time.Duration // from the start of the first phases, and as long again, or a minute, for the logins before; 0 = as long as the profile lasts
	Timeout     time.Duration // of one hit, until its reply has been read; 0 = DefaultTimeout
	Grace       time.Duration // for hits under way when the run is stopped; 0 = DefaultGrace
	MaxInFlight int           // hits under way per class and source; 0 = DefaultMaxInFlight, or the largest planned burst if that is more
	MaxBody     int64         // bytes read of one reply's body before its connection is closed; 0 = DefaultMaxBody
	GiveUpAfter int           // hits of one class that must all have failed alike, from its first on; 0 = DefaultGiveUpAfter, negative = never

	AbortOn []Abort // signs that the target suffers; none = goes on whatever happens. Logins, and requests with a Variant, count for none of them

	Headers []trace.DescribedHeader // response headers that are recorded beside those that speak of limits

	Insecure      bool   // accept any TLS certificate
	HTTP2         bool   // offer HTTP/2 on TLS connections
	LimitedStatus []int  // statuses that mean "limited"; they are no reason to give up
	EvenRefused   bool   // go on when the API refuses every hit (400, 401, 403, 406, 415, 422)
	UserAgent     string // "" = "ratefit (+rate limit measurement)"; a request's own header wins

	// Spin bounds the busy waiting before each hit sets out. 0 = a default for the
	// system; negative = none, and none before its first byte is written either, as needed in virtual time, where a goroutine
	// that spins stops the clock.
	Spin time.Duration

	// RoundTripper replaces the network, in tests. It is called once for each
	// source's label and must be safe for concurrent use.
	RoundTripper func(source string) http.RoundTripper
}

// withDefaults returns a copy with every zero field filled in, or an error
// that names the field.
func (c Config) withDefaults() (Config, error) {
	if c.MaxRequests < 0 || c.MaxLimited < 0 || c.MaxDuration < 0 || c.Timeout < 0 || c.Grace < 0 || c.MaxInFlight < 0 || c.MaxBody < 0 || c.Lead < 0 {
		return c, errors.New("attack: limits and durations must not be negative")
	}
	if c.Zero.IsZero() {
		c.Zero = time.Now()
	}
	if c.RoundTripper == nil && c.Zero == c.Zero.Round(0) { // virtual time has none
		return c, errors.New("attack: Zero has no monotonic reading; take it from time.Now")
	}
	if c.Lead > 0 && c.Lead < time.Since(c.Zero) {
		return c, errors.New("attack: the start, Zero + Lead, has passed")
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Grace == 0 {
		c.Grace = DefaultGrace
	}
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	if c.GiveUpAfter == 0 {
		c.GiveUpAfter = DefaultGiveUpAfter
	}
	if c.UserAgent == "" {
		c.UserAgent = "ratefit (+rate limit measurement)"
	}
	for _, a := range c.AbortOn {
		if err := a.check(); err != nil {
			return c, err
		}
	}
	seen := make(map[netip.Addr]bool)
	for _, a := range c.Sources {
		if seen[a] {
			return c, fmt.Errorf("source %s: given twice", a)
		}
		seen[a] = true
	}
	return c, c.checkRequests()
}

func (c *Config) checkRequests() error {
	if len(c.Requests) == 0 {
		return errors.New("attack: no request given")
	}
	seen := make(map[[2]string]bool)
	for _, r := range c.Requests {
		if seen[[2]string{r.Class, r.Variant}] {
			return fmt.Errorf("class %s: two requests given; each class sends one", r.Class)
		}
		seen[[2]string{r.Class, r.Variant}] = true
		if c.Profile == nil {
			if r.Class == "" {
				return errors.New("attack: a request without a class")
			}
		} else if _, ok := c.Profile.Class(r.Class); !ok {
			return fmt.Errorf("class %s: not in profile %s", r.Class, c.Profile.Name)
		}
		if err := r.check(); err != nil {
			return fmt.Errorf("class %s: %w", r.Class, err)
		}
	}
	return c.checkCredentials()
}

func (c *Config) checkCredentials() error {
	labels := make(map[string]bool)
	for i := range c.Credentials {
		k := &c.Credentials[i]
		switch {
		case k.Label == "" || labels[k.Label]:
			return errors.New("attack: credentials need labels that differ")
		case k.Login != nil && k.Renew == nil:
			return fmt.Errorf("credential %s: nothing reads the reply to its login", k.Label)
		case k.Login != nil:
			if err := k.Login.check(); err != nil {
				return fmt.Errorf("login as %s: %w", k.Label, err)
			}
		}
		labels[k.Label] = true
		if err := (&Request{URL: "http://x", Header: k.Header}).check(); err != nil {
			return fmt.Errorf("credential %s: %w", k.Label, err)
		}
	}
	return nil
}

// check finds everything that would make net/http refuse the request, so that
// each hit of a run really is tried. Errors never show the URL: it can hold
// credentials.
func (r *Request) check() error {
	u, err := url.Parse(r.URL)
	if err != nil {
		return errors.New("the URL does not parse")
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("the URL must start with http:// or https://")
	}
	if u.Hostname() == "" {
		return errors.New("the URL has no host")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("the URL's port %s is not between 1 and 65535", port)
		}
	}
	if !isToken(r.method()) {
		return fmt.Errorf("%q is not an HTTP method", r.Method)
	}
	for name, values := range r.Header {
		if !isToken(name) {
			return fmt.Errorf("%q is not a header name", name)
		}
		for _, v := range values {
			if !isHeaderValue(v) {
				return fmt.Errorf("header %s: the value holds control characters", name)
			}
		}
	}
	return nil
}

func (r *Request) method() string {
	if r.Method == "" {
		return http.MethodGet
	}
	return r.Method
}

// isToken reports whether s is a token of RFC 9110, section 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		digit := '0' <= c && c <= '9'
		if !letter && !digit && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// isHeaderValue reports whether s has no control characters but tabs, as
// net/http asks for.
func isHeaderValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
