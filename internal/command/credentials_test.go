package command

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"ratefit/attack"
)

// flagsOf parses the flags of a command that sends.
func flagsOf(t *testing.T, args ...string) (*sending, *pflag.FlagSet) {
	t.Helper()
	o := &sending{}
	f := pflag.NewFlagSet("attack", pflag.ContinueOnError)
	o.add(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	return o, f
}

// Contradicting or incomplete flags are refused by name.
func TestCheckCredentials(t *testing.T) {
	for args, want := range map[string]string{
		"":                                "",
		"--bearer env:A":                  "",
		"--bearer env:A --cookie env:B":   "",
		"--login /l --accounts a.csv":     "",
		"--login /l --login-body @b":      "",
		"--jwt-key @k --jwt-alg HS512":    "",
		"--accounts a.csv":                "",
		"--bearer env:A --jwt-key @k":     "--bearer and --jwt-key",
		"--login /l --jwt-key @k":         "--login and --jwt-key",
		"--bearer env:A --accounts a":     "--bearer and --accounts",
		"--login-body @b":                 "--login-body",
		"--login-token /t":                "--login-token",
		"--login /l":                      "--login",
		"--per-source some":               "--per-source",
		"--jwt-alg HS512":                 "--jwt-alg, --jwt-claims, --jwt-clients, --jwt-life",
		"--jwt-life 5m":                   "--jwt-alg, --jwt-claims, --jwt-clients, --jwt-life",
		"--jwt-key @k --jwt-life -5m":     "--jwt-life",
		"--jwt-key @k --scheme token":     "--scheme",
		"--scheme cookie":                 "--scheme",
		"--accounts a.csv --scheme token": "",
		"--per-source all":                "--per-source",
		"--per-source all --jwt-key @k":   "",
		"--jwt-key @k --jwt-clients -1":   "--jwt-clients",
		"--accounts a.csv --scheme pear":  "unparsed",
	} {
		o := &sending{}
		f := pflag.NewFlagSet("attack", pflag.ContinueOnError)
		o.add(f)
		if err := f.Parse(strings.Fields(args)); err != nil {
			if want != "unparsed" {
				t.Errorf("%s: %v", args, err)
			}
			continue
		}
		if err := o.check(); (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want+": ") {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

// The manifest names files and variables, and nothing that was given bare.
func TestCredentialsConcealed(t *testing.T) {
	_, f := flagsOf(
		t, "--bearer", "SECRET", "--cookie", "a=SECRET", "--login", "POST /login?key=SECRET", "--login-body", "SECRET",
		"--jwt-key", "@key.pem", "--jwt-claims", `{"SECRET":1}`, "--accounts", "accounts.csv", "-H", "env:HEADERS",
	)
	got := withoutSecrets(f)
	want := map[string]string{
		"bearer": "6 bytes", "cookie": "8 bytes", "login": "POST /login?…", "login-body": "6 bytes",
		"jwt-key": "@key.pem", "jwt-claims": "12 bytes", "accounts": "accounts.csv", "header": "env:HEADERS",
	}
	if !maps.Equal(got, want) {
		t.Errorf("flags %v\nwant  %v", got, want)
	}
}

// Every flag whose value is a secret is concealed.
func TestSecretFlagsExist(t *testing.T) {
	_, f := flagsOf(t)
	for _, name := range secretFlags {
		if f.Lookup(name) == nil {
			t.Errorf("there is no --%s to conceal", name)
		}
	}
}

func TestWarnBare(t *testing.T) {
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"--bearer", "SECRET"}, 1},
		{[]string{"--cookie", "SECRET", "--jwt-key", "SECRET", "--login-body", "SECRET"}, 3},
		{[]string{"--bearer", "env:A", "--cookie", "@b", "-H", "@c", "-H", "env:D"}, 0},
		{[]string{"-H", "Authorization: SECRET", "-H", "X-Api-Key: SECRET", "-H", "Accept: */*"}, 2},
	} {
		o, _ := flagsOf(t, test.args...)
		var errs bytes.Buffer
		o.warnBare(&streams{err: &errs})
		if n := strings.Count(errs.String(), "warning: "); n != test.want || strings.Contains(errs.String(), "SECRET") {
			t.Errorf("%q: %d warnings, want %d: %s", test.args, n, test.want, errs.String())
		}
	}
}

// Who uses what: as many credentials as are asked for, and no more.
func TestCredentialsOfAJob(t *testing.T) {
	t.Setenv("RATEFIT_TEST_KEY", "0123456789abcdef0123456789abcdef")
	two := []string{"--source", "127.0.0.1", "--source", "127.0.0.2"}
	for _, test := range []struct {
		name     string
		args     []string
		adaptive *adaptive
		labels   string
		clients  int
	}{
		{"none", nil, nil, "", 1},
		{"minted, one for each address", append(two, "--jwt-key", "env:RATEFIT_TEST_KEY"), nil, "c1 c2", 2},
		{"minted, three for each address", append(two, "--jwt-key", "env:RATEFIT_TEST_KEY", "--jwt-clients", "3", "--per-source", "all"), nil, "c1 c2 c3", 6},
		{"chosen probes use two", []string{"--jwt-key", "env:RATEFIT_TEST_KEY", "--jwt-clients", "9"}, &adaptive{maxRate: 1, scope: true}, "c1 c2", 2},
		{"one without a scope", []string{"--jwt-key", "env:RATEFIT_TEST_KEY", "--jwt-clients", "9"}, &adaptive{maxRate: 1}, "c1", 1},
	} {
		o, _ := flagsOf(t, test.args...)
		if test.adaptive != nil {
			o.profile = ""
		}
		j, err := o.prepare(context.Background(), "http://127.0.0.1:1/", test.adaptive)
		if err != nil {
			var f fault
			if errors.As(err, &f) && strings.Contains(f.text, "127.0.0.2") {
				continue // this system has one address
			}
			t.Fatalf("%s: %v", test.name, err)
		}
		var labels []string
		for _, c := range j.credentials {
			labels = append(labels, c.Label)
		}
		if got := strings.Join(labels, " "); got != test.labels || j.clients() != test.clients {
			t.Errorf("%s: %q, %d clients, want %q, %d", test.name, got, j.clients(), test.labels, test.clients)
		}
	}
}

// The variants of an experiment are wrong in one way each, and only where the
// request has what can be wrong.
func TestChecks(t *testing.T) {
	o, _ := flagsOf(t, "--write", "POST /x", "--body", `{"a":1}`, "--bearer", "SECRET")
	o.profile = ""
	j, err := o.prepare(context.Background(), "http://127.0.0.1:1/", &adaptive{maxRate: 1, costProbe: true})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]attack.Request{}
	for _, r := range j.requests {
		got[r.Class+" "+r.Variant] = r
	}
	if len(got) != 7 || len(j.checks) != 5 {
		t.Fatalf("%d requests, %d checks", len(got), len(j.checks))
	}
	for _, class := range []string{"read ", "write "} {
		if r := got[class+noCredentials]; r.Header.Get("Authorization") != "" || !r.Bare {
			t.Errorf("%swithout credentials has %v", class, r.Header)
		}
		if got[class].Header.Get("Authorization") == "" || got[class].Bare {
			t.Errorf("%shas lost its credentials", class)
		}
	}
	if r := got["write "+otherType]; r.Header.Get("Content-Type") != "text/plain" || string(r.Body) != `{"a":1}` {
		t.Errorf("another content type: %v %s", r.Header, r.Body)
	}
	if string(got["write "+noJSON].Body) != "{" || string(got["write "+noFields].Body) != "{}" {
		t.Error("the bodies are not what they are meant to be")
	}
	if len(j.plan.requests) != 2 {
		t.Errorf("the plan shows %q", j.plan.requests)
	}
}

// A token that says that it expires during the run is warned of.
func TestWarnExpiring(t *testing.T) {
	for life, want := range map[time.Duration]string{
		-time.Hour: "has expired, by its own words", time.Minute: "expires in ", 24 * time.Hour: "",
	} {
		claims := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"exp":%d}`, time.Now().Add(life).Unix()))
		t.Setenv("RATEFIT_TEST_BEARER", "eyJhbGciOiJIUzI1NiJ9."+claims+".c2ln")
		o, _ := flagsOf(t, "--bearer", "env:RATEFIT_TEST_BEARER")
		var errs bytes.Buffer
		o.warnBare(&streams{err: &errs})
		if got := errs.String(); (want == "") != (got == "") || !strings.Contains(got, want) || strings.Contains(got, "eyJ") {
			t.Errorf("a life of %s: %q, want %q", life, got, want)
		}
	}
}
