package command

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"ratefit/analyze"
	"ratefit/attack"
	"ratefit/internal/probe"
	"ratefit/internal/trace"
	"ratefit/profiles"
)

// A job is an attack that is ready to be sent: all flags are understood, all
// files read, and nothing has been sent yet.
type job struct {
	target       *target
	loopback     bool
	profile      *profiles.Profile // only the classes that are sent
	requests     []attack.Request
	sources      []netip.Addr
	credentials  []attack.Credential
	onePerSource bool // each address uses one of them
	checks       []probe.Check
	options      *sending
	plan         *plan
	adaptive     *adaptive // nil = the profile is sent
	atRest       bool
	decided      func(class string, l *analyze.Limit) bool // see [probe.Options]
}

// prepare makes a job for a target. yes that is still needed is asked for by
// [agree]. Without a profile, probes are chosen as a says.
func (o *sending) prepare(ctx context.Context, rawURL string, a *adaptive) (*job, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	t, err := parseTarget(rawURL)
	if err != nil {
		return nil, err
	}
	j := &job{target: t, options: o}
	whole := adaptiveProfile
	if o.profile != "" || a == nil {
		if whole, err = loadProfile(o.profile); err != nil {
			return nil, err
		}
	} else {
		j.adaptive = a
	}
	if err := checkHeaders(whole); err != nil {
		return nil, err
	}
	if j.requests, err = o.requests(t, whole); err != nil {
		return nil, err
	}
	names := make([]string, len(j.requests))
	for i, r := range j.requests {
		names[i] = r.Class
	}
	if j.profile, err = whole.Select(names...); err != nil {
		return nil, usageFault("", "%v", err)
	}
	if j.sources, err = attack.ExpandSources(o.sources); err != nil {
		return nil, usageFault("try: --source 127.0.0.2, or a network such as 127.0.0.2/31", "%v", err)
	}
	if err := j.authenticate(); err != nil {
		return nil, err
	}
	if j.loopback, err = t.loopback(ctx); err != nil {
		return nil, err
	}
	if err := j.checkSources(ctx); err != nil {
		return nil, err
	}
	j.addChecks()
	j.plan, err = j.makePlan()
	return j, err
}

// requests makes one request for each class that is to be sent. The flags win
// over the profile; writes are only sent when somebody named one.
func (o *sending) requests(t *target, p *profiles.Profile) ([]attack.Request, error) {
	header, err := parseHeaders(o.headers)
	if err != nil {
		return nil, err
	}
	if t.authorization != "" && header.Get("Authorization") == "" {
		header.Set("Authorization", t.authorization)
	}
	if err := o.addCommon(header); err != nil {
		return nil, err
	}
	body, err := readBody(o.body)
	if err != nil {
		return nil, err
	}
	if err := o.checkClasses(p); err != nil {
		return nil, err
	}
	var all []attack.Request
	for _, c := range p.Classes {
		from, text := o.named(&c)
		r := attack.Request{Class: c.Name, Method: http.MethodGet, URL: t.url.String(), Header: header}
		switch {
		case text != "":
			method, path, err := parseRequest(from, text)
			if err != nil {
				return nil, err
			}
			u, err := t.at(path)
			if err != nil {
				return nil, usageFault("", "%s: %v", from, err)
			}
			r.Method, r.URL = method, u.String()
		case c.Name == "write":
			continue
		case c.Name != "read":
			return nil, usageFault("give it a line such as request: GET /path", "profile %s: class %s has no request", p.Name, c.Name)
		}
		if c.Name == "write" {
			r.Body, r.Header = body, bodyHeader(header, body)
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		return nil, usageFault("name one with --write 'POST /path'", "profile %s sends only writes, and no write was named", p.Name)
	}
	return all, nil
}

// named returns the request that was named for a class, and by what.
func (o *sending) named(c *profiles.Class) (from, text string) {
	switch {
	case c.Name == "read" && o.read != "":
		return "--read", o.read
	case c.Name == "write" && o.write != "":
		return "--write", o.write
	}
	return "class " + c.Name, c.Request
}

// checkClasses refuses a request for a class that the profile does not send.
func (o *sending) checkClasses(p *profiles.Profile) error {
	for _, flag := range []struct{ name, value string }{{"read", o.read}, {"write", o.write}} {
		if _, ok := p.Class(flag.name); !ok && flag.value != "" {
			return usageFault("try: ratefit profiles show "+p.Name, "--%s: profile %s has no class %s", flag.name, p.Name, flag.name)
		}
	}
	return nil
}

// checkSources finds addresses that cannot be sent from before anything is.
func (j *job) checkSources(ctx context.Context) error {
	for _, a := range j.sources {
		if a.IsLoopback() && !j.loopback {
			return usageFault("give an address that the target can answer to", "--source: %s reaches only this machine, the target is elsewhere", a)
		}
	}
	if err := attack.CheckSources(ctx, j.sources); err != nil {
		return failure("", "%v", err)
	}
	return nil
}

func (j *job) makePlan() (p *plan, err error) {
	if j.adaptive != nil {
		p = j.adaptivePlan()
	} else if p, err = j.fixedPlan(); err != nil {
		return nil, err
	}
	p.target = trace.RedactURL(j.target.url.String())
	for _, r := range j.requests {
		if r.Variant != "" {
			continue
		}
		p.requests = append(p.requests, fmt.Sprintf("%s: %s %s", r.Class, r.Method, trace.RedactURL(r.URL)))
	}
	for _, a := range j.sources {
		p.sources = append(p.sources, a.String())
	}
	if len(j.credentials) > 0 && j.credentials[0].Login != nil {
		l := j.credentials[0].Login
		p.requests = append(p.requests, fmt.Sprintf("%s: %s %s, %d at first", trace.LoginClass, l.Method, trace.RedactURL(l.URL), len(j.credentials)))
	}
	return p, nil
}

// fixedPlan is what the profile sends, within the budget.
func (j *job) fixedPlan() (*plan, error) {
	all, err := j.profile.Plan(j.clients())
	if err != nil {
		return nil, failure("", "%v", err)
	}
	p := &plan{
		profile: j.profile.Name,
		peak:    all.Peak,
		workers: all.Workers,
		most:    j.options.maxRequests,
		longest: j.options.maxDuration,
	}
	if all.Open { // it has as many as the budget
		all.Requests = min(all.Requests, p.most)
	}
	p.trim(all.Requests, all.Duration)
	return p, nil
}

func (j *job) config(zero time.Time) attack.Config {
	o := j.options
	c := attack.Config{
		Profile: j.profile, Requests: j.requests, Sources: j.sources, Zero: zero,
		MaxRequests: o.maxRequests, MaxDuration: o.maxDuration, Timeout: o.timeout,
		AbortOn: o.aborts, Credentials: j.credentials, OnePerSource: j.onePerSource, EvenRefused: o.evenRefused,
		Insecure: o.insecure, HTTP2: o.http2, LimitedStatus: o.limitedStatus, Headers: j.described(),
		UserAgent: "ratefit/" + strings.Trim(version(), "()") + " (+rate limit measurement)",
	}
	if j.adaptive != nil {
		c.MaxLimited = j.adaptive.maxLimited
	}
	return c
}

func (j *job) meta(zero time.Time) trace.Meta {
	return trace.Meta{
		Started: zero.UTC(), Target: trace.RedactURL(j.target.url.String()), Profile: j.profile.Name,
		LimitedStatus: j.options.limitedStatus, Tool: "ratefit " + version(), Headers: j.described(),
	}
}

// described are the response headers that the profile describes.
func (j *job) described() []trace.DescribedHeader {
	var out []trace.DescribedHeader
	for _, h := range j.profile.Headers {
		out = append(out, trace.DescribedHeader(h))
	}
	return out
}

// checkHeaders refuses to record what may hold a credential.
func checkHeaders(p *profiles.Profile) error {
	for _, h := range p.Headers {
		if !trace.MayDescribe(h.Name) {
			return usageFault("describe another header", "--profile: headers: %s may hold a credential: it is never recorded", h.Name)
		}
	}
	return nil
}

// loadProfile finds a built-in profile by name, or reads a file.
func loadProfile(name string) (*profiles.Profile, error) {
	if p, ok := profiles.Builtin(name); ok {
		return p, nil
	}
	looksLikeFile := strings.ContainsAny(name, `./\`)
	p, err := readProfile(name)
	if err != nil && !looksLikeFile {
		hint := "built in are " + strings.Join(builtinNames(), ", ") + "; else give a YAML file"
		if near, ok := closest(name, builtinNames()); ok {
			hint = "did you mean " + near + "? " + hint
		}
		return nil, usageFault(hint, "--profile: no profile %q", name)
	}
	return p, err
}

func builtinNames() []string {
	var names []string
	for _, p := range profiles.Builtins() {
		names = append(names, p.Name)
	}
	return slices.Clip(names)
}
