package command

import (
	"encoding/json"
	"maps"
	"net/http"

	"ratefit/attack"
	"ratefit/internal/probe"
)

// What is wrong with the hits of an experiment, as reports name it.
const (
	noCredentials = "no credentials"
	otherType     = "another content type"
	noJSON        = "a body that is not JSON"
	noFields      = "a body without any fields"
)

// addChecks adds, with --cost-probe, variants of the requests that the API
// refuses: without credentials, and for writes of JSON with another content type,
// a body that does not parse, and one that lacks everything.
func (j *job) addChecks() {
	if j.adaptive == nil || !j.adaptive.costProbe {
		return
	}
	for _, r := range j.requests {
		v := r
		v.Header = r.Header.Clone()
		maps.DeleteFunc(v.Header, func(name string, _ []string) bool { return namesSecret(name) })
		if len(j.credentials) > 0 || len(v.Header) < len(r.Header) {
			v.Bare = true
			j.addCheck(v, noCredentials)
		}
		var fields map[string]any
		if len(r.Body) == 0 || json.Unmarshal(r.Body, &fields) != nil {
			continue
		}
		v = r
		v.Header = r.Header.Clone()
		v.Header.Set("Content-Type", "text/plain")
		j.addCheck(v, otherType)
		v = r
		v.Body = []byte("{")
		j.addCheck(v, noJSON)
		if len(fields) > 0 {
			v = r
			v.Body = []byte("{}")
			j.addCheck(v, noFields)
		}
	}
}

// addCheck adds a variant that is wrong in one way.
func (j *job) addCheck(r attack.Request, what string) {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Variant = what
	j.requests = append(j.requests, r)
	j.checks = append(j.checks, probe.Check{Class: r.Class, Variant: what, Name: what})
}
