package command

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

var examplePlan = plan{
	target: "https://api.example.org/", requests: []string{"read: GET https://api.example.org/items"},
	profile: "survey", total: 400, peak: 40, length: 30 * time.Second, most: 20000, longest: 2 * time.Minute,
}

// A target on another machine needs a yes: without a terminal and without
// --yes nothing may be sent.
func TestAgree(t *testing.T) {
	for _, test := range []struct {
		loopback, yes bool
		code          int
		stderr        string
	}{
		{loopback: true, code: OK, stderr: "sending profile survey: at most 400 requests in 30s, at most 40 in any second"},
		{yes: true, code: OK, stderr: "about to send to https://api.example.org/"},
		{code: Usage, stderr: "about to send to https://api.example.org/"},
	} {
		var errs bytes.Buffer
		s := &streams{in: strings.NewReader("y\n"), err: &errs}
		err := agree(t.Context(), s, &examplePlan, test.loopback, test.yes)
		var f fault
		errors.As(err, &f)
		if f.code != test.code || !strings.HasPrefix(errs.String(), test.stderr) {
			t.Errorf("%+v: %v, stderr %q", test, err, errs.String())
		}
	}
}

func TestPlanNamesEverything(t *testing.T) {
	text := examplePlan.long()
	for _, want := range []string{"GET https://api.example.org/items", "400", "40", "30s", "20000", "2m0s", "this machine's own address"} {
		if !strings.Contains(text, want) {
			t.Errorf("the plan does not name %q:\n%s", want, text)
		}
	}
}

func TestPlanTrim(t *testing.T) {
	p := plan{most: 100, longest: time.Minute}
	p.trim(100, time.Minute)
	if p.total != 100 || p.length != time.Minute || p.cut != "" {
		t.Errorf("within the budget: %+v", p)
	}
	p.trim(101, 2*time.Minute)
	if want := "101 requests (raise --max-requests) and 2m0s (raise --max-duration)"; p.total != 100 || p.length != time.Minute || p.cut != want {
		t.Errorf("beyond the budget: %+v", p)
	}
}
