package command

import (
	"maps"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestWithoutSecrets(t *testing.T) {
	var o sending
	f := pflag.NewFlagSet("run", pflag.ContinueOnError)
	o.add(f)
	err := f.Parse([]string{
		"-H", "Authorization: SECRET", "-H", "@tokens", "--read", "GET /a?token=SECRET",
		"--write", "POST /b", "--body", `{"password":"SECRET"}`, "--max-requests=7",
	})
	if err != nil {
		t.Fatal(err)
	}
	got := withoutSecrets(f)
	want := map[string]string{
		"header": "Authorization, @tokens", "read": "GET /a?…", "write": "POST /b", "body": "21 bytes", "max-requests": "7",
	}
	if !maps.Equal(got, want) {
		t.Errorf("withoutSecrets = %v\nwant %v", got, want)
	}
}

func TestCheckSending(t *testing.T) {
	for args, want := range map[string]string{
		"":                         "",
		"--max-requests=0":         "--max-requests",
		"--max-duration=-1s":       "--max-duration",
		"--timeout=0s":             "--timeout",
		"--body=x":                 "--body",
		"--limited-status=429,999": "--limited-status",
	} {
		var o sending
		f := pflag.NewFlagSet("run", pflag.ContinueOnError)
		o.add(f)
		if err := f.Parse(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		err := o.check()
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want+": ") {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}
