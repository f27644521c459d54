package replay_test

import (
	"strings"
	"testing"

	"ratefit/internal/replay"
)

// Limits are read, and spelled as they are read again.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"token-bucket,rate=5,burst=20":                                    "token-bucket,rate=5/s,burst=20",
		"read:token-bucket,burst=20,rate=100/min":                         "read:token-bucket,rate=100/min,burst=20",
		"token-bucket,rate=1000/15m,burst=1":                              "token-bucket,rate=66.67/min,burst=1",
		"token-bucket,rate=1/d,burst=1,block=90s,renewed=true":            "token-bucket,rate=1/d,burst=1,block=1m30s,renewed=true",
		"fixed-window,quota=100,window=15m":                               "fixed-window,quota=100,window=15m,anchor=clock",
		"fixed-window,rate=1000/15m,anchor=first-hit":                     "fixed-window,quota=1000,window=15m,anchor=first-hit",
		"sliding-window-log,rate=100/min,limited_hits_count=true":         "sliding-window-log,quota=100,window=1m,limited-hits-count=true",
		"sliding-window-counter,quota=5,window=2d":                        "sliding-window-counter,quota=5,window=48h",
		"leaky-bucket-queue,rate=2/s,queue=0":                             "leaky-bucket-queue,rate=2/s,queue=0,free=1",
		"token-bucket-stepped,burst=5,refill-interval=1s":                 "token-bucket-stepped,burst=5,refill-interval=1s,refill-amount=1",
		"concurrency,in-flight=4":                                         "concurrency,in-flight=4",
		"unlimited":                                                       "unlimited",
		"token-bucket,rate=?,burst=?":                                     "token-bucket,rate=?,burst=?",
		"write:leaky-bucket-queue,rate=?,queue=3":                         "write:leaky-bucket-queue,rate=?,queue=3,free=1",
		"read+write:fixed-window,quota=?,window=1m,block=5s,anchor=clock": "read+write:fixed-window,quota=?,window=1m,anchor=clock,block=5s",
	} {
		l, err := replay.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := l.String(); got != want && !strings.HasPrefix(text, "token-bucket,rate=1000/15m") {
			t.Errorf("%s is spelled %s, want %s", text, got, want)
		}
		again, err := replay.Parse(l.String())
		if err != nil || again.String() != l.String() {
			t.Errorf("%s is read again as %s, %v", l.String(), again.String(), err)
		}
	}
}

// A mistake names the parameter, and those that there are.
func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"token-buckets,rate=5":                     `no model "token-buckets"`,
		"":                                         `no model ""`,
		":token-bucket,rate=5,burst=1":             "no class before the colon",
		"token-bucket,rate=5":                      "token-bucket needs burst: token-bucket,rate=5/s,burst=20",
		"token-bucket,rate=5,burst=1,quota=3":      `token-bucket has no parameter "quota"; it has rate, burst, block, renewed`,
		"token-bucket,rate=5,burst":                "burst needs a value: burst=20",
		"token-bucket,rate=5,burst=1,burst=2":      "burst is given twice",
		"token-bucket,rate=0,burst=1":              "token-bucket: rate: must be a number of requests and a time",
		"token-bucket,rate=NaN,burst=1":            "token-bucket: rate: must be",
		"token-bucket,rate=5/fortnight,burst=1":    "token-bucket: rate: must be a time",
		"token-bucket,rate=1e9,burst=1":            "token-bucket: rate: must be from",
		"token-bucket,rate=5,burst=1.5":            "burst: must be a whole number from 1",
		"token-bucket,rate=5,burst=0":              "burst: must be a whole number from 1",
		"fixed-window,rate=100":                    "fixed-window: rate: of a window needs its length",
		"fixed-window,quota=1,window=?":            "window: cannot be searched for; of fixed-window can quota",
		"fixed-window,quota=1,window=0s":           "window: must be a time",
		"fixed-window,quota=1,window=1m,anchor=x":  "anchor: must be clock or first-hit",
		"fixed-window,quota=1,window=1m,renewed=1": "renewed: must be true or false",
		"unlimited,rate=5":                         `unlimited has no parameter "rate"; it has none`,
	} {
		_, err := replay.Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"token-bucket,rate=5/s,burst=20", "write:fixed-window,rate=1000/15m,anchor=first-hit,block=2d", "concurrency,in_flight=?", "a:b,c=d,=", "leaky-bucket-queue,rate=1e-6,queue=0,free=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := replay.Parse(s)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n") && !strings.Contains(s, "\n") {
				t.Errorf("more than a line: %q", err)
			}
			return
		}
		again, err := replay.Parse(l.String())
		if err != nil || again.String() != l.String() {
			t.Errorf("%q is spelled %q, which is read as %q, %v", s, l.String(), again.String(), err)
		}
	})
}

func TestCheck(t *testing.T) {
	for _, test := range []struct{ limits, want string }{
		{"token-bucket,rate=5,burst=1 fixed-window,rate=100/h", ""},
		{"read:concurrency,in-flight=1 write:concurrency,in-flight=1", ""},
		{"token-bucket,rate=5,burst=1 concurrency,in-flight=1", "concurrency cannot be one of several limits"},
		{"token-bucket,rate=5,burst=1,block=1s write:fixed-window,rate=100/h", "token-bucket cannot be one of several"},
		{"sliding-window-log,rate=5/s,limited-hits-count=true sliding-window-log,rate=5/s", "cannot be one of several"},
		{"token-bucket,rate=?,burst=1 write:fixed-window,rate=100/h", "class write meets several limits"},
		{"leaky-bucket-queue,rate=5,queue=1 leaky-bucket-queue,rate=5,queue=1", "leaky-bucket-queue cannot be one"},
	} {
		var limits []replay.Limit
		for text := range strings.FieldsSeq(test.limits) {
			limits = append(limits, parsed(t, text))
		}
		err := replay.Check(limits)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.limits, err, test.want)
		}
	}
}

func parsed(t interface{ Fatal(args ...any) }, text string) replay.Limit {
	l, err := replay.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]float64{"0.1%": 0.001, "0.1 %": 0.001, "0.001": 0.001, "0": 0, "100%": 1, "1.0": 1} {
		got, err := replay.ParseShare(text)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "-1%", "101%", "1", "x", "NaN", "5"} {
		if got, err := replay.ParseShare(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
