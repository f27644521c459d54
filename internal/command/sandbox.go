package command

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"
	_ "time/tzdata" // time zones by name where the system has none

	"github.com/spf13/pflag"

	"ratefit/internal/sandbox"
)

func sandboxCommand() command {
	return command{
		name:     "sandbox",
		synopsis: "[FLAGS]",
		about:    "serve a small booking API with known limits, to try ratefit on",
		help: `
Serves a booking API that is limited like the one ratefit was first made for:
token buckets for reads and for writes, one pair for each client address, and
both limits declared in the headers of each response. It says how to log in with
curl, describes itself at /openapi.json, and stops when interrupted.

--limiter puts another limiter in front of it, always one for each client and
class, with the rate and the burst of that class. A span is burst ÷ rate:

` + limiterTable() + `
In brackets is what decides; a library marked "system clock" reads the time
itself. In the long run each admits the rate, except concurrency, which admits
burst × rate, and none.

--order says where the limiter stands. before: every request counts.
after-authentication: not those that are refused with 401. after-validation: nor
those with 400, 403, 404, 405, 413, 415 or 422; a wrong password, a missing
booking (404) and a missing spot (406) count always.

Times without a zone are those of --zone. A time that clocks there skip is
refused; of one that they show twice the first is meant. All that is returned is
UTC.

examples:
  ratefit sandbox --listen 127.0.0.1:8080
  ratefit sandbox --read-rate 50 --read-burst 100
  ratefit run http://127.0.0.1:8080/services --login 'POST /login' \
      --login-body @login.json
  ratefit sandbox --limiter sliding-window-log --order after-validation
  ratefit sandbox --zone America/New_York --token-life 60s
`,
		setup: func(f *pflag.FlagSet) action {
			var o sandbox.Options
			var order, zone, forwarded string
			listen := f.String("listen", "127.0.0.1:8080", "serve on this `address`")
			f.Float64Var(&o.ReadRate, "read-rate", 2, "sustained `rate` of reads, per second")
			f.IntVar(&o.ReadBurst, "read-burst", 30, "burst of reads, a `number` of requests")
			f.Float64Var(&o.WriteRate, "write-rate", 2, "sustained `rate` of writes, per second")
			f.IntVar(&o.WriteBurst, "write-burst", 10, "burst of writes, a `number` of requests")
			choiceVar(f, &o.Limiter, "limiter", "what decides, a `name` of the list above", limiterNames()...)
			choiceVar(f, &order, "order", "where the limiter stands among the checks", texts(sandbox.Orders())...)
			f.StringVar(&zone, "zone", "UTC", "the tenant's time zone, a `name` as Europe/Berlin")
			f.DurationVar(&o.TokenLife, "token-life", time.Hour, "how long a token of a login is good for")
			f.BoolVar(&o.LegacyToken, "legacy-token", false, "also accept 'Authorization: email:token', which the API gave up on 2023-03-01")
			f.StringVar(&forwarded, "trust-forwarded", "", "the client is the last address in a header, where it has one: X-Forwarded-For, "+
				"or with =forwarded that of RFC 7239; only behind a proxy that sets it and is the only way in")
			f.Lookup("trust-forwarded").NoOptDefVal = string(sandbox.XForwardedFor)
			return func(ctx context.Context, s *streams, args []string) error {
				if err := noArguments("sandbox", args); err != nil {
					return err
				}
				o.Order, o.Forwarded = sandbox.Order(order), sandbox.Forwarding(strings.ToLower(forwarded))
				var err error
				if o.Zone, err = time.LoadLocation(zone); err != nil || zone == "" {
					return usageFault("try a name such as Europe/Berlin or UTC", "--zone: there is no time zone %q", zone)
				}
				return serveSandbox(ctx, s, *listen, o)
			}
		},
	}
}

// texts turns words of a type of their own into plain ones.
func texts[T ~string](words []T) []string {
	var all []string
	for _, w := range words {
		all = append(all, string(w))
	}
	return all
}

func limiterNames() []string {
	var names []string
	for _, k := range sandbox.Limiters() {
		names = append(names, k.Name)
	}
	return names
}

// limiterTable lists what --limiter takes.
func limiterTable() string {
	var b strings.Builder
	for _, k := range sandbox.Limiters() {
		by := k.By
		if by == "" {
			by = "ratefit"
		}
		if k.SystemClock {
			by += ", system clock"
		}
		fmt.Fprintf(&b, "  %-26s  ", k.Name)
		fill(&b, k.About+" ("+by+")", 30)
	}
	return b.String()
}

func serveSandbox(ctx context.Context, s *streams, listen string, o sandbox.Options) error {
	if o.ReadRate == 0 || o.WriteRate == 0 || o.ReadBurst == 0 || o.WriteBurst == 0 {
		return usageFault("a limit that admits nothing cannot be measured", "rates and bursts must be more than 0")
	}
	if o.TokenLife == 0 {
		return usageFault("try: --token-life 60s", "--token-life: must be at least a second")
	}
	api, err := sandbox.New(o)
	if err != nil {
		return usageFault("try: ratefit sandbox --help", "%v", err)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return failure("give another address with --listen, e.g. 127.0.0.1:0 for a free port", "%v", err)
	}
	url := "http://" + ln.Addr().String()
	if err := s.print("serving on " + url + "\n"); err != nil {
		_ = ln.Close()
		return err
	}
	introduce(s, url, o)
	if err := api.Serve(ctx, ln); err != nil {
		return failure("", "%v", err)
	}
	return nil
}

// introduce says what is limited how, and gives commands that can be pasted
// into a shell.
func introduce(s *streams, url string, o sandbox.Options) {
	s.notef("reads %s/s, burst %d; writes %s/s, burst %d; for each client address\n",
		plain(o.ReadRate), o.ReadBurst, plain(o.WriteRate), o.WriteBurst)
	where := map[sandbox.Order]string{
		sandbox.LimitBefore:              "before authentication and validation",
		sandbox.LimitAfterAuthentication: "after authentication, before validation",
		sandbox.LimitAfterValidation:     "after authentication and validation",
	}
	s.notef("limiter %s, %s; clients are told apart by %s\n", o.Limiter, where[o.Order], clientsBy(o.Forwarded))
	s.notef("log in:\n"+
		"  TOKEN=$(curl -s %s/login -H 'Content-Type: application/json' \\\n"+
		"    -d '{\"email\":\"%s\",\"password\":\"%s\"}' | sed 's/.*\"bearer\":\"\\([^\"]*\\)\".*/\\1/')\n",
		url, sandbox.DemoEmail, sandbox.DemoPassword)
	s.notef("then:\n"+
		"  curl -i %s/services -H \"Authorization: Bearer $TOKEN\"\n"+
		"  curl -i %[1]s%s -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n"+
		"    -d '%s'\n", url, sandbox.WritePath, sandbox.WriteBody)
	s.notef("all of it is described at %s%s; stop with Ctrl-C\n", url, sandbox.DescriptionPath)
}

func clientsBy(f sandbox.Forwarding) string {
	if f == sandbox.NotForwarded {
		return "the address they connect from"
	}
	return "the last address in the header " + string(f)
}
