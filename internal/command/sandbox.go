package command

import (
	"context"
	"net"

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
both limits declared in the headers of each response. It stops when interrupted.

examples:
  ratefit sandbox --listen 127.0.0.1:8080
  ratefit sandbox --read-rate 50 --read-burst 100     then, elsewhere:
  ratefit run http://127.0.0.1:8080/services -H 'Authorization: …' --source 127.0.0.2
`,
		setup: func(f *pflag.FlagSet) action {
			var o sandbox.Options
			listen := f.String("listen", "127.0.0.1:8080", "serve on this `address`")
			f.Float64Var(&o.ReadRate, "read-rate", 2, "sustained `rate` of reads, per second")
			f.IntVar(&o.ReadBurst, "read-burst", 30, "burst of reads, a `number` of requests")
			f.Float64Var(&o.WriteRate, "write-rate", 2, "sustained `rate` of writes, per second")
			f.IntVar(&o.WriteBurst, "write-burst", 10, "burst of writes, a `number` of requests")
			return func(ctx context.Context, s *streams, args []string) error {
				if err := noArguments("sandbox", args); err != nil {
					return err
				}
				return serveSandbox(ctx, s, *listen, o)
			}
		},
	}
}

func serveSandbox(ctx context.Context, s *streams, listen string, o sandbox.Options) error {
	if o.ReadRate == 0 || o.WriteRate == 0 || o.ReadBurst == 0 || o.WriteBurst == 0 {
		return usageFault("a limit that admits nothing cannot be measured", "rates and bursts must be more than 0")
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
	s.notef("reads %s/s, burst %d; writes %s/s, burst %d; for each client address\n",
		plain(o.ReadRate), o.ReadBurst, plain(o.WriteRate), o.WriteBurst)
	s.notef("log in:  curl -s %s/login -H 'Content-Type: application/json' \\\n           -d '{\"email\":\"%s\",\"password\":\"%s\"}'\n",
		url, sandbox.DemoEmail, sandbox.DemoPassword)
	s.notef("then:    curl -i %s/services -H 'Authorization: Bearer …'   with the \"bearer\" of the answer\n", url)
	s.notef("stop with Ctrl-C\n")
	if err := api.Serve(ctx, ln); err != nil {
		return failure("", "%v", err)
	}
	return nil
}
