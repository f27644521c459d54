package declared

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// told is a response at an instant, in seconds after noon: its lines, separated
// by "; ", with the Date of that instant unless it is said that there is none.
type told struct {
	at     float64
	status int
	lines  string
}

func (r told) read(s *Series, reader *Reader) Claims {
	h := headers(strings.Split(r.lines, "; ")...)
	at := time.Duration(r.at * float64(time.Second))
	h.Set("Date", time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC).Add(at).Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	return s.Read(reader, h, r.status, at)
}

// Each case is what several responses show and one does not.
func TestSeries(t *testing.T) {
	trio := func(at float64, reset string) told {
		return told{at, 200, "X-RateLimit-Limit: 10; X-RateLimit-Remaining: 9; X-RateLimit-Reset: " + reset}
	}
	refusal := func(at float64, reset, wait string) told {
		return told{at, 429, "X-RateLimit-Limit: 100; X-RateLimit-Remaining: 0; X-RateLimit-Reset: " + reset + "; Retry-After: " + wait}
	}
	for _, test := range []struct {
		name      string
		responses []told
		want      string // of the last
		encoding  Encoding
		by        Basis
	}{
		{"milliseconds", []told{trio(0, "46500"), trio(1.5, "45000")}, "limit=10 remaining=9 reset=45", Milliseconds, BySlope},
		{"not yet", []told{trio(0, "45300"), trio(0.3, "45000")}, "limit=10 remaining=9", 0, 0},
		{"few milliseconds", []told{trio(0, "9000"), trio(2, "7003")}, "limit=10 remaining=9 reset=7.003", Milliseconds, BySlope},
		{"many seconds", []told{trio(0, "600000"), trio(2, "599998")}, "limit=10 remaining=9 reset=599998", Seconds, BySlope},
		{"seconds", []told{trio(0, "60"), trio(3, "57")}, "limit=10 remaining=9 reset=57", Seconds, BySlope},
		{"nanoseconds", []told{trio(0, "1500000000"), trio(1.2, "300000000")}, "limit=10 remaining=9 reset=0.3", Nanoseconds, BySlope},
		{"an instant", []told{trio(0, "1785585660"), trio(3, "1785585660")}, "limit=10 remaining=9 reset=57", EpochSeconds, BySlope},
		{"an instant in milliseconds", []told{trio(0, "1785585660000"), trio(3, "1785585660000")}, "limit=10 remaining=9 reset=57", EpochMilliseconds, BySlope},
		{"constant", []told{trio(0, "1"), trio(3, "1"), trio(6, "1")}, "limit=10 remaining=9 reset=1", Constant, BySlope},
		{"a window of a second", []told{trio(0, "1"), trio(0.9, "0"), trio(1.1, "1"), trio(1.9, "0"), trio(3.1, "1")}, "limit=10 remaining=9 reset=1", Seconds, BySize},
		{"not quite constant", []told{trio(0, "5000"), trio(0.5, "4995"), trio(3, "5000")}, "limit=10 remaining=9 reset=5000", Seconds, BySize},
		{"not constant for long", []told{trio(0, "2"), trio(1.5, "2")}, "limit=10 remaining=9 reset=2", Seconds, BySize},
		{"the wait is neither", []told{refusal(0, "1785585700", "10"), refusal(5, "1785585700", "10")}, "limit=100 remaining=0 reset=95", EpochSeconds, BySlope},
		{"overtaken", []told{trio(0, "45000"), trio(0.6, "44380"), trio(0.61, "44400"), trio(1.2, "43800")}, "limit=10 remaining=9 reset=43.8", Milliseconds, BySlope},
		{"the next window", []told{trio(0, "2000"), trio(1.5, "500"), trio(2.5, "59500")}, "limit=10 remaining=9 reset=59.5", Milliseconds, BySlope},
		{"over the edge of a window", []told{trio(0, "45000"), trio(50, "30000")}, "limit=10 remaining=9", 0, 0},
		{"out of order", []told{trio(3, "45000"), trio(1.5, "46500")}, "limit=10 remaining=9", 0, 0},
		{"structured", []told{{0, 200, `RateLimit: "a";r=9;t=9000`}, {2, 200, `RateLimit: "a";r=8;t=7000`}}, "a remaining=8 reset=7", Milliseconds, BySlope},
		{"a bucket after a refusal", []told{
			trio(0, "3"),
			{1, 429, "X-RateLimit-Limit: 10; X-RateLimit-Remaining: 0; X-RateLimit-Reset: 60; Retry-After: 6"},
			trio(2, "54"),
		}, "remaining=9 reset=54 burst=10", Seconds, 0},
		{"the wait is the window", []told{refusal(0, "1785585660", "60"), refusal(5, "1785585660", "60")}, "limit=100 window=60 remaining=0 reset=55", EpochSeconds, BySlope},
		{"the wait is the time left", []told{refusal(0, "1785585660", "60"), refusal(5, "1785585660", "55")}, "limit=100 remaining=0 reset=55", EpochSeconds, BySlope},
	} {
		var s Series
		var reader Reader
		var c Claims
		for _, r := range test.responses {
			c = r.read(&s, &reader)
		}
		got := c.Policies[0].Decided
		if sorted(brief(c)) != sorted(test.want) || got.Encoding != test.encoding || test.by != 0 && got.Reset != test.by {
			t.Errorf("%s: %s as %s by %s, want %s as %s by %s; notes %q", test.name, brief(c), got.Encoding, got.Reset, test.want, test.encoding, test.by, c.Notes)
		}
		if test.encoding == Constant && !noted(c, "constant") {
			t.Errorf("%s: notes %q", test.name, c.Notes)
		}
	}
}

func sorted(s string) string {
	words := strings.Fields(s)
	counts := map[string]int{}
	for _, w := range words {
		counts[w]++
	}
	return fmt.Sprint(counts)
}

// Two Series share a Reader and nothing else.
func TestSeriesApart(t *testing.T) {
	var reader Reader
	var milliseconds, other Series
	line := "X-RateLimit-Limit: 10; X-RateLimit-Reset: "
	for i := range 4 {
		c := told{float64(i), 200, line + fmt.Sprint(45000-1000*i)}.read(&milliseconds, &reader)
		stranger := Series{lessons: lessons{version: milliseconds.lessons.version}}
		e := told{float64(i), 200, line + fmt.Sprint(45000-1000*i)}.read(&stranger, &reader)
		if got := brief(e); got != "limit=10" {
			t.Errorf("what one Series learned is told by another: %s", got)
		}
		d := told{float64(i), 200, line + fmt.Sprint(45000-i)}.read(&other, &reader)
		if i < 2 {
			continue
		}
		if got, want := brief(c), fmt.Sprintf("limit=10 reset=%d", 45-i); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got, want := brief(d), fmt.Sprintf("limit=10 reset=%d", 45000-i); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
