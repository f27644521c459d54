package profiles

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"ratefit/expect"
)

const expecting = `
phases: [{kind: pause, duration: 1s}]
expect:
  limits:
    read: 2/s:30
    write: unlimited
    write+read: 100/15m
  model: {read: token-bucket, write: fixed-window+block}
  params: {anchor: clock, write: {window_s: 60, quota: 100}}
  scope: {source: separate, class: shared}
  declared: [read, write]
  tolerance: 2%
`

func TestExpect(t *testing.T) {
	p, err := Load(strings.NewReader(expecting), "e.yaml")
	if err != nil {
		t.Fatal(err)
	}
	wide := expect.Tolerance(0.02)
	want := &expect.Set{
		Limits: []expect.Limit{
			{Class: "read", Hits: 2, Per: time.Second, Burst: 30},
			{Class: "write", Unlimited: true},
			{Class: "read+write", Hits: 100, Per: 15 * time.Minute},
		},
		Models: []expect.Model{{Class: "read", Name: "token-bucket"}, {Class: "write", Name: "fixed-window", Modifiers: []string{"block"}}},
		Params: []expect.Param{
			{Name: "anchor", Text: "clock"},
			{Class: "write", Name: "window_s", Value: 60},
			{Class: "write", Name: "quota", Value: 100},
		},
		Scopes:    []expect.Scope{{Dimension: "source", Answer: "separate"}, {Dimension: "class", Answer: "shared"}},
		Declared:  []expect.Declared{{Class: "read"}, {Class: "write"}},
		Tolerance: &wide,
	}
	if !reflect.DeepEqual(p.Expect, want) {
		t.Errorf("read as %+v", p.Expect)
	}
	again, err := Load(strings.NewReader(p.YAML()), "e.yaml")
	if err != nil || !reflect.DeepEqual(again.Expect, want) {
		t.Errorf("%v: written as\n%s", err, p.YAML())
	}
	selected, err := p.Select("read")
	if err != nil || !reflect.DeepEqual(selected.Expect, want) {
		t.Errorf("%v: selected %+v", err, selected.Expect)
	}
	for _, text := range []string{"model: token-bucket\n  declared: true", "limits: {read: declared}"} {
		p, err := Load(strings.NewReader("phases: [{kind: pause, duration: 1s}]\nexpect:\n  "+text), "e.yaml")
		if err != nil {
			t.Fatal(err)
		}
		again, err := Load(strings.NewReader(p.YAML()), "e.yaml")
		if err != nil || !reflect.DeepEqual(again.Expect, p.Expect) || again.Expect.Empty() {
			t.Errorf("%v: written as\n%s", err, p.YAML())
		}
	}
}

func TestExpectProblems(t *testing.T) {
	for text, want := range map[string]string{
		"  {}":                 "2: expect: must expect something, as in limits: {read: 2/s:30}; it has limits, model, params, scope, declared, tolerance",
		"  5":                  "2: expect: must be a mapping such as limits: {read: 2/s:30}, is a single value",
		"  limit: {read: 2/s}": "3: expect.limit: is not a field of expect, which has limits, model, params, scope, declared, tolerance; did you mean limits?",
		"  limits:\n    read: 2/s:30\n    write: 2":     `5: expect.limits.write: is "write=2": "2" is not a rate: it does not say per what; write hits per time such as 2/s, 120/m, 5/h, 100/15m or 0.5/s`,
		"  limits:\n    bulk: 2/s":                      "4: expect.limits.bulk: is about class bulk, which this profile does not send",
		"  limits: {read: [2/s]}":                       "3: expect.limits.read: must be one value, is a list",
		"  limits: {read+write: 2/s, write+read: 2/s}":  `3: expect.limits.write+read: is "write+read=2/s": there are two expectations for class read+write; give it once`,
		"  model: Token":                                `3: expect.model: is "Token": "Token" is not a model; write a model such as token-bucket, read=token-bucket or token-bucket+block; ratefit models lists them`,
		"  model: {bulk: tiers}":                        "3: expect.model.bulk: is about class bulk, which this profile does not send",
		"  params:\n    window_s: 60s":                  `4: expect.params.window_s: is "window_s=60s": "60s" is neither a number nor a word; write name=value such as window_s=60 or anchor=clock, or read=window_s=60; ratefit models NAME lists the parameters`,
		"  params: {bulk: {quota: 5}}":                  "3: expect.params.bulk: is about class bulk, which this profile does not send",
		"  scope: {source: own}":                        `3: expect.scope.source: is "source=own": "own" is neither separate nor shared; write one of class, source, credential, path, then =separate or =shared`,
		"  declared: false":                             "3: expect.declared: must be true, or a list of classes, is false",
		"  declared: [bulk]":                            "3: expect.declared: is about class bulk, which this profile does not send",
		"  tolerance: 90%\n  limits: {read: unlimited}": `3: expect.tolerance: is "90%" is more than 50%: that would say nothing; write a percentage from 0% to 50% such as 1%`,
	} {
		_, problems := Check(strings.NewReader("phases: [{kind: pause, duration: 1s}]\nexpect:\n"+text), "e.yaml")
		if len(problems) != 1 || problems[0].Error() != "e.yaml:"+want {
			t.Errorf("%s:\n got %v\nwant %s", text, problems, want)
		}
	}
}
