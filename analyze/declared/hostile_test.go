package declared

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// FuzzRead feeds whole header sets, one "Name: value" per line. Whatever they
// hold: no panic, no number that is not one, a bounded result, the same result
// again, and the same from a Reader.
func FuzzRead(f *testing.F) {
	for _, e := range catalogue(f) {
		for _, ex := range []example{e.OK, e.Limited} {
			var b strings.Builder
			for name, values := range ex.Headers {
				for _, v := range values {
					b.WriteString(name + ": " + v + "\n")
				}
			}
			f.Add(b.String(), ex.Status)
		}
	}
	f.Add("X-RateLimit-Limit: NaN\nX-RateLimit-Remaining: 1e999\nX-RateLimit-Reset: Inf\nDate: x", 200)
	f.Add("RateLimit: a;r=(1 2);t=:YQ==:, (b c);r=1\nRateLimit-Policy: \"\\\"\";q=?1", 429)
	f.Add("x-rate-limit--limit: 1\nx-rate-limit--ttl: 1\nx-rate-limit-ttl: 1\nx-rate-limit-limit-: 1\nretry-after-: 1", 200)
	f.Add("Date: Sat, 01 Aug 0000 12:00:00 GMT\nX-RateLimit-Reset: 0001-01-01T00:00Z", 429)
	var shared Reader
	f.Fuzz(func(t *testing.T, text string, status int) {
		var series Series
		h := http.Header{}
		for line := range strings.SplitSeq(text, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			h[name] = append(h[name], value)
		}
		c := Read(h, status)
		if problem := implausible(c); problem != "" {
			t.Fatal(problem)
		}
		for name, again := range map[string]Claims{"a new Reader": new(Reader).Read(h, status), "a Reader": shared.Read(h, status), "the same Reader": shared.Read(h, status)} {
			if !reflect.DeepEqual(again, c) {
				t.Fatalf("%s says %+v, before %+v", name, again, c)
			}
		}
		for at := range 3 {
			again := series.Read(&shared, h, status, 2*time.Duration(at)*time.Second)
			if problem := implausible(again); problem != "" || len(again.Policies) != len(c.Policies) {
				t.Fatalf("read again: %s %+v, before %+v", problem, again, c)
			}
		}
		for _, class := range []string{"read", "write", "", "+"} {
			if p, ok := c.ForClass(class); ok {
				if problem := implausible(Claims{Policies: []Policy{{Class: "all", Unit: "x", Rate: Sustained(p), Burst: BurstOf(p)}}}); problem != "" {
					t.Fatal("derived: ", problem)
				}
			}
		}
	})
}

// FuzzStructured feeds one list after another to the same memory: each must be
// read as by memory that holds nothing.
func FuzzStructured(f *testing.F) {
	f.Add(`"a";r=50;t=30`, `"a";r=49;t=9`)
	f.Add("\"a\"; r=99; t=900\n\"b\"; r=4; t=1", "\"a\"; r=8; t=1000\n\"b\"; r=4; t=0")
	f.Add(`"a";r=1;pk=:YQ==:`, `"a";r=10;pk=:YQ==:`)
	f.Add(`a:b;r=1,c:d;r=1`, `a:b;r=1,c:d;r=2`)
	f.Add(`"a";r=1;r=1.0`, `"a";r=2;r=1.0`)
	f.Add(`"a";r=0;r`, `"a";r=5;r`)
	f.Add(`100;w=60, ("x");w=1, "y";w=1`, `100;w=61, ("x");w=1, "y";w=2`)
	f.Add(`"a\"b=1";r=1`, `"a\"b=2";r=1`)
	f.Add(`"a";r=1`, `"a";r=1000000000000000`)
	f.Add(`"a";R=1`, `"a";R=2`)
	f.Fuzz(func(t *testing.T, one, other string) {
		if len(one)+len(other) > maxValue { // a Reader reads no more
			return
		}
		var p parsed
		for _, text := range []string{one, other, one, other + "\n" + one, one} {
			lines := strings.Split(text, "\n")
			if !p.fits(lines) {
				p.set(lines)
			}
			var fresh parsed
			fresh.set(lines)
			whole, malformed := parseMembers(lines)
			if !reflect.DeepEqual(p.members, fresh.members) || p.malformed != fresh.malformed {
				t.Fatalf("%q is read as %+v, with nothing remembered as %+v", text, p.members, fresh.members)
			}
			if len(whole) != len(fresh.members) || !malformed && fresh.malformed && len(lines) == 1 {
				t.Fatalf("%q: %d members in lines, %d as a whole", text, len(fresh.members), len(whole))
			}
		}
	})
}

// implausible returns what no claims may hold.
func implausible(c Claims) string {
	if len(c.Policies) > maxPolicies || len(c.Notes) > maxLines {
		return fmt.Sprintf("%d policies and %d notes", len(c.Policies), len(c.Notes))
	}
	if _, err := json.Marshal(c); err != nil {
		return err.Error()
	}
	values := []*float64{c.RetryAfter}
	for _, p := range c.Policies {
		values = append(values, p.Limit, p.Window, p.Rate, p.Burst, p.Used, p.Remaining, p.Reset, p.Cost, p.Penalty)
		if p.Class == "" || p.Unit == "" || len(p.Class) > 2*maxName || len(p.Unit) > maxName || p.Name != nil && (len(*p.Name) > maxName || *p.Name == "") {
			return "names of " + brief(c)
		}
		if !utf8.ValidString(p.Class + p.Unit) {
			return "text that is not text"
		}
	}
	for _, v := range values {
		if v != nil && !(*v >= 0 && *v <= largest) {
			return fmt.Sprint("a value of ", *v)
		}
	}
	return ""
}

// A Reader says what a new one says, whatever came before, even if the caller reuses
// the memory of the headers.
func TestReaderForgets(t *testing.T) {
	entries := catalogue(t)
	rapid.Check(t, func(t *rapid.T) {
		var r Reader
		h := http.Header{}
		for range 40 {
			status := 200
			switch rapid.IntRange(0, 5).Draw(t, "change") {
			case 0: // another API
				e := rapid.SampledFrom(entries).Draw(t, "entry")
				h = e.OK.header()
			case 1: // a value changes in place
				for _, name := range slices.Sorted(maps.Keys(h)) {
					if strings.Contains(name, "Remaining") {
						h[name][0] = rapid.SampledFrom([]string{"1", "0", "x"}).Draw(t, "remaining")
					}
				}
			case 2: // time passes
				h.Set("Date", rapid.SampledFrom([]string{noon, "Sat, 01 Aug 2026 12:00:01 GMT", ""}).Draw(t, "date"))
			case 3: // refused
				status = 429
				h.Set("Retry-After", "3")
			case 4:
				h.Del("Retry-After")
				h.Del("X-Ratelimit-Reset")
			case 5: // one header for another
				h.Del("X-Ratelimit-Limit")
				h.Add("x-rate-limit-limit", "7")
			}
			if got, want := r.Read(h, status), new(Reader).Read(h, status); !reflect.DeepEqual(got, want) {
				t.Fatalf("%v %d: a Reader says %+v, a new one %+v", h, status, got, want)
			}
		}
	})
}

// A flood of headers costs time in proportion, and gives the same bounded
// result each time.
func TestFlood(t *testing.T) {
	h := http.Header{}
	for i := range 20_000 {
		h.Add(fmt.Sprintf("X-RateLimit-Limit-%d", i), "5")
		h.Add("X-RateLimit-Limit", fmt.Sprint(i))
		h.Add("RateLimit-Policy", fmt.Sprintf(`"a%d";q=%d`, i, i))
	}
	h.Set("RateLimit", strings.Repeat(`"a";r=1,`, 100_000))
	var r Reader
	c := r.Read(h, 200)
	if problem := implausible(c); problem != "" || len(c.Policies) == 0 {
		t.Error(problem, len(c.Policies))
	}
	for range 3 {
		if again := r.Read(h, 200); !reflect.DeepEqual(again, c) {
			t.Error("another result")
		}
	}
	if again := r.Read(http.Header{}, 200); again.Policies != nil || again.Notes != nil {
		t.Errorf("the flood is remembered: %+v", again)
	}
	if got := bounded(nil, h["X-Ratelimit-Limit"]); len(got) != maxLines {
		t.Errorf("%d lines of one header are read", len(got))
	}
	if len(r.names) > maxNames {
		t.Errorf("%d names kept", len(r.names))
	}
	for _, p := range r.plans {
		if p != nil && len(p.keys) > 4*maxFields {
			t.Errorf("%d keys kept", len(p.keys))
		}
	}
}

// Nothing of a header's value gets into a note.
func TestNotesQuoteNothing(t *testing.T) {
	const secret = "c0ffee"
	for _, e := range catalogue(t) {
		h := e.Limited.header()
		for name := range h {
			for i := range h[name] {
				h[name][i] = secret + h[name][i]
			}
		}
		for _, n := range Read(h, 429).Notes {
			if strings.Contains(n, secret) {
				t.Errorf("%s: %q", e.ID, n)
			}
		}
	}
}
