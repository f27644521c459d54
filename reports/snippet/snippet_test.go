package snippet

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"
)

// A client lets requests through as a library is documented to: it returns when one
// that is wanted at an instant (s), not before any earlier one, is sent.
type client func(wanted float64) (sent float64)

// numbers are those that stand behind names in a snippet, as name=number or name(…number.
func number(t interface{ Fatalf(string, ...any) }, code, pattern string) float64 {
	m := regexp.MustCompile(pattern).FindStringSubmatch(code)
	if m == nil {
		t.Fatalf("no %s in:\n%s", pattern, code)
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return x
}

// simulated are the libraries, made from their documentation, with the settings
// that stand in a snippet. phase (0–1) is that of whatever clock they have.
var simulated = map[string]func(t *rapid.T, code string, phase float64) client{
	"go": func(t *rapid.T, code string, _ float64) client { // the library itself, in virtual time
		l := rate.NewLimiter(rate.Limit(number(t, code, `rate\.Limit\(([\d.]+)\)`)), int(number(t, code, `\), (\d+)\) //`)))
		return func(wanted float64) float64 {
			at := time.Unix(1_000_000, 0).Add(time.Duration(wanted * 1e9))
			return wanted + l.ReserveN(at, 1).DelayFrom(at).Seconds()
		}
	},
	"bucket4j": func(t *rapid.T, code string, _ float64) client {
		return tokenBucket(number(t, code, `capacity\((\d+)\)`), 1e9/number(t, code, `ofNanos\((\d+)L`))
	},
	"governor": func(t *rapid.T, code string, _ float64) client {
		return tokenBucket(number(t, code, `new\((\d+)\)`), 1e9/number(t, code, `from_nanos\((\d+)`))
	},
	"aiolimiter": func(t *rapid.T, code string, _ float64) client {
		most := number(t, code, `max_rate=(\d+)`)
		return tokenBucket(most, most/number(t, code, `time_period=([\d.]+)`))
	},
	"ruby-limiter": func(t *rapid.T, code string, _ float64) client {
		return lastOnes(int(number(t, code, `new\((\d+),`)), number(t, code, `interval: ([\d.]+)`))
	},
	"resilience4j": func(t *rapid.T, code string, phase float64) client {
		return cycles(number(t, code, `limitForPeriod\((\d+)\)`), number(t, code, `ofNanos\((\d+)L`)*1e-9, phase)
	},
	"guava": func(t *rapid.T, code string, _ float64) client {
		return oneSecond(number(t, code, `create\(([\d.]+)\)`))
	},
	"polly": func(t *rapid.T, code string, phase float64) client {
		return ticking(number(t, code, `TokenLimit = (\d+)`), number(t, code, `TokensPerPeriod = (\d+)`), number(t, code, `FromMilliseconds\((\d+)\)`)*1e-3, phase)
	},
	"bottleneck": func(t *rapid.T, code string, phase float64) client {
		return spaced(number(t, code, `minTime: (\d+)`), phase)
	},
	"p-throttle": func(t *rapid.T, code string, phase float64) client {
		if number(t, code, `limit: (\d+)`) != 1 {
			t.Fatalf("limit is not 1")
		}
		return spaced(number(t, code, `interval: (\d+)`), phase)
	},
}

// tokenBucket keeps the instant at which each token comes back.
func tokenBucket(burst, rate float64) client {
	full := math.Inf(-1) // when the bucket will be full
	return func(wanted float64) float64 {
		at := max(wanted, full-(burst-1)/rate)
		full = max(at, full) + 1/rate
		return at
	}
}

// lastOnes waits until the size-th call before is an interval ago.
func lastOnes(size int, interval float64) client {
	ring, head := slices.Repeat([]float64{math.Inf(-1)}, size), 0
	return func(wanted float64) float64 {
		at := max(wanted, ring[head]+interval)
		ring[head] = at
		head = (head + 1) % size
		return at
	}
}

// cycles lets limit through in each period of a clock; who comes too late reserves a
// place in a later one.
func cycles(limit, period, phase float64) client {
	cycle, used := math.Inf(-1), 0.0
	return func(wanted float64) float64 {
		if now := math.Floor(wanted/period + phase); now > cycle {
			cycle, used = now, 0
		}
		if used == limit {
			cycle, used = cycle+1, 0
		}
		used++
		return max(wanted, (cycle-phase)*period)
	}
}

// oneSecond stores what comes back in a second; a request is sent at once if the one
// before is paid for, and what is not stored the next one has to wait for.
func oneSecond(rate float64) client {
	stored, next := 0.0, 0.0
	return func(wanted float64) float64 {
		if wanted > next {
			stored, next = min(rate, stored+(wanted-next)*rate), wanted
		}
		at := next
		take := min(1, stored)
		stored -= take
		next += (1 - take) / rate
		return at
	}
}

// ticking gets tokens with each tick of a timer, which also serves those that wait.
func ticking(limit, tokens, period, phase float64) client {
	left, last, waiting := limit, 0.0, 0.0
	tick := func(at float64) float64 { return math.Floor(at/period + phase) }
	return func(wanted float64) float64 {
		now := max(tick(wanted), last)
		left = min(limit, left+tokens*(now-last))
		last = now
		if left > 0 {
			left--
			return max(wanted, waiting)
		}
		last, left = last+1, min(limit, tokens)-1
		waiting = (last - phase) * period
		return waiting
	}
}

// spaced starts requests some milliseconds apart by a clock that cuts off parts of one.
func spaced(millis, phase float64) client {
	last := math.Inf(-1) // ms by that clock
	return func(wanted float64) float64 {
		now := math.Floor(wanted*1000 + phase)
		at := max(now, last+millis)
		last = at
		if at == now {
			return wanted
		}
		return (at - phase) / 1000
	}
}

func drawSettings(t *rapid.T) Settings {
	return Settings{
		Class: "read", Burst: rapid.IntRange(1, 60).Draw(t, "burst"), Concurrency: rapid.IntRange(0, 8).Draw(t, "concurrency"),
		Rate: math.Pow(10, rapid.Float64Range(-4, 3).Draw(t, "rate")), Jitter: rapid.Float64Range(0.001, 0.5).Draw(t, "jitter"),
	}
}

// A client with the settings of a snippet sends no more than the bucket that it is
// made for: within any time t at most burst + rate·t.
func TestLibrariesKeepToTheSettings(t *testing.T) {
	for _, l := range Libraries() {
		t.Run(l.Name, rapid.MakeCheck(func(t *rapid.T) {
			s := drawSettings(t)
			s.Burst = max(s.Burst, l.least)
			send := simulated[l.Name](t, l.Code(s), rapid.Float64Range(0, 1).Draw(t, "phase"))
			at, sent := 0.0, []float64{}
			for i := range 150 {
				if rapid.IntRange(0, 9).Draw(t, "lull") == 0 {
					at += rapid.Float64Range(0, 2*float64(s.Burst)/s.Rate).Draw(t, "for")
				}
				at = send(at)
				sent = append(sent, at)
				for j, before := range sent {
					n := float64(i - j + 1)
					if most := float64(s.Burst) + s.Rate*(at-before); n > most*(1+1e-7)+1e-5 {
						t.Fatalf("burst %d, rate %v: %v requests within %v s\n%s", s.Burst, s.Rate, n, at-before, l.Code(s))
					}
				}
			}
		}))
	}
}

// No library wastes more than its snippet says: at a rate that is not too fast for
// whole milliseconds it sends nearly all that it may.
func TestLibrariesUseTheRate(t *testing.T) {
	for _, l := range Libraries() {
		s := Settings{Class: "read", Rate: 2, Burst: 20}
		rapid.Check(t, func(t *rapid.T) {
			send := simulated[l.Name](t, l.Code(s), 0.5)
			at := 0.0
			for range 400 {
				at = send(at)
			}
			if at > 400/s.Rate*1.01 {
				t.Fatalf("%s: 400 requests take %v s", l.Name, at)
			}
		})
	}
}

// Some limits cannot be kept to with some libraries: then there are no settings.
func TestTooSmallABurst(t *testing.T) {
	for _, l := range Libraries() {
		code := l.Code(Settings{Class: "read", Rate: 2, Burst: 1})
		if refused := strings.Contains(code, "no settings"); refused != (l.least > 1) || refused && !onlyComments(l, code) {
			t.Errorf("%s:\n%s", l.Name, code)
		}
	}
}

func onlyComments(l Library, code string) bool {
	for line := range strings.Lines(code) {
		if !strings.HasPrefix(line, l.comment) {
			return false
		}
	}
	return true
}

// A class may be anything; nothing of it gets out of the comment or into the code.
func TestHostileClass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(Libraries()).Draw(t, "library")
		class := rapid.String().Draw(t, "class") + rapid.SampledFrom([]string{"", "\n", "*/", "\u2028", "#{x}", "```"}).Draw(t, "end")
		s := drawSettings(t)
		s.Class = class
		code := l.Code(s)
		s.Class = "read"
		if strings.Count(code, "\n") > strings.Count(l.Code(s), "\n")+2 || strings.ContainsAny(code, "\u2028`\\$") || !strings.HasPrefix(code, l.comment+" ") {
			t.Fatalf("%q:\n%s", class, code)
		}
		for line := range strings.Lines(code) {
			if strings.HasPrefix(line, l.comment) && len(line) > 81 && !strings.Contains(line, strings.Repeat("?", 20)) && len(strings.Fields(line)) > 2 {
				t.Fatalf("a long comment: %q", line)
			}
		}
	})
}

// What Go prints, Go compiles.
func TestGoCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	l, _ := Find("go")
	for i, s := range []Settings{{Class: "read", Rate: 2, Burst: 29}, {Class: "läsning|", Rate: 1e-5, Burst: 1}, {Class: "write", Concurrency: 4}} {
		code := l.Code(s)
		path := "golang.org/x/time/rate"
		if s.Rate == 0 {
			path = "golang.org/x/sync/semaphore"
		}
		name := filepath.Join(t.TempDir(), "main.go")
		text := fmt.Sprintf("package main\n\nimport (\n\t\"context\"\n\n\t%q\n)\n\nfunc main() { _ = send(context.Background()) }\n\nfunc send(ctx context.Context) error {\n%s\treturn nil\n}\n", path, code)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("go", "vet", name).CombinedOutput(); err != nil {
			t.Errorf("%d: %v\n%s\n%s", i, err, out, text)
		}
	}
}

func TestFind(t *testing.T) {
	for _, l := range Libraries() {
		if got, ok := Find(l.Name); !ok || got.Title != l.Title || simulated[l.Name] == nil {
			t.Errorf("%s is not found, or not simulated", l.Name)
		}
		for _, s := range []Settings{{}, {Class: "read", Concurrency: 3}} {
			if code := l.Code(s); !strings.HasPrefix(code, l.comment) || onlyComments(l, code) != (s.Concurrency == 0) {
				t.Errorf("%s: %s", l.Name, code)
			}
		}
	}
	if _, ok := Find("nothing"); ok {
		t.Error("found")
	}
}

func TestDirected(t *testing.T) {
	for _, c := range []struct {
		x          float64
		digits     int
		down, upIs string
	}{
		{1.99999, 3, "1.99", "2"}, {0.5003226, 5, "0.50032", "0.50033"}, {12345.6, 3, "12345", "12346"}, {0, 3, "0", "0"}, {20, 5, "20", "20"}, {100, 2, "100", "100"},
	} {
		if d, u := downwards(c.x, c.digits), upwards(c.x, c.digits); d != c.down || u != c.upIs {
			t.Errorf("%v: %s %s, want %s %s", c.x, d, u, c.down, c.upIs)
		}
	}
}
