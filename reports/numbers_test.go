package reports

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ratefit/analyze"
)

func TestValueSpan(t *testing.T) {
	for _, c := range []struct {
		value, low, high float64
		want             string
	}{
		{2.00005, 1.9998, 2.0003, "2.000 (1.9998 – 2.0003)"},
		{2, 2, 2, "2 (exactly)"},
		{30, 30, 30, "30 (exactly)"},
		{30, 29, 32, "30 (29 – 32)"},
		{30.02, 29.96, 30.13, "30 (29.96 – 30.13)"},
		{200, 199.964, 200.018, "200.0 (199.964 – 200.018)"},
		{2.0013160845, 1.9989968, 2.0036354, "2.00 (1.9989 – 2.0037)"}, // outwards
		{0.08333, 0.08331, 0.08336, "0.08333 (0.08331 – 0.08336)"},
		{5, 0.5, 40, "5 (0.5 – 40)"},
		{1e6, 999_000, 1_001_000, "1000000 (999000 – 1001000)"},
		{0.0005, 0, 0.001, "0.001 (0 – 0.001)"},
		{123456.789, 123456.7, 123456.9, "123456.8 (123456.7 – 123456.9)"},
	} {
		got := valueSpan(between(c.value, c.low, c.high))
		if got != c.want {
			t.Errorf("%v in [%v, %v]: %q, want %q", c.value, c.low, c.high, got, c.want)
		}
	}
}

func TestOpenIntervals(t *testing.T) {
	low, high := 30.97, 12.345678
	for _, c := range []struct {
		i    analyze.Interval
		want string
	}{
		{analyze.Interval{Value: 30.97, Low: &low}, "at least 30.97"},
		{analyze.Interval{Value: 31, Low: &low}, "at least 30.97, best estimate 31"},
		{analyze.Interval{Value: 12, High: &high}, "at most 12.35, best estimate 12"}, // rounded up
		{analyze.Interval{Value: 31}, "about 31"},
	} {
		if got := valueSpan(&c.i); got != c.want {
			t.Errorf("%+v: %q, want %q", c.i, got, c.want)
		}
	}
}

// What is printed must still hold the truth, and the value must lie inside.
func TestEndsHoldTheInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(1e-3, 1e6).Draw(t, "low")
		high := low + math.Pow(10, rapid.Float64Range(-5, 4).Draw(t, "log width"))
		mid := low + (high-low)*rapid.Float64Range(0, 1).Draw(t, "where")
		printed := strings.Split(ends(between(mid, low, high)), " – ")
		from, _ := strconv.ParseFloat(printed[0], 64)
		to, _ := strconv.ParseFloat(printed[1], 64)
		if from > low*(1+1e-11) || to < high*(1-1e-11) {
			t.Fatalf("[%v, %v] printed as %v", low, high, printed)
		}
		if slack := (high - low) / 5; from < low-slack && low-from > low/5 || to > high+slack && to-high > high/5 {
			t.Fatalf("[%v, %v] printed much too wide: %v", low, high, printed)
		}
		v, err := strconv.ParseFloat(value(between(mid, low, high)), 64)
		if err != nil || v < from || v > to {
			t.Fatalf("value %v in [%v, %v] printed as %v (%v), outside %v", mid, low, high, v, err, printed)
		}
	})
}

func TestSlow(t *testing.T) {
	for rate, want := range map[float64]string{
		2: "", 1: "", 0: "",
		0.5:          "30 per minute",
		5.0 / 60:     "5 per minute",
		1.0 / 60:     "1 per minute",
		5.0 / 3600:   "5 per hour",
		100.0 / 3600: "1.667 per minute",
		1.0 / 86400:  "1 per day",
	} {
		if got := slow(rate); got != want {
			t.Errorf("%v/s: %q, want %q", rate, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(2), "2"},
		{number(0), "0"},
		{number(1000.0 / 3600), "0.277778"},
		{number(1e-7), "1e-07"},
		{number(1234567.5), "1234568"},
		{number(-1e-300 * 0), "0"},
		{brief(31.2), "31.2"},
		{brief(799.9999), "800"},
		{brief(12345), "12345"},
		{count(9999), "9999"},
		{count(10_000), "10,000"},
		{count(1_234_567), "1,234,567"},
		{plural(0, "hit", "hits"), "0 hits"},
		{plural(1, "hit", "hits"), "1 hit"},
		{plural(2, "hit", "hits"), "2 hits"},
		{seconds(0.004), "0.004 s"},
		{seconds(31.2), "31.2 s"},
		{seconds(750), "12.5 min"},
		{seconds(3600 * 30), "30 h"},
		{seconds(86400 * 4), "4 days"},
		{share(120, 120), "100 %"},
		{share(117, 120), "97.5 %"},
		{share(9999, 10_000), "99.99 %"}, // never "100 %" when one is wrong
		{share(999_999, 1_000_000), "99.9999 %"},
		{share(99_999_999, 100_000_000), "> 99.99999 %"},
		{share(1, 100_000_000), "< 0.00001 %"},
		{share(0, 7), "0 %"},
		{halfWidth(between(2, 1.9998, 2.0003)), "± 0.015 %"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
