package expect

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseLimit(t *testing.T) {
	for text, want := range map[string]Limit{
		"read=2/s:30":                 {Class: "read", Hits: 2, Per: time.Second, Burst: 30},
		"read=2/s":                    {Class: "read", Hits: 2, Per: time.Second},
		" read = 120 / min : 30 ":     {Class: "read", Hits: 120, Per: time.Minute, Burst: 30},
		"read=120/m":                  {Class: "read", Hits: 120, Per: time.Minute},
		"a.b_c-1=5/h:5":               {Class: "a.b_c-1", Hits: 5, Per: time.Hour, Burst: 5},
		"read=0.25/s":                 {Class: "read", Hits: 0.25, Per: time.Second},
		"read=1000/d":                 {Class: "read", Hits: 1000, Per: 24 * time.Hour},
		"write=100/15m":               {Class: "write", Hits: 100, Per: 15 * time.Minute},
		"write=1/500ms":               {Class: "write", Hits: 1, Per: 500 * time.Millisecond},
		"write=10/90 s":               {Class: "write", Hits: 10, Per: 90 * time.Second},
		"write+read=2/s":              {Class: "read+write", Hits: 2, Per: time.Second},
		"write=unlimited":             {Class: "write", Unlimited: true},
		"write=unlimited:500":         {Class: "write", Unlimited: true, Burst: 500},
		"login=0.000001/d:1000000000": {Class: "login", Hits: 1e-6, Per: 24 * time.Hour, Burst: 1e9},
	} {
		got, err := ParseLimit(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
	l, _ := ParseLimit("write=100/15m")
	if got := l.Rate(); math.Abs(got-100.0/900) > 1e-15 {
		t.Errorf("100/15m is %v per second", got)
	}
}

func TestMistakes(t *testing.T) {
	limit := func(text string) error { _, err := ParseLimit(text); return err }
	model := func(text string) error { _, err := ParseModel(text); return err }
	param := func(text string) error { _, err := ParseParam(text); return err }
	scope := func(text string) error { _, err := ParseScope(text); return err }
	tolerance := func(text string) error { _, err := ParseTolerance(text); return err }
	for _, c := range []struct {
		parse func(string) error
		text  string
		want  string
	}{
		{limit, "", `"": is not an expectation: there is no =`},
		{limit, "2/s:30", `"2/s:30": is not an expectation: there is no =`},
		{limit, "=2/s", `"=2/s": a class is missing`},
		{limit, "re ad=2/s", `"re ad=2/s": "re ad" is not the name of a class`},
		{limit, "read+=2/s", `"read+=2/s": a class is missing`},
		{limit, "read+read=2/s", `"read+read=2/s": a class is there twice`},
		{limit, "read=2", `"read=2": "2" is not a rate: it does not say per what`},
		{limit, "read=x/s", `"read=x/s": "x" is not a number of hits above 0`},
		{limit, "read=0/s", `"read=0/s": "0" is not a number of hits above 0`},
		{limit, "read=-2/s", `"read=-2/s": "-2" is not a number of hits above 0`},
		{limit, "read=1e9/s", `"read=1e9/s": "1e9" is not a number of hits above 0`},
		{limit, "read=2000000000/s", `"read=2000000000/s": "2000000000" is not a number of hits above 0`},
		{limit, "read=2/fortnight", `"read=2/fortnight": "fortnight" is not a time: it ends in ms, s, m, h or d`},
		{limit, "read=2/0s", `"read=2/0s": "0s" is not a time above 0`},
		{limit, "read=2/400d", `"read=2/400d": "400d" is longer than a year`},
		{limit, "read=2/99999999999999999999s", `"read=2/99999999999999999999s": "99999999999999999999s" is not a time above 0`},
		{limit, "read=2/s:", `"read=2/s:": "" is not a burst`},
		{limit, "read=2/s:0", `"read=2/s:0": "0" is not a burst`},
		{limit, "read=2/s:1.5", `"read=2/s:1.5": "1.5" is not a burst`},
		{limit, "read=2/s:30:1", `"read=2/s:30:1": "30:1" is not a burst`},
		{limit, "read=\x1b[31m", `"read=\x1b[31m": "\x1b[31m" is not a rate: it does not say per what`},
		{limit, strings.Repeat("x", 200), `"` + strings.Repeat("x", 60) + `…": is not an expectation: there is no =`},
		{model, "Token Bucket", `"Token Bucket": "Token Bucket" is not a model`},
		{model, "read=token-bucket+", `"read=token-bucket+": "" is not a model`},
		{model, "tiers+block+block", `"tiers+block+block": a modifier is there twice`},
		{param, "window_s", `"window_s": is not a parameter with its value`},
		{param, "a=b=c=d", `"a=b=c=d": is not a parameter with its value`},
		{param, "window_s=", `"window_s=": "" is neither a number nor a word`},
		{param, "window_s=60s", `"window_s=60s": "60s" is neither a number nor a word`},
		{param, "Win=1", `"Win=1": "Win" is not the name of a parameter`},
		{scope, "ip=separate", `"ip=separate": "ip" is not what limiters can be separate by`},
		{scope, "source=own", `"source=own": "own" is neither separate nor shared`},
		{scope, "source", `"source": "" is neither separate nor shared`},
		{tolerance, "x", `"x" is not a percentage`},
		{tolerance, "1", `"1": is that a percentage? then it ends in %`},
		{tolerance, "51%", `"51%" is more than 50%: that would say nothing`},
		{tolerance, "-1%", `"-1%" is not a percentage`},
	} {
		err := c.parse(c.text)
		var m *Mistake
		if !errors.As(err, &m) {
			t.Errorf("%q: no mistake but %v", c.text, err)
			continue
		}
		if m.Text != c.want || m.Try == "" || strings.ContainsAny(m.Text+m.Try, "\n\x1b") {
			t.Errorf("%q: %s (try: %s); want %s", c.text, m.Text, m.Try, c.want)
		}
	}
}

func TestSetRefusesTwoOfAKind(t *testing.T) {
	var s Set
	for _, add := range []struct {
		f        func(string) error
		one, two string
	}{
		{s.Add, "read=2/s:30", "read=3/s"},
		{s.Add, "declared", "declared"},
		{s.AddModel, "token-bucket", "fixed-window"},
		{s.AddParam, "read=window_s=60", "read=window_s=61"},
		{s.AddScope, "source=separate", "source=shared"},
	} {
		if err := add.f(add.one); err != nil {
			t.Fatal(err)
		}
		if err := add.f(add.two); err == nil || !strings.Contains(err.Error(), "two expectations for") {
			t.Errorf("%s after %s: %v", add.two, add.one, err)
		}
	}
	for _, err := range []error{s.Add("read=declared"), s.AddModel("read=fixed-window"), s.AddParam("window_s=61"), s.Add("write=2/s")} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestTolerance(t *testing.T) {
	for text, want := range map[string]Tolerance{"1%": 0.01, "0.5 %": 0.005, "0": 0, "0%": 0, "0.02": 0.02, "50%": 0.5} {
		if got, err := ParseTolerance(text); err != nil || math.Abs(float64(got-want)) > 1e-15 {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	var s Set
	if s.Accepts() != DefaultTolerance {
		t.Error("no default")
	}
}

// Flags win over a profile, but only over what they speak of.
func TestOver(t *testing.T) {
	var flags, profile Set
	wide := Tolerance(0.05)
	profile.Tolerance = &wide
	for _, err := range []error{
		flags.Add("read=2/s"), profile.Add("read=9/s"), profile.Add("write=9/s"), profile.Add("declared"), profile.AddScope("source=shared"),
		flags.AddModel("tiers"), profile.AddModel("concurrency"), profile.AddParam("quota=5"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := flags.Over(profile)
	if len(got.Limits) != 2 || got.Limits[0].Hits != 2 || got.Limits[1].Class != "write" || len(got.Declared) != 1 || len(got.Scopes) != 1 ||
		len(got.Models) != 1 || got.Models[0].Name != "tiers" || len(got.Params) != 1 || got.Accepts() != wide {
		t.Errorf("got %+v", got)
	}
	if !(&Set{}).Empty() || got.Empty() {
		t.Error("Empty is wrong")
	}
}

// What is written reads back as the same.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z][a-z0-9._-]{0,8}`)
		l := Limit{Class: name.Draw(t, "class"), Unlimited: rapid.Bool().Draw(t, "unlimited")}
		if !l.Unlimited {
			l.Hits = rapid.Float64Range(leastHits, mostHits).Draw(t, "hits")
			if len(plain(l.Hits)) > 32 {
				t.Skip("too many digits")
			}
			l.Per = time.Duration(rapid.Int64Range(1, int64(longestPer/time.Millisecond)).Draw(t, "per")) * time.Millisecond
			if n := l.Per / time.Millisecond; n > math.MaxUint32 && l.Per%time.Second != 0 {
				t.Skip("beyond the unit")
			}
		}
		l.Burst = float64(rapid.IntRange(0, mostHits).Draw(t, "burst"))
		if got, err := ParseLimit(l.String()); err != nil || got != l {
			t.Fatalf("%s reads back as %+v, %v", l, got, err)
		}
	})
}

func FuzzSet(f *testing.F) {
	for _, text := range []string{
		"read=2/s:30", "write=unlimited:500", "declared", "read=declared", "write+read=100/15m", "token-bucket+block", "read=window_s=60",
		"anchor=clock", "source=separate", "1%", "read=0.5/500ms", "=", ":", "a=/", "\xff=1/s",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, back Set
		again := func(add func(string) error, written string) {
			if err := add(written); err != nil {
				t.Errorf("%q was read and written as %q, which is not: %v", text, written, err)
			}
		}
		if s.Add(text) == nil {
			for _, l := range s.Limits {
				again(back.Add, l.String())
			}
			for _, d := range s.Declared {
				again(back.Add, d.String())
			}
		}
		if s.AddModel(text) == nil {
			again(back.AddModel, s.Models[0].String())
		}
		if s.AddParam(text) == nil {
			again(back.AddParam, s.Params[0].String())
		}
		if s.AddScope(text) == nil {
			again(back.AddScope, s.Scopes[0].String())
		}
		if x, err := ParseTolerance(text); err == nil {
			if y, err := ParseTolerance(x.String()); err != nil || x != y {
				t.Errorf("tolerance %q: %v, then %v, %v", text, x, y, err)
			}
		}
		if len(s.Limits) == 1 && len(back.Limits) == 1 && s.Limits[0] != back.Limits[0] {
			t.Errorf("%q: %+v, then %+v", text, s.Limits[0], back.Limits[0])
		}
	})
}
