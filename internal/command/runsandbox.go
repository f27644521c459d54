package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"time"

	"ratefit/attack"
	"ratefit/internal/sandbox"
)

// sandboxSources are the addresses that the sandbox is measured from. It also
// hears 127.0.0.1, which logs in: a login is a write, and must not cost the
// measured addresses anything.
var sandboxSources = []string{"127.0.0.2", "127.0.0.3"}

// What is sent to the sandbox when no flag says otherwise. The time of the
// booking is within the opening hours.
const (
	sandboxRead  = "GET /services"
	sandboxWrite = "POST /bookings"
	sandboxBody  = `{"service_id":1,"service_date":"2030-01-31T14:30"}`
	loginTime    = 5 * time.Second
)

// runSandbox measures the embedded sandbox.
func (o *measuring) runSandbox(ctx context.Context, s *streams) error {
	api, err := sandbox.New(sandbox.Options{})
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
	bearer, err := logIn(ctx, running.URL)
	if err != nil {
		return failure("", "sandbox: %v", err)
	}
	if err := o.fillIn(); err != nil {
		return err
	}
	s.notef("started the sandbox on %s and logged in from 127.0.0.1\n", running.URL)
	o.headers = append(o.headers, "Authorization: Bearer "+bearer)
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

// logIn returns a bearer token of the sandbox's demo account.
func logIn(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, loginTime)
	defer cancel()
	credentials, err := json.Marshal(map[string]string{"email": sandbox.DemoEmail, "password": sandbox.DemoPassword})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/login", bytes.NewReader(credentials))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var reply struct {
		Bearer string `json:"bearer"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&reply); err != nil {
		return "", err
	}
	return reply.Bearer, nil
}
