package command

import (
	"context"
	"net/netip"
	"time"

	"ratefit/attack"
	"ratefit/internal/credential"
	"ratefit/internal/sandbox"
)

// sandboxSources are the addresses that the sandbox is measured from.
var sandboxSources = []string{"127.0.0.2", "127.0.0.3"}

// What is sent to the sandbox when no flag says otherwise. The time of the
// booking is within the opening hours.
const (
	sandboxRead  = "GET /services"
	sandboxWrite = "POST /bookings"
	sandboxBody  = `{"service_id":1,"service_date":"2030-01-31T14:30"}`

	sandboxDuration = 150 * time.Second
)

// runSandbox measures the embedded sandbox.
func (o *measuring) runSandbox(ctx context.Context, s *streams) error {
	api, err := sandbox.New(sandbox.Options{Accounts: sandboxAccounts})
	if err != nil {
		return failure("", "sandbox: %v", err)
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx)) // outlives an interrupt, so that replies under way arrive
	running, err := api.Start(serving, "")
	if err != nil {
		stop()
		return failure("", "sandbox: %v", err)
	}
	defer func() {
		stop()
		_ = running.Wait()
	}()
	if err := o.fillIn(); err != nil {
		return err
	}
	s.remarkf("started the sandbox on %s\n", running.URL)
	o.logInAtSandbox()
	o.askEverything()
	if len(o.sources) == 0 {
		o.sources = sandboxSources
		if !canSendFrom(ctx, o.sources) {
			o.sources = nil
			s.notef("this system cannot send from %s and %s: measuring from one address\n", sandboxSources[0], sandboxSources[1])
		}
	}
	return o.measure(ctx, s, running.URL)
}

// fillIn names the requests that the profile needs and no flag names.
func (o *measuring) fillIn() error {
	p := adaptiveProfile
	if o.profile != "" {
		var err error
		if p, err = loadProfile(o.profile); err != nil {
			return err
		}
	}
	if _, reads := p.Class("read"); reads && o.read == "" {
		o.read = sandboxRead
	}
	if _, writes := p.Class("write"); writes && o.write == "" {
		o.write = sandboxWrite
	}
	if o.write != "" && o.body == "" {
		o.body = sandboxBody
	}
	return nil
}

func canSendFrom(ctx context.Context, sources []string) bool {
	var all []netip.Addr
	for _, text := range sources {
		all = append(all, netip.MustParseAddr(text))
	}
	return attack.CheckSources(ctx, all) == nil
}

// askEverything makes the run find out what refused hits cost, too, and gives it
// the time for that, unless the flags say otherwise.
func (o *measuring) askEverything() {
	if o.profile != "" || o.flags.Changed("cost-probe") {
		return
	}
	o.costProbe = true
	if !o.flags.Changed("max-duration") {
		o.maxDuration = sandboxDuration
	}
}

// sandboxAccounts are who logs in there: the second one tells whether credentials
// have limiters of their own.
var sandboxAccounts = []sandbox.Account{
	{Email: sandbox.DemoEmail, Password: sandbox.DemoPassword},
	{Email: "second-" + sandbox.DemoEmail, Password: sandbox.DemoPassword},
}

// logInAtSandbox makes the run log in as any client would, unless the flags say
// how to authenticate.
func (o *measuring) logInAtSandbox() {
	if o.bearer != "" || o.cookie != "" || o.login != "" || o.jwtKey != "" || o.accounts != "" {
		return
	}
	o.login = "POST " + sandbox.LoginPath
	for _, a := range sandboxAccounts {
		o.embedded = append(o.embedded, credential.Account{"email": a.Email, "password": a.Password})
	}
}
