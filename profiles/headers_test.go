package profiles

import (
	"reflect"
	"strings"
	"testing"
)

func TestHeaders(t *testing.T) {
	p, err := Load(strings.NewReader(`
phases: [{kind: pause, duration: 1s}]
headers:
  X-Calls-Left: remaining
  X-Calls-Again: {declares: reset, in: ms}
  X-Posts-Left: {declares: remaining, class: write, unit: resource units, policy: daily}
`), "h.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []Header{
		{Name: "X-Calls-Left", Declares: "remaining"},
		{Name: "X-Calls-Again", Declares: "reset", In: "ms"},
		{Name: "X-Posts-Left", Declares: "remaining", Class: "write", Unit: "resource units", Policy: "daily"},
	}
	if !reflect.DeepEqual(p.Headers, want) {
		t.Errorf("read as %+v", p.Headers)
	}
	again, err := Load(strings.NewReader(p.YAML()), "h.yaml")
	if err != nil || !reflect.DeepEqual(again.Headers, want) {
		t.Errorf("%v: written as\n%s", err, p.YAML())
	}
	selected, err := p.Select("read")
	if err != nil || !reflect.DeepEqual(selected.Headers, want) {
		t.Errorf("%v: selected %+v", err, selected.Headers)
	}
}

func TestHeaderProblems(t *testing.T) {
	for text, want := range map[string]string{
		"  X-Left: remainder": "3: headers.X-Left: must declare one of limit, remaining, used, reset, window, burst, cost, class, policy",
		"  X-Left: remainin":  "3: headers.X-Left: must declare one of limit, remaining, used, reset, window, burst, cost, class, policy; did you mean remaining?",
		"  X-Left: [a]":       "3: headers.X-Left: must be one of limit, remaining, used, reset, window, burst, cost, class, policy, or a mapping with declares, is a list",
		"  X-Left:\n    class: read\n    declares: used\n    in: s": "6: headers.X-Left.in: is only for a reset or a window",
		"  X-Again:\n    declares: reset\n    in: sec":              "5: headers.X-Again.in: must be one of s, ms, min, h",
		"  X-Left: {class: read}":                                   "3: headers.X-Left: does not say what it declares; write one of limit, remaining, used, reset, window, burst, cost, class, policy",
		"  X-Left: {declares: used, clas: read}":                    "3: headers.X-Left.clas: is not a field of a header, which has declares, class, unit, policy, in; did you mean class?",
		"  X-Left: {declares: used, unit: ä}":                       "3: headers.X-Left.unit: must begin with a letter or digit and go on with those and . _ -, is ä",
		"  \"X Left\": used":                                        "3: headers.\"X Left\": must be the name of a response header: letters, digits and -",
		"  X-Left: used\n  x-left: limit":                           "4: headers.x-left: is there twice: upper and lower case are the same",
		"  {}":                                                      "2: headers: must describe at least one header, as in X-Calls-Left: remaining",
		"  5":                                                       "2: headers: must be a mapping from header names to what they declare, is a single value",
	} {
		_, problems := Check(strings.NewReader("phases: [{kind: pause, duration: 1s}]\nheaders:\n"+text), "h.yaml")
		if len(problems) != 1 || problems[0].Error() != "h.yaml:"+want {
			t.Errorf("%s:\n got %v\nwant %s", text, problems, want)
		}
	}
}
