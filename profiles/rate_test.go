package profiles

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRate(t *testing.T) {
	for _, c := range []struct {
		text string
		want Rate
		back string // as String writes it
	}{
		{"50", 50 * PerSecond, "50/s"},
		{"50/s", 50 * PerSecond, "50/s"},
		{" 50 / sec ", 50 * PerSecond, "50/s"},
		{"0.25", PerSecond / 4, "0.25/s"},
		{"2.50/s", 150 * PerMinute, "2.5/s"},
		{"120/m", 2 * PerSecond, "2/s"},
		{"10/min", 10 * PerMinute, "10/min"},
		{"5/h", 5 * PerHour, "5/h"},
		{"5/hour", 5 * PerHour, "5/h"},
		{"100/d", 100 * PerDay, "100/d"},
		{"1/day", PerDay, "1/d"},
		{"0.0000000001/s", 864, "0.0000000001/s"},
		{"0.00000001/d", 1, "0.00000001/d"},
		{"1000000", MaxRate, "1000000/s"},
		{"60000000/min", MaxRate, "1000000/s"},
		{"+3", 3 * PerSecond, "3/s"},
		{"-5", -5 * PerSecond, "-5/s"},
		{"0", 0, "0/s"},
	} {
		got, err := ParseRate(c.text)
		if err != nil || got != c.want || got.String() != c.back {
			t.Errorf("ParseRate(%q) = %d (%s), %v; want %d (%s)", c.text, got, got, err, c.want, c.back)
		}
	}
}

func TestParseRateErrors(t *testing.T) {
	const hint = "; write hits per second such as 50 or 120/min"
	for text, want := range map[string]string{
		"":                                  "must be a rate, is empty" + hint,
		"fast":                              "must be a rate, is fast" + hint,
		"1e3":                               "must be a rate, is 1e3" + hint,
		"0x10":                              "must be a rate, is 0x10" + hint,
		"1_000":                             "must be a rate, is 1_000" + hint,
		".inf":                              "must be a rate, is .inf" + hint,
		".nan":                              "must be a rate, is .nan" + hint,
		"5.":                                "must be a rate, is 5." + hint,
		"--5":                               "must be a rate, is --5" + hint,
		"/s":                                "must be a rate, is /s" + hint,
		"5/fortnight":                       "must be per s, min, h or d, is 5/fortnight" + hint,
		"5/s/s":                             "must be per s, min, h or d, is 5/s/s" + hint,
		"1000001":                           "must be at most 1000000/s, is 1000001",
		"-1000001":                          "must be at most 1000000/s, is -1000001",
		"0.00000000001":                     "has too many decimals, is 0.00000000001" + hint,
		"5\x1b[31m":                         `must be a rate, is "5\x1b[31m"` + hint,
		"111111111111111111111111111111111": "must be a rate, is 111111111111111111111111111111111" + hint,
		"999999999999999999999999999":       "must be at most 1000000/s, is 999999999999999999999999999",
		"1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1": `must be a rate, is "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 …"` + hint,
	} {
		if _, err := ParseRate(text); err == nil || err.Error() != want {
			t.Errorf("ParseRate(%q): %v\nwant %s", text, err, want)
		}
	}
}

func TestRateStringParsesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rate(rapid.Int64Range(-int64(MaxRate), int64(MaxRate)).Draw(t, "rate"))
		unit := rapid.SampledFrom([]Rate{1, PerDay, PerHour, PerMinute, PerSecond / 100, PerSecond}).Draw(t, "unit")
		r -= r % unit
		back, err := ParseRate(r.String())
		if err != nil || back != r {
			t.Fatalf("%d is written %s and read as %d, %v", r, r, back, err)
		}
	})
}

func TestHitsPerSecond(t *testing.T) {
	for _, c := range []struct {
		hits float64
		want Rate
	}{
		{2, 2 * PerSecond},
		{1.0 / 60, PerMinute},
		{1.0 / 86400, PerDay},
		{-1, -PerSecond},
		{1e6, MaxRate},
		{2e6, math.MaxInt64},
		{math.Inf(1), math.MaxInt64},
		{math.Inf(-1), math.MinInt64},
		{math.NaN(), 0},
	} {
		if got := HitsPerSecond(c.hits); got != c.want {
			t.Errorf("HitsPerSecond(%g) = %d, want %d", c.hits, got, c.want)
		}
	}
	for _, hits := range []float64{2e6, math.Inf(1), math.Inf(-1), math.NaN()} {
		p := Phase{Kind: Hold, Rate: HitsPerSecond(hits), Duration: 1e9}
		if _, err := p.Schedule(); err == nil {
			t.Errorf("a hold at %g/s compiles", hits)
		}
	}
}
